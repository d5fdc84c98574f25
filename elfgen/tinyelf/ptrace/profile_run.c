/* Runs a program once at its own speed, without stops at its calls. It is traced all the same: the
 * program and all its children are then killed if this process ends. */
#include "profile.h"

#include "tracees.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/no_memory.h"

struct once {
    struct profile *profile;
    struct tracees tracees;
    bool pages;
    pid_t first;
    uint64_t deadline, begin, end; /* end 0: the first process has not ended */
    uint64_t minor, major;         /* before execve */
};

/* ---- /proc ---- */

/* Reads minflt and majflt (proc(5)): fields 10 and 12. */
static bool read_faults(pid_t id, uint64_t *minor, uint64_t *major)
{
    char stat[1024];
    unsigned long long faults[2];
    const char *fields = proc_read_stat(id, stat, sizeof stat);
    if (!fields ||
        sscanf(fields, "%*c %*d %*d %*d %*d %*d %*u %llu %*u %llu", &faults[0], &faults[1]) != 2)
        return false;
    *minor = faults[0];
    *major = faults[1];
    return true;
}

/* Reads how many pages are in memory. statm is cheaper to read, but may be some pages off. */
static bool read_resident(pid_t id, uint64_t *pages)
{
    char text[4096];
    uint64_t kibibytes = 0;
    bool found = proc_read_of(id, "smaps_rollup", text, sizeof text) &&
                 proc_field(text, "Rss:", 10, &kibibytes);
    *pages = kibibytes * 1024 / (uint64_t)sysconf(_SC_PAGESIZE);
    return found;
}

static void read_pages(const struct once *once)
{
    struct profile *profile = once->profile;
    uint64_t minor, major;
    profile->has_resident = read_resident(once->first, &profile->resident);
    if (!read_faults(once->first, &minor, &major))
        return;
    profile->has_pages = true;
    profile->minor = minor - once->minor;
    profile->major = major - once->major;
}

/* ---- events ---- */

static void exiting(void *context, struct tracee *tracee)
{
    const struct once *once = context;
    if (tracee->id == once->first && once->pages && !once->tracees.killing)
        read_pages(once);
}

static void ended(void *context, struct tracee *tracee, int status, const struct rusage *usage)
{
    struct once *once = context;
    (void)status;
    (void)usage;
    if (tracee->id == once->first)
        once->end = clock_now();
}

static void waited(void *context, bool interrupted)
{
    struct once *once = context;
    (void)interrupted;
    if (!once->tracees.killing && clock_now() >= once->deadline)
        tracees_kill(&once->tracees);
}

/* Lets the child run up to its execve, so that page faults before it can be subtracted. */
static bool go_to_execve(struct once *once)
{
    int status;
    if (ptrace(PTRACE_SYSCALL, once->first, NULL, 0) != 0)
        return false;
    while (waitpid(once->first, &status, __WALL) < 0)
        if (errno != EINTR)
            return false;
    return WIFSTOPPED(status) && read_faults(once->first, &once->minor, &once->major);
}

static bool begin(struct once *once, uint64_t limit)
{
    once->pages = once->pages && go_to_execve(once);
    once->begin = clock_now();
    once->deadline = once->begin + limit;
    const struct tracee *tracee = tracees_add(&once->tracees, once->first);
    if (tracee)
        tracees_resume(tracee, 0);
    else
        process_kill(once->first);
    return tracee != NULL;
}

bool profile_run(struct profile *profile, const struct process_program *program, bool pages,
                 uint64_t limit, uint64_t *time, struct elfgen_error *error)
{
    struct once once = {.profile = profile, .pages = pages};
    struct process_child child;
    unsigned long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                            (pages ? PTRACE_O_TRACEEXIT : 0);
    /* execve by a thread other than the first drops its id. The first one need not stop for it:
     * that would count as the program's time. */
    const struct tracees_client client = {.context = &once,
                                          .child_options =
                                              options | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC,
                                          .exiting = exiting,
                                          .ended = ended,
                                          .waited = waited};
    once.tracees.client = &client;
    *time = 0;
    once.first = process_start(&child, program, options, error);
    if (once.first < 0)
        return false;
    if (begin(&once, limit))
        tracees_run(&once.tracees, NULL);
    if (once.end != 0 && !once.tracees.killing)
        *time = once.end - once.begin;
    bool no_memory = once.tracees.no_memory;
    tracees_free(&once.tracees);
    if (no_memory)
        error_no_memory(error);
    return !no_memory;
}
