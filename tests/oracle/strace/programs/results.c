/* Makes calls that succeed, for the structures that the kernel fills. Times and amounts differ from
 * run to run; strace.pl compares them without their digits. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define CALL(...) syscall(__VA_ARGS__, 0L, 0L, 0L, 0L, 0L, 0L)

static char buffer[8192];

static void amounts(void)
{
    CALL(SYS_sysinfo, buffer);
    CALL(SYS_getrusage, 0, buffer);
    CALL(SYS_times, buffer);
    CALL(SYS_time, buffer);
    CALL(SYS_time, 0);
    CALL(SYS_gettimeofday, buffer, 0L);
    CALL(SYS_clock_gettime, CLOCK_MONOTONIC, buffer);
#ifdef SYS_clock_gettime64
    CALL(SYS_clock_gettime64, CLOCK_REALTIME, buffer);
#endif
    CALL(SYS_statfs, "/", buffer);
    CALL(SYS_statfs, "/dev", buffer);
    CALL(SYS_statfs, "/sys", buffer);
    CALL(SYS_getcpu, buffer, buffer + 8, 0L);
}

static void states(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct itimerval timer = {{0, 0}, {1000, 5}};
    CALL(SYS_capget, &head, buffer);
    CALL(SYS_capset, &head, buffer);
    CALL(SYS_setitimer, ITIMER_REAL, &timer, 0L);
    CALL(SYS_alarm, 0L);
    CALL(SYS_sched_getparam, 0L, buffer);
    CALL(SYS_prctl, PR_GET_TIMERSLACK);
    CALL(SYS_prctl, PR_GET_KEEPCAPS);
    CALL(SYS_prctl, PR_GET_CHILD_SUBREAPER, buffer);
    CALL(SYS_prctl, PR_SET_PDEATHSIG, SIGUSR1);
    CALL(SYS_prctl, PR_SET_NAME, "a name longer than what there is room for");
    CALL(SYS_prctl, PR_GET_SECUREBITS);
    CALL(SYS_getgroups, 1000, buffer);
    CALL(SYS_mkdir, "sticky", 0);
    CALL(SYS_chmod, "sticky", 07777);
    CALL(SYS_stat, "sticky", buffer);
    CALL(SYS_chmod, "sticky", 0);
    CALL(SYS_stat, "sticky", buffer);
    CALL(SYS_rmdir, "sticky");
    CALL(SYS_mknod, "fifo", S_IFIFO | 06644, 0L);
    CALL(SYS_stat, "fifo", buffer);
    CALL(SYS_unlink, "fifo");
}

static void copies(void)
{
    int from = open("from", O_RDWR | O_CREAT, 0600), to = open("to", O_RDWR | O_CREAT, 0600);
    long place = 1;
    int64_t in = 2, out = 3;
    if (write(from, "0123456789", 10) != 10)
        return;
    CALL(SYS_sendfile, to, from, &place, 4);
    CALL(SYS_sendfile, to, from, 0L, 4);
    CALL(SYS_sendfile, to, from, &place, 0);
#ifdef SYS_sendfile64
    CALL(SYS_sendfile64, to, from, &in, 4);
#endif
    CALL(SYS_copy_file_range, from, &in, to, &out, 3L, 0L);
    CALL(SYS_copy_file_range, from, 0L, to, &out, 3L, 0L);
    unlink("from");
    unlink("to");
}

static void terminals(void)
{
    int master, slave;
    struct winsize size = {24, 80, 1, 2};
    struct termios termios;
    if (openpty(&master, &slave, NULL, NULL, NULL) != 0)
        return;
    CALL(SYS_ioctl, slave, TCGETS, &termios);
    CALL(SYS_ioctl, slave, TCSETS, &termios);
    termios.c_lflag = 0;
    CALL(SYS_ioctl, slave, TIOCSWINSZ, &size);
    CALL(SYS_ioctl, slave, TIOCGWINSZ, &size);
    CALL(SYS_ioctl, slave, FIONREAD, buffer);
    CALL(SYS_ioctl, master, TIOCGPTN, buffer);
    CALL(SYS_fcntl, slave, F_GETFL);
    CALL(SYS_fstat, slave, buffer);
}

#ifdef SYS_socket
static void internet(void)
{
    struct sockaddr_in in = {AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {0}};
    struct sockaddr_in6 in6 = {AF_INET6, 0, 0, IN6ADDR_LOOPBACK_INIT, 0};
    struct sockaddr_nl nl = {AF_NETLINK, 0, 0, 5};
    struct sockaddr_un un = {AF_UNIX, "socket"};
    socklen_t length = sizeof in;
    int one = 1, server = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM, 0L);
    CALL(SYS_setsockopt, server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    CALL(SYS_bind, server, &in, sizeof in);
    CALL(SYS_listen, server, 5L);
    getsockname(server, (struct sockaddr *)&in, &length);
    int client = (int)CALL(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    CALL(SYS_connect, client, &in, sizeof in);
    length = sizeof in;
    int other = (int)CALL(SYS_accept4, server, &in, &length, SOCK_CLOEXEC);
    length = 2;
    CALL(SYS_getpeername, client, &in, &length);
    length = 100;
    CALL(SYS_getpeername, client, buffer, &length);
    CALL(SYS_sendto, client, "text", 4L, 0L, 0L, 0L);
    CALL(SYS_recvfrom, other, buffer, 100L, 0L, 0L, 0L);
    CALL(SYS_getsockopt, client, IPPROTO_TCP, TCP_NODELAY, &one, &length);
    CALL(SYS_shutdown, client, SHUT_WR);
    int udp = (int)CALL(SYS_socket, AF_INET6, SOCK_DGRAM, 0L);
    CALL(SYS_bind, udp, &in6, sizeof in6);
    length = sizeof in6;
    CALL(SYS_getsockname, udp, &in6, &length);
    CALL(SYS_sendto, udp, "to myself", 9L, 0L, &in6, sizeof in6);
    CALL(SYS_recvfrom, udp, buffer, 100L, 0L, &in6, &length);
    int netlink = (int)CALL(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    CALL(SYS_connect, netlink, &nl, sizeof nl);
    int local = (int)CALL(SYS_socket, AF_UNIX, SOCK_STREAM, 0L);
    CALL(SYS_bind, local, &un, sizeof un);
    length = sizeof un;
    CALL(SYS_getsockname, local, &un, &length);
    CALL(SYS_unlink, "socket");
}

static void messages(void)
{
    int pair[2];
    struct iovec out[2] = {{"one", 3}, {"and two", 7}}, in[2] = {{buffer, 2}, {buffer + 100, 50}};
    struct msghdr send = {.msg_iov = out, .msg_iovlen = 2};
    struct msghdr receive = {.msg_iov = in, .msg_iovlen = 2};
    CALL(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0L, pair);
    CALL(SYS_sendmsg, pair[0], &send, MSG_NOSIGNAL);
    CALL(SYS_recvmsg, pair[1], &receive, 0L);
    CALL(SYS_sendto, pair[0], "x", 1L, 0L, 0L, 0L);
    CALL(SYS_recvmsg, pair[1], &receive, 0L);
    CALL(SYS_recvmsg, pair[1], &receive, MSG_DONTWAIT);
}
#endif

int main(void)
{
    amounts();
    states();
    copies();
    terminals();
#ifdef SYS_socket
    internet();
    messages();
#endif
    return 0;
}
