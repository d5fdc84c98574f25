/* Runs a program once at its own speed, without stops at its calls. It is traced all the same: the
 * program and all its children are then killed if this process ends. */
#include "profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/grow.h"
#include "base/proc.h"
#include "base/no_memory.h"

struct once {
    struct profile *profile;
    bool pages;
    pid_t first;
    pid_t *ids; /* that run or are stopped */
    size_t count, room;
    uint64_t deadline, begin, end; /* end 0: the first process has not ended */
    bool killing, no_memory;
    uint64_t minor, major; /* before execve */
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

/* ---- processes ---- */

static bool is_known(const struct once *once, pid_t id)
{
    for (size_t i = 0; i < once->count; i++)
        if (once->ids[i] == id)
            return true;
    return false;
}

static void kill_all(struct once *once)
{
    once->killing = true;
    for (size_t i = 0; i < once->count; i++)
        kill(once->ids[i], SIGKILL);
}

/* Adds a process that is traced from now on. */
static void add_tracee(struct once *once, pid_t id)
{
    if (is_known(once, id))
        return;
    if (!grow_array(&once->ids, once->count + 1, &once->room, sizeof *once->ids)) {
        once->no_memory = true;
        kill_all(once);
        process_kill(id);
        return;
    }
    once->ids[once->count++] = id;
    if (once->killing)
        kill(id, SIGKILL);
}

static void remove_tracee(struct once *once, pid_t id)
{
    for (size_t i = 0; i < once->count; i++)
        if (once->ids[i] == id)
            once->ids[i] = once->ids[--once->count];
}

/* ---- stops ---- */

static void stopped(struct once *once, pid_t id, int status)
{
    int number = WSTOPSIG(status), deliver = 0;
    unsigned long child = 0;
    switch (status >> 16) {
    case 0:
        deliver = number;
        break;
    case PTRACE_EVENT_STOP:
        if (number != SIGTRAP) {
            ptrace(PTRACE_LISTEN, id, NULL, NULL);
            return;
        }
        break;
    case PTRACE_EVENT_EXIT:
        if (id == once->first && once->pages && !once->killing)
            read_pages(once);
        break;
    default:
        if (ptrace(PTRACE_GETEVENTMSG, id, NULL, &child) == 0 && child != 0)
            add_tracee(once, (pid_t)child);
        break;
    }
    /* SIGKILL may have ended it already; wait4() then reports its end. */
    ptrace(PTRACE_CONT, id, NULL, deliver);
}

/* Waits until all processes have ended. */
static void wait_for_all(struct once *once)
{
    while (once->count != 0) {
        int status;
        pid_t id = wait4(-1, &status, __WALL, NULL);
        uint64_t now = clock_now();
        if (id < 0 && errno != EINTR)
            return;
        if (id > 0 && WIFSTOPPED(status)) {
            add_tracee(once, id);
            stopped(once, id, status);
        } else if (id > 0) {
            once->end = id == once->first ? now : once->end;
            remove_tracee(once, id);
        }
        if (now >= once->deadline && !once->killing)
            kill_all(once);
    }
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

bool profile_run(struct profile *profile, bool pages, uint64_t limit, uint64_t *time,
                 struct elfgen_error *error)
{
    struct once once = {.profile = profile, .pages = pages};
    unsigned long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                            (pages ? PTRACE_O_TRACEEXIT : 0);
    *time = 0;
    once.first = process_start(profile->program, options, error);
    if (once.first < 0)
        return false;
    once.pages = pages && go_to_execve(&once);
    once.begin = clock_now();
    once.deadline = once.begin + limit;
    add_tracee(&once, once.first);
    if (!once.no_memory)
        ptrace(PTRACE_CONT, once.first, NULL, 0);
    wait_for_all(&once);
    if (once.end != 0 && !once.killing)
        *time = once.end - once.begin;
    free(once.ids);
    if (once.no_memory)
        error_no_memory(error);
    return !once.no_memory;
}
