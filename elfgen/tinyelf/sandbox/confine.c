/* Confines programs for another tracer: passes their output on, and watches their limits, while
 * that waits for them. */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/system_error.h"

/* ---- the start ---- */

static pid_t make(void *context, struct elfgen_error *error)
{
    struct sandbox_worker *worker = context;
    struct sandbox_loan *loan = &worker->loan;
    struct sandbox_watch *watch = &loan->watch;
    sigset_t child;
    if (!sandbox_begin_job(worker, loan->job, true, error))
        return -1;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    pthread_sigmask(SIG_BLOCK, &child, &loan->before);
    loan->made = true;
    sandbox_watch_open(watch, worker, loan->job, &loan->end);
    watch->lent = true;
    if (!watch->over) {
        watch->handle = (int)syscall(SYS_pidfd_open, watch->id, 0);
        return watch->id;
    }
    int number = watch->answering ? worker->shared->no_process : ECHILD;
    error_system(error, "cannot make a process in the sandbox", number);
    return -1;
}

static bool release(void *context)
{
    struct sandbox_worker *worker = context;
    return sandbox_watch_go(&worker->loan.watch);
}

/* ---- waiting ---- */

/* Sleeps until the program may have stopped or has written, or until it is time to look. Returns
 * false and EINTR if a signal handler ran, or may have: one that ran before the sleep has
 * interrupted nothing, and whoever it is for asks when nothing else has happened. */
static bool sleep_on(struct sandbox_watch *watch)
{
    struct sandbox_worker *worker = watch->worker;
    size_t pipes = sandbox_watch_pipe_count(watch);
    struct pollfd events[4] = {{.fd = worker->ended, .events = POLLIN}};
    struct signalfd_siginfo news;
    for (size_t i = 0; i < pipes; i++)
        events[1 + i] = sandbox_pipe_events(&worker->pipes[i]);
    events[1 + pipes] = sandbox_terminal_events(&worker->terminal);
    uint64_t next = sandbox_watch_next_look(watch), now = clock_now();
    struct timespec time = clock_timespec(next > now ? next - now : 0);
    int ready = ppoll(events, 2 + pipes, next == UINT64_MAX ? NULL : &time, NULL);
    if (ready < 0)
        return false;
    sandbox_watch_type(watch);
    while (read(worker->ended, &news, sizeof news) > 0)
        ;
    for (size_t i = 0; i < pipes; i++)
        if (events[1 + i].revents)
            sandbox_watch_move(watch, &worker->pipes[i]);
    return ready > 0;
}

/* Sleeps until SIGCHLD or the next look: one call instead of those above. Returns false and EINTR
 * if a signal handler ran. */
static bool nap(const struct sandbox_watch *watch)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    uint64_t next = sandbox_watch_next_look(watch), now = clock_now();
    struct timespec time = clock_timespec(next > now ? next - now : 0);
    return sigtimedwait(&child, NULL, next == UINT64_MAX ? NULL : &time) >= 0 || errno != EINTR;
}

static void look_at_clock(struct sandbox_watch *watch)
{
    uint64_t next = sandbox_watch_next_look(watch);
    if (next != UINT64_MAX && clock_now() >= next)
        sandbox_watch_look_at_clock(watch, next);
}

/* Notes what a stop or end says about how the program dies. Returns whether the tracer is told of
 * it. */
static bool note(struct sandbox_loan *loan, int status)
{
    pid_t id = loan->watch.id;
    if (!WIFSTOPPED(status)) {
        loan->gone = true;
        return true;
    }
    if (status >> 16 == PTRACE_EVENT_EXIT) {
        limits_exit_stop(id, &loan->end);
        ptrace(PTRACE_CONT, id, NULL, NULL);
        return false;
    }
    int number = WSTOPSIG(status);
    if (status >> 16 == 0 && (number & 0x7f) != SIGTRAP)
        limits_signal_stop(id, number, &loan->end);
    return true;
}

/* Asks for a stop or end; 0: there is none yet. While a stepper waits for one instruction, asking
 * more often costs more than sleeping: it does nothing else, and there are many. */
static pid_t ask(struct sandbox_loan *loan, int *status, bool brief)
{
    return brief ? wait4(loan->watch.id, status, __WALL | WNOHANG, NULL)
                 : spin_ask(&loan->spin, loan->watch.id, status);
}

/* Waits for a stop or end that the tracer is told of. */
static pid_t await_stop(struct sandbox_loan *loan, int *status, bool brief)
{
    struct sandbox_watch *watch = &loan->watch;
    /* The first may end at once, by a SIGCHLD that an earlier stop left. */
    unsigned naps = brief ? 2 : 0;
    for (;;) {
        pid_t got = ask(loan, status, brief);
        if (got < 0)
            return got;
        if (got > 0 && note(loan, *status))
            return got;
        if (got == 0 && !(naps > 0 ? nap(watch) : sleep_on(watch))) {
            look_at_clock(watch);
            errno = EINTR;
            return -1;
        }
        naps -= naps > 0;
        look_at_clock(watch);
    }
}

static pid_t wait_for_stop(void *context, int *status, bool brief)
{
    struct sandbox_worker *worker = context;
    struct sandbox_loan *loan = &worker->loan;
    struct sandbox_watch *watch = &loan->watch;
    if (loan->returned_at != 0)
        sandbox_watch_pause(watch, clock_now() - loan->returned_at);
    pid_t got = await_stop(loan, status, brief);
    int error = errno;
    look_at_clock(watch);
    /* What it wrote before this stop comes before what the tracer prints. */
    if (got > 0 && !loan->gone && !brief)
        sandbox_watch_flush(watch);
    loan->returned_at = clock_now();
    errno = error;
    return got;
}

/* ---- the whole run ---- */

const struct process_confinement *sandbox_confine(struct sandbox_worker *worker,
                                                  const struct sandbox_job *job)
{
    worker->loan = (struct sandbox_loan){
        .confinement = {
            .context = worker, .make = make, .release = release, .wait = wait_for_stop}};
    worker->loan.job = job;
    return &worker->loan.confinement;
}

bool sandbox_is_used(const struct sandbox_worker *worker)
{
    return worker->loan.made;
}

bool sandbox_finish(struct sandbox_worker *worker, struct run_end *end, struct elfgen_error *error)
{
    struct sandbox_loan *loan = &worker->loan;
    struct sandbox_watch *watch = &loan->watch;
    *end = (struct run_end){0};
    loan->made = false;
    if (loan->returned_at != 0)
        sandbox_watch_pause(watch, clock_now() - loan->returned_at);
    if (!watch->over && !loan->gone && watch->handle >= 0)
        syscall(SYS_pidfd_send_signal, watch->handle, SIGKILL, NULL, 0);
    while (!watch->over)
        sandbox_watch_look_at_worker(watch, 0);
    watch->lent = false;
    sandbox_watch_close(watch);
    *end = loan->end;
    pthread_sigmask(SIG_SETMASK, &loan->before, NULL);
    int number = watch->answering ? worker->shared->no_process : ECHILD;
    return number == 0 || error_system(error, "the sandbox's worker is gone", number);
}
