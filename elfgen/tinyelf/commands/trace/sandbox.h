/* The sandbox of a traced program, which is linked only where there is one. */
#ifndef TRACE_SANDBOX_H
#define TRACE_SANDBOX_H

#include "ptrace/limits.h"
#include "ptrace/ptrace.h"

/* What the options of the sandbox ask for. */
struct trace_confined {
    struct run_limits limits;
    unsigned kinds; /* --allow: bits of a set of kinds */
    bool tty;
};

/* Functions that trace calls for --sandbox. */
struct trace_sandbox {
    /* Prepares the program, which is started by the tracer. Returns false after reporting an
     * error. */
    bool (*open)(const struct trace_sandbox *sandbox, const struct trace_confined *wanted,
                 struct process_program *program);
    /* After the trace: how the run ended. Returns false after reporting an error. */
    bool (*close)(const struct trace_sandbox *sandbox, struct run_end *end);
    /* Reports what the trace does not show. Returns the command's exit status. */
    int (*report)(const struct trace_sandbox *sandbox, const struct run_end *end);
    int (*status)(const struct run_end *end); /* the same status, without a report */
    void (*report_not_started)(const char *path, int error);
    struct sandboxed *sandboxed; /* the functions' own */
};

/* The command trace; `sandbox` is NULL where --sandbox is left to another program. */
int trace_command(int argc, char **argv, const struct trace_sandbox *sandbox);

#endif
