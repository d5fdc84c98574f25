/* Runs a program and its children with limits. They are traced only at their starts, signals and
 * ends. */
#include "limit_run.h"

#include "tracees.h"

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
#include "base/no_memory.h"
#include "base/system_error.h"

struct run {
    struct limit_run *watch;
    struct run_end *end;
    struct tracees tracees;
    struct process_child *child;
    pid_t first;
    bool traced;
    bool took_orphans; /* without ptrace: whether this process adopted orphans before */
    char *before;      /* without ptrace: the other children of this process */
    bool entered;      /* the program is past its execve */
    bool first_over;   /* its first process has ended */
    bool stopped;      /* end->reason is set */
    uint64_t deadline, measure;
};

/* What is kept of a tracee. */
struct memory_facts {
    bool borrows; /* until its execve, the memory of the process that started it */
    bool counted; /* a leader: its memory is in the sum */
    pid_t leader; /* the first thread of its process; 0: not asked yet */
};

static void stop(struct run *run, enum run_reason reason)
{
    if (!run->stopped && !run->first_over) {
        run->stopped = true;
        run->end->reason = reason;
    }
    tracees_kill(&run->tracees);
}

/* ---- events ---- */

/* Handles stops of the first process on the way into the program: its execve, and the result. If
 * execve fails, the child ends by itself, or by a signal of the kernel past the point of no return.
 */
static void at_call(void *context, struct tracee *tracee)
{
    struct run *run = context;
    struct __ptrace_syscall_info info = {0};
    if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->id, sizeof info, &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_EXIT)
        return;
    run->entered = !info.exit.is_error;
    run->end->error = info.exit.is_error ? (int)-info.exit.rval : 0;
    tracee->calls = false;
}

/* The child may run before its parent's stop is handled, and even be past its execve. */
static void announced(void *context, struct tracee *tracee, int event)
{
    struct memory_facts *facts = tracee->data;
    (void)context;
    facts->borrows = event == PTRACE_EVENT_VFORK && !limits_has_entered(tracee->id);
}

static void execed(void *context, struct tracee *tracee, struct tracee *former)
{
    struct memory_facts *facts = tracee->data;
    (void)context;
    (void)former;
    facts->borrows = false;
}

static int signalled(void *context, struct tracee *tracee, int number)
{
    const struct run *run = context;
    struct run_end other = {0};
    return limits_signal_stop(tracee->id, number, tracee->id == run->first ? run->end : &other);
}

static void exiting(void *context, struct tracee *tracee)
{
    const struct run *run = context;
    if (tracee->id == run->first)
        limits_exit_stop(tracee->id, run->end);
}

static void ended(void *context, struct tracee *tracee, int status, const struct rusage *usage)
{
    struct run *run = context;
    struct run_end *end = run->end;
    if (tracee->id != run->first)
        return;
    run->first_over = true;
    end->memory = 1024 * (uint64_t)usage->ru_maxrss;
    end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    end->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    if (!run->stopped)
        end->reason = end->signal ? RUN_SIGNAL : end->error ? RUN_NOT_STARTED : RUN_EXITED;
    tracees_kill(&run->tracees);
}

static void look(struct run *run)
{
    struct rusage usage;
    int status;
    pid_t id;
    while (run->tracees.count != 0 && (id = wait4(-1, &status, WNOHANG | __WALL, &usage)) > 0)
        tracees_take(&run->tracees, id, status, &usage);
    if (run->tracees.no_memory)
        stop(run, RUN_MEMORY);
}

/* ---- limits ---- */

/* Whether it is known to have memory of its own. */
static bool has_memory(const struct tracee *tracee)
{
    const struct memory_facts *facts = tracee->data;
    return tracee->announced && !facts->borrows;
}

/* The leader of a tracee's process; NULL if it is not known to have memory of its own. */
static struct tracee *leader_of(const struct run *run, struct tracee *tracee)
{
    struct memory_facts *facts = tracee->data;
    if (!has_memory(tracee))
        return NULL;
    if (facts->leader == 0)
        facts->leader = limits_leader(tracee->id);
    return facts->leader == tracee->id ? tracee : tracees_find(&run->tracees, facts->leader);
}

/* The memory of all processes, each measured by `measure` once: at its first thread or, if that has
 * ended, at any other. */
static uint64_t sum_of(const struct run *run, uint64_t (*measure)(pid_t id))
{
    uint64_t sum = 0;
    for (int others = 0; others < 2; others++) {
        struct tracee *tracee = NULL;
        while ((tracee = tracees_next(&run->tracees, tracee))) {
            const struct tracee *leader = leader_of(run, tracee);
            struct memory_facts *facts = leader ? leader->data : NULL;
            if (!facts || (leader == tracee) == others || (others && facts->counted))
                continue;
            uint64_t memory = measure(tracee->id);
            facts->counted = memory != 0;
            sum += memory;
        }
    }
    return sum;
}

static void look_at_memory(struct run *run, uint64_t now)
{
    uint64_t limit = run->watch->limits.memory, sum = sum_of(run, limits_memory);
    /* At first, memory that several processes share counts for each of them. */
    if (sum > limit && run->tracees.count > 1)
        sum = sum_of(run, limits_share);
    if (sum > limit)
        stop(run, RUN_MEMORY);
    /* Before its execve, nothing says how soon it may use much memory. */
    uint64_t pause = run->entered ? limits_pause(sum, limit) : 1;
    run->measure = run->tracees.killing ? UINT64_MAX : now + clock_nanoseconds(pause);
}

static void look_at_clock(struct run *run)
{
    uint64_t now = clock_now();
    if (now >= run->deadline) {
        run->deadline = UINT64_MAX;
        stop(run, RUN_TIME);
    }
    if (now >= run->measure)
        look_at_memory(run, now);
}

static void look_whether_interrupted(struct run *run)
{
    const struct limit_run *watch = run->watch;
    if (watch->interrupted && watch->interrupted(watch->context))
        stop(run, RUN_INTERRUPTED);
}

static void pass(struct run *run, int file)
{
    struct pollfd event = {.fd = file, .events = POLLIN};
    struct signalfd_siginfo news;
    uint64_t next = run->deadline < run->measure ? run->deadline : run->measure;
    uint64_t now = clock_now();
    uint64_t pause = next > now ? next - now : 0;
    struct timespec time = clock_timespec(pause);
    /* A signal may have come before the wait, when there was nothing to interrupt. */
    look_whether_interrupted(run);
    if (ppoll(&event, 1, next == UINT64_MAX ? NULL : &time, NULL) < 0)
        look_whether_interrupted(run);
    look_at_clock(run);
    while (read(file, &news, sizeof news) > 0)
        ;
    look(run);
}

/* ---- the whole run ---- */

static bool begin(struct run *run, const struct process_program *program,
                  struct elfgen_error *error)
{
    unsigned long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                            PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
    run->first = process_start(run->child, program, options, error);
    run->traced = run->first >= 0;
    if (!run->traced) {
        run->watch->untraced = true;
        run->before = limit_untraced_children();
        run->took_orphans = limit_untraced_adopt_orphans(true);
        run->first = process_start_untraced(run->child, program, &run->end->error, error);
        run->entered = true;
    }
    struct tracee *first = run->first < 0 ? NULL : tracees_add(&run->tracees, run->first);
    if (run->first >= 0 && !first) {
        process_kill(run->first);
        error_no_memory(error);
    }
    if (!first)
        return false;
    /* It has the memory of this process, which may be more than the limit. */
    struct memory_facts *facts = first->data;
    facts->borrows = run->traced;
    first->calls = run->traced;
    if (run->traced)
        tracees_resume(first, 0);
    return true;
}

static void leave(struct run *run)
{
    if (run->watch->untraced) {
        limit_untraced_kill_new(run->before);
        limit_untraced_adopt_orphans(run->took_orphans);
    }
    free(run->before);
    tracees_free(&run->tracees);
}

bool limit_run(const struct process_program *program, struct limit_run *watch, struct run_end *end,
               struct elfgen_error *error)
{
    struct process_child child;
    struct run run = {
        .child = &child, .watch = watch, .end = end, .deadline = UINT64_MAX, .measure = UINT64_MAX};
    const struct tracees_client client = {.data_size = sizeof(struct memory_facts),
                                          .context = &run,
                                          .announced = announced,
                                          .at_call = at_call,
                                          .signalled = signalled,
                                          .execed = execed,
                                          .exiting = exiting,
                                          .ended = ended};
    run.tracees.client = &client;
    *end = (struct run_end){0};
    watch->untraced = false;
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    int file = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
    if (file < 0 || !begin(&run, program, error)) {
        if (file < 0)
            elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "no signalfd: %s",
                             system_error_text(errno));
        else
            close(file);
        leave(&run);
        return false;
    }
    pthread_sigmask(SIG_BLOCK, &ends, &before);
    uint64_t began = clock_now();
    if (watch->limits.time != 0)
        run.deadline = began + clock_nanoseconds(watch->limits.time);
    if (watch->limits.memory != 0 && limits_can_measure())
        run.measure = began + clock_nanoseconds(1);
    look(&run);
    while (run.tracees.count != 0)
        pass(&run, file);
    end->nanoseconds = clock_now() - began;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(file);
    leave(&run);
    return true;
}
