/* The tracer on the processor of what it traces. */
#ifndef BESIDE_H
#define BESIDE_H

#include <sched.h>
#include <stdbool.h>
#include <sys/types.h>

/* Tracer and program run in turn, never at once; but where there is an idle processor, the
 * scheduler gives them one each, and every stop then waits for another processor to wake up. So a
 * tracer that has to do with one process follows it: it restricts itself, and nobody else, to the
 * processor that the process stopped on. Zeroed at first. */
struct beside {
    unsigned stops;
    int stat; /* /proc/PID/stat; 0: not open */
    bool moved, off;
    cpu_set_t before;
};

/* The process has stopped once more. */
void beside_stop(struct beside *beside, pid_t id);

/* Back to the processors that there were. */
void beside_end(struct beside *beside);

#endif
