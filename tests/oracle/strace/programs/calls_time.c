/* Calls that wait, that send and handle signals, and that read and set times. */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>

#include "calls.h"

void call_waits(void)
{
    int pipes[2];
    CALL(SYS_pipe, pipes);
    struct pollfd fds[3] = {{pipes[0], POLLIN, 0}, {pipes[1], POLLOUT | POLLERR, 0}, {-1, 0, 0}};
    CALL(SYS_poll, fds, 3, 0);
    CALL(SYS_poll, fds, 1, 0);
    CALL(SYS_poll, fds, 2, -1);
    CALL(SYS_poll, NULL, 0, 1);
    CALL(SYS_poll, BAD, 1, 1);
    CALL(SYS_poll, fds, 0, 0);
    fds[1].events = POLLIN | POLLPRI | POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLRDHUP;
    struct {
        long s, n;
    } ts = {0, 0};
    CALL(SYS_ppoll, fds, 2, &ts, NULL, 8);
    memset(buffer, 0, sizeof buffer);
    CALL(SYS_ppoll, buffer, -1, NULL, NULL, 8);
    CALL(SYS_ppoll, buffer, 33, &ts, NULL, 8);
    uint64_t mask = 1 << (SIGINT - 1) | 1 << (SIGTERM - 1);
    CALL(SYS_ppoll, fds, 1, &ts, &mask, 8);
    CALL(SYS_ppoll, BAD, 1, BAD, BAD, 8);
    fd_set in, out, no;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&no);
    FD_SET(pipes[0], &in);
    FD_SET(pipes[1], &out);
    FD_SET(1, &out);
    struct {
        long s, u;
    } tv = {0, 0};
#ifdef __x86_64__
#define SELECT SYS_select
#else
#define SELECT SYS__newselect
    long args[5] = {10, (long)&in, (long)&out, (long)&no, (long)&tv};
    CALL(SYS_select, args);
    CALL(SYS_select, BAD);
#endif
    CALL(SELECT, 10, &in, &out, &no, &tv);
    FD_SET(pipes[0], &in);
    CALL(SELECT, 10, &in, NULL, NULL, &tv);
    FD_SET(pipes[0], &in);
    CALL(SELECT, 10, &in, &out, NULL, NULL);
    CALL(SELECT, 0, NULL, NULL, NULL, &tv);
    CALL(SELECT, 5, BAD, NULL, NULL, BAD);
    CALL(SELECT, -1, NULL, NULL, NULL, NULL);
    struct {
        void *set;
        long size;
    } both = {&mask, 8};
    CALL(SYS_pselect6, 10, &in, &out, NULL, &ts, &both);
    CALL(SYS_pselect6, 10, &in, NULL, NULL, &ts, NULL);
    CALL(SYS_pselect6, 10, NULL, NULL, NULL, &ts, BAD);
    int epoll = (int)CALL(SYS_epoll_create1, EPOLL_CLOEXEC);
    CALL(SYS_epoll_create1, 1);
    CALL(SYS_epoll_create, 5);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.u64 = 0x1234567890};
    CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, pipes[0], &event);
    event.events = EPOLLOUT;
    event.data.u64 = 7;
    CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_ADD, pipes[1], &event);
    CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_MOD, pipes[0], &event);
    CALL(SYS_epoll_ctl, epoll, EPOLL_CTL_DEL, pipes[0], NULL);
    CALL(SYS_epoll_ctl, epoll, 77, pipes[0], BAD);
    CALL(SYS_epoll_wait, epoll, buffer, 10, 0);
    CALL(SYS_epoll_wait, epoll, BAD, 10, 0);
    CALL(SYS_epoll_pwait, epoll, buffer, 10, 0, &mask, 8);
    CALL(SYS_epoll_pwait, epoll, buffer, 10, 0, NULL, 8);
    CALL(SYS_eventfd2, 0, EFD_CLOEXEC | EFD_SEMAPHORE);
    CALL(SYS_eventfd2, 5, 1);
    CALL(SYS_eventfd, 5);
}

static void nothing(int number)
{
    (void)number;
}

void call_signals(void)
{
    uint64_t set = 1ull << (SIGINT - 1) | 1ull << (32 - 1), old = 0, all = ~0ull, most = 0;
    for (int i = 1; i < 64; i += 2)
        most |= 3ull << i;
    CALL(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8);
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, 8);
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &most, NULL, 8);
    CALL(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, 8);
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &old, &set, 8);
    old = 0;
    CALL(SYS_rt_sigprocmask, SIG_SETMASK, &old, &set, 8);
    CALL(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, 8);
    CALL(SYS_rt_sigprocmask, 99, BAD, BAD, 8);
    CALL(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4);
    CALL(SYS_rt_sigpending, &set, 8);
    CALL(SYS_rt_sigpending, BAD, 8);
#ifdef SYS_sigprocmask
    unsigned long set32 = 6, old32;
    CALL(SYS_sigprocmask, SIG_BLOCK, &set32, &old32);
    CALL(SYS_sigprocmask, SIG_UNBLOCK, &set32, NULL);
    CALL(SYS_sigprocmask, SIG_UNBLOCK, BAD, BAD);
    CALL(SYS_sigpending, &set32);
    struct {
        void *handler;
        unsigned long mask, flags;
        void *restorer;
    } action32 = {(void *)nothing, 5, SA_RESTART | SA_NODEFER, NULL};
    CALL(SYS_sigaction, SIGUSR1, &action32, NULL);
    CALL(SYS_sigaction, SIGUSR1, &action32, &action32);
    CALL(SYS_sigaction, SIGUSR1, BAD, NULL);
    CALL(SYS_signal, SIGUSR2, SIG_IGN);
    CALL(SYS_signal, SIGUSR2, SIG_DFL);
#endif
    struct {
        void *handler;
        unsigned long flags;
        void *restorer;
        uint64_t mask;
    } action = {(void *)nothing, 0x04000000 | SA_SIGINFO | SA_ONSTACK, (void *)0x1234, 6};
    CALL(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8);
    CALL(SYS_rt_sigaction, SIGUSR1, NULL, &action, 8);
    action.handler = (void *)SIG_IGN, action.flags = 0, action.mask = 0, action.restorer = NULL;
    CALL(SYS_rt_sigaction, SIGUSR1, &action, &action, 8);
    action.handler = (void *)SIG_DFL, action.flags = SA_RESTART;
    CALL(SYS_rt_sigaction, 32 + 3, &action, &action, 8);
    CALL(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8);
    CALL(SYS_rt_sigaction, SIGKILL, &action, NULL, 8);
    CALL(SYS_rt_sigaction, 99, BAD, BAD, 8);
    CALL(SYS_rt_sigaction, SIGINT, NULL, &action, 4);
    stack_t stack = {buffer, SS_DISABLE, 8192};
    CALL(SYS_sigaltstack, NULL, &stack);
    stack.ss_sp = buffer, stack.ss_flags = 0, stack.ss_size = 8192;
    CALL(SYS_sigaltstack, &stack, NULL);
    CALL(SYS_sigaltstack, NULL, &stack);
    CALL(SYS_sigaltstack, BAD, BAD);
    CALL(SYS_kill, 0x3fffffff, 0);
    CALL(SYS_kill, 0x3fffffff, SIGTERM);
    CALL(SYS_kill, 0x3fffffff, 40);
    CALL(SYS_kill, 0x3fffffff, 999);
    CALL(SYS_tkill, 0x3fffffff, 32);
    CALL(SYS_tgkill, 0x3fffffff, 5, 64);
    struct {
        long s, n;
    } ts = {0, 1000};
    CALL(SYS_rt_sigtimedwait, &set, NULL, &ts, 8);
    CALL(SYS_rt_sigtimedwait, BAD, BAD, BAD, 8);
    siginfo_t info = {.si_signo = SIGUSR1, .si_code = SI_QUEUE, .si_value.sival_int = 7};
    CALL(SYS_rt_sigqueueinfo, 0x3fffffff, SIGUSR1, &info);
    CALL(SYS_alarm, 0);
    CALL(SYS_signalfd4, -1, &set, 8, O_CLOEXEC);
}

void call_times(void)
{
    struct {
        long s, n;
    } ts = {0, 1000}, bad = {0, 1000000000}, negative = {-1, 0};
    CALL(SYS_nanosleep, &ts, NULL);
    CALL(SYS_nanosleep, &ts, &ts);
    CALL(SYS_nanosleep, &bad, NULL);
    CALL(SYS_nanosleep, &negative, NULL);
    CALL(SYS_nanosleep, NULL, NULL);
    CALL(SYS_nanosleep, BAD, BAD);
    ts.n = 1000;
    CALL(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &ts, NULL);
    CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 1, &ts, &ts);
    CALL(SYS_clock_nanosleep, 99, 3, BAD, BAD);
    CALL(SYS_clock_gettime, CLOCK_PROCESS_CPUTIME_ID, BAD);
    CALL(SYS_clock_gettime, 99, &ts);
    CALL(SYS_clock_gettime, -6, BAD);
    CALL(SYS_clock_gettime, ~5u << 3 | 2, BAD);
    CALL(SYS_clock_getres, CLOCK_MONOTONIC, &ts);
    CALL(SYS_clock_settime, 99, &ts);
#ifdef SYS_clock_gettime64
    struct {
        int64_t s, n;
    } ts64 = {0, 1000};
    CALL(SYS_clock_gettime64, 99, &ts64);
    CALL(SYS_clock_getres_time64, CLOCK_MONOTONIC, &ts64);
    CALL(SYS_clock_nanosleep_time64, CLOCK_MONOTONIC, 1, &ts64, NULL);
    CALL(SYS_futex_time64, &ts, FUTEX_WAIT, 1, &ts64);
    CALL(SYS_utimensat_time64, AT_FDCWD, "nofile", NULL, 0);
    CALL(SYS_ppoll_time64, NULL, 0, &ts64, NULL, 8);
    CALL(SYS_pselect6_time64, 0, NULL, NULL, NULL, &ts64, NULL);
    CALL(SYS_rt_sigtimedwait_time64, BAD, NULL, &ts64, 8);
#endif
    CALL(SYS_gettimeofday, BAD, NULL);
    CALL(SYS_gettimeofday, NULL, BAD);
    struct {
        int a, b;
    } zone;
    CALL(SYS_gettimeofday, NULL, &zone);
    CALL(SYS_time, BAD);
    CALL(SYS_times, BAD);
    struct {
        long a, b, c, d;
    } timer = {0, 0, 0, 0};
    CALL(SYS_setitimer, ITIMER_REAL, &timer, &timer);
    CALL(SYS_getitimer, ITIMER_VIRTUAL, &timer);
    CALL(SYS_getitimer, 99, BAD);
    CALL(SYS_setitimer, ITIMER_PROF, BAD, NULL);
    int timer_fd = (int)CALL(SYS_timerfd_create, CLOCK_MONOTONIC, O_CLOEXEC | O_NONBLOCK);
    timer.d = 5;
    CALL(SYS_timerfd_settime, timer_fd, 0, &timer, &timer);
    timer.c = timer.d = 0;
    CALL(SYS_timerfd_settime, timer_fd, 1, &timer, NULL);
#ifdef SYS_timer_settime64
    struct sigevent nobody = {.sigev_notify = SIGEV_NONE};
    long long long_times[4] = {1, 5, 2, 7};
    int number = -1;
    CALL(SYS_timer_create, CLOCK_MONOTONIC, &nobody, &number);
    CALL(SYS_timer_settime64, number, 1, long_times, NULL);
    CALL(SYS_timer_gettime64, number, BAD);
#endif
    CALL(SYS_timerfd_gettime, timer_fd, &timer);
    CALL(SYS_timerfd_gettime, timer_fd, BAD);
}
