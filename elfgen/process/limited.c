/* A program and its children, traced only at their beginnings, signals and ends. */
#include "limited.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

struct member {
    pid_t id;
    bool borrows; /* its parent's memory, until its execve */
};

struct family {
    struct limit_run *watch;
    struct run_end *end;
    struct member *members;
    size_t count, room;
    pid_t first;
    bool traced;
    bool took_orphans; /* not traced: before this */
    char *before;      /* not traced: this process's other children */
    bool entered;      /* the program runs */
    bool first_over;   /* and ran */
    bool killing;      /* whoever is met */
    bool stopped;      /* for end->reason */
    uint64_t deadline, measure;
};

/* ---- who is there ---- */

static struct member *find(const struct family *family, pid_t id)
{
    for (size_t i = 0; i < family->count; i++)
        if (family->members[i].id == id)
            return &family->members[i];
    return NULL;
}

static void kill_all(struct family *family)
{
    family->killing = true;
    for (size_t i = 0; i < family->count; i++)
        kill(family->members[i].id, SIGKILL);
}

static void stop(struct family *family, enum run_reason reason)
{
    if (!family->stopped && !family->first_over) {
        family->stopped = true;
        family->end->reason = reason;
    }
    kill_all(family);
}

/* A process that is known from now on, whether its parent said so or it did. */
static struct member *meet(struct family *family, pid_t id)
{
    struct member *known = find(family, id);
    if (known)
        return known;
    if (family->count == family->room) {
        size_t room = family->room ? 2 * family->room : 8;
        struct member *more = realloc(family->members, room * sizeof *more);
        if (!more) {
            kill(id, SIGKILL);
            stop(family, RUN_MEMORY);
            return NULL;
        }
        family->members = more;
        family->room = room;
    }
    if (family->killing)
        kill(id, SIGKILL);
    family->members[family->count] = (struct member){.id = id};
    return &family->members[family->count++];
}

static void forget(struct family *family, pid_t id)
{
    struct member *member = find(family, id);
    if (member)
        *member = family->members[--family->count];
}

/* ---- what happens to them ---- */

/* Stops on the way into the program: its execve, and what became of that. What was refused ends by
 * itself, or by the kernel's signal where there was no way back. Returns whether it was one. */
static bool call_stop(struct family *family, pid_t id, int number)
{
    struct __ptrace_syscall_info info = {0};
    if (number != (SIGTRAP | 0x80))
        return false;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, id, sizeof info, &info) > 0 &&
        info.op == PTRACE_SYSCALL_INFO_EXIT) {
        family->entered = !info.exit.is_error;
        family->end->error = info.exit.is_error ? (int)-info.exit.rval : 0;
    }
    return true;
}

static void meet_child(struct family *family, pid_t id, int event)
{
    unsigned long child = 0;
    if (ptrace(PTRACE_GETEVENTMSG, id, NULL, &child) != 0 || child == 0)
        return;
    struct member *member = meet(family, (pid_t)child);
    if (member)
        member->borrows = event == PTRACE_EVENT_VFORK;
}

/* Another thread's execve took the leader's number; what was the thread is nobody. */
static void exec_stop(struct family *family, struct member *member)
{
    unsigned long before = 0;
    member->borrows = false;
    if (ptrace(PTRACE_GETEVENTMSG, member->id, NULL, &before) == 0 && (pid_t)before != member->id)
        forget(family, (pid_t)before);
}

static void traced_stop(struct family *family, struct member *member, int status)
{
    struct run_end other = {0};
    pid_t id = member->id;
    struct run_end *end = id == family->first ? family->end : &other;
    int number = WSTOPSIG(status), event = status >> 16, deliver = 0;
    if (event == 0) {
        if (!call_stop(family, id, number))
            deliver = limits_signal_stop(id, number, end);
    } else if (event == PTRACE_EVENT_EXIT) {
        limits_exit_stop(id, end);
    } else if (event == PTRACE_EVENT_STOP && number != SIGTRAP) {
        ptrace(PTRACE_LISTEN, id, NULL, NULL);
        return;
    } else if (event == PTRACE_EVENT_EXEC) {
        exec_stop(family, member);
    } else if (event != PTRACE_EVENT_STOP) {
        meet_child(family, id, event);
    }
    bool calls = id == family->first && !family->entered && family->end->error == 0;
    ptrace(calls ? PTRACE_SYSCALL : PTRACE_CONT, id, NULL, deliver);
}

static void ended(struct family *family, pid_t id, int status, const struct rusage *usage)
{
    struct run_end *end = family->end;
    forget(family, id);
    if (id != family->first)
        return;
    family->first_over = true;
    end->memory = 1024 * (uint64_t)usage->ru_maxrss;
    end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (!family->stopped)
        end->reason = end->signal ? RUN_SIGNAL : end->error ? RUN_NOT_STARTED : RUN_EXITED;
    kill_all(family);
}

static void look(struct family *family)
{
    struct rusage usage;
    int status;
    pid_t id;
    while (family->count != 0 && (id = wait4(-1, &status, WNOHANG | __WALL, &usage)) > 0) {
        struct member *member = WIFSTOPPED(status) ? meet(family, id) : NULL;
        if (member)
            traced_stop(family, member, status);
        else if (!WIFSTOPPED(status))
            ended(family, id, status, &usage);
    }
}

/* ---- limits ---- */

static void look_at_memory(struct family *family, uint64_t now)
{
    uint64_t limit = family->watch->limits.memory, sum = 0;
    for (size_t i = 0; i < family->count; i++)
        if (!family->members[i].borrows)
            sum += limits_memory(family->members[i].id);
    /* What several share counts for each of them at first. */
    if (sum > limit && family->count > 1) {
        sum = 0;
        for (size_t i = 0; i < family->count; i++)
            if (!family->members[i].borrows)
                sum += limits_share(family->members[i].id);
    }
    if (sum > limit)
        stop(family, RUN_MEMORY);
    family->measure =
        family->killing ? UINT64_MAX : now + clock_nanoseconds(limits_pause(sum, limit));
}

static void look_at_clock(struct family *family)
{
    uint64_t now = clock_now();
    if (now >= family->deadline) {
        family->deadline = UINT64_MAX;
        stop(family, RUN_TIME);
    }
    if (now >= family->measure)
        look_at_memory(family, now);
}

static void look_whether_interrupted(struct family *family)
{
    const struct limit_run *watch = family->watch;
    if (watch->interrupted && watch->interrupted(watch->context))
        stop(family, RUN_INTERRUPTED);
}

static void pass(struct family *family, int file)
{
    struct pollfd wish = {.fd = file, .events = POLLIN};
    struct signalfd_siginfo news;
    uint64_t next = family->deadline < family->measure ? family->deadline : family->measure;
    uint64_t now = clock_now();
    uint64_t pause = next > now ? next - now : 0;
    struct timespec time = {.tv_sec = (time_t)(pause / 1000000000),
                            .tv_nsec = (long)(pause % 1000000000)};
    /* Before as well: it may have come while there was no wait to interrupt. */
    look_whether_interrupted(family);
    if (ppoll(&wish, 1, next == UINT64_MAX ? NULL : &time, NULL) < 0)
        look_whether_interrupted(family);
    look_at_clock(family);
    while (read(file, &news, sizeof news) > 0)
        ;
    look(family);
}

/* ---- all of it ---- */

static bool begin(struct family *family, const struct process_program *program,
                  struct elfgen_error *error)
{
    unsigned long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                            PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
    family->first = process_start(program, options, error);
    family->traced = family->first >= 0;
    if (!family->traced) {
        family->watch->untraced = true;
        family->before = limit_untraced_children();
        family->took_orphans = limit_untraced_adopt_orphans(true);
        family->first = limit_untraced_start(program, &family->end->error, error);
        family->entered = true;
    }
    if (family->first < 0 || !meet(family, family->first))
        return false;
    if (family->traced)
        ptrace(PTRACE_SYSCALL, family->first, NULL, 0);
    return true;
}

static void leave(struct family *family)
{
    if (family->watch->untraced) {
        limit_untraced_kill_new(family->before);
        limit_untraced_adopt_orphans(family->took_orphans);
    }
    free(family->before);
    free(family->members);
}

bool limit_run(const struct process_program *program, struct limit_run *watch, struct run_end *end,
               struct elfgen_error *error)
{
    struct family family = {
        .watch = watch, .end = end, .deadline = UINT64_MAX, .measure = UINT64_MAX};
    *end = (struct run_end){0};
    watch->untraced = false;
    sigset_t child, before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int file = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (file < 0 || !begin(&family, program, error)) {
        if (file < 0)
            elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "no signalfd: %s",
                             strerror(errno));
        else
            close(file);
        leave(&family);
        return false;
    }
    pthread_sigmask(SIG_BLOCK, &child, &before);
    uint64_t began = clock_now();
    if (watch->limits.time != 0)
        family.deadline = began + clock_nanoseconds(watch->limits.time);
    if (watch->limits.memory != 0 && limits_can_measure())
        family.measure = began + clock_nanoseconds(1);
    look(&family);
    while (family.count != 0)
        pass(&family, file);
    end->nanoseconds = clock_now() - began;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(file);
    leave(&family);
    return true;
}
