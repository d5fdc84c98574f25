/* Waiting for a process that is about to stop. */
#ifndef SPIN_WAIT_H
#define SPIN_WAIT_H

#include <stdbool.h>
#include <sys/types.h>

/* Between two stops a program often runs for a microsecond. A tracer that sleeps meanwhile is woken
 * up by another processor, which takes far longer; so it asks a few times before it sleeps. Where
 * that does not help, since the program runs for longer or both have to share a processor, it asks
 * less and less. Zeroed at first. */
struct spin_wait {
    bool looked,
        alone;         /* there is one processor only: then asking keeps the program from running */
    unsigned sleeps;   /* that are still to come without asking before */
    unsigned failures; /* to be answered, in a row */
};

/* As wait4(-1, status, __WALL, NULL). */
pid_t spin_wait(struct spin_wait *spin, int *status);

#endif
