/* Watches one run of a worker, whoever traces it: its limits, its output, its end. */
#include "supervisor.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

void sandbox_watch_stop(struct sandbox_watch *watch, enum run_reason reason)
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

bool sandbox_watch_is_interrupted(const struct sandbox_watch *watch)
{
    const struct sandbox_job *job = watch->job;
    return job->interrupted && job->interrupted(job->context);
}

/* ---- beginning ---- */

void sandbox_watch_open(struct sandbox_watch *watch, struct sandbox_worker *worker,
                        const struct sandbox_job *job, struct run_end *end)
{
    *watch = (struct sandbox_watch){.worker = worker,
                                    .job = job,
                                    .end = end,
                                    .handle = -1,
                                    .deadline = UINT64_MAX,
                                    .measure = UINT64_MAX,
                                    .use = UINT64_MAX};
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
        got = recvmsg(worker->socket, &message, 0);
    while (got < 0 && errno == EINTR);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    struct ucred who = {0};
    if (got == 1 && header && header->cmsg_type == SCM_CREDENTIALS)
        memcpy(&who, CMSG_DATA(header), sizeof who);
    watch->answering = got == 1;
    watch->over = !watch->answering || word != SANDBOX_STARTED;
    watch->id = who.pid;
}

bool sandbox_watch_go(struct sandbox_watch *watch)
{
    const struct sandbox_worker *worker = watch->worker;
    const struct run_limits *limits = &worker->shared->limits;
    watch->began = clock_now();
    if (limits->time != 0)
        watch->deadline = watch->began + clock_nanoseconds(limits->time);
    if (limits->memory != 0 && worker->measured)
        watch->measure = watch->began + clock_nanoseconds(limits_pause(0, limits->memory));
    if (limits->processor != 0)
        watch->use = watch->began + clock_nanoseconds(limits->processor);
    char word = SANDBOX_GO;
    return send(worker->socket, &word, 1, MSG_NOSIGNAL) == 1;
}

/* ---- limits ---- */

static void look_at_memory(struct sandbox_watch *watch, uint64_t now)
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
        sandbox_watch_stop(watch, RUN_MEMORY);
    watch->measure =
        watch->stopped ? UINT64_MAX : now + clock_nanoseconds(limits_pause(memory, limit));
}

/* The kernel's own limits (RLIMIT_CPU, ITIMER_PROF) count ticks, each for the process that runs at
 * that moment. A process that shares its processor, or that sleeps and wakes in the same rhythm,
 * would pay for time that it did not use. */
static void look_at_processor(struct sandbox_watch *watch, uint64_t now)
{
    const uint64_t least = 500000;
    uint64_t limit = clock_nanoseconds(watch->worker->shared->limits.processor);
    uint64_t used = clock_processor(watch->id);
    if (used >= limit)
        sandbox_watch_stop(watch, RUN_TIME);
    /* It has one thread, so it cannot use more time than passes. */
    uint64_t left = used < limit ? limit - used : 0;
    watch->use = watch->stopped ? UINT64_MAX : now + (left > least ? left : least);
}

/* If processor time is limited, the limit by the clock is meant for programs that sleep. It must
 * not hit one that waits for a processor on a busy machine, nor one that was stopped together with
 * this process, which then slept past `due`. */
static void be_fair(struct sandbox_watch *watch, uint64_t now, uint64_t due)
{
    const uint64_t moment = 20000000;
    if (watch->worker->shared->limits.processor == 0 || watch->deadline == UINT64_MAX)
        return;
    if (now > due)
        watch->deadline += now - due;
    if (now >= watch->deadline && !limits_is_asleep(watch->id))
        watch->deadline = now + moment;
}

void sandbox_watch_look_at_clock(struct sandbox_watch *watch, uint64_t due)
{
    uint64_t now = clock_now();
    be_fair(watch, now, due);
    if (now >= watch->deadline) {
        watch->deadline = UINT64_MAX;
        sandbox_watch_stop(watch, RUN_TIME);
    }
    if (now >= watch->measure)
        look_at_memory(watch, now);
    if (now >= watch->use)
        look_at_processor(watch, now);
}

uint64_t sandbox_watch_next_look(const struct sandbox_watch *watch)
{
    const struct sandbox_terminal *terminal = &watch->worker->terminal;
    uint64_t look = watch->deadline < watch->measure ? watch->deadline : watch->measure;
    uint64_t type = terminal->used && terminal->holds ? clock_now() + terminal->pause : UINT64_MAX;
    look = watch->use < look ? watch->use : look;
    return type < look ? type : look;
}

void sandbox_watch_pause(struct sandbox_watch *watch, uint64_t nanoseconds)
{
    watch->began += nanoseconds;
    if (watch->deadline != UINT64_MAX)
        watch->deadline += nanoseconds;
}

/* ---- input and output ---- */

void sandbox_watch_type(struct sandbox_watch *watch)
{
    struct sandbox_worker *worker = watch->worker;
    if (worker->terminal.used)
        sandbox_terminal_type(&worker->terminal, worker->pipes[0].ends, watch->id);
}

bool sandbox_has_errors(const struct sandbox_worker *worker, const struct sandbox_job *job)
{
    return job->errors && !worker->terminal.used;
}

size_t sandbox_watch_pipe_count(const struct sandbox_watch *watch)
{
    return sandbox_has_errors(watch->worker, watch->job) ? 2 : 1;
}

/* The output's reader is gone. A program that writes to a pipe finds that out by itself; writing to
 * a terminal without a person only fails. */
static void break_off(const struct sandbox_watch *watch)
{
    if (watch->traced)
        kill(watch->id, SIGPIPE);
    else if (watch->handle >= 0)
        syscall(SYS_pidfd_send_signal, watch->handle, SIGPIPE, NULL, 0);
}

void sandbox_watch_move(struct sandbox_watch *watch, struct sandbox_pipe *pipe)
{
    uint64_t limit = watch->worker->shared->limits.output;
    uint64_t *written = &watch->end->output;
    uint64_t left = limit == 0 ? UINT64_MAX : *written < limit ? limit - *written : 0;
    bool open = !pipe->stream->closed;
    *written += sandbox_pipe_move(pipe, left);
    if (open && pipe->stream->closed && watch->worker->terminal.used)
        break_off(watch);
    if (limit != 0 && *written > limit)
        sandbox_watch_stop(watch, RUN_OUTPUT);
}

/* Until when to wait for a reader; UINT64_MAX: as long as it takes. A program that writes past its
 * time limit is killed, and this is writing in its place: past the limit, only a reader that takes
 * something each second is waited for. */
static uint64_t patience_ends(const struct sandbox_watch *watch, uint64_t now)
{
    const uint64_t patience = 1000000000;
    uint64_t limit = clock_nanoseconds(watch->worker->shared->limits.time);
    if (watch->lent || limit == 0 || watch->began == 0)
        return UINT64_MAX;
    return watch->began + limit > now + patience ? watch->began + limit : now + patience;
}

/* Waits until the reader of a pipe takes more. Returns false if it does not. */
static bool await_reader(struct sandbox_watch *watch, const struct sandbox_pipe *pipe)
{
    uint64_t now = clock_now(), until = patience_ends(watch, now);
    for (; now < until && !sandbox_watch_is_interrupted(watch); now = clock_now()) {
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

/* Writes what is left of a pipe. Returns false if some is left. */
static bool flush_pipe(struct sandbox_watch *watch, struct sandbox_pipe *pipe)
{
    uint64_t before;
    do {
        before = watch->end->output;
        sandbox_watch_move(watch, pipe);
        while (!sandbox_pipe_is_empty(pipe)) {
            if (!await_reader(watch, pipe))
                return false;
            sandbox_watch_move(watch, pipe);
            before = 0;
        }
    } while (watch->end->output != before);
    return true;
}

bool sandbox_watch_flush(struct sandbox_watch *watch)
{
    bool done = true;
    for (size_t i = 0; i < sandbox_watch_pipe_count(watch); i++)
        done = flush_pipe(watch, &watch->worker->pipes[i]) && done;
    return done;
}

/* ---- the end ---- */

void sandbox_watch_look_at_worker(struct sandbox_watch *watch, int flags)
{
    char word = 0;
    ssize_t got = recv(watch->worker->socket, &word, 1, flags);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    watch->answering = got == 1;
    watch->over = !watch->answering || word == SANDBOX_ENDED;
}

/* It may have ended before this process looked. */
static bool is_over_processor(const struct sandbox_shared *shared)
{
    return shared->limits.processor != 0 &&
           shared->processor > clock_nanoseconds(shared->limits.processor);
}

static void judge(struct sandbox_watch *watch)
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

void sandbox_watch_close(struct sandbox_watch *watch)
{
    if (watch->handle >= 0)
        close(watch->handle);
    watch->handle = -1;
    watch->traced = false;
    for (size_t i = 0; i < sandbox_watch_pipe_count(watch); i++)
        if (!flush_pipe(watch, &watch->worker->pipes[i]))
            sandbox_pipe_close(&watch->worker->pipes[i]); /* the rest is no other program's */
    judge(watch);
}
