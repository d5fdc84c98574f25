/* What a tracer asks of whoever makes a confined child for it.
 *
 * process_start() makes a child itself, with all rights of this process, unless its program has a
 * confinement. Then the child is made, and everything but the trace is done, by the confinement's
 * owner: it gives the child its filter, namespaces, descriptors and limits before the execve, and
 * while the tracer waits, it passes the program's output on and kills it at a limit. The sandbox
 * makes them (sandbox/sandbox.h, sandbox_confine()). */
#ifndef PTRACE_CONFINEMENT_H
#define PTRACE_CONFINEMENT_H

#include <stdbool.h>
#include <sys/types.h>

struct elfgen_error;

struct process_confinement {
    void *context; /* passed to each function */
    /* Makes the child, which waits to be traced. Returns its process id, or -1 and *error. */
    pid_t (*make)(void *context, struct elfgen_error *error);
    /* Lets it go on, now that it is traced: it stops itself with SIGSTOP just before its execve.
     * Returns false if it is gone. */
    bool (*release)(void *context);
    /* Waits for its next stop or for its end, as wait4(id, status, __WALL, NULL). The stop before
     * its exit (PTRACE_O_TRACEEXIT), which process_start() sets for it, is not reported. `brief`:
     * it was resumed for an instruction that is not known to make a call, so that the stop comes
     * soon and nothing was written. This may turn out to be wrong. */
    pid_t (*wait)(void *context, int *status, bool brief);
};

#endif
