/* Lets commands that run programs handle Ctrl-C and similar signals. */
#include "interrupt.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli.h"

static const int stops[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
enum { STOPS = sizeof stops / sizeof stops[0] };

/* ---- noting signals ---- */

/* The handler touches nothing else. */
static volatile sig_atomic_t last_signal, came, from_terminal;
static volatile sig_atomic_t clock_is_ours, ticking, alarm_ignored;

static void note(int number, siginfo_t *info, void *context)
{
    (void)context;
    bool by_kernel = info->si_code == SI_KERNEL;
    if (number != SIGALRM || !(alarm_ignored || (by_kernel && clock_is_ours))) {
        last_signal = number;
        from_terminal = by_kernel && number != SIGALRM;
        came = came + 1;
    }
    if (came != 0 && !ticking) {
        clock_is_ours = 1;
        alarm(1);
    }
}

static void watch_clock(void)
{
    struct sigaction before, action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    if (sigaction(SIGALRM, &action, &before) != 0 || before.sa_handler != SIG_IGN)
        return;
    alarm_ignored = 1;
    program_remember_ignored(SIGALRM, SIG_IGN);
}

void interrupt_watch(void)
{
    struct sigaction before, action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    watch_clock();
    for (size_t i = 0; i < STOPS; i++)
        if (sigaction(stops[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(stops[i], &action, NULL);
}

void interrupt_unwatch(void)
{
    struct sigaction now;
    sigset_t before;
    interrupt_hold(&before);
    for (size_t i = 0; came == 0 && i < STOPS; i++)
        if (sigaction(stops[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            signal(stops[i], SIG_DFL);
    interrupt_release(&before);
}

bool interrupt_came(void)
{
    return came != 0;
}

int interrupt_signal(void)
{
    return last_signal;
}

/* ---- acting on them ---- */

bool interrupt_kills(pid_t id)
{
    const uint64_t grace = 900000000;
    static int seen;
    static uint64_t first;
    if (came == 0)
        return false;
    bool again = seen != 0 && came > seen;
    if (seen == 0) {
        first = clock_now();
        if (id != 0 && !from_terminal)
            kill(id, last_signal);
    }
    seen = came;
    return again || clock_now() - first >= grace;
}

void interrupt_die(void)
{
    if (came == 0)
        return;
    /* This also holds where core files are piped to a program, which ignores a limit of 0. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    signal(last_signal, SIG_DFL);
    raise(last_signal);
}

/* ---- the clock, and holding signals back ---- */

static void set_clock(unsigned first, unsigned then)
{
    const struct itimerval times = {.it_value.tv_usec = (suseconds_t)first * 1000,
                                    .it_interval.tv_usec = (suseconds_t)then * 1000};
    clock_is_ours = 1;
    ticking = then != 0;
    setitimer(ITIMER_REAL, &times, NULL);
}

void interrupt_soon(unsigned milliseconds)
{
    set_clock(milliseconds, 0);
}

void interrupt_tick(unsigned milliseconds)
{
    sigset_t clock;
    sigemptyset(&clock);
    sigaddset(&clock, SIGALRM);
    if (milliseconds != 0) {
        watch_clock();
        sigprocmask(SIG_UNBLOCK, &clock, NULL);
    }
    set_clock(milliseconds, milliseconds);
}

void interrupt_hold(sigset_t *before)
{
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < STOPS; i++)
        sigaddset(&held, stops[i]);
    sigprocmask(SIG_BLOCK, &held, before);
}

void interrupt_release(const sigset_t *before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
}
