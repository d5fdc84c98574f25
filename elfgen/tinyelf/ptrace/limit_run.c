/* Runs a program and its children with limits. They are traced only at their starts, signals and
 * ends. */
#include "limit_run.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/grow.h"

struct tracee {
    pid_t id;
    bool reported; /* its parent's stop said how it began; its own stop may come first */
    bool borrows;  /* until its execve, the memory of the process that started it */
};

struct tracees {
    struct limit_run *watch;
    struct run_end *end;
    struct tracee *list;
    size_t count, room;
    pid_t first;
    bool traced;
    bool took_orphans; /* without ptrace: whether this process adopted orphans before */
    char *before;      /* without ptrace: the other children of this process */
    bool entered;      /* the program is past its execve */
    bool first_over;   /* its first process has ended */
    bool killing;      /* all processes are to be killed, also those that appear later */
    bool stopped;      /* end->reason is set */
    uint64_t deadline, measure;
};

/* ---- the processes ---- */

static struct tracee *find_tracee(const struct tracees *tracees, pid_t id)
{
    for (size_t i = 0; i < tracees->count; i++)
        if (tracees->list[i].id == id)
            return &tracees->list[i];
    return NULL;
}

static void kill_all(struct tracees *tracees)
{
    tracees->killing = true;
    for (size_t i = 0; i < tracees->count; i++)
        kill(tracees->list[i].id, SIGKILL);
}

static void stop(struct tracees *tracees, enum run_reason reason)
{
    if (!tracees->stopped && !tracees->first_over) {
        tracees->stopped = true;
        tracees->end->reason = reason;
    }
    kill_all(tracees);
}

/* Adds a process, or finds it: its parent's stop and its own may come in either order. */
static struct tracee *add_tracee(struct tracees *tracees, pid_t id)
{
    struct tracee *known = find_tracee(tracees, id);
    if (known)
        return known;
    if (!grow_array(&tracees->list, tracees->count + 1, &tracees->room, sizeof *tracees->list)) {
        kill(id, SIGKILL);
        stop(tracees, RUN_MEMORY);
        return NULL;
    }
    if (tracees->killing)
        kill(id, SIGKILL);
    tracees->list[tracees->count] = (struct tracee){.id = id};
    return &tracees->list[tracees->count++];
}

static void remove_tracee(struct tracees *tracees, pid_t id)
{
    struct tracee *tracee = find_tracee(tracees, id);
    if (tracee)
        *tracee = tracees->list[--tracees->count];
}

/* ---- events ---- */

/* Handles stops on the way into the program: its execve, and the result. If execve fails, the child
 * ends by itself, or by a signal of the kernel past the point of no return. Returns whether it was
 * such a stop. */
static bool call_stop(struct tracees *tracees, pid_t id, int number)
{
    struct __ptrace_syscall_info info = {0};
    if (number != (SIGTRAP | 0x80))
        return false;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof info, &info) > 0 &&
        info.op == PTRACE_SYSCALL_INFO_EXIT) {
        tracees->entered = !info.exit.is_error;
        tracees->end->error = info.exit.is_error ? (int)-info.exit.rval : 0;
    }
    return true;
}

/* The child may run before its parent's stop is handled, and even be past its execve. */
static void add_child(struct tracees *tracees, pid_t id, int event)
{
    unsigned long child = 0;
    if (ptrace(PTRACE_GETEVENTMSG, id, NULL, &child) != 0 || child == 0)
        return;
    struct tracee *tracee = add_tracee(tracees, (pid_t)child);
    if (!tracee)
        return;
    tracee->reported = true;
    tracee->borrows = event == PTRACE_EVENT_VFORK && !limits_has_entered(tracee->id);
}

/* execve by another thread: it takes over the leader's pid; drop the old tid. */
static void exec_stop(struct tracees *tracees, struct tracee *tracee)
{
    unsigned long before = 0;
    tracee->borrows = false;
    tracee->reported = true;
    if (ptrace(PTRACE_GETEVENTMSG, tracee->id, NULL, &before) == 0 && (pid_t)before != tracee->id)
        remove_tracee(tracees, (pid_t)before);
}

static void traced_stop(struct tracees *tracees, struct tracee *tracee, int status)
{
    struct run_end other = {0};
    pid_t id = tracee->id;
    struct run_end *end = id == tracees->first ? tracees->end : &other;
    int number = WSTOPSIG(status), event = status >> 16, deliver = 0;
    if (event == 0) {
        if (!call_stop(tracees, id, number))
            deliver = limits_signal_stop(id, number, end);
    } else if (event == PTRACE_EVENT_EXIT) {
        limits_exit_stop(id, end);
    } else if (event == PTRACE_EVENT_STOP && number != SIGTRAP) {
        ptrace(PTRACE_LISTEN, id, NULL, NULL);
        return;
    } else if (event == PTRACE_EVENT_EXEC) {
        exec_stop(tracees, tracee);
    } else if (event != PTRACE_EVENT_STOP) {
        add_child(tracees, id, event);
    }
    bool calls = id == tracees->first && !tracees->entered && tracees->end->error == 0;
    ptrace(calls ? PTRACE_SYSCALL : PTRACE_CONT, id, NULL, deliver);
}

static void ended(struct tracees *tracees, pid_t id, int status, const struct rusage *usage)
{
    struct run_end *end = tracees->end;
    remove_tracee(tracees, id);
    /* Its stops can no longer say how its children began. */
    for (size_t i = 0; i < tracees->count; i++)
        tracees->list[i].reported = true;
    if (id != tracees->first)
        return;
    tracees->first_over = true;
    end->memory = 1024 * (uint64_t)usage->ru_maxrss;
    end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (!tracees->stopped)
        end->reason = end->signal ? RUN_SIGNAL : end->error ? RUN_NOT_STARTED : RUN_EXITED;
    kill_all(tracees);
}

static void look(struct tracees *tracees)
{
    struct rusage usage;
    int status;
    pid_t id;
    while (tracees->count != 0 && (id = wait4(-1, &status, WNOHANG | __WALL, &usage)) > 0) {
        struct tracee *tracee = WIFSTOPPED(status) ? add_tracee(tracees, id) : NULL;
        if (tracee)
            traced_stop(tracees, tracee, status);
        else if (!WIFSTOPPED(status))
            ended(tracees, id, status, &usage);
    }
}

/* ---- limits ---- */

/* Whether it is known to have memory of its own. */
static bool has_memory(const struct tracee *tracee)
{
    return tracee->reported && !tracee->borrows;
}

static void look_at_memory(struct tracees *tracees, uint64_t now)
{
    uint64_t limit = tracees->watch->limits.memory, sum = 0;
    for (size_t i = 0; i < tracees->count; i++)
        if (has_memory(&tracees->list[i]))
            sum += limits_memory(tracees->list[i].id);
    /* At first, memory that several processes share counts for each of them. */
    if (sum > limit && tracees->count > 1) {
        sum = 0;
        for (size_t i = 0; i < tracees->count; i++)
            if (has_memory(&tracees->list[i]))
                sum += limits_share(tracees->list[i].id);
    }
    if (sum > limit)
        stop(tracees, RUN_MEMORY);
    /* Before its execve, nothing says how soon it may use much memory. */
    uint64_t pause = tracees->entered ? limits_pause(sum, limit) : 1;
    tracees->measure = tracees->killing ? UINT64_MAX : now + clock_nanoseconds(pause);
}

static void look_at_clock(struct tracees *tracees)
{
    uint64_t now = clock_now();
    if (now >= tracees->deadline) {
        tracees->deadline = UINT64_MAX;
        stop(tracees, RUN_TIME);
    }
    if (now >= tracees->measure)
        look_at_memory(tracees, now);
}

static void look_whether_interrupted(struct tracees *tracees)
{
    const struct limit_run *watch = tracees->watch;
    if (watch->interrupted && watch->interrupted(watch->context))
        stop(tracees, RUN_INTERRUPTED);
}

static void pass(struct tracees *tracees, int file)
{
    struct pollfd event = {.fd = file, .events = POLLIN};
    struct signalfd_siginfo news;
    uint64_t next = tracees->deadline < tracees->measure ? tracees->deadline : tracees->measure;
    uint64_t now = clock_now();
    uint64_t pause = next > now ? next - now : 0;
    struct timespec time = clock_timespec(pause);
    /* A signal may have come before the wait, when there was nothing to interrupt. */
    look_whether_interrupted(tracees);
    if (ppoll(&event, 1, next == UINT64_MAX ? NULL : &time, NULL) < 0)
        look_whether_interrupted(tracees);
    look_at_clock(tracees);
    while (read(file, &news, sizeof news) > 0)
        ;
    look(tracees);
}

/* ---- the whole run ---- */

static bool begin(struct tracees *tracees, const struct process_program *program,
                  struct elfgen_error *error)
{
    unsigned long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                            PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
    tracees->first = process_start(program, options, error);
    tracees->traced = tracees->first >= 0;
    if (!tracees->traced) {
        tracees->watch->untraced = true;
        tracees->before = limit_untraced_children();
        tracees->took_orphans = limit_untraced_adopt_orphans(true);
        tracees->first = limit_untraced_start(program, &tracees->end->error, error);
        tracees->entered = true;
    }
    struct tracee *first = tracees->first < 0 ? NULL : add_tracee(tracees, tracees->first);
    if (!first)
        return false;
    /* It has the memory of this process, which may be more than the limit. */
    first->borrows = tracees->traced;
    first->reported = true;
    if (tracees->traced)
        ptrace(PTRACE_SYSCALL, tracees->first, NULL, 0);
    return true;
}

static void leave(struct tracees *tracees)
{
    if (tracees->watch->untraced) {
        limit_untraced_kill_new(tracees->before);
        limit_untraced_adopt_orphans(tracees->took_orphans);
    }
    free(tracees->before);
    free(tracees->list);
}

bool limit_run(const struct process_program *program, struct limit_run *watch, struct run_end *end,
               struct elfgen_error *error)
{
    struct tracees tracees = {
        .watch = watch, .end = end, .deadline = UINT64_MAX, .measure = UINT64_MAX};
    *end = (struct run_end){0};
    watch->untraced = false;
    sigset_t child, before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int file = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (file < 0 || !begin(&tracees, program, error)) {
        if (file < 0)
            elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "no signalfd: %s",
                             strerror(errno));
        else
            close(file);
        leave(&tracees);
        return false;
    }
    pthread_sigmask(SIG_BLOCK, &child, &before);
    uint64_t began = clock_now();
    if (watch->limits.time != 0)
        tracees.deadline = began + clock_nanoseconds(watch->limits.time);
    if (watch->limits.memory != 0 && limits_can_measure())
        tracees.measure = began + clock_nanoseconds(1);
    look(&tracees);
    while (tracees.count != 0)
        pass(&tracees, file);
    end->nanoseconds = clock_now() - began;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(file);
    leave(&tracees);
    return true;
}
