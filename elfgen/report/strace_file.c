/* Arguments that calls on files have. */
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "strace_print.h"

/* ---- stat ---- */

/* Where a struct has what is shown. */
struct stat_layout {
    uint8_t size, mode, mode_size, device, device_size, length, length_size;
};

static void put_stat_as(const struct value *v, const struct stat_layout *layout)
{
    uint8_t bytes[144];
    if (!take(v, bytes, layout->size))
        return;
    uint32_t mode =
        layout->mode_size == 2 ? load16(bytes + layout->mode) : load32(bytes + layout->mode);
    elfgen_text_string(v->out, "{st_mode=");
    put_mode(v->out, mode);
    if (S_ISCHR(mode) || S_ISBLK(mode)) {
        elfgen_text_string(v->out, ", st_rdev=");
        put_device_number(v->out, load(bytes + layout->device, layout->device_size));
    } else {
        elfgen_text_string(v->out, ", st_size=");
        put_number(v->out, layout->length_size == 8 ? (int64_t)load64(bytes + layout->length)
                                                    : load32(bytes + layout->length));
    }
    elfgen_text_string(v->out, ", ...}");
}

/* struct stat and stat64 of asm/stat.h, for both machines. */
void put_stat(const struct value *v)
{
    static const struct stat_layout wide = {144, 24, 4, 40, 8, 48, 8},
                                    narrow = {64, 8, 2, 16, 4, 20, 4};
    put_stat_as(v, word_size(v) == 8 ? &wide : &narrow);
}

void put_stat64(const struct value *v)
{
    static const struct stat_layout layout = {96, 16, 4, 32, 8, 44, 8};
    put_stat_as(v, &layout);
}

void put_statx(const struct value *v)
{
    enum { SIZE = 48, MASK = 0, ATTRIBUTES = 8, MODE = 28, LENGTH = 40 }; /* linux/stat.h */
    uint8_t bytes[SIZE];
    if (!take(v, bytes, SIZE))
        return;
    elfgen_text_string(v->out, "{stx_mask=");
    put_flags_of(v->out, v->set, load32(bytes + MASK), false);
    elfgen_text_string(v->out, ", stx_attributes=");
    put_flags_of(v->out, &set_statx_attributes, load64(bytes + ATTRIBUTES), false);
    elfgen_text_string(v->out, ", stx_mode=");
    put_mode(v->out, load16(bytes + MODE));
    elfgen_text_string(v->out, ", stx_size=");
    put_count(v->out, load64(bytes + LENGTH));
    elfgen_text_string(v->out, ", ...}");
}

/* ---- statfs ---- */

/* Words of `word` bytes, but the counts of blocks, which have `count`. */
static void put_statfs_as(const struct value *v, size_t word, size_t count)
{
    static const char *const counts[] = {"blocks", "bfree", "bavail", "files", "ffree"};
    enum { COUNTS = sizeof counts / sizeof counts[0] };
    uint8_t bytes[88];
    if (!take(v, bytes, 5 * word + COUNTS * count + 8))
        return;
    const uint8_t *at = bytes + 2 * word;
    elfgen_text_string(v->out, "{f_type=");
    const char *type = set_name(&set_filesystem, load(bytes, word));
    if (type)
        elfgen_text_string(v->out, type);
    else
        put_hexadecimal(v->out, load(bytes, word));
    elfgen_text_string(v->out, ", f_bsize=");
    put_count(v->out, load(bytes + word, word));
    for (size_t i = 0; i < COUNTS; i++, at += count) {
        elfgen_text_string(v->out, ", f_");
        put_label(v->out, counts[i]);
        put_count(v->out, load(at, count));
    }
    elfgen_text_string(v->out, ", f_fsid={val=[");
    put_hexadecimal(v->out, load32(at));
    elfgen_text_string(v->out, ", ");
    put_hexadecimal(v->out, load32(at + 4));
    at += 8;
    elfgen_text_string(v->out, "]}, f_namelen=");
    put_count(v->out, load(at, word));
    elfgen_text_string(v->out, ", f_frsize=");
    put_count(v->out, load(at + word, word));
    elfgen_text_string(v->out, ", f_flags=");
    put_flags_of(v->out, &set_statfs_flags, load(at + 2 * word, word), false);
    elfgen_text_char(v->out, '}');
}

void put_statfs(const struct value *v)
{
    put_statfs_as(v, word_size(v), word_size(v));
}

void put_statfs64(const struct value *v)
{
    put_statfs_as(v, word_size(v), 8);
}

/* ---- folders ---- */

/* Entries, each with its size behind `skip` bytes, in what the kernel wrote. */
static void put_entries(const struct value *v, size_t skip)
{
    uint8_t bytes[4096];
    uint64_t size = v->call->result > 0 ? (uint64_t)v->call->result : 0, at = 0, count = 0;
    size_t have = 0, from = 0; /* of the piece in `bytes`, which begins `from` behind the address */
    put_pointer(v->out, v->argument);
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
        uint16_t length = load16(bytes + (at - from) + skip);
        if (length < skip + 2)
            break;
        at += length;
        count++;
    }
    elfgen_text_string(v->out, " /* ");
    put_count(v->out, count);
    elfgen_text_string(v->out, " entries */");
}

void put_dirent(const struct value *v)
{
    put_entries(v, 2 * word_size(v));
}

void put_dirent64(const struct value *v)
{
    put_entries(v, 16);
}

/* ---- descriptors and offsets ---- */

void put_fd_pair(const struct value *v)
{
    uint8_t bytes[8];
    if (!take(v, bytes, sizeof bytes))
        return;
    elfgen_text_char(v->out, '[');
    put_number(v->out, (int32_t)load32(bytes));
    elfgen_text_string(v->out, ", ");
    put_number(v->out, (int32_t)load32(bytes + 4));
    elfgen_text_char(v->out, ']');
}

static void put_signed_at(const struct value *v, size_t size)
{
    uint8_t bytes[8];
    if (!take(v, bytes, size))
        return;
    elfgen_text_char(v->out, '[');
    put_number(v->out, load_signed(bytes, size));
    elfgen_text_char(v->out, ']');
}

void put_inout_off(const struct value *v)
{
    put_signed_at(v, word_size(v));
}

void put_inout_off64(const struct value *v)
{
    put_signed_at(v, 8);
}

void put_out_off64(const struct value *v)
{
    put_signed_at(v, 8);
}

void put_open_how(const struct value *v)
{
    enum { SIZE = 24 }; /* struct open_how's first: flags, mode, resolve */
    uint8_t bytes[SIZE];
    if (argument(v, v->index + 1) < SIZE) {
        put_pointer(v->out, v->argument);
        return;
    }
    if (!take(v, bytes, SIZE))
        return;
    uint64_t flags = load64(bytes), mode = load64(bytes + 8);
    elfgen_text_string(v->out, "{flags=");
    put_open_flags_of(v->out, flags);
    if (mode != 0 || flags & (O_CREAT | __O_TMPFILE)) {
        elfgen_text_string(v->out, ", mode=");
        put_octal_number(v->out, mode, 3);
    }
    elfgen_text_string(v->out, ", resolve=");
    put_flags_of(v->out, &set_resolve, load64(bytes + 16), false);
    elfgen_text_char(v->out, '}');
}

/* ---- fcntl ---- */

static void put_lock(const struct value *v, size_t offset_size, size_t start, size_t size)
{
    uint8_t bytes[32];
    bool get = argument(v, 1) == F_GETLK || argument(v, 1) == 12 || argument(v, 1) == F_OFD_GETLK;
    if (!take(v, bytes, size))
        return;
    elfgen_text_string(v->out, "{l_type=");
    put_word_of(v->out, &set_lock_type, load16(bytes));
    elfgen_text_string(v->out, ", l_whence=");
    put_word_of(v->out, &set_seek, load16(bytes + 2));
    elfgen_text_string(v->out, ", l_start=");
    put_number(v->out, load_signed(bytes + start, offset_size));
    elfgen_text_string(v->out, ", l_len=");
    put_number(v->out, load_signed(bytes + start + offset_size, offset_size));
    if (get) {
        elfgen_text_string(v->out, ", l_pid=");
        put_number(v->out, (int32_t)load32(bytes + start + 2 * offset_size));
    }
    elfgen_text_char(v->out, '}');
}

void put_fcntl_arg(const struct value *v)
{
    enum { GETLK64 = 12, SETLK64, SETLKW64 }; /* i386's own */
    switch ((uint32_t)argument(v, 1)) {
    case F_SETFD:
        put_flags_of(v->out, &set_fd_flags, (uint32_t)v->argument, false);
        break;
    case F_SETFL:
        put_open_flags_of(v->out, (uint32_t)v->argument);
        break;
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
        if (word_size(v) == 8)
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
        if (word_size(v) == 8)
            put_lock(v, 8, 8, 28);
        else
            put_lock(v, 8, 4, 24);
        break;
    case F_ADD_SEALS:
        put_flags_of(v->out, &set_seals, v->argument, false);
        break;
    case F_SETLEASE:
        put_word_of(v->out, &set_lock_type, (uint32_t)v->argument);
        break;
    case F_NOTIFY:
        put_flags_of(v->out, &set_notify, v->argument, false);
        break;
    case F_SETSIG:
        put_signal_name(v->out, (uint32_t)v->argument, false);
        break;
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_SETOWN:
    case F_SETPIPE_SZ:
        put_int(v);
        break;
    default:
        put_hexadecimal(v->out, v->argument);
        break;
    }
}

/* ---- ioctl ---- */

static void put_window(const struct value *v)
{
    uint8_t bytes[8];
    static const char *const names[] = {"{ws_row", ", ws_col", ", ws_xpixel", ", ws_ypixel"};
    if (!take(v, bytes, sizeof bytes))
        return;
    for (size_t i = 0; i < 4; i++) {
        put_label(v->out, names[i]);
        put_count(v->out, load16(bytes + 2 * i));
    }
    elfgen_text_char(v->out, '}');
}

void put_ioctl_arg(const struct value *v)
{
    switch ((uint32_t)argument(v, 1)) {
    case TCGETS:
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        put_terminal(v);
        break;
    case TIOCGWINSZ:
    case TIOCSWINSZ:
        put_window(v);
        break;
    case TCSBRK:
    case TCSBRKP:
    case TIOCSCTTY:
    case FICLONE:
        put_int(v);
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
        put_int_pointer(v);
        break;
    default:
        put_hexadecimal(v->out, v->argument);
        break;
    }
}
