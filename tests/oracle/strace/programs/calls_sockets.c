/* Calls on sockets. */
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "calls.h"

void call_sockets(void)
{
#ifdef SYS_socket
    int s = (int)CALL(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un un = {AF_UNIX, "nosocket"};
    struct sockaddr_in in = {AF_INET, htons(80), {htonl(0x7f000001)}, {0}};
    struct sockaddr_in6 in6 = {AF_INET6, htons(8080), htonl(7), {{{0xfe, 0x80, [15] = 1}}}, 3};
    socklen_t length = sizeof un;
    int pair[2], value = 1;
    CALL(SYS_connect, s, &un, sizeof un);
    CALL(SYS_connect, s, &un, 2);
    un.sun_path[0] = 0;
    CALL(SYS_connect, s, &un, 12);
    CALL(SYS_connect, s, &un, 2 + 1);
    memset(un.sun_path, 'x', sizeof un.sun_path);
    CALL(SYS_connect, s, &un, sizeof un);
    CALL(SYS_connect, -1, &in, sizeof in);
    CALL(SYS_connect, -1, &in, 5);
    CALL(SYS_connect, -1, &in6, sizeof in6);
    CALL(SYS_connect, -1, BAD, 16);
    CALL(SYS_connect, -1, NULL, 0);
    CALL(SYS_connect, -1, &in, 200);
    CALL(SYS_connect, -1, &in, 1);
    in.sin_family = 77;
    CALL(SYS_connect, -1, &in, 10);
    in.sin_family = AF_UNSPEC;
    CALL(SYS_connect, -1, &in, 16);
    CALL(SYS_bind, -1, &in6, sizeof in6);
    CALL(SYS_listen, s, 5);
    CALL(SYS_listen, s, -1);
    CALL(SYS_getsockname, s, &un, &length);
    CALL(SYS_getpeername, s, &un, &length);
    CALL(SYS_getsockname, s, BAD, BAD);
    CALL(SYS_accept4, -1, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    CALL(SYS_accept4, -1, &un, &length, 0);
    CALL(SYS_socketpair, AF_INET, SOCK_STREAM, IPPROTO_TCP, pair);
    CALL(SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair);
    CALL(SYS_sendto, pair[0], "hello", 5, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
    CALL(SYS_recvfrom, pair[1], buffer, 100, 0, NULL, NULL);
    CALL(SYS_recvfrom, pair[1], buffer, 100, MSG_DONTWAIT, NULL, NULL);
    CALL(SYS_sendto, -1, "hello", 5, 0, &in6, sizeof in6);
    CALL(SYS_sendto, pair[0], "again", 5, 0, NULL, 0);
    length = sizeof un;
    CALL(SYS_recvfrom, pair[1], buffer, 3, MSG_TRUNC, &un, &length);
    memset(buffer, 0, sizeof buffer);
    struct iovec iov[2] = {{"one", 3}, {"two", 3}};
    struct msghdr message = {.msg_iov = iov, .msg_iovlen = 2};
    CALL(SYS_sendmsg, pair[0], &message, 0);
    iov[0].iov_base = buffer, iov[0].iov_len = 100, message.msg_iovlen = 1;
    CALL(SYS_recvmsg, pair[1], &message, 0);
    CALL(SYS_recvmsg, pair[1], &message, MSG_DONTWAIT);
    CALL(SYS_recvmsg, pair[1], BAD, 0);
    message.msg_name = &in6, message.msg_namelen = sizeof in6;
    CALL(SYS_sendmsg, -1, &message, MSG_EOR);
    CALL(SYS_sendmsg, -1, BAD, MSG_EOR);
    CALL(SYS_shutdown, s, SHUT_RD);
    CALL(SYS_shutdown, -1, SHUT_RDWR);
    CALL(SYS_shutdown, -1, 77);
    CALL(SYS_setsockopt, s, SOL_SOCKET, SO_REUSEADDR, &value, sizeof value);
    CALL(SYS_setsockopt, s, SOL_SOCKET, SO_RCVBUF, BAD, 4);
    CALL(SYS_setsockopt, -1, IPPROTO_TCP, 1, &value, 4);
    CALL(SYS_setsockopt, -1, IPPROTO_IPV6, 26, &value, 4);
    CALL(SYS_setsockopt, -1, 999, 1, &value, 4);
    CALL(SYS_setsockopt, -1, SOL_SOCKET, 999, &value, 4);
    struct {
        long s, u;
    } tv = {1, 2};
    CALL(SYS_setsockopt, -1, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
    struct linger linger = {1, 2};
    CALL(SYS_setsockopt, -1, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    length = 4;
    CALL(SYS_getsockopt, s, SOL_SOCKET, SO_TYPE, &value, &length);
    CALL(SYS_getsockopt, s, SOL_SOCKET, SO_ERROR, &value, &length);
    CALL(SYS_getsockopt, s, SOL_SOCKET, SO_ERROR, BAD, BAD);
    CALL(SYS_getsockopt, -1, SOL_SOCKET, SO_ERROR, &value, &length);
    CALL(SYS_socket, AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CALL(SYS_socket, AF_INET, SOCK_DGRAM, IPPROTO_IP);
    CALL(SYS_socket, AF_INET6, SOCK_RAW | 0x100, IPPROTO_ICMPV6);
    CALL(SYS_socket, AF_NETLINK, SOCK_RAW, 0);
    CALL(SYS_socket, 99, 77, 5);
    CALL(SYS_socket, AF_UNIX, -1, 5);
#endif
#ifdef SYS_socketcall
    long args[6] = {AF_UNIX, SOCK_STREAM, 0, (long)pair};
    CALL(SYS_socketcall, 1, args);
    CALL(SYS_socketcall, 8, args);
    CALL(SYS_socketcall, 1, BAD);
    CALL(SYS_socketcall, 99, args);
    long send[6] = {pair[0], (long)"data", 4, MSG_DONTWAIT};
    CALL(SYS_socketcall, 9, send);
    send[0] = pair[1], send[1] = (long)buffer, send[2] = 100;
    CALL(SYS_socketcall, 10, send);
    CALL(SYS_socketcall, 10, send);
#endif
}
