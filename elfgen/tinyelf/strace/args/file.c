/* Prints arguments of calls on files: stat, statfs, getdents, fcntl, ioctl. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "args.h"

/* ---- stat ---- */

/* Offsets of the printed fields in a struct. */
struct stat_layout {
    uint8_t size, mode, mode_size, device, device_size, length, length_size;
};

static void put_stat_as(const struct strace_value *v, const struct stat_layout *layout)
{
    uint8_t bytes[144];
    if (!strace_take(v, bytes, layout->size))
        return;
    uint32_t mode = layout->mode_size == 2 ? strace_load16(bytes + layout->mode)
                                           : strace_load32(bytes + layout->mode);
    elfgen_text_string(v->out, "{st_mode=");
    strace_put_mode(v->out, mode);
    if (S_ISCHR(mode) || S_ISBLK(mode)) {
        elfgen_text_string(v->out, ", st_rdev=");
        strace_put_device_number(v->out, strace_load(bytes + layout->device, layout->device_size));
    } else {
        elfgen_text_string(v->out, ", st_size=");
        strace_put_number(v->out, layout->length_size == 8
                                      ? (int64_t)strace_load64(bytes + layout->length)
                                      : strace_load32(bytes + layout->length));
    }
    elfgen_text_string(v->out, ", ...}");
}

/* struct stat and stat64 of asm/stat.h, for both ABIs. */
void strace_put_stat(const struct strace_value *v)
{
    static const struct stat_layout wide = {144, 24, 4, 40, 8, 48, 8},
                                    narrow = {64, 8, 2, 16, 4, 20, 4};
    put_stat_as(v, strace_word_size(v) == 8 ? &wide : &narrow);
}

void strace_put_stat64(const struct strace_value *v)
{
    static const struct stat_layout layout = {96, 16, 4, 32, 8, 44, 8};
    put_stat_as(v, &layout);
}

void strace_put_statx(const struct strace_value *v)
{
    enum { SIZE = 48, MASK = 0, ATTRIBUTES = 8, MODE = 28, LENGTH = 40 }; /* linux/stat.h */
    uint8_t bytes[SIZE];
    if (!strace_take(v, bytes, SIZE))
        return;
    elfgen_text_string(v->out, "{stx_mask=");
    strace_put_flags_of(v->out, v->xlat, strace_load32(bytes + MASK), false);
    elfgen_text_string(v->out, ", stx_attributes=");
    strace_put_flags_of(v->out, &xlat_statx_attributes, strace_load64(bytes + ATTRIBUTES), false);
    elfgen_text_string(v->out, ", stx_mode=");
    strace_put_mode(v->out, strace_load16(bytes + MODE));
    elfgen_text_string(v->out, ", stx_size=");
    strace_put_count(v->out, strace_load64(bytes + LENGTH));
    elfgen_text_string(v->out, ", ...}");
}

/* ---- statfs ---- */

/* Fields of `word` bytes each, except the counts of blocks and files, of `count` bytes. */
static void put_statfs_as(const struct strace_value *v, size_t word, size_t count)
{
    static const char *const counts[] = {"blocks", "bfree", "bavail", "files", "ffree"};
    enum { COUNTS = sizeof counts / sizeof counts[0] };
    uint8_t bytes[88];
    if (!strace_take(v, bytes, 5 * word + COUNTS * count + 8))
        return;
    const uint8_t *at = bytes + 2 * word;
    elfgen_text_string(v->out, "{f_type=");
    const char *type = xlat_name(&xlat_filesystem, strace_load(bytes, word));
    if (type)
        elfgen_text_string(v->out, type);
    else
        strace_put_hexadecimal(v->out, strace_load(bytes, word));
    elfgen_text_string(v->out, ", f_bsize=");
    strace_put_count(v->out, strace_load(bytes + word, word));
    for (size_t i = 0; i < COUNTS; i++, at += count) {
        elfgen_text_string(v->out, ", f_");
        strace_put_label(v->out, counts[i]);
        strace_put_count(v->out, strace_load(at, count));
    }
    elfgen_text_string(v->out, ", f_fsid={val=[");
    strace_put_hexadecimal(v->out, strace_load32(at));
    elfgen_text_string(v->out, ", ");
    strace_put_hexadecimal(v->out, strace_load32(at + 4));
    at += 8;
    elfgen_text_string(v->out, "]}, f_namelen=");
    strace_put_count(v->out, strace_load(at, word));
    elfgen_text_string(v->out, ", f_frsize=");
    strace_put_count(v->out, strace_load(at + word, word));
    elfgen_text_string(v->out, ", f_flags=");
    strace_put_flags_of(v->out, &xlat_statfs_flags, strace_load(at + 2 * word, word), false);
    elfgen_text_char(v->out, '}');
}

void strace_put_statfs(const struct strace_value *v)
{
    put_statfs_as(v, strace_word_size(v), strace_word_size(v));
}

void strace_put_statfs64(const struct strace_value *v)
{
    put_statfs_as(v, strace_word_size(v), 8);
}

/* ---- directories ---- */

/* Counts directory entries in what the kernel wrote. Each has its size after `skip` bytes. */
static void put_entries(const struct strace_value *v, size_t skip)
{
    uint8_t bytes[4096];
    uint64_t size = v->call->result > 0 ? (uint64_t)v->call->result : 0, at = 0, count = 0;
    size_t have = 0,
           from = 0; /* the piece in `bytes`: its size, and its distance from the address */
    strace_put_pointer(v->out, v->argument);
    if (!v->after || v->call->failed)
        return;
    while (at + skip + 2 <= size) {
        if (at + skip + 2 > from + have) {
            size_t want = size - at < sizeof bytes ? (size_t)(size - at) : sizeof bytes;
            have = v->reader && v->argument <= UINT64_MAX - size
                       ? v->reader->read(v->reader->context, v->argument + at, bytes, want)
                       : 0;
            from = (size_t)at;
            if (have < skip + 2)
                break;
        }
        uint16_t length = strace_load16(bytes + (at - from) + skip);
        if (length < skip + 2)
            break;
        at += length;
        count++;
    }
    elfgen_text_string(v->out, " /* ");
    strace_put_count(v->out, count);
    elfgen_text_string(v->out, " entries */");
}

void strace_put_dirent(const struct strace_value *v)
{
    put_entries(v, 2 * strace_word_size(v));
}

void strace_put_dirent64(const struct strace_value *v)
{
    put_entries(v, 16);
}

/* ---- descriptors and offsets ---- */

void strace_put_fd_pair(const struct strace_value *v)
{
    uint8_t bytes[8];
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    elfgen_text_char(v->out, '[');
    strace_put_number(v->out, (int32_t)strace_load32(bytes));
    elfgen_text_string(v->out, ", ");
    strace_put_number(v->out, (int32_t)strace_load32(bytes + 4));
    elfgen_text_char(v->out, ']');
}

static void put_signed_at(const struct strace_value *v, size_t size)
{
    uint8_t bytes[8];
    if (!strace_take(v, bytes, size))
        return;
    elfgen_text_char(v->out, '[');
    strace_put_number(v->out, strace_load_signed(bytes, size));
    elfgen_text_char(v->out, ']');
}

void strace_put_off_pointer(const struct strace_value *v)
{
    put_signed_at(v, strace_word_size(v));
}

void strace_put_off64_pointer(const struct strace_value *v)
{
    put_signed_at(v, 8);
}

void strace_put_open_how(const struct strace_value *v)
{
    enum { SIZE = 24 }; /* the first version of struct open_how: flags, mode, resolve */
    uint8_t bytes[SIZE];
    if (strace_argument(v, v->index + 1) < SIZE) {
        strace_put_pointer(v->out, v->argument);
        return;
    }
    if (!strace_take(v, bytes, SIZE))
        return;
    uint64_t flags = strace_load64(bytes), mode = strace_load64(bytes + 8);
    elfgen_text_string(v->out, "{flags=");
    strace_put_open_flags_of(v->out, flags);
    if (mode != 0 || flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) {
        elfgen_text_string(v->out, ", mode=");
        strace_put_octal_number(v->out, mode, 3);
    }
    elfgen_text_string(v->out, ", resolve=");
    strace_put_flags_of(v->out, &xlat_resolve, strace_load64(bytes + 16), false);
    strace_put_rest(v, v->argument, SIZE, strace_argument(v, v->index + 1));
    elfgen_text_char(v->out, '}');
}

/* ---- fcntl ---- */

static void put_lock(const struct strace_value *v, size_t offset_size, size_t start, size_t size)
{
    uint8_t bytes[32];
    bool get = strace_argument(v, 1) == F_GETLK || strace_argument(v, 1) == 12 ||
               strace_argument(v, 1) == F_OFD_GETLK;
    if (!strace_take(v, bytes, size))
        return;
    elfgen_text_string(v->out, "{l_type=");
    strace_put_word_of(v->out, &xlat_lock_type, strace_load16(bytes));
    elfgen_text_string(v->out, ", l_whence=");
    strace_put_word_of(v->out, &xlat_seek, strace_load16(bytes + 2));
    elfgen_text_string(v->out, ", l_start=");
    strace_put_number(v->out, strace_load_signed(bytes + start, offset_size));
    elfgen_text_string(v->out, ", l_len=");
    strace_put_number(v->out, strace_load_signed(bytes + start + offset_size, offset_size));
    if (get) {
        elfgen_text_string(v->out, ", l_pid=");
        strace_put_number(v->out, (int32_t)strace_load32(bytes + start + 2 * offset_size));
    }
    elfgen_text_char(v->out, '}');
}

void strace_put_fcntl_arg(const struct strace_value *v)
{
    enum { GETLK64 = 12, SETLK64, SETLKW64 }; /* of i386 alone */
    switch ((uint32_t)strace_argument(v, 1)) {
    case F_SETFD:
        strace_put_flags_of(v->out, &xlat_fd_flags, (uint32_t)v->argument, false);
        break;
    case F_SETFL:
        strace_put_open_flags_of(v->out, (uint32_t)v->argument);
        break;
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
        if (strace_word_size(v) == 8)
            put_lock(v, 8, 8, 28);
        else
            put_lock(v, 4, 4, 16);
        break;
    case GETLK64:
    case SETLK64:
    case SETLKW64:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        if (strace_word_size(v) == 8)
            put_lock(v, 8, 8, 28);
        else
            put_lock(v, 8, 4, 24);
        break;
    case F_ADD_SEALS:
        strace_put_flags_of(v->out, &xlat_seals, v->argument, false);
        break;
    case F_SETLEASE:
        strace_put_word_of(v->out, &xlat_lock_type, (uint32_t)v->argument);
        break;
    case F_NOTIFY:
        strace_put_flags_of(v->out, &xlat_notify, v->argument, false);
        break;
    case F_SETSIG:
        strace_put_signal_name(v->out, (uint32_t)v->argument, false);
        break;
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_SETOWN:
    case F_SETPIPE_SZ:
        strace_put_int(v);
        break;
    default:
        strace_put_hexadecimal(v->out, v->argument);
        break;
    }
}

/* ---- ioctl ---- */

static void put_window(const struct strace_value *v)
{
    uint8_t bytes[8];
    static const char *const names[] = {"{ws_row", ", ws_col", ", ws_xpixel", ", ws_ypixel"};
    if (!strace_take(v, bytes, sizeof bytes))
        return;
    for (size_t i = 0; i < 4; i++) {
        strace_put_label(v->out, names[i]);
        strace_put_count(v->out, strace_load16(bytes + 2 * i));
    }
    elfgen_text_char(v->out, '}');
}

void strace_put_ioctl_arg(const struct strace_value *v)
{
    switch ((uint32_t)strace_argument(v, 1)) {
    case TCGETS:
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        strace_put_terminal(v);
        break;
    case TIOCGWINSZ:
    case TIOCSWINSZ:
        put_window(v);
        break;
    case TCSBRK:
    case TCSBRKP:
    case TIOCSCTTY:
    case FICLONE:
        strace_put_int(v);
        break;
    case FIONREAD:
    case FIONBIO:
    case FIOASYNC:
    case TIOCGPGRP:
    case TIOCSPGRP:
    case TIOCGSID:
    case TIOCGPTN:
    case TIOCSPTLCK:
    case TIOCOUTQ:
        strace_put_int_pointer(v);
        break;
    default:
        strace_put_hexadecimal(v->out, v->argument);
        break;
    }
}
