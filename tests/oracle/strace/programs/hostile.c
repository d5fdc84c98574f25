/* Makes calls with counts, sizes and pointers that are wrong, huge, or at the end of memory, and
 * one that the kernel restarts. Nothing outside of the process changes. */
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

#include "calls.h"

char buffer[8192];

static const long counts[] = {0,  1,    2,    3,          4,           5,  8,  24, 32,
                              33, 1024, 1025, 0x7fffffff, 0x80000000L, -1, -2, -8};
enum { COUNTS = sizeof counts / sizeof counts[0] };

/* A page, and after it none. */
static char *page, *edge;

static void map_pages(void)
{
    page = mmap((void *)0x20000000, 8192, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    munmap(page + 4096, 4096);
    edge = page + 4096;
}

static void vectors(void)
{
    struct iovec iov[3] = {{"one", 3}, {"two", 3}, {"three", 5}};
    struct iovec *last = (struct iovec *)edge - 1;
    *last = (struct iovec){"last", 4};
    for (int i = 0; i < COUNTS; i++) {
        CALL(SYS_writev, -1, iov, 3L);
        CALL(SYS_writev, -1, last, counts[i]);
        CALL(SYS_writev, -1, edge, counts[i]);
        CALL(SYS_writev, -1, NULL, counts[i]);
        CALL(SYS_readv, -1, last, counts[i]);
        CALL(SYS_readv, -1, NULL, counts[i]);
        CALL(SYS_pwritev, -1, last, counts[i], 5L);
        CALL(SYS_preadv, -1, last, counts[i], 5L);
        CALL(SYS_vmsplice, -1, last, counts[i], 0);
        CALL(SYS_process_vm_readv, 0x3fffffff, last, counts[i], last, counts[i], 0);
        CALL(SYS_process_vm_writev, 0x3fffffff, last, counts[i], last, counts[i], 0);
        CALL(SYS_write, -1, edge - 2, counts[i]);
        CALL(SYS_read, -1, edge - 2, counts[i]);
        CALL(SYS_pwrite64, -1, edge - 2, counts[i], 0L);
        iov[0].iov_len = counts[i];
        CALL(SYS_writev, -1, iov, 1L);
    }
}

static void waits(void)
{
    struct pollfd *last = (struct pollfd *)edge - 1;
    struct {
        long s, u;
    } now = {0, 0};
    unsigned char *set = (unsigned char *)edge - 8;
    *last = (struct pollfd){-1, POLLIN, 0};
    memset(set, 0, 8);
    for (int i = 0; i < COUNTS; i++) {
        CALL(SYS_poll, last, counts[i], 0);
        CALL(SYS_poll, NULL, counts[i], 0);
        CALL(SYS_ppoll, last, counts[i], &now, NULL, counts[i]);
        CALL(SYS_ppoll, NULL, 0, &now, edge - 8, counts[i]);
#ifdef __x86_64__
        CALL(SYS_select, counts[i], NULL, NULL, NULL, &now);
        CALL(SYS_select, counts[i], set, NULL, NULL, &now);
        CALL(SYS_select, counts[i], edge, set, set, &now);
#else
        CALL(SYS__newselect, counts[i], NULL, NULL, NULL, &now);
        CALL(SYS__newselect, counts[i], set, NULL, NULL, &now);
        CALL(SYS__newselect, counts[i], edge, set, set, &now);
#endif
        CALL(SYS_pselect6, counts[i], set, edge, NULL, &now, NULL);
        CALL(SYS_epoll_wait, -1, edge - 12, counts[i], 0);
        CALL(SYS_epoll_pwait, -1, edge - 12, counts[i], 0, edge - 8, counts[i]);
        CALL(SYS_epoll_pwait2, -1, edge - 12, counts[i], &now, edge - 8, counts[i]);
    }
}

static void times(void)
{
    static const long parts[] = {-1,         1000000,    1000000000, -1000000,
                                 0x7fffffff, 0x3fffffff, 0x3ffffffe};
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct {
            long s, u;
        } bad = {0, parts[i]}, pair[2] = {{0, parts[i]}, {-1, parts[i]}};
#ifdef __x86_64__
        if (parts[i] < 0)
            CALL(SYS_select, 0, NULL, NULL, NULL, &bad);
#else
        if (parts[i] < 0)
            CALL(SYS__newselect, 0, NULL, NULL, NULL, &bad);
#endif
        CALL(SYS_settimeofday, &bad, BAD);
        CALL(SYS_clock_settime, 99, &bad);
        CALL(SYS_setitimer, 77, pair, NULL);
        CALL(SYS_utimes, "/no/x", pair);
        CALL(SYS_futimesat, -1, "x", pair);
        CALL(SYS_utimensat, -1, "x", pair, 0);
        CALL(SYS_timer_settime, 77, 0, pair, NULL);
        CALL(SYS_timerfd_settime, -1, 0, pair, NULL);
        CALL(SYS_setsockopt, -1, SOL_SOCKET, SO_RCVTIMEO, &bad, sizeof bad);
        CALL(SYS_nanosleep, &pair[1], NULL);
        CALL(SYS_clock_nanosleep, 0, 0, &pair[1], NULL);
        CALL(SYS_ppoll, NULL, 0, &pair[1], NULL, 8);
        CALL(SYS_pselect6, 0, NULL, NULL, NULL, &pair[1], NULL);
        CALL(SYS_futex, edge - 4, 0, 5, &pair[1]);
        CALL(SYS_rt_sigtimedwait, edge - 8, NULL, &pair[1], 8);
    }
}

static void sizes(void)
{
    struct sockaddr_storage *name = (struct sockaddr_storage *)(edge - 16);
    memset(name, 0, 16);
    name->ss_family = AF_INET;
    for (int i = 0; i < COUNTS; i++) {
        CALL(SYS_rt_sigprocmask, SIG_BLOCK, edge - 8, NULL, counts[i]);
        CALL(SYS_rt_sigprocmask, SIG_BLOCK, NULL, edge - 8, counts[i]);
        CALL(SYS_rt_sigpending, edge - 8, counts[i]);
        CALL(SYS_rt_sigaction, SIGUSR1, NULL, edge - 128, counts[i]);
        CALL(SYS_rt_sigaction, SIGKILL, edge - 128, NULL, counts[i]);
        CALL(SYS_sched_setaffinity, 0x3fffffff, counts[i], edge - 8);
        CALL(SYS_sched_getaffinity, 0x3fffffff, counts[i], edge - 8);
        CALL(SYS_setgroups, counts[i] | 0x40000000, edge - 8);
        CALL(SYS_getgroups, counts[i], edge);
        CALL(SYS_getcwd, edge, counts[i]);
        CALL(SYS_readlink, "/no/x", edge - 8, counts[i]);
        CALL(SYS_getdents64, -1, edge - 8, counts[i]);
        CALL(SYS_getrandom, edge, counts[i], 99);
        CALL(SYS_mincore, page, counts[i], edge);
        CALL(SYS_set_robust_list, edge, counts[i] | 0x10000000);
        CALL(SYS_signalfd4, -1, edge - 8, counts[i], 0x100);
        CALL(SYS_listxattr, "/no/x", edge, counts[i]);
        CALL(SYS_getxattr, "/no/x", "y", edge, counts[i]);
        CALL(SYS_setxattr, "/no/x", "y", edge - 2, counts[i], 0);
        CALL(SYS_clone3, edge - 64, counts[i] | 0x10000000);
        CALL(SYS_openat2, -1, "x", edge - 24, counts[i]);
        CALL(SYS_copy_file_range, -1, NULL, -1, NULL, counts[i], 0);
        CALL(SYS_sendfile, -1, -1, NULL, counts[i]);
        CALL(SYS_splice, -1, NULL, -1, NULL, counts[i], 0);
#ifdef SYS_socket
        CALL(SYS_bind, -1, name, counts[i]);
        CALL(SYS_sendto, -1, edge - 2, counts[i], 0, name, counts[i]);
        CALL(SYS_setsockopt, -1, SOL_SOCKET, SO_REUSEADDR, edge - 4, counts[i]);
        CALL(SYS_setsockopt, -1, SOL_SOCKET, SO_LINGER, edge - 8, counts[i]);
        CALL(SYS_setsockopt, -1, SOL_SOCKET, SO_BINDTODEVICE, edge - 4, counts[i]);
        struct msghdr *message = (struct msghdr *)page;
        struct iovec one = {edge - 2, counts[i]};
        *message = (struct msghdr){.msg_name = name,
                                   .msg_namelen = (socklen_t)counts[i],
                                   .msg_iov = &one,
                                   .msg_iovlen = 1};
        CALL(SYS_sendmsg, -1, message, 0);
        CALL(SYS_recvmsg, -1, message, 0);
        message->msg_iovlen = counts[i];
        message->msg_iov = (struct iovec *)edge - 1;
        message->msg_iov[0] = (struct iovec){"abc", 3};
        CALL(SYS_sendmsg, -1, message, 0);
#endif
    }
}

static void addresses(void)
{
    static const unsigned huge[] = {
        0,         MAP_HUGETLB, MAP_HUGETLB | 21u << 26, MAP_HUGETLB | 30u << 26,
        21u << 26, 30u << 26,   MAP_HUGETLB | 63u << 26, 63u << 26,
        1u << 26};
    for (unsigned i = 0; i < sizeof huge / sizeof huge[0]; i++) {
#ifdef __x86_64__
        CALL(SYS_mmap, NULL, 4096L, 7L, (long)(MAP_PRIVATE | huge[i]), 99L, 0L);
        CALL(SYS_mmap, NULL, 4096L, 7L, (long)(MAP_SHARED | MAP_ANONYMOUS | huge[i]), 99L, 1L);
        CALL(SYS_mmap, NULL, 0L, 7L, (long)(9 | huge[i]), 99L, 1L);
#else
        CALL(SYS_mmap2, NULL, 4096L, 7L, (long)(MAP_PRIVATE | huge[i]), 99L, 0L);
        CALL(SYS_mmap2, NULL, 0L, 7L, (long)(9 | huge[i]), 99L, 0L);
#endif
        CALL(SYS_memfd_create, BAD, (long)(4 | huge[i]));
        CALL(SYS_memfd_create, BAD, (long)huge[i]);
    }
    CALL(SYS_set_tid_address, 0L);
    CALL(SYS_set_tid_address, 16L);
    CALL(SYS_rseq, 0L, 0L, 0L, 0L);
    CALL(SYS_set_robust_list, 0L, 24L);
    CALL(SYS_get_robust_list, 0x3fffffff, 0L, 0L);
    CALL(SYS_munmap, 0L, 0L);
    CALL(SYS_mprotect, 1L, 0L, 0L);
    CALL(SYS_mlock, 0L, 0L);
    CALL(SYS_madvise, 0L, 0L, 0);
    CALL(SYS_brk, 0L);
    CALL(SYS_futex, 0L, 1L, 1L);
    CALL(SYS_uname, 0L);
    CALL(SYS_sysinfo, 0L);
    CALL(SYS_getcpu, 0L, 0L, 0L);
    CALL(SYS_wait4, 0x3fffffff, 0L, 0L, 0L);
}

static void clones(void)
{
    struct clone_args args;
    memset(&args, 0, sizeof args);
    args.flags = CLONE_SETTLS | CLONE_SIGHAND;
    for (uint64_t i = 0; i < 4; i++) {
        args.tls = (uint64_t[]){0, 16, (uintptr_t)(edge - 16), ~0ull}[i];
        CALL(SYS_clone3, &args, (long)sizeof args);
        args.pidfd = args.child_tid = args.parent_tid = args.stack = args.stack_size = args.tls;
        args.flags = ~0ull;
        CALL(SYS_clone3, &args, (long)sizeof args);
        CALL(SYS_clone3, &args, 64L);
        args.flags = CLONE_SETTLS | CLONE_SIGHAND;
    }
    args.set_tid = (uintptr_t)(edge - 8);
    for (int i = 0; i < COUNTS; i++) {
        args.set_tid_size = counts[i];
        CALL(SYS_clone3, &args, (long)sizeof args);
        args.exit_signal = counts[i];
        CALL(SYS_clone3, &args, (long)sizeof args);
    }
}

/* Is stopped and continued in calls that sleep: the kernel restarts them. No other signal
 * interrupts them. */
static void restarts(void)
{
    uint64_t mask = 1ull << (SIGCHLD - 1);
    CALL(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8);
    struct {
        long s, n;
    } sleep = {0, 100000000};
    pid_t self = (pid_t)CALL(SYS_getpid);
    for (int i = 0; i < 4; i++) {
        pid_t child = fork();
        if (child == 0) {
            struct timespec half = {0, 30000000};
            nanosleep(&half, NULL);
            kill(self, SIGSTOP);
            nanosleep(&half, NULL);
            kill(self, SIGCONT);
            _exit(0);
        }
        if (i == 0)
            CALL(SYS_nanosleep, &sleep, &sleep);
        else if (i == 1)
            CALL(SYS_poll, NULL, 0, 100);
        else if (i == 2)
            CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &sleep, NULL);
        else
            CALL(SYS_futex, page, 0, 0, &sleep);
        waitpid(child, NULL, 0);
        sleep.s = 0, sleep.n = 100000000;
    }
    CALL(SYS_restart_syscall);
}

int main(int argc, char **argv)
{
    map_pages();
    memset(page, 0, 4096);
    if (argc > 1) {
        restarts();
        return 0;
    }
    vectors();
    waits();
    times();
    sizes();
    addresses();
    clones();
    return 0;
}
