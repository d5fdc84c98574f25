/* Makes calls that fail with all flags at once and with every named value: a trace must print the
 * names in strace's order. Descriptors, processes and addresses are invalid, so nothing changes. */
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(...) syscall(__VA_ARGS__, 0L, 0L, 0L, 0L, 0L, 0L)
#define NOBODY    0x3fffffffL

static const long all = -1;

static void flags(void)
{
    struct {
        void *handler;
        unsigned long flags;
        void *restorer;
        uint64_t mask;
    } action = {(void *)5, ~0ul, 0, 0};
    struct pollfd poll = {99, -1, 0};
    struct epoll_event event = {-1};
    stack_t stack = {0, -1, 0};
    CALL(SYS_rt_sigaction, SIGKILL, &action, 0, 8);
    CALL(SYS_access, "x", all);
    CALL(SYS_faccessat2, AT_FDCWD, "x", 0, all);
    CALL(SYS_unlinkat, AT_FDCWD, "x", all);
    CALL(SYS_linkat, AT_FDCWD, "x", AT_FDCWD, "y", all);
    CALL(SYS_statx, AT_FDCWD, "x", 0x6000L, 0L, 0L);
    CALL(SYS_renameat2, AT_FDCWD, "x", AT_FDCWD, "y", all);
    CALL(SYS_flock, -1, all);
    CALL(SYS_splice, -1, 0, -1, 0, 0, all);
    CALL(SYS_close_range, 7, 5, all);
    CALL(SYS_umount2, "/no/x", all);
    CALL(SYS_inotify_add_watch, -1, "x", all);
    CALL(SYS_setxattr, "no", "x", "", 0L, all);
    CALL(SYS_poll, &poll, 1L, 0L);
    CALL(SYS_epoll_ctl, -1, 1, -1, &event);
    CALL(SYS_eventfd2, 0, all);
    CALL(SYS_timerfd_create, -1, all);
    CALL(SYS_timerfd_settime, -1, all, 0L, 0L);
    CALL(SYS_signalfd4, -1, 0L, 8L, all);
    CALL(SYS_mprotect, 16L, 0L, all);
    CALL(SYS_mremap, 1L, 0L, 0L, all, 0L);
    CALL(SYS_msync, 1L, 0L, all);
    CALL(SYS_mlockall, all);
    CALL(SYS_mlock2, 1L, 0L, all);
    CALL(SYS_memfd_create, 16L, all);
    CALL(SYS_unshare, all);
    CALL(SYS_wait4, 1L, 0L, all, 0L);
    CALL(SYS_waitid, 77L, 0L, 0L, all, 0L);
    CALL(SYS_getrandom, 0L, 0L, all);
    CALL(SYS_clock_nanosleep, 1L, all, 0L, 0L);
    CALL(SYS_sigaltstack, &stack, 0L);
    CALL(SYS_inotify_init1, all);
    CALL(SYS_epoll_create1, all);
    CALL(SYS_pipe2, 0L, all);
    CALL(SYS_dup3, -1, -1, all);
    CALL(SYS_rseq, 0L, 0L, all, 0L);
    CALL(SYS_fcntl, -1, F_SETFD, all);
    CALL(SYS_fcntl, -1, F_ADD_SEALS, all);
    CALL(SYS_openat, -1, "x", all, all);
    CALL(SYS_creat, "/no/x", all);
    CALL(SYS_mknod, "/no/x", all, all);
    CALL(SYS_setns, -1L, all);
    CALL(SYS_execveat, -1L, "x", 0L, 0L, all);
    CALL(SYS_utimensat, -1L, 0L, 0L, all);
    CALL(SYS_copy_file_range, -1L, 0L, -1L, 0L, 0L, all);
    CALL(SYS_pidfd_open, -1, all);
#ifdef SYS_socket
    CALL(SYS_accept4, -1, 0L, 0L, all);
#endif
}

static void terminals(void)
{
    unsigned termios[9];
    memset(termios, 0xff, sizeof termios);
    CALL(SYS_ioctl, -1L, 0x5402L, termios);
    memset(termios, 0, sizeof termios);
    for (unsigned i = 0; i < 16; i++) {
        termios[1] = 0x1901 | i << 12;
        termios[2] = i | i << 16 | (i & 3) << 4 | 1 << 12;
        CALL(SYS_ioctl, -1L, 0x5402L, termios);
        termios[2] = i;
        CALL(SYS_ioctl, -1L, 0x5403L, termios);
    }
    CALL(SYS_ioctl, -1L, 0x5404L, 16L);
}

static void events(void)
{
    struct sigevent event;
    memset(&event, 0, sizeof event);
    for (int notify = 0; notify < 6; notify++) {
        event.sigev_notify = notify;
        event.sigev_signo = SIGALRM;
        event._sigev_un._tid = 77;
        event.sigev_value.sival_ptr = NULL;
        CALL(SYS_timer_create, 1L, &event, 16L);
        event.sigev_value.sival_ptr = (void *)0x1234567;
        CALL(SYS_timer_create, 1L, &event, 16L);
    }
    CALL(SYS_timer_create, 1L, 0L, 16L);
    CALL(SYS_timer_create, 1L, 16L, 16L);
    CALL(SYS_timer_settime, 5L, 1L, 0L, 0L);
    CALL(SYS_timer_delete, 5L);
    for (long i = 0; i < 6; i++)
        CALL(SYS_prctl, 47L, i, i, 0L, 0L);
    CALL(SYS_prctl, 47L, 2L, 99L, 5L, 6L);
    CALL(SYS_ioctl, -1L, 0x40049409L, 5L);
}

static void structs(void)
{
    struct clone_args args;
    struct {
        uint64_t flags, mode, resolve;
    } how = {-1, -1, -1};
    memset(&args, 0xff, sizeof args);
    CALL(SYS_clone3, &args, 64L);
    CALL(SYS_clone3, &args, (long)sizeof args);
    memset(&args, 0, sizeof args);
    args.flags = 0x80000000000;
    args.exit_signal = SIGCHLD;
    CALL(SYS_clone3, &args, (long)sizeof args);
    CALL(SYS_clone3, &args, 5L);
    CALL(SYS_clone3, 0L, 5L);
    CALL(SYS_openat2, -1L, "x", &how, 24L);
    how.flags = O_CREAT;
    how.mode = 0777;
    CALL(SYS_openat2, -1L, "x", &how, 24L);
    how.flags = 0;
    how.mode = 0;
    CALL(SYS_openat2, -1L, "x", &how, 24L);
    CALL(SYS_openat2, -1L, "x", &how, 5L);
    CALL(SYS_openat2, -1L, "x", 16L, 24L);
}

static void words(void)
{
    for (long i = 0; i < 18; i++) {
        CALL(SYS_getrlimit, i, 16L);
        CALL(SYS_clock_gettime, i, 16L);
        CALL(SYS_lseek, -1L, 0L, i);
        CALL(SYS_futex, 1L, i, 1L, 0L, 16L, 5L);
        CALL(SYS_futex, 1L, i | FUTEX_PRIVATE_FLAG, 1L, 16L, 16L, 5L);
        CALL(SYS_rt_sigprocmask, i, 16L, 0L, 8L);
        CALL(SYS_epoll_ctl, -1L, i, -1L, 16L);
        CALL(SYS_sched_setscheduler, -1L, i, 16L);
        CALL(SYS_waitid, i, -1L, 0L, 0x40000000L, 0L);
        CALL(SYS_getitimer, i, 16L);
        CALL(SYS_getpriority, i, NOBODY);
        CALL(SYS_getrusage, i - 3, 16L);
        CALL(SYS_seccomp, i + 5, 0L, 0L);
#ifdef SYS_socket
        CALL(SYS_shutdown, -1L, i);
        CALL(SYS_socket, AF_INET, i << 4 | 15, i);
#endif
    }
    for (long i = 0; i < 110; i++)
        CALL(SYS_madvise, 1L, 0L, i);
    for (long i = 0; i < 48; i++) {
        CALL(SYS_fcntl, -1L, i, 5L);
        CALL(SYS_fcntl, -1L, 1024 + i, 5L);
#ifdef SYS_socket
        CALL(SYS_socketpair, i, -1L, i, 0L);
#endif
    }
    for (long i = 1; i < 34; i++)
        if (i != 3 && i != 6 && i != 21) /* these read the debugged process */
            CALL(SYS_ptrace, i, NOBODY, 5L, 0L);
    for (long i = 0; i < 66; i++)
        CALL(SYS_kill, NOBODY, i);
    for (long i = 0x5400; i < 0x5470; i++)
        if (i != 0x540a && i != 0x540b && i != 0x541f)
            CALL(SYS_ioctl, -1L, i, 16L);
#ifdef SYS_socket
    for (long i = 0; i < 52; i++)
        CALL(SYS_getsockopt, -1L, 0L, i, 16L, 16L);
    for (long i = 0; i < 80; i++)
        if (i < 64 || i == 66 || i == 67 || i > 69) /* those between belong to netfilter */
            CALL(SYS_getsockopt, -1L, 41L, i, 16L, 16L);
    for (long level = 0; level < 2; level++)
        for (long i = 0; i < 64; i++)
            if (i != 26) /* 26 has two names */
                CALL(SYS_getsockopt, -1L, level ? SOL_SOCKET : 6L, i, 16L, 16L);
#endif
}

/* siginfo of every signal and cause. */
static void causes(void)
{
    siginfo_t info;
    for (int number = 1; number < 35; number++)
        for (int code = -8; code < (number == SIGIO ? 7 : 8); code++) {
            memset(&info, 0, sizeof info);
            info.si_signo = number;
            info.si_code = code;
            info.si_pid = 5;
            info.si_uid = 6;
            if (code % 2)
                info.si_status = 7;
            CALL(SYS_rt_sigqueueinfo, NOBODY, (long)number, &info);
        }
    info.si_code = 128;
    info.si_errno = 2;
    CALL(SYS_rt_sigqueueinfo, NOBODY, 11L, &info);
    for (int number = 1; number < 35; number++) {
        memset(&info, 0, sizeof info);
        info.si_signo = number;
        info.si_code = 128;
        CALL(SYS_rt_sigqueueinfo, NOBODY, (long)number, &info);
    }
}

int main(void)
{
    flags();
    terminals();
    events();
    structs();
    words();
    causes();
    return 0;
}
