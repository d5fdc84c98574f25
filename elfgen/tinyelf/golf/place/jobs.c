/* Starts processes for a search, gives them its tasks, and waits for them. */
#include "jobs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
    size_t next; /* the first task that nobody has taken */
    size_t last; /* the last one that is needed */
    _Alignas(16) uint8_t results[];
};

struct jobs {
    struct shared *shared;
    size_t bytes, tasks, size, count;
    pid_t *children;
};

struct jobs *jobs_open(size_t count, size_t tasks, size_t size)
{
    struct jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        return NULL;
    size = (size + 15) & ~(size_t)15;
    *jobs = (struct jobs){.bytes = sizeof(struct shared) + tasks * size,
                          .tasks = tasks,
                          .size = size,
                          .count = count,
                          .children = calloc(count, sizeof *jobs->children)};
    void *memory =
        mmap(NULL, jobs->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    jobs->shared = memory == MAP_FAILED ? NULL : memory;
    if (!jobs->shared || !jobs->children) {
        jobs_close(jobs);
        return NULL;
    }
    return jobs;
}

void jobs_close(struct jobs *jobs)
{
    if (!jobs)
        return;
    if (jobs->shared)
        munmap(jobs->shared, jobs->bytes);
    free(jobs->children);
    free(jobs);
}

/* Waits until all have ended: then nobody holds the other end of a pipe. */
static void wait_for(struct jobs *jobs, size_t count, int alive,
                     bool (*is_interrupted)(void *context), void *context)
{
    enum { OFTEN = 20 }; /* milliseconds */
    struct pollfd gone = {.fd = alive};
    int status;
    while (poll(&gone, 1, OFTEN) <= 0)
        if (is_interrupted && is_interrupted(context))
            break;
    for (size_t i = 0; i < count; i++) {
        kill(jobs->children[i], SIGKILL);
        while (waitpid(jobs->children[i], &status, 0) < 0 && errno == EINTR)
            ;
    }
}

bool jobs_fork(struct jobs *jobs, bool (*is_interrupted)(void *context), void *context)
{
    int ends[2];
    size_t count = 0;
    pid_t parent = getpid();
    memset(jobs->shared, 0, jobs->bytes);
    jobs->shared->last = SIZE_MAX;
    if (pipe(ends) != 0)
        return false;
    while (count < jobs->count) {
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (getppid() != parent)
                _exit(1);
            close(ends[0]);
            return true;
        }
        if (child < 0)
            break;
        jobs->children[count++] = child;
    }
    close(ends[1]);
    wait_for(jobs, count, ends[0], is_interrupted, context);
    close(ends[0]);
    return false;
}

_Noreturn void jobs_exit(void)
{
    _exit(0);
}

bool jobs_take(struct jobs *jobs, size_t task)
{
    size_t next = __atomic_load_n(&jobs->shared->next, __ATOMIC_ACQUIRE);
    return next <= task && __atomic_compare_exchange_n(&jobs->shared->next, &next, task + 1, false,
                                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

void jobs_end_after(struct jobs *jobs, size_t task)
{
    size_t last = __atomic_load_n(&jobs->shared->last, __ATOMIC_ACQUIRE);
    while (task < last && !__atomic_compare_exchange_n(&jobs->shared->last, &last, task, false,
                                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        ;
}

bool jobs_is_needed(const struct jobs *jobs, size_t task)
{
    return task <= __atomic_load_n(&jobs->shared->last, __ATOMIC_ACQUIRE);
}

void *jobs_result(struct jobs *jobs, size_t task)
{
    return jobs->shared->results + task * jobs->size;
}
