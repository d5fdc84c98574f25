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
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/proc.h"

/* Makes a call of the worker's own. */
static long ask(const struct sandbox_shared *shared, long number, uint64_t a, uint64_t b,
                uint64_t c, uint64_t d, uint64_t e)
{
    return syscall(number, a, b, c, d, e, shared->secret);
}

static uint64_t address_of(const void *pointer)
{
    return (uint64_t)(uintptr_t)pointer;
}

/* ---- the child ---- */

static void limit(const struct sandbox_shared *shared, int what, rlim_t soft, rlim_t hard)
{
    struct rlimit limits = {soft, hard};
    ask(shared, SYS_prlimit64, 0, (uint64_t)what, address_of(&limits), 0, 0);
}

/* Sets limits that must not hold for the worker, whose own processor time adds up. */
static void limit_child(const struct sandbox_shared *shared)
{
    uint64_t seconds = shared->limits.time / 1000 + 2;
    if (shared->limits.time != 0)
        limit(shared, RLIMIT_CPU, seconds, seconds + 1);
    limit(shared, RLIMIT_NPROC, 0, 0);
    limit(shared, RLIMIT_NOFILE, 3, 3);
}

struct child {
    struct sandbox_shared *shared;
    int files[SANDBOX_DESCRIPTORS]; /* program, input, output, errors */
};

/* Runs in the worker's memory, but on its own stack. The worker waits meanwhile. */
__attribute__((noreturn)) static void exec_child(const struct child *child)
{
    struct sandbox_shared *shared = child->shared;
    const int *files = child->files;
    char word = SANDBOX_STARTED;
    ask(shared, SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    for (int i = 0; i < 3; i++)
        ask(shared, SYS_dup2, (uint64_t)files[1 + i], (uint64_t)i, 0, 0, 0);
    if (!shared->has_input)
        ask(shared, SYS_close, STDIN_FILENO, 0, 0, 0, 0);
    limit_child(shared);
    ask(shared, SYS_rt_sigprocmask, SIG_SETMASK, address_of(&shared->blocked), 0, NSIG / 8, 0);
    /* It goes on when the supervisor is ready to watch. */
    if (ask(shared, SYS_write, (uint64_t)shared->socket, address_of(&word), 1, 0, 0) == 1 &&
        ask(shared, SYS_read, (uint64_t)shared->socket, address_of(&word), 1, 0, 0) == 1) {
        ask(shared, SYS_execveat, (uint64_t)files[0], address_of(""), address_of(shared->arguments),
            address_of(shared->environment), AT_EMPTY_PATH);
        shared->error = errno;
    }
    for (;;)
        syscall(SYS_exit_group, 1);
}

/* Like vfork(), this copies no page tables; but the child has another stack, so that it does not
 * change variables of this function. */
static long start(const struct child *child)
{
    static uintptr_t stack[4096] __attribute__((aligned(16)));
    uintptr_t *top = stack + sizeof stack / sizeof stack[0];
    long result;
    *--top = (uintptr_t)child;
    *--top = (uintptr_t)exec_child;
    register long r10 __asm__("r10") = 0;
    register long r8 __asm__("r8") = 0;
    register uint64_t r9 __asm__("r9") = child->shared->secret;
    __asm__ volatile("syscall\n\t"
                     "test %%rax, %%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp, %%ebp\n\t"
                     "pop %%rax\n\t"
                     "pop %%rdi\n\t"
                     "call *%%rax\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "a"((long)SYS_clone), "D"((long)(CLONE_VM | CLONE_VFORK | SIGCHLD)),
                       "S"(top), "d"(0L), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
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
    long got = ask(shared, SYS_recvmsg, (uint64_t)shared->socket, address_of(&message),
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
    return ask(shared, SYS_write, (uint64_t)shared->socket, address_of(&word), 1, 0, 0) == 1;
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
    ask(shared, SYS_getrusage, (uint64_t)RUSAGE_SELF, address_of(&usage), 0, 0, 0);
    return 1024 * (uint64_t)usage.ru_maxrss + A_LITTLE;
}

static bool work(struct sandbox_shared *shared)
{
    static struct child child = {.files = {-1, -1, -1, -1}};
    child.shared = shared;
    if (!await_job(shared, child.files))
        return false;
    struct rusage usage = {0};
    shared->error = shared->no_process = 0;
    long id = start(&child);
    if (id < 0) {
        shared->no_process = (int)-id;
        shared->status = 0;
    } else {
        while (ask(shared, SYS_wait4, (uint64_t)id, address_of(&shared->status), __WALL,
                   address_of(&usage), 0) != id)
            if (errno != EINTR)
                return false;
    }
    shared->memory = 1024 * (uint64_t)usage.ru_maxrss;
    shared->own_memory = most_memory(shared);
    shared->processor = nanoseconds_of(&usage.ru_utime) + nanoseconds_of(&usage.ru_stime);
    if (!shared->keep)
        let_go(shared, child.files);
    return say(shared, SANDBOX_ENDED);
}

/* ---- setup ---- */

static void set_signals(const sigset_t *ignored)
{
    for (int number = 1; number < NSIG; number++) {
        bool ignore = sigismember(ignored, number) == 1 && number != SIGCHLD;
        struct sigaction action = {.sa_handler = ignore ? SIG_IGN : SIG_DFL};
        sigaction(number, &action, NULL);
    }
}

static void keep_only(int socket)
{
    close_range(STDERR_FILENO + 1, (unsigned)socket - 1, 0);
    close_range((unsigned)socket + 1, ~0U, 0);
    /* So that no descriptor of a job becomes one of the three. */
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
        dup2(socket, i);
}

static void lower(int what, rlim_t most)
{
    struct rlimit limits;
    if (getrlimit((__rlimit_resource_t)what, &limits) != 0)
        return;
    limits.rlim_cur = limits.rlim_cur < most ? limits.rlim_cur : most;
    limits.rlim_max = limits.rlim_max < most ? limits.rlim_max : most;
    setrlimit((__rlimit_resource_t)what, &limits);
}

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

/* Limits what a program can use up without a system call that the filter sees. The stack keeps its
 * usual size, since Linux places other mappings depending on it. */
static void lower_limits(void)
{
    enum { USUAL_STACK = 8 << 20 };
    lower(RLIMIT_CORE, core_limit());
    lower(RLIMIT_FSIZE, 0);
    lower(RLIMIT_MEMLOCK, 0);
    lower(RLIMIT_STACK, USUAL_STACK);
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
    set_signals(&shared->ignored);
    if (shared->fixed)
        personality(ADDR_NO_RANDOMIZE);
    lower_limits();
    keep_only(shared->socket);
    shared->lacks |= sandbox_enter_namespaces(shared);
    give_up_privileges();
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    shared->error = install_filter(shared);
    /* The supervisor may have died by now. */
    bool alive = say(shared, SANDBOX_READY) && shared->error == 0;
    while (alive)
        alive = work(shared);
    for (;;)
        syscall(SYS_exit_group, 0);
}
