/* Limits of a run, and how it ended: for all ways to run a program with limits. */
#ifndef PTRACE_LIMITS_H
#define PTRACE_LIMITS_H

#include <signal.h>
#include <sys/types.h>

#include "syscalls/table.h"

/* 0: no limit. */
struct run_limits {
    uint64_t time; /* milliseconds of wall clock */
    uint64_t
        memory; /* bytes that it touched, including page tables; untouched mappings cost nothing */
    /* Only in a sandbox: */
    uint64_t output;    /* bytes written to 1 and 2 together */
    uint64_t processor; /* milliseconds of processor time; it is killed soon after, never before */
};

enum run_reason {
    RUN_EXITED,      /* it exited with `status` */
    RUN_SIGNAL,      /* `signal`, from itself or from outside, killed it */
    RUN_CALL,        /* the filter killed it because of a system call */
    RUN_TIME,        /* it was killed at a limit (time or processor), or it ended before that; in a
                        sandbox also: nobody read its output in time */
    RUN_MEMORY,      /* it was killed at a limit, or it ended before that */
    RUN_OUTPUT,      /* the same */
    RUN_INTERRUPTED, /* `interrupted` returned true */
    RUN_NOT_STARTED  /* execve refused it: `error` is its errno */
};

struct run_end {
    enum run_reason reason;
    int error;         /* RUN_NOT_STARTED: errno */
    int status;        /* RUN_EXITED */
    int signal;        /* the signal that killed it, whatever the reason; 0: none */
    bool loading;      /* RUN_SIGNAL: Linux killed it inside execve, before its first instruction */
    bool has_address;  /* RUN_SIGNAL: `address` is the one that the processor objected to */
    bool knows_call;   /* RUN_CALL: `abi` and `number` are known, which needs ptrace */
    enum call_abi abi; /* calls of x32 are those of x86-64 with bit 30 set */
    uint64_t address, number;
    uint64_t arguments[ELFGEN_ARGUMENTS]; /* RUN_CALL: if they are known */
    uint64_t memory; /* the most that was resident, in bytes, as wait4 reports it; in a sandbox, at
                        least the worker's own megabyte */
    uint64_t output; /* bytes that it wrote to 1 and 2; 0 if they were not counted */
    uint64_t nanoseconds; /* from its execve to its end */
    uint64_t processor;   /* in a sandbox: nanoseconds of processor time, including execve */
};

/* ---- measuring, and what a tracer sees ---- */

/* Memory that a process has touched: resident, swapped, and the page tables, which are all that
 * reading untouched memory takes. Each thread of a process has the same, but 0 if that thread has
 * ended and others have not. 0: it is gone, or /proc does not say. */
uint64_t limits_memory(pid_t id);

/* The same, but counts only this process's share of pages that several processes have. Slower. */
uint64_t limits_share(pid_t id);

/* The first thread of a thread's process, whose id is the process's. 0: it is gone, or /proc does
 * not say. */
pid_t limits_leader(pid_t id);

/* Whether it is past its execve. Before that, it has the memory of its parent, or a copy;
 * afterwards, all memory is the program's own. Returns true if /proc does not say. */
bool limits_has_entered(pid_t id);

/* Whether it waits for something, such as the end of a sleep. Returns false if it runs, wants to
 * run, is stopped or gone, and true if /proc does not say. */
bool limits_is_asleep(pid_t id);

/* Whether /proc exists and shows the process ids of this process's namespace. */
bool limits_can_measure(void);

/* Milliseconds until memory should be measured again: the closer to the limit, the fewer. */
uint64_t limits_pause(uint64_t memory, uint64_t limit);

/* For a traced process that is stopped by a signal: notes the address in *end. Returns the signal
 * to resume it with. */
int limits_signal_stop(pid_t id, int number, struct run_end *end);

/* For a process that is stopped at its exit (PTRACE_EVENT_EXIT): notes what its registers say. */
void limits_exit_stop(pid_t id, struct run_end *end);

#endif
