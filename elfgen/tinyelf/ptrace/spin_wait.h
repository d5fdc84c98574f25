/* Spins, then sleeps, until a traced process stops. */
#ifndef PTRACE_SPIN_WAIT_H
#define PTRACE_SPIN_WAIT_H

#include <stdbool.h>
#include <sys/types.h>

/* Between two stops, a program often runs for only a microsecond. If the tracer sleeps meanwhile,
 * another processor has to wake it up, which takes far longer. So it asks a few times before it
 * sleeps. If that does not help, because the program runs longer or both share a processor, it
 * spins more and more rarely. Zero this before the first use. */
struct spin_wait {
    bool looked,
        alone;       /* there is only one processor: spinning would keep the program from running */
    unsigned sleeps; /* how many waits sleep without spinning before */
    unsigned failures; /* how often spinning failed in a row */
};

/* Like wait4(-1, status, __WALL, NULL). */
pid_t spin_wait(struct spin_wait *spin, int *status);

/* The same for one process, but instead of sleeping it returns 0: the caller sleeps, until SIGCHLD
 * or whatever else it waits for comes, and asks again. */
pid_t spin_ask(struct spin_wait *spin, pid_t which, int *status);

#endif
