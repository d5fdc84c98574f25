/* Ctrl-C and its like, while a program runs that is to end as well. */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static const int stops[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

/* The only things that the handler touches. */
static volatile sig_atomic_t last_signal, came, from_terminal;

static void note(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (number == SIGALRM)
        return;
    last_signal = number;
    from_terminal = info->si_code == SI_KERNEL;
    came = came + 1;
    /* It may come directly before a wait begins, which then nothing would interrupt. */
    alarm(1);
}

void interrupt_watch(void)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        struct sigaction before;
        /* Ignored from the start (nohup): it stays so. */
        if (sigaction(stops[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
            continue;
        sigaction(stops[i], &action, NULL);
    }
    sigaction(SIGALRM, &action, NULL);
}

static int64_t milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool interrupt_kills(pid_t id)
{
    enum { PATIENCE = 900 };
    static int seen;
    static int64_t first;
    if (came == 0)
        return false;
    bool again = seen != 0 && came > seen;
    if (seen == 0) {
        first = milliseconds();
        if (id != 0 && !from_terminal)
            kill(id, last_signal);
    }
    seen = came;
    alarm(1);
    return again || milliseconds() - first >= PATIENCE;
}
