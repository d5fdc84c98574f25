/* Arguments that are numbers, flags and words. */
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "strace_print.h"

void put_int(const struct value *v)
{
    put_number(v->out, (int32_t)v->argument);
}

void put_uint(const struct value *v)
{
    put_count(v->out, (uint32_t)v->argument);
}

void put_long(const struct value *v)
{
    put_number(v->out, word_size(v) == 8 ? (int64_t)v->argument : (int32_t)v->argument);
}

void put_ulong(const struct value *v)
{
    put_count(v->out, v->argument);
}

void put_hex(const struct value *v)
{
    put_hexadecimal(v->out, v->argument);
}

void put_hex_int(const struct value *v)
{
    put_hexadecimal(v->out, (uint32_t)v->argument);
}

void put_address(const struct value *v)
{
    put_pointer(v->out, v->argument);
}

/* A number of 64 bits: one argument, or two of i386, this one and the next. */
void put_pair(const struct value *v)
{
    uint64_t number = v->argument;
    if (word_size(v) == 4)
        number = (uint32_t)number | argument(v, v->index + 1) << 32;
    put_number(v->out, (int64_t)number);
}

void put_pair_high(const struct value *v)
{
    put_number(v->out, (int64_t)(v->argument << 32 | (uint32_t)argument(v, v->index + 1)));
}

void put_page_offset(const struct value *v)
{
    put_hexadecimal(v->out, v->argument << 12);
}

void put_id(const struct value *v)
{
    uint32_t id = (uint32_t)v->argument;
    put_number(v->out, id == UINT32_MAX ? -1 : (int64_t)id);
}

void put_id16(const struct value *v)
{
    uint16_t id = (uint16_t)v->argument;
    put_number(v->out, id == UINT16_MAX ? -1 : (int64_t)id);
}

void put_octal(const struct value *v)
{
    put_octal_number(v->out, (uint16_t)v->argument, 3);
}

void put_file_mode(const struct value *v)
{
    put_mode(v->out, (uint16_t)v->argument);
}

void put_device(const struct value *v)
{
    put_device_number(v->out, (uint32_t)v->argument);
}

void put_dirfd(const struct value *v)
{
    if ((int32_t)v->argument == AT_FDCWD)
        elfgen_text_string(v->out, "AT_FDCWD");
    else
        put_int(v);
}

/* Names of negative numbers are of numbers with a sign. */
void put_word(const struct value *v)
{
    const char *name = set_name(v->set, (uint64_t)(int32_t)v->argument);
    if (name)
        elfgen_text_string(v->out, name);
    else
        put_word_of(v->out, v->set, (uint32_t)v->argument);
}

void put_flags(const struct value *v)
{
    put_flags_of(v->out, v->set, (uint32_t)v->argument, false);
}

void put_flags_long(const struct value *v)
{
    put_flags_of(v->out, v->set, v->argument, false);
}

void put_open_flags_of(struct elfgen_text *out, uint64_t flags)
{
    static const char *const access[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
    elfgen_text_string(out, access[flags & 3]);
    if (flags > 3)
        put_flags_of(out, &set_open, flags & ~UINT64_C(3), true);
}

void put_open_flags(const struct value *v)
{
    put_open_flags_of(v->out, (uint32_t)v->argument);
}

/* The zero of how to synchronize has a name, and stands before the others. */
void put_statx_flags(const struct value *v)
{
    uint32_t flags = (uint32_t)v->argument;
    bool zero = (flags & AT_STATX_SYNC_TYPE) == 0;
    if (zero)
        elfgen_text_string(v->out, "AT_STATX_SYNC_AS_STAT");
    if (flags != 0)
        put_flags_of(v->out, v->set, flags, zero);
}

/* Flags with the logarithm of a page's size in the highest bits. */
static void put_huge(struct elfgen_text *out, const struct set *set, uint64_t flags, bool already,
                     bool huge, const char *shift)
{
    uint64_t size = huge ? flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK : 0;
    flags &= ~(size << MAP_HUGE_SHIFT);
    if (flags != 0 || !already)
        put_flags_of(out, set, flags, already);
    if (size != 0) {
        elfgen_text_char(out, '|');
        put_count(out, size);
        elfgen_text_string(out, shift);
    }
}

void put_map_flags(const struct value *v)
{
    uint32_t flags = (uint32_t)v->argument;
    put_word_of(v->out, &set_map_type, flags & MAP_TYPE);
    put_huge(v->out, v->set, flags & ~(uint32_t)MAP_TYPE, true, (flags & MAP_HUGETLB) != 0,
             "<<MAP_HUGE_SHIFT");
}

void put_memfd_flags(const struct value *v)
{
    uint32_t flags = (uint32_t)v->argument;
    put_huge(v->out, v->set, flags, false, (flags & MFD_HUGETLB) != 0, "<<MFD_HUGE_SHIFT");
}

void put_personality_of(struct elfgen_text *out, uint64_t number)
{
    if ((uint32_t)number == UINT32_MAX) {
        elfgen_text_string(out, "0xffffffff");
        return;
    }
    put_word_of(out, &set_personality_type, number & 0xff);
    if ((number & ~UINT64_C(0xff)) != 0)
        put_flags_of(out, &set_personality, number & 0xffffff00, true);
}

void put_personality(const struct value *v)
{
    put_personality_of(v->out, v->argument);
}

void put_signal(const struct value *v)
{
    put_signal_name(v->out, (uint32_t)v->argument, false);
}

void put_socket_type(const struct value *v)
{
    enum { TYPE_BITS = 0xf };
    uint32_t number = (uint32_t)v->argument;
    const char *name = set_name(v->set, number & TYPE_BITS);
    if (name)
        elfgen_text_string(v->out, name);
    number &= name ? ~(uint32_t)TYPE_BITS : UINT32_MAX;
    if (number == 0 && name)
        return;
    if (name)
        elfgen_text_char(v->out, '|');
    put_flags_of(v->out, &set_socket_flags, number, false);
}

void put_protocol(const struct value *v)
{
    uint64_t domain = argument(v, 0);
    if (domain == AF_INET || domain == AF_INET6)
        put_word_of(v->out, &set_ip_protocol, (uint32_t)v->argument);
    else if (domain == AF_NETLINK)
        put_word_of(v->out, &set_netlink, (uint32_t)v->argument);
    else
        put_count(v->out, (uint32_t)v->argument);
}

void put_socket_level(const struct value *v)
{
    put_word(v);
}

void put_socket_option(const struct value *v)
{
    uint32_t level = (uint32_t)argument(v, 1), option = (uint32_t)v->argument;
    static const struct {
        uint32_t level;
        const struct set *set;
    } levels[] = {{SOL_SOCKET, &set_so},
                  {IPPROTO_IP, &set_ip},
                  {IPPROTO_TCP, &set_tcp},
                  {IPPROTO_IPV6, &set_ipv6}};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (levels[i].level == level) {
            put_word_of(v->out, levels[i].set, option);
            return;
        }
    put_count(v->out, option);
}

void put_socketcall(const struct value *v)
{
    const char *name = set_name(v->set, (uint32_t)v->argument);
    if (name)
        elfgen_text_string(v->out, name);
    else
        put_int(v);
}

/* ---- futex ---- */

void put_futex_op(const struct value *v)
{
    uint32_t op = (uint32_t)v->argument;
    const char *name = set_name(v->set, op & (uint32_t)FUTEX_CMD_MASK);
    if (!name) {
        put_word_of(v->out, v->set, op);
        return;
    }
    elfgen_text_string(v->out, name);
    if (op & FUTEX_PRIVATE_FLAG)
        elfgen_text_string(v->out, (op & (uint32_t)FUTEX_CMD_MASK) == FUTEX_FD
                                       ? "|FUTEX_PRIVATE_FLAG"
                                       : "_PRIVATE");
    if (op & FUTEX_CLOCK_REALTIME)
        elfgen_text_string(v->out, "|FUTEX_CLOCK_REALTIME");
}

void put_futex_val(const struct value *v)
{
    put_uint(v);
}

static void put_wake_op(struct elfgen_text *out, uint32_t number)
{
    uint32_t op = number >> 28 & 7, compare = number >> 24 & 0xf;
    if (number >> 28 & FUTEX_OP_OPARG_SHIFT)
        elfgen_text_string(out, "FUTEX_OP_OPARG_SHIFT<<28|");
    put_word_of(out, &set_futex_wake_op, op);
    elfgen_text_string(out, "<<28|");
    put_hexadecimal(out, number >> 12 & 0xfff);
    elfgen_text_string(out, "<<12|");
    put_word_of(out, &set_futex_wake_compare, compare);
    elfgen_text_string(out, "<<24|");
    put_hexadecimal(out, number & 0xfff);
}

void put_futex_val3(const struct value *v)
{
    uint32_t number = (uint32_t)v->argument;
    switch (argument(v, 1) & (uint32_t)FUTEX_CMD_MASK) {
    case FUTEX_WAIT_BITSET:
    case FUTEX_WAKE_BITSET:
        if (number == FUTEX_BITSET_MATCH_ANY)
            elfgen_text_string(v->out, "FUTEX_BITSET_MATCH_ANY");
        else
            put_hexadecimal(v->out, number);
        break;
    case FUTEX_CMP_REQUEUE:
    case FUTEX_CMP_REQUEUE_PI:
        put_count(v->out, number);
        break;
    case FUTEX_WAKE_OP:
        put_wake_op(v->out, number);
        break;
    default:
        put_hexadecimal(v->out, number);
        break;
    }
}

static bool is_requeue(const struct value *v)
{
    uint32_t op = (uint32_t)argument(v, 1) & (uint32_t)FUTEX_CMD_MASK;
    return op == FUTEX_REQUEUE || op == FUTEX_CMP_REQUEUE || op == FUTEX_CMP_REQUEUE_PI ||
           op == FUTEX_WAKE_OP;
}

static void put_timeout(const struct value *v, size_t size)
{
    bool known = set_name(&set_futex, argument(v, 1) & (uint32_t)FUTEX_CMD_MASK) != NULL;
    if (is_requeue(v))
        put_uint(v);
    else if (!known || !put_time_at(v, v->argument, size, "tv_nsec"))
        put_pointer(v->out, v->argument);
}

void put_futex_timeout(const struct value *v)
{
    put_timeout(v, word_size(v));
}

void put_futex_timeout64(const struct value *v)
{
    put_timeout(v, 8);
}

void put_futex_address2(const struct value *v)
{
    put_pointer(v->out, v->argument);
}

/* ---- ioctl's ---- */

void put_ioctl(const struct value *v)
{
    static const char *const directions[] = {"_IOC_NONE", "_IOC_WRITE", "_IOC_READ",
                                             "_IOC_READ|_IOC_WRITE"};
    uint32_t request = (uint32_t)v->argument;
    const char *name = set_name(v->set, request);
    if (name) {
        elfgen_text_string(v->out, name);
        return;
    }
    elfgen_text_string(v->out, "_IOC(");
    elfgen_text_string(v->out, directions[request >> 30]);
    elfgen_text_string(v->out, ", ");
    put_hexadecimal(v->out, request >> 8 & 0xff);
    elfgen_text_string(v->out, ", ");
    put_hexadecimal(v->out, request & 0xff);
    elfgen_text_string(v->out, ", ");
    put_hexadecimal(v->out, request >> 16 & 0x3fff);
    elfgen_text_char(v->out, ')');
}
