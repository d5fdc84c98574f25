/* Runs a worker's job as its tracer: looks at signals and at the exit, to say why a program died.
 */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

struct supervised {
    struct sandbox_watch watch;
    bool unread; /* its output is left in the pipes for now */
};

static void look_whether_interrupted(struct sandbox_watch *watch)
{
    if (sandbox_watch_is_interrupted(watch))
        sandbox_watch_stop(watch, RUN_INTERRUPTED);
}

/* ---- the tracer ---- */

static void traced_stop(struct sandbox_watch *watch, int status)
{
    int number = WSTOPSIG(status), deliver = 0;
    switch (status >> 16) {
    case 0:
        deliver = limits_signal_stop(watch->id, number, watch->end);
        break;
    case PTRACE_EVENT_EXIT:
        limits_exit_stop(watch->id, watch->end);
        watch->traced = false; /* its worker waits for it */
        ptrace(PTRACE_DETACH, watch->id, NULL, 0);
        return;
    case PTRACE_EVENT_STOP:
        if (number == SIGTRAP)
            break;
        ptrace(PTRACE_LISTEN, watch->id, NULL, NULL);
        return;
    default:
        break;
    }
    ptrace(PTRACE_CONT, watch->id, NULL, deliver);
}

static void look_at_traced(struct sandbox_watch *watch)
{
    struct signalfd_siginfo news;
    int status;
    while (read(watch->worker->ended, &news, sizeof news) > 0)
        ;
    while (watch->traced && waitpid(watch->id, &status, WNOHANG | __WALL) == watch->id) {
        if (WIFSTOPPED(status))
            traced_stop(watch, status);
        else
            watch->traced = false;
    }
}

/* ---- the loop ---- */

/* Whether a pipe may be full, which already half of its bytes can do if they are many pieces; or
 * whether a limit is exceeded. Of what is in a terminal, Linux only counts the first 4 KiB. */
static bool is_much_unread(const struct sandbox_watch *watch)
{
    enum { MUCH = 28 << 10, MUCH_OF_TERMINAL = 2 << 10 };
    const int much = watch->worker->terminal.used ? MUCH_OF_TERMINAL : MUCH;
    uint64_t limit = watch->worker->shared->limits.output, sum = 0;
    for (size_t i = 0; i < sandbox_watch_pipe_count(watch); i++) {
        int bytes = 0;
        if (ioctl(watch->worker->pipes[i].ends[0], FIONREAD, &bytes) != 0 || bytes > much)
            return true;
        sum += (unsigned)bytes;
    }
    return limit != 0 && sum > limit;
}

/* Handles what pass() found. */
static void look_at(struct sandbox_watch *watch, const struct pollfd *events)
{
    if (watch->traced)
        look_at_traced(watch);
    for (size_t i = 0; i < sandbox_watch_pipe_count(watch); i++)
        if (events[2 + i].revents)
            sandbox_watch_move(watch, &watch->worker->pipes[i]);
    if (events[0].revents)
        sandbox_watch_look_at_worker(watch, MSG_DONTWAIT);
}

/* When to look even if nothing happens; UINT64_MAX: never. */
static uint64_t next_look(const struct supervised *run)
{
    const uint64_t often = 5000000;
    uint64_t look = run->unread ? clock_now() + often : UINT64_MAX;
    uint64_t other = sandbox_watch_next_look(&run->watch);
    return other < look ? other : look;
}

/* Waits until something happens, or until it is time to look. */
static void pass(struct supervised *run)
{
    struct sandbox_watch *watch = &run->watch;
    struct sandbox_worker *worker = watch->worker;
    size_t pipes = sandbox_watch_pipe_count(watch);
    struct pollfd events[5] = {{.fd = worker->socket, .events = POLLIN},
                               {.fd = watch->traced ? worker->ended : -1, .events = POLLIN}};
    for (size_t i = 0; i < pipes; i++)
        events[2 + i] =
            run->unread ? (struct pollfd){.fd = -1} : sandbox_pipe_events(&worker->pipes[i]);
    events[2 + pipes] = sandbox_terminal_events(&worker->terminal);
    uint64_t next = next_look(run);
    uint64_t now = next == UINT64_MAX ? 0 : clock_now();
    uint64_t pause = next > now ? next - now : 0;
    struct timespec time = clock_timespec(pause);
    /* A signal may have come before the wait, when there was nothing to interrupt. */
    look_whether_interrupted(watch);
    int ready = ppoll(events, 3 + pipes, next == UINT64_MAX ? NULL : &time, NULL);
    if (ready < 0)
        look_whether_interrupted(watch);
    sandbox_watch_type(watch);
    if (ready > 0)
        look_at(watch, events);
    else if (run->unread)
        run->unread = !is_much_unread(watch);
    if (next != UINT64_MAX && !watch->over)
        sandbox_watch_look_at_clock(watch, now + pause);
}

/* ---- beginning and end ---- */

/* Traces the child, if possible, and lets it execute the program. */
static void take(struct sandbox_watch *watch)
{
    struct sandbox_worker *worker = watch->worker;
    unsigned long options = PTRACE_O_EXITKILL | PTRACE_O_TRACEEXIT;
    watch->traced = worker->traced && ptrace(PTRACE_SEIZE, watch->id, NULL, options) == 0;
    if (worker->traced && !watch->traced)
        worker->refused = true;
    if (!watch->traced)
        watch->handle = (int)syscall(SYS_pidfd_open, watch->id, 0);
    if (!sandbox_watch_go(watch))
        sandbox_watch_stop(watch, RUN_INTERRUPTED);
}

static void release(struct sandbox_watch *watch)
{
    int status;
    kill(watch->id, SIGKILL);
    pid_t got = waitpid(watch->id, &status, __WALL);
    watch->traced = got == watch->id ? WIFSTOPPED(status) : errno == EINTR;
    /* It is stopped at its exit, where another signal does not wake it. */
    if (got == watch->id && watch->traced)
        ptrace(PTRACE_CONT, watch->id, NULL, NULL);
}

bool sandbox_supervise(struct sandbox_worker *worker, const struct sandbox_job *job,
                       struct run_end *end)
{
    struct supervised run = {.unread = job->unread};
    struct sandbox_watch *watch = &run.watch;
    sandbox_watch_open(watch, worker, job, end);
    if (!watch->over)
        take(watch);
    while (!watch->over)
        pass(&run);
    /* If its worker dies, the program is killed; without a wait by its tracer, it would remain. */
    while (watch->traced && !watch->answering)
        release(watch);
    sandbox_watch_close(watch);
    return watch->answering;
}
