/* The worker: restricts itself, and starts programs.
 *
 * Once the filter is set, each of the worker's own calls has the secret as its sixth argument,
 * which none of these calls uses otherwise. A program that it starts inherits the filter, but not
 * the secret: execve replaces the memory and clears the registers that contained it. */
#include "sandbox_private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"
#include "ptrace/child_setup.h"
#include "ptrace/raw_syscall.h"

/* Makes a call of the worker's own. Returns the result, or a negative errno. */
static long ask(const struct sandbox_shared *shared, long number, uint64_t a, uint64_t b,
                uint64_t c, uint64_t d, uint64_t e)
{
    return raw_syscall(number, a, b, c, d, e, shared->secret);
}

/* ---- the child ---- */

struct job {
    struct sandbox_shared *shared;
    int files[SANDBOX_DESCRIPTORS]; /* program, input, output, errors; -1: there are none */
    struct child_stack stack;
};

/* Limits that must not hold for the worker: its own processor time adds up. Returns their count. */
static size_t child_limits(const struct sandbox_shared *shared, struct child_limit limits[3])
{
    enum { MOST_FILES = 64 };
    uint64_t seconds = shared->limits.time / 1000 + 2;
    size_t count = 0;
    if (shared->limits.time != 0)
        limits[count++] = (struct child_limit){RLIMIT_CPU, false, seconds, seconds + 1};
    limits[count++] = (struct child_limit){.what = RLIMIT_NPROC};
    uint64_t files = shared->kinds & SANDBOX_KIND_BIT(READ_FILES) ? MOST_FILES : 3;
    limits[count++] = (struct child_limit){RLIMIT_NOFILE, false, files, files};
    return count;
}

/* Runs in the worker's memory, but on its own stack. The worker waits meanwhile. */
CHILD_FUNCTION __attribute__((noreturn)) static void exec_child(void *context)
{
    const struct job *job = context;
    struct sandbox_shared *shared = job->shared;
    const int files[3] = {shared->has_input ? job->files[1] : -1, job->files[2], job->files[3]};
    struct child_limit limits[3];
    const struct child_setup setup = {.secret = shared->secret,
                                      .blocked = &shared->blocked,
                                      .dies = true,
                                      .files = files,
                                      .limits = limits,
                                      .limit_count = child_limits(shared, limits)};
    char word = SANDBOX_STARTED;
    shared->error = child_set_up(&setup);
    /* It goes on when the supervisor is ready to watch. */
    bool ready =
        ask(shared, SYS_write, (uint64_t)shared->socket, raw_address(&word), 1, 0, 0) == 1 &&
        ask(shared, SYS_read, (uint64_t)shared->socket, raw_address(&word), 1, 0, 0) == 1 &&
        shared->error == 0;
    if (ready && shared->stops)
        ask(shared, SYS_kill, (uint64_t)ask(shared, SYS_getpid, 0, 0, 0, 0, 0), SIGSTOP, 0, 0, 0);
    if (ready)
        shared->error = (int)-ask(shared, SYS_execveat, (uint64_t)job->files[0], raw_address(""),
                                  raw_address(shared->arguments), raw_address(shared->environment),
                                  AT_EMPTY_PATH);
    for (;;)
        raw_syscall(SYS_exit_group, 1, 0, 0, 0, 0, 0);
}

/* ---- the worker ---- */

/* Closes the descriptors of a job, if there are any. */
static void let_go(const struct sandbox_shared *shared, int *files)
{
    for (size_t i = 0; i < SANDBOX_DESCRIPTORS; i++) {
        if (files[i] >= 0)
            ask(shared, SYS_close, (uint64_t)files[i], 0, 0, 0, 0);
        files[i] = -1;
    }
}

/* Receives a message, and the descriptors that come with it. Returns false if there will be none.
 */
static bool receive(const struct sandbox_shared *shared, char *word, int *files)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * SANDBOX_DESCRIPTORS)];
    } control = {.room = {0}};
    struct iovec text = {word, 1};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    long got = ask(shared, SYS_recvmsg, (uint64_t)shared->socket, raw_address(&message),
                   MSG_CMSG_CLOEXEC, 0, 0);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (got != 1)
        return false;
    if (*word == SANDBOX_AGAIN && files[0] >= 0)
        return true;
    if (*word == SANDBOX_JOB && header && header->cmsg_type == SCM_RIGHTS &&
        header->cmsg_len == CMSG_LEN(sizeof(int) * SANDBOX_DESCRIPTORS)) {
        let_go(shared, files);
        memcpy(files, CMSG_DATA(header), sizeof(int) * SANDBOX_DESCRIPTORS);
    } else {
        *word = SANDBOX_GO;
    }
    return true;
}

/* Waits for the descriptors of the next job. Messages that a child died before reading come first.
 */
static bool await_job(const struct sandbox_shared *shared, int *files)
{
    char word = SANDBOX_GO;
    while (word != SANDBOX_JOB && word != SANDBOX_AGAIN)
        if (!receive(shared, &word, files))
            return false;
    return true;
}

static bool say(const struct sandbox_shared *shared, char word)
{
    return ask(shared, SYS_write, (uint64_t)shared->socket, raw_address(&word), 1, 0, 0) == 1;
}

static uint64_t nanoseconds_of(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

/* The most memory that the worker has had, which Linux counts as its child's as well. Counters of
 * pages may be some pages off. */
static uint64_t most_memory(const struct sandbox_shared *shared)
{
    enum { A_LITTLE = 1 << 20 };
    struct rusage usage = {0};
    ask(shared, SYS_getrusage, (uint64_t)RUSAGE_SELF, raw_address(&usage), 0, 0, 0);
    return 1024 * (uint64_t)usage.ru_maxrss + A_LITTLE;
}

static bool work(struct job *job)
{
    struct sandbox_shared *shared = job->shared;
    if (!await_job(shared, job->files))
        return false;
    struct rusage usage = {0};
    shared->error = shared->no_process = 0;
    /* Like vfork(), this copies no page tables; but the child has another stack, so that it does
     * not change variables of this function. */
    long done, id = child_clone(CLONE_VM | CLONE_VFORK | SIGCHLD, &job->stack, exec_child, job,
                                shared->secret);
    if (id < 0) {
        shared->no_process = (int)-id;
        shared->status = 0;
    } else {
        while ((done = ask(shared, SYS_wait4, (uint64_t)id, raw_address(&shared->status), __WALL,
                           raw_address(&usage), 0)) != id)
            if (done != -EINTR)
                return false;
    }
    shared->memory = 1024 * (uint64_t)usage.ru_maxrss;
    shared->own_memory = most_memory(shared);
    shared->processor = nanoseconds_of(&usage.ru_utime) + nanoseconds_of(&usage.ru_stime);
    if (!shared->keep)
        let_go(shared, job->files);
    return say(shared, SANDBOX_ENDED);
}

/* ---- setup ---- */

/* If core files are piped to a program, a limit does not keep it from getting them, except for a
 * limit of 1; no core file fits into 1 byte either. */
static rlim_t core_limit(void)
{
    char first[2];
    return proc_read("/proc/sys/kernel/core_pattern", first, sizeof first) &&
                   (first[0] == '|' || first[0] == '@')
               ? 1
               : 0;
}

/* Sets what all its programs inherit. Among that are limits of what they can use up without a
 * system call that the filter sees. The stack keeps its usual size, since Linux places other
 * mappings depending on it. No descriptor of a job becomes one of the first three. */
static void set_up(const struct sandbox_shared *shared)
{
    enum { USUAL_STACK = 8 << 20 };
    const rlim_t core = core_limit();
    const struct child_limit limits[] = {{RLIMIT_CORE, true, core, core},
                                         {RLIMIT_FSIZE, true, 0, 0},
                                         {RLIMIT_MEMLOCK, true, 0, 0},
                                         {RLIMIT_STACK, true, USUAL_STACK, USUAL_STACK}};
    const int files[3] = {shared->socket, shared->socket, shared->socket};
    sigset_t ignored = shared->ignored;
    sigdelset(&ignored, SIGCHLD); /* it waits for its child */
    const struct child_setup setup = {.ignored = &ignored,
                                      .fixed = shared->fixed,
                                      .session = shared->session,
                                      .files = files,
                                      .only = shared->socket,
                                      .limits = limits,
                                      .limit_count = sizeof limits / sizeof limits[0]};
    child_set_up(&setup);
    /* If memory runs out all the same, the program is killed first. */
    proc_write("/proc/self/oom_score_adj", "1000");
}

/* No capability survives execve, neither root's nor a file's. The worker keeps its own, which
 * opening the file needs. */
static void give_up_privileges(void)
{
    prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0);
    for (unsigned long i = 0; i <= CAP_LAST_CAP; i++)
        prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

static int install_filter(const struct sandbox_shared *shared)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, shared->filter) != 0)
        return errno;
    return 0;
}

void sandbox_worker_main(struct sandbox_shared *shared)
{
    struct job job = {.shared = shared, .files = {-1, -1, -1, -1}};
    set_up(shared);
    shared->lacks |= sandbox_enter_namespaces(shared);
    give_up_privileges();
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    shared->error = install_filter(shared);
    /* The supervisor may have died by now. */
    bool alive = say(shared, SANDBOX_READY) && shared->error == 0;
    while (alive)
        alive = work(&job);
    for (;;)
        raw_syscall(SYS_exit_group, 0, 0, 0, 0, 0, 0);
}
