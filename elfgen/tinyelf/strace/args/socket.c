/* Prints arguments of calls on sockets. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "args.h"

enum { SOCKADDR_MOST = 128, FAMILY = 2, UN_PATH = 108 };

/* ---- addresses ---- */

static uint16_t load_big16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static void put_port(struct elfgen_text *out, const char *label, const uint8_t *bytes)
{
    elfgen_text_string(out, label);
    elfgen_text_string(out, "htons(");
    strace_put_count(out, load_big16(bytes));
    elfgen_text_char(out, ')');
}

static void put_un(struct elfgen_text *out, const uint8_t *bytes, size_t size)
{
    const uint8_t *path = bytes + FAMILY;
    size_t length = size - FAMILY < UN_PATH ? size - FAMILY : UN_PATH;
    if (length == 0)
        return;
    elfgen_text_string(out, ", sun_path=");
    if (path[0] == '\0') {
        elfgen_text_char(out, '@');
        strace_put_quoted(out, path + 1, length - 1, false);
    } else {
        const uint8_t *end = memchr(path, '\0', length);
        strace_put_quoted(out, path, end ? (size_t)(end - path) : length, false);
    }
}

static void put_in4(struct elfgen_text *out, const uint8_t *bytes)
{
    char text[INET_ADDRSTRLEN];
    put_port(out, ", sin_port=", bytes + 2);
    elfgen_text_string(out, ", sin_addr=inet_addr(\"");
    if (inet_ntop(AF_INET, bytes + 4, text, sizeof text))
        elfgen_text_string(out, text);
    elfgen_text_string(out, "\")");
}

static void put_in6(struct elfgen_text *out, const uint8_t *bytes, size_t size)
{
    char text[INET6_ADDRSTRLEN], name[IF_NAMESIZE];
    struct in6_addr address;
    memcpy(&address, bytes + 8, sizeof address);
    put_port(out, ", sin6_port=", bytes + 2);
    elfgen_text_string(out, ", sin6_flowinfo=htonl(");
    strace_put_count(out, ntohl(strace_load32(bytes + 4)));
    elfgen_text_string(out, "), inet_pton(AF_INET6, \"");
    if (inet_ntop(AF_INET6, &address, text, sizeof text))
        elfgen_text_string(out, text);
    elfgen_text_string(out, "\", &sin6_addr)");
    if (size < 28)
        return;
    uint32_t scope = strace_load32(bytes + 24);
    bool local = IN6_IS_ADDR_LINKLOCAL(&address) || IN6_IS_ADDR_MC_LINKLOCAL(&address);
    elfgen_text_string(out, ", sin6_scope_id=");
    if (local && scope != 0 && if_indextoname(scope, name)) {
        elfgen_text_string(out, "if_nametoindex(");
        strace_put_quoted(out, (const uint8_t *)name, strlen(name), false);
        elfgen_text_char(out, ')');
    } else {
        strace_put_count(out, scope);
    }
}

/* A struct sockaddr of `size` bytes. */
static void put_sockaddr(struct elfgen_text *out, const uint8_t *bytes, size_t size)
{
    uint16_t family = strace_load16(bytes);
    elfgen_text_string(out, "{sa_family=");
    strace_put_word_of(out, &xlat_domain, family);
    if (family == AF_UNIX) {
        put_un(out, bytes, size);
    } else if (family == AF_INET && size >= 16) {
        put_in4(out, bytes);
    } else if (family == AF_INET6 && size >= 24) {
        put_in6(out, bytes, size);
    } else if (family == AF_NETLINK && size >= 12) {
        elfgen_text_string(out, ", nl_pid=");
        strace_put_number(out, (int32_t)strace_load32(bytes + 4));
        elfgen_text_string(out, ", nl_groups=");
        if (strace_load32(bytes + 8) != 0)
            elfgen_text_string(out, "0x");
        elfgen_text_hex(out, strace_load32(bytes + 8), strace_load32(bytes + 8) != 0 ? 6 : 8);
    } else if (size > FAMILY) {
        size_t length = size - FAMILY, shown = length < SHOWN_BYTES ? length : SHOWN_BYTES;
        elfgen_text_string(out, ", sa_data=");
        strace_put_quoted(out, bytes + FAMILY, shown, length > shown);
    }
    elfgen_text_char(out, '}');
}

static void put_sockaddr_at(const struct strace_value *v, uint64_t address, uint64_t length)
{
    uint8_t bytes[SOCKADDR_MOST];
    size_t size = length < sizeof bytes ? (size_t)length : sizeof bytes;
    if (address == 0 || length < FAMILY || length > INT32_MAX ||
        !strace_read_all(v, address, bytes, size))
        strace_put_pointer(v->out, address);
    else
        put_sockaddr(v->out, bytes, size);
}

void strace_put_in_sockaddr(const struct strace_value *v)
{
    put_sockaddr_at(v, v->argument, (uint32_t)strace_argument(v, v->index + 1));
}

/* Reads the length that the kernel wrote. */
static bool take_length(const struct strace_value *v, uint64_t address, uint32_t *length)
{
    uint8_t bytes[4];
    if (address == 0 || !strace_read_all(v, address, bytes, sizeof bytes))
        return false;
    *length = strace_load32(bytes);
    return true;
}

void strace_put_out_sockaddr(const struct strace_value *v)
{
    uint32_t length;
    if (!v->after || v->call->failed || v->argument == 0 ||
        !take_length(v, strace_argument(v, v->index + 1), &length)) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    if (v->length_before && *v->length_before < length)
        length = *v->length_before;
    put_sockaddr_at(v, v->argument, length);
}

void strace_put_inout_socklen(const struct strace_value *v)
{
    uint32_t length;
    if (!take_length(v, v->argument, &length)) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    elfgen_text_char(v->out, '[');
    if (v->after && !v->call->failed && v->length_before && *v->length_before != length) {
        strace_put_number(v->out, (int32_t)*v->length_before);
        elfgen_text_string(v->out, " => ");
    }
    strace_put_number(v->out, (int32_t)length);
    elfgen_text_char(v->out, ']');
}

/* ---- messages ---- */

static void put_message(const struct strace_value *v, bool incoming)
{
    uint8_t bytes[56];
    size_t word = strace_word_size(v);
    /* struct msghdr: name, its length, vector, its length, control, its length, flags. */
    if (v->argument == 0 ||
        !strace_read_all(v, v->argument, bytes, word == 8 ? sizeof bytes : 28)) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    uint64_t name = strace_load(bytes, word), count = strace_load(bytes + 3 * word, word);
    uint32_t name_length = strace_load32(bytes + word);
    uint64_t control = strace_load(bytes + 4 * word, word),
             control_length = strace_load(bytes + 5 * word, word);
    if (incoming && (!v->after || v->call->failed)) {
        elfgen_text_string(v->out, "{msg_namelen=");
        strace_put_number(v->out, (int32_t)name_length);
        elfgen_text_char(v->out, '}');
        return;
    }
    uint64_t left = !incoming ? UINT64_MAX : v->call->result > 0 ? (uint64_t)v->call->result : 0;
    elfgen_text_string(v->out, "{msg_name=");
    put_sockaddr_at(v, name, name_length);
    elfgen_text_string(v->out, ", msg_namelen=");
    strace_put_number(v->out, (int32_t)name_length);
    elfgen_text_string(v->out, ", msg_iov=");
    strace_put_iovec_at(v, strace_load(bytes + 2 * word, word), count, left, true);
    elfgen_text_string(v->out, ", msg_iovlen=");
    strace_put_count(v->out, count);
    if (control_length != 0) {
        elfgen_text_string(v->out, ", msg_control=");
        strace_put_pointer(v->out, control);
    }
    elfgen_text_string(v->out, ", msg_controllen=");
    strace_put_count(v->out, control_length);
    elfgen_text_string(v->out, ", msg_flags=");
    strace_put_flags_of(v->out, v->xlat, strace_load32(bytes + 6 * word), false);
    elfgen_text_char(v->out, '}');
}

void strace_put_in_msghdr(const struct strace_value *v)
{
    put_message(v, false);
}

void strace_put_out_msghdr(const struct strace_value *v)
{
    put_message(v, true);
}

/* ---- options ---- */

static void put_linger(const struct strace_value *v)
{
    uint8_t bytes[sizeof(struct linger)];
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    elfgen_text_string(v->out, "{l_onoff=");
    strace_put_number(v->out, (int32_t)strace_load32(bytes));
    elfgen_text_string(v->out, ", l_linger=");
    strace_put_number(v->out, (int32_t)strace_load32(bytes + 4));
    elfgen_text_char(v->out, '}');
}

static void put_option(const struct strace_value *v, uint64_t length)
{
    uint8_t bytes[4];
    bool socket_level = (uint32_t)strace_argument(v, 1) == SOL_SOCKET;
    if (socket_level && (uint32_t)strace_argument(v, 2) == SO_LINGER &&
        length >= sizeof(struct linger)) {
        put_linger(v);
    } else if (socket_level && (uint32_t)strace_argument(v, 2) == SO_ERROR && length == 4) {
        if (!strace_take(v, bytes, 4))
            return;
        const char *name = strace_error_name(strace_load32(bytes));
        elfgen_text_char(v->out, '[');
        if (name && strace_load32(bytes) != 0)
            elfgen_text_string(v->out, name);
        else
            strace_put_number(v->out, (int32_t)strace_load32(bytes));
        elfgen_text_char(v->out, ']');
    } else if (length == 4) {
        strace_put_int_pointer(v);
    } else {
        strace_put_bytes_at(v, v->argument, length);
    }
}

void strace_put_in_optval(const struct strace_value *v)
{
    int32_t length = (int32_t)strace_argument(v, 4);
    uint32_t option = (uint32_t)strace_argument(v, 2);
    bool socket_level = (uint32_t)strace_argument(v, 1) == SOL_SOCKET;
    bool linger = socket_level && option == SO_LINGER;
    bool number = socket_level && xlat_name(&xlat_so_int, option);
    if ((linger && length < (int32_t)sizeof(struct linger)) || (number && length < 4))
        strace_put_pointer(v->out, v->argument);
    else if (number)
        strace_put_int_pointer(v);
    else
        put_option(v, (uint32_t)length);
}

void strace_put_out_optval(const struct strace_value *v)
{
    uint32_t length;
    if (v->after && !v->call->failed && take_length(v, strace_argument(v, 4), &length))
        put_option(v, length);
    else
        strace_put_pointer(v->out, v->argument);
}
