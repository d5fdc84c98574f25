/* Spins, then sleeps, until a traced process stops. */
#include "spin_wait.h"

#include <sched.h>
#include <stddef.h>
#include <sys/wait.h>

/* ASK takes about 20 microseconds. SLEEPS_MOST is how many stops are waited for by sleeping before
 * spinning is tried again. */
enum { ASK = 60, SLEEPS_MOST = 256 };

static bool is_alone(struct spin_wait *spin)
{
    cpu_set_t processors;
    if (!spin->looked)
        spin->alone =
            sched_getaffinity(0, sizeof processors, &processors) != 0 || CPU_COUNT(&processors) < 2;
    spin->looked = true;
    return spin->alone;
}

/* Returns 0 if nothing happened meanwhile. */
static pid_t ask(pid_t which, unsigned times, int *status)
{
    pid_t id = 0;
    for (unsigned i = 0; i < times && id == 0; i++)
        id = wait4(which, status, __WALL | WNOHANG, NULL);
    return id;
}

/* Spins, unless that has failed too often. Returns 0 if nothing happened meanwhile. */
static pid_t spin_for(struct spin_wait *spin, pid_t which, int *status)
{
    if (spin->sleeps > 0) {
        spin->sleeps--;
    } else if (!is_alone(spin)) {
        pid_t id = ask(which, ASK, status);
        if (id != 0) {
            spin->failures = 0;
            return id;
        }
        /* A single late stop means nothing, several in a row do. */
        unsigned sleeps = spin->failures < 8 ? 1u << spin->failures : SLEEPS_MOST;
        spin->sleeps = spin->failures == 0 ? 0 : sleeps;
        spin->failures++;
    }
    return 0;
}

pid_t spin_wait(struct spin_wait *spin, int *status)
{
    pid_t id = spin_for(spin, -1, status);
    return id != 0 ? id : wait4(-1, status, __WALL, NULL);
}

pid_t spin_ask(struct spin_wait *spin, pid_t which, int *status)
{
    pid_t id = spin_for(spin, which, status);
    return id != 0 ? id : ask(which, 1, status);
}
