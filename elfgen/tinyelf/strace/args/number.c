/* Prints arguments that are numbers, flags and constants. */
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "args.h"

void strace_put_int(const struct strace_value *v)
{
    strace_put_number(v->out, (int32_t)v->argument);
}

void strace_put_uint(const struct strace_value *v)
{
    strace_put_count(v->out, (uint32_t)v->argument);
}

void strace_put_long(const struct strace_value *v)
{
    strace_put_number(v->out,
                      strace_word_size(v) == 8 ? (int64_t)v->argument : (int32_t)v->argument);
}

void strace_put_ulong(const struct strace_value *v)
{
    strace_put_count(v->out, v->argument);
}

void strace_put_hex(const struct strace_value *v)
{
    strace_put_hexadecimal(v->out, v->argument);
}

void strace_put_hex_int(const struct strace_value *v)
{
    strace_put_hexadecimal(v->out, (uint32_t)v->argument);
}

void strace_put_address(const struct strace_value *v)
{
    strace_put_pointer(v->out, v->argument);
}

/* A 64-bit number: one argument on x86-64, this one and the next on i386. */
void strace_put_pair(const struct strace_value *v)
{
    uint64_t number = v->argument;
    if (strace_word_size(v) == 4)
        number = (uint32_t)number | strace_argument(v, v->index + 1) << 32;
    strace_put_number(v->out, (int64_t)number);
}

void strace_put_pair_high(const struct strace_value *v)
{
    strace_put_number(v->out,
                      (int64_t)(v->argument << 32 | (uint32_t)strace_argument(v, v->index + 1)));
}

void strace_put_page_offset(const struct strace_value *v)
{
    strace_put_hexadecimal(v->out, v->argument << 12);
}

void strace_put_id(const struct strace_value *v)
{
    uint32_t id = (uint32_t)v->argument;
    strace_put_number(v->out, id == UINT32_MAX ? -1 : (int64_t)id);
}

void strace_put_id16(const struct strace_value *v)
{
    uint16_t id = (uint16_t)v->argument;
    strace_put_number(v->out, id == UINT16_MAX ? -1 : (int64_t)id);
}

void strace_put_octal(const struct strace_value *v)
{
    strace_put_octal_number(v->out, (uint16_t)v->argument, 3);
}

void strace_put_file_mode(const struct strace_value *v)
{
    strace_put_mode(v->out, (uint16_t)v->argument);
}

void strace_put_device(const struct strace_value *v)
{
    strace_put_device_number(v->out, (uint32_t)v->argument);
}

void strace_put_dirfd(const struct strace_value *v)
{
    if ((int32_t)v->argument == AT_FDCWD)
        elfgen_text_string(v->out, "AT_FDCWD");
    else
        strace_put_int(v);
}

/* Constants may be negative: the name is looked up with the sign. */
void strace_put_word(const struct strace_value *v)
{
    const char *name = xlat_name(v->xlat, (uint64_t)(int32_t)v->argument);
    if (name)
        elfgen_text_string(v->out, name);
    else
        strace_put_word_of(v->out, v->xlat, (uint32_t)v->argument);
}

void strace_put_flags(const struct strace_value *v)
{
    strace_put_flags_of(v->out, v->xlat, (uint32_t)v->argument, false);
}

void strace_put_flags_long(const struct strace_value *v)
{
    strace_put_flags_of(v->out, v->xlat, v->argument, false);
}

void strace_put_open_flags_of(struct elfgen_text *out, uint64_t flags)
{
    static const char *const access[] = {"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"};
    elfgen_text_string(out, access[flags & 3]);
    if (flags > 3)
        strace_put_flags_of(out, &xlat_open, flags & ~UINT64_C(3), true);
}

void strace_put_open_flags(const struct strace_value *v)
{
    strace_put_open_flags_of(v->out, (uint32_t)v->argument);
}

/* AT_STATX_SYNC_AS_STAT is 0, and is printed before the other flags. */
void strace_put_statx_flags(const struct strace_value *v)
{
    uint32_t flags = (uint32_t)v->argument;
    bool zero = (flags & AT_STATX_SYNC_TYPE) == 0;
    if (zero)
        elfgen_text_string(v->out, "AT_STATX_SYNC_AS_STAT");
    if (flags != 0)
        strace_put_flags_of(v->out, v->xlat, flags, zero);
}

/* Flags whose highest bits are the logarithm of a huge page's size, also where no flag asks for
 * such pages. */
static void put_huge(struct elfgen_text *out, const struct xlat *xlat, uint64_t flags, bool already,
                     const char *shift)
{
    uint64_t size = flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
    flags &= ~(size << MAP_HUGE_SHIFT);
    if (flags != 0 || (!already && size == 0))
        strace_put_flags_of(out, xlat, flags, already);
    if (size != 0) {
        if (flags != 0 || already)
            elfgen_text_char(out, '|');
        strace_put_count(out, size);
        elfgen_text_string(out, shift);
    }
}

void strace_put_map_flags(const struct strace_value *v)
{
    uint32_t flags = (uint32_t)v->argument;
    strace_put_word_of(v->out, &xlat_map_type, flags & MAP_TYPE);
    put_huge(v->out, v->xlat, flags & ~(uint32_t)MAP_TYPE, true, "<<MAP_HUGE_SHIFT");
}

void strace_put_memfd_flags(const struct strace_value *v)
{
    put_huge(v->out, v->xlat, (uint32_t)v->argument, false, "<<MFD_HUGE_SHIFT");
}

void strace_put_personality_of(struct elfgen_text *out, uint64_t number)
{
    if ((uint32_t)number == UINT32_MAX) {
        elfgen_text_string(out, "0xffffffff");
        return;
    }
    strace_put_word_of(out, &xlat_personality_type, number & 0xff);
    if ((number & ~UINT64_C(0xff)) != 0)
        strace_put_flags_of(out, &xlat_personality, number & 0xffffff00, true);
}

void strace_put_personality(const struct strace_value *v)
{
    strace_put_personality_of(v->out, v->argument);
}

void strace_put_signal(const struct strace_value *v)
{
    strace_put_signal_name(v->out, (uint32_t)v->argument, false);
}

void strace_put_socket_type(const struct strace_value *v)
{
    enum { TYPE_BITS = 0xf };
    uint32_t number = (uint32_t)v->argument;
    const char *name = xlat_name(v->xlat, number & TYPE_BITS);
    if (name)
        elfgen_text_string(v->out, name);
    number &= name ? ~(uint32_t)TYPE_BITS : UINT32_MAX;
    if (number == 0 && name)
        return;
    if (name)
        elfgen_text_char(v->out, '|');
    strace_put_flags_of(v->out, &xlat_socket_flags, number, false);
}

void strace_put_protocol(const struct strace_value *v)
{
    uint64_t domain = strace_argument(v, 0);
    if (domain == AF_INET || domain == AF_INET6)
        strace_put_word_of(v->out, &xlat_ip_protocol, (uint32_t)v->argument);
    else if (domain == AF_NETLINK)
        strace_put_word_of(v->out, &xlat_netlink, (uint32_t)v->argument);
    else
        strace_put_count(v->out, (uint32_t)v->argument);
}

void strace_put_socket_option(const struct strace_value *v)
{
    uint32_t level = (uint32_t)strace_argument(v, 1), option = (uint32_t)v->argument;
    static const struct {
        uint32_t level;
        const struct xlat *xlat;
    } levels[] = {{SOL_SOCKET, &xlat_so},
                  {IPPROTO_IP, &xlat_ip},
                  {IPPROTO_TCP, &xlat_tcp},
                  {IPPROTO_IPV6, &xlat_ipv6}};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (levels[i].level == level) {
            strace_put_word_of(v->out, levels[i].xlat, option);
            return;
        }
    strace_put_count(v->out, option);
}

void strace_put_socketcall(const struct strace_value *v)
{
    const char *name = xlat_name(v->xlat, (uint32_t)v->argument);
    if (name)
        elfgen_text_string(v->out, name);
    else
        strace_put_int(v);
}

/* ---- ioctl's ---- */

void strace_put_ioctl(const struct strace_value *v)
{
    static const char *const directions[] = {"_IOC_NONE", "_IOC_WRITE", "_IOC_READ",
                                             "_IOC_READ|_IOC_WRITE"};
    uint32_t request = (uint32_t)v->argument;
    const char *name = xlat_name(v->xlat, request);
    if (name) {
        elfgen_text_string(v->out, name);
        return;
    }
    elfgen_text_string(v->out, "_IOC(");
    elfgen_text_string(v->out, directions[request >> 30]);
    elfgen_text_string(v->out, ", ");
    strace_put_hexadecimal(v->out, request >> 8 & 0xff);
    elfgen_text_string(v->out, ", ");
    strace_put_hexadecimal(v->out, request & 0xff);
    elfgen_text_string(v->out, ", ");
    strace_put_hexadecimal(v->out, request >> 16 & 0x3fff);
    elfgen_text_char(v->out, ')');
}
