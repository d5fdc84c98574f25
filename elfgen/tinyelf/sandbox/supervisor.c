/* Watches one run of a worker: its time, memory and output, and its end. */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

struct watch {
    struct sandbox_worker *worker;
    const struct sandbox_job *job;
    struct run_end *end;
    pid_t id;
    int handle;     /* a pidfd, if it is not traced; -1: none */
    bool traced;    /* by this process: it cannot disappear before this process looks */
    bool answering; /* the worker is alive */
    bool over;      /* the program has ended */
    bool entered;   /* it is past its execve, and has its own memory */
    bool unread;    /* its output is left in the pipes for now */
    bool stopped;   /* this process killed it, and end->reason is set */
    uint64_t began, deadline, measure, use; /* points in time; UINT64_MAX: never */
};

/* Kills the program, and notes the reason. */
static void stop(struct watch *watch, enum run_reason reason)
{
    if (watch->stopped)
        return;
    watch->stopped = true;
    watch->end->reason = reason;
    if (watch->traced)
        kill(watch->id, SIGKILL);
    else if (watch->handle >= 0)
        syscall(SYS_pidfd_send_signal, watch->handle, SIGKILL, NULL, 0);
}

static bool is_interrupted(const struct watch *watch)
{
    const struct sandbox_job *job = watch->job;
    return job->interrupted && job->interrupted(job->context);
}

static void look_whether_interrupted(struct watch *watch)
{
    if (is_interrupted(watch))
        stop(watch, RUN_INTERRUPTED);
}

/* ---- the tracer ---- */

static void traced_stop(struct watch *watch, int status)
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

static void look_at_traced(struct watch *watch)
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

/* ---- output ---- */

static void move(struct watch *watch, struct sandbox_pipe *pipe)
{
    uint64_t limit = watch->worker->shared->limits.output;
    uint64_t *written = &watch->end->output;
    uint64_t left = limit == 0 ? UINT64_MAX : *written < limit ? limit - *written : 0;
    *written += sandbox_pipe_move(pipe, left);
    if (limit != 0 && *written > limit)
        stop(watch, RUN_OUTPUT);
}

static size_t pipe_count(const struct watch *watch)
{
    return watch->job->errors ? 2 : 1;
}

/* Whether a pipe may be full, which already half of its bytes can do if they are many pieces; or
 * whether a limit is exceeded. */
static bool is_much_unread(const struct watch *watch)
{
    enum { MUCH = 28 << 10 };
    uint64_t limit = watch->worker->shared->limits.output, sum = 0;
    for (size_t i = 0; i < pipe_count(watch); i++) {
        int bytes = 0;
        if (ioctl(watch->worker->pipes[i].ends[0], FIONREAD, &bytes) != 0 || bytes > MUCH)
            return true;
        sum += (unsigned)bytes;
    }
    return limit != 0 && sum > limit;
}

/* Waits until the reader of a pipe takes more. A program that writes past its time limit is killed,
 * and this is writing in its place: past the limit, only a reader that takes something each second
 * is waited for. Returns false if it is not. */
static bool await_reader(struct watch *watch, const struct sandbox_pipe *pipe)
{
    const uint64_t patience = 1000000000;
    uint64_t limit = clock_nanoseconds(watch->worker->shared->limits.time);
    uint64_t now = clock_now(), until = UINT64_MAX;
    if (limit != 0 && watch->began != 0)
        until = watch->began + limit > now + patience ? watch->began + limit : now + patience;
    for (; now < until && !is_interrupted(watch); now = clock_now()) {
        struct pollfd event = sandbox_pipe_events(pipe);
        struct timespec time = clock_timespec(until - now);
        if (ppoll(&event, 1, until == UINT64_MAX ? NULL : &time, NULL) > 0)
            return true;
    }
    if (now >= until && !watch->stopped) {
        watch->stopped = true;
        watch->end->reason = RUN_TIME;
    }
    return false;
}

/* Writes what is left of a pipe when the program has ended. Returns false if some is left. */
static bool finish_pipe(struct watch *watch, struct sandbox_pipe *pipe)
{
    uint64_t before;
    do {
        before = watch->end->output;
        move(watch, pipe);
        while (!sandbox_pipe_is_empty(pipe)) {
            if (!await_reader(watch, pipe))
                return false;
            move(watch, pipe);
            before = 0;
        }
    } while (watch->end->output != before);
    return true;
}

static void finish_output(struct watch *watch)
{
    for (size_t i = 0; i < pipe_count(watch); i++)
        if (!finish_pipe(watch, &watch->worker->pipes[i]))
            sandbox_pipe_close(&watch->worker->pipes[i]); /* the rest is no other program's */
}

/* ---- the loop ---- */

static void look_at_memory(struct watch *watch, uint64_t now)
{
    uint64_t limit = watch->worker->shared->limits.memory;
    watch->entered = watch->entered || limits_has_entered(watch->id);
    /* Before its execve it has the worker's memory; how long that lasts depends on how busy the
     * machine is. */
    if (!watch->entered) {
        watch->measure = watch->stopped ? UINT64_MAX : now + clock_nanoseconds(1);
        return;
    }
    uint64_t memory = limits_memory(watch->id);
    if (memory > limit)
        stop(watch, RUN_MEMORY);
    watch->measure =
        watch->stopped ? UINT64_MAX : now + clock_nanoseconds(limits_pause(memory, limit));
}

/* The kernel's own limits (RLIMIT_CPU, ITIMER_PROF) count ticks, each for the process that runs at
 * that moment. A process that shares its processor, or that sleeps and wakes in the same rhythm,
 * would pay for time that it did not use. */
static void look_at_processor(struct watch *watch, uint64_t now)
{
    const uint64_t least = 500000;
    uint64_t limit = clock_nanoseconds(watch->worker->shared->limits.processor);
    uint64_t used = clock_processor(watch->id);
    if (used >= limit)
        stop(watch, RUN_TIME);
    /* It has one thread, so it cannot use more time than passes. */
    uint64_t left = used < limit ? limit - used : 0;
    watch->use = watch->stopped ? UINT64_MAX : now + (left > least ? left : least);
}

/* If processor time is limited, the limit by the clock is meant for programs that sleep. It must
 * not hit one that waits for a processor on a busy machine, nor one that was stopped together with
 * this process, which then slept past `due`. */
static void be_fair(struct watch *watch, uint64_t now, uint64_t due)
{
    const uint64_t moment = 20000000;
    if (watch->worker->shared->limits.processor == 0 || watch->deadline == UINT64_MAX)
        return;
    if (now > due)
        watch->deadline += now - due;
    if (now >= watch->deadline && !limits_is_asleep(watch->id))
        watch->deadline = now + moment;
}

static void look_at_clock(struct watch *watch, uint64_t due)
{
    uint64_t now = clock_now();
    be_fair(watch, now, due);
    if (now >= watch->deadline) {
        watch->deadline = UINT64_MAX;
        stop(watch, RUN_TIME);
    }
    if (now >= watch->measure)
        look_at_memory(watch, now);
    if (now >= watch->use)
        look_at_processor(watch, now);
}

static void look_at_worker(struct watch *watch)
{
    char word = 0;
    ssize_t got = recv(watch->worker->socket, &word, 1, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    watch->answering = got == 1;
    watch->over = !watch->answering || word == SANDBOX_ENDED;
}

/* Handles what pass() found. */
static void look_at(struct watch *watch, const struct pollfd *events)
{
    if (watch->traced)
        look_at_traced(watch);
    for (size_t i = 0; i < pipe_count(watch); i++)
        if (events[2 + i].revents)
            move(watch, &watch->worker->pipes[i]);
    if (events[0].revents)
        look_at_worker(watch);
}

/* When to look even if nothing happens; UINT64_MAX: never. */
static uint64_t next_look(const struct watch *watch)
{
    const uint64_t often = 5000000;
    uint64_t look = watch->unread ? clock_now() + often : UINT64_MAX;
    const uint64_t others[] = {watch->deadline, watch->measure, watch->use};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        look = others[i] < look ? others[i] : look;
    return look;
}

/* Waits until something happens, or until it is time to look. */
static void pass(struct watch *watch)
{
    struct sandbox_worker *worker = watch->worker;
    struct pollfd events[4] = {{.fd = worker->socket, .events = POLLIN},
                               {.fd = watch->traced ? worker->ended : -1, .events = POLLIN}};
    for (size_t i = 0; i < pipe_count(watch); i++)
        events[2 + i] =
            watch->unread ? (struct pollfd){.fd = -1} : sandbox_pipe_events(&worker->pipes[i]);
    uint64_t next = next_look(watch);
    uint64_t now = next == UINT64_MAX ? 0 : clock_now();
    uint64_t pause = next > now ? next - now : 0;
    struct timespec time = clock_timespec(pause);
    /* A signal may have come before the wait, when there was nothing to interrupt. */
    look_whether_interrupted(watch);
    int ready = ppoll(events, 2 + pipe_count(watch), next == UINT64_MAX ? NULL : &time, NULL);
    if (ready < 0)
        look_whether_interrupted(watch);
    if (ready > 0)
        look_at(watch, events);
    else if (watch->unread)
        watch->unread = !is_much_unread(watch);
    if (next != UINT64_MAX && !watch->over)
        look_at_clock(watch, now + pause);
}

/* ---- beginning and end ---- */

/* Waits for the child's message, which comes with its process id in this namespace. The worker may
 * report instead that there is no child, or nothing comes if it died. */
static void await_start(struct watch *watch)
{
    char word = 0;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct iovec text = {&word, 1};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got;
    do
        got = recvmsg(watch->worker->socket, &message, 0);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    struct ucred who = {0};
    if (got == 1 && header && header->cmsg_type == SCM_CREDENTIALS)
        memcpy(&who, CMSG_DATA(header), sizeof who);
    watch->answering = got == 1;
    watch->over = !watch->answering || word != SANDBOX_STARTED;
    watch->id = who.pid;
}

/* Traces the child, if possible, and lets it execute the program. */
static void take(struct watch *watch)
{
    struct sandbox_worker *worker = watch->worker;
    unsigned long options = PTRACE_O_EXITKILL | PTRACE_O_TRACEEXIT;
    watch->traced = worker->traced && ptrace(PTRACE_SEIZE, watch->id, NULL, options) == 0;
    if (worker->traced && !watch->traced)
        worker->refused = true;
    if (!watch->traced)
        watch->handle = (int)syscall(SYS_pidfd_open, watch->id, 0);
    const struct run_limits *limits = &worker->shared->limits;
    watch->began = clock_now();
    if (limits->time != 0)
        watch->deadline = watch->began + clock_nanoseconds(limits->time);
    if (limits->memory != 0 && worker->measured)
        watch->measure = watch->began + clock_nanoseconds(limits_pause(0, limits->memory));
    if (limits->processor != 0)
        watch->use = watch->began + clock_nanoseconds(limits->processor);
    char word = SANDBOX_GO;
    if (send(worker->socket, &word, 1, MSG_NOSIGNAL) != 1)
        stop(watch, RUN_INTERRUPTED);
}

/* It may have ended before this process looked. */
static bool is_over_processor(const struct sandbox_shared *shared)
{
    return shared->limits.processor != 0 &&
           shared->processor > clock_nanoseconds(shared->limits.processor);
}

static void judge(struct watch *watch)
{
    const struct sandbox_shared *shared = watch->worker->shared;
    struct run_end *end = watch->end;
    int status = shared->status;
    end->nanoseconds = watch->began ? clock_now() - watch->began : 0;
    end->memory = shared->memory;
    end->processor = shared->processor;
    end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (watch->stopped)
        return;
    end->reason = RUN_EXITED;
    if (shared->error != 0) {
        end->reason = RUN_NOT_STARTED;
        end->error = shared->error;
        end->status = 0;
    } else if (end->signal == SIGSYS) {
        end->reason = RUN_CALL;
    } else if ((end->signal == SIGXCPU && shared->limits.time != 0) || is_over_processor(shared)) {
        end->reason = RUN_TIME;
    } else if (end->signal != 0) {
        end->reason = RUN_SIGNAL;
    }
    /* It ended before it could be observed. Linux counts the worker's own memory as its child's. */
    uint64_t limit = shared->limits.memory;
    if (limit != 0 && end->reason == RUN_EXITED && end->memory > limit &&
        end->memory > shared->own_memory)
        end->reason = RUN_MEMORY;
}

static void release(struct watch *watch)
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
    struct watch watch = {.worker = worker,
                          .job = job,
                          .end = end,
                          .handle = -1,
                          .unread = job->unread,
                          .deadline = UINT64_MAX,
                          .measure = UINT64_MAX,
                          .use = UINT64_MAX};
    await_start(&watch);
    if (!watch.over)
        take(&watch);
    while (!watch.over)
        pass(&watch);
    /* If its worker dies, the program is killed; without a wait by its tracer, it would remain. */
    while (watch.traced && !watch.answering)
        release(&watch);
    if (watch.handle >= 0)
        close(watch.handle);
    watch.handle = -1;
    watch.traced = false;
    finish_output(&watch);
    judge(&watch);
    return watch.answering;
}
