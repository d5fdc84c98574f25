/* Lets commands that run programs handle Ctrl-C and similar signals. */
#include "interrupt.h"

#include <errno.h>
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

/* All that the handler touches. A handler is given nothing of its caller's, so this is static: one
 * for the process, as the signals' actions are. Fields are read and written at once. */
static volatile struct {
    sig_atomic_t last_signal, came, from_terminal;
    sig_atomic_t clock_is_ours, ticking, alarm_ignored;
} noted;

/* Whether stops are noted. The handler does not touch it. */
static bool watching;

/* The first stop that a program was given time to act on. The handler does not touch it. */
static struct {
    int seen;
    uint64_t first;
} grace;

static void note(int number, siginfo_t *info, void *context)
{
    (void)context;
    bool by_kernel = info->si_code == SI_KERNEL;
    if (number != SIGALRM || !(noted.alarm_ignored || (by_kernel && noted.clock_is_ours))) {
        noted.last_signal = number;
        noted.from_terminal = by_kernel && number != SIGALRM;
        noted.came = noted.came + 1;
    }
    if (noted.came != 0 && !noted.ticking) {
        noted.clock_is_ours = 1;
        alarm(1);
    }
}

static void watch_clock(void)
{
    struct sigaction before, action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    if (sigaction(SIGALRM, &action, &before) != 0 || before.sa_handler != SIG_IGN)
        return;
    noted.alarm_ignored = 1;
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
    watching = true;
}

void interrupt_unwatch(void)
{
    struct sigaction now;
    sigset_t before;
    interrupt_hold(&before);
    watching = watching && noted.came != 0;
    for (size_t i = 0; noted.came == 0 && i < STOPS; i++)
        if (sigaction(stops[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            signal(stops[i], SIG_DFL);
    interrupt_release(&before);
}

bool interrupt_came(void)
{
    return noted.came != 0;
}

int interrupt_signal(void)
{
    return noted.last_signal;
}

/* ---- acting on them ---- */

bool interrupt_kills(pid_t id)
{
    const uint64_t time = 900000000;
    if (noted.came == 0)
        return false;
    if (noted.last_signal == SIGPIPE)
        return true; /* nobody reads what the program might still cause to be written */
    bool again = grace.seen != 0 && noted.came > grace.seen;
    if (grace.seen == 0) {
        grace.first = clock_now();
        if (id != 0 && !noted.from_terminal)
            kill(id, noted.last_signal);
    }
    grace.seen = noted.came;
    return again || clock_now() - grace.first >= time;
}

bool interrupt_pipe(void)
{
    const int error = errno; /* the caller may report it */
    sigset_t ignored = program_ignored_signals(), blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    errno = error;
    if (sigismember(&ignored, SIGPIPE) == 1 || sigismember(&blocked, SIGPIPE) == 1)
        return false;
    if (!watching) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
    interrupt_hold(&blocked); /* the handler writes these as well */
    if (noted.came == 0)
        noted.last_signal = SIGPIPE;
    noted.came = noted.came + 1;
    interrupt_release(&blocked);
    return true;
}

bool interrupt_pipe_came(void)
{
    return noted.last_signal == SIGPIPE;
}

void interrupt_die(void)
{
    if (noted.came == 0)
        return;
    /* This also holds where core files are piped to a program, which ignores a limit of 0. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    signal(noted.last_signal, SIG_DFL);
    raise(noted.last_signal);
}

/* ---- the clock, and holding signals back ---- */

static void set_clock(unsigned first, unsigned then)
{
    const struct itimerval times = {.it_value.tv_usec = (suseconds_t)first * 1000,
                                    .it_interval.tv_usec = (suseconds_t)then * 1000};
    noted.clock_is_ours = 1;
    noted.ticking = then != 0;
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
