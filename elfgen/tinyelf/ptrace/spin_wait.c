/* Spins, then sleeps, until a traced process stops. */
#include "spin_wait.h"

#include <sched.h>
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
static pid_t ask(int *status)
{
    pid_t id = 0;
    for (unsigned i = 0; i < ASK && id == 0; i++)
        id = wait4(-1, status, __WALL | WNOHANG, NULL);
    return id;
}

pid_t spin_wait(struct spin_wait *spin, int *status)
{
    if (spin->sleeps > 0) {
        spin->sleeps--;
    } else if (!is_alone(spin)) {
        pid_t id = ask(status);
        if (id != 0) {
            spin->failures = 0;
            return id;
        }
        /* A single late stop means nothing, several in a row do. */
        unsigned sleeps = spin->failures < 8 ? 1u << spin->failures : SLEEPS_MOST;
        spin->sleeps = spin->failures == 0 ? 0 : sleeps;
        spin->failures++;
    }
    return wait4(-1, status, __WALL, NULL);
}
