/* Waiting for a process that is about to stop. */
#include "patience.h"

#include <sched.h>
#include <sys/wait.h>

/* Some 20 microseconds; and at most so many stops slept through before it is tried again. */
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

/* 0: nothing happened while it was asked. */
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
        /* One late stop is nothing, more are a habit. */
        unsigned sleeps = spin->failures < 8 ? 1u << spin->failures : SLEEPS_MOST;
        spin->sleeps = spin->failures == 0 ? 0 : sleeps;
        spin->failures++;
    }
    return wait4(-1, status, __WALL, NULL);
}
