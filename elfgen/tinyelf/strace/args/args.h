/* Printers of single arguments, and what they share. */
#ifndef STRACE_ARGS_H
#define STRACE_ARGS_H

#include <string.h>

#include "strace/memory_reader.h"
#include "strace/line.h"
#include "strace/xlat.h"

struct strace_value {
    struct elfgen_text *out;
    const struct process_call *call;
    const struct call_row *row;
    unsigned index;    /* of the argument */
    uint64_t argument; /* its value */
    bool after;        /* the call has returned */
    bool late;         /* the kernel fills it: before the return there is only an address */
    const struct xlat *xlat;
    const struct memory_reader *reader;
    const uint32_t *length_before; /* *addrlen when the call was made; NULL: not known */
};

/* How many bytes of a string, items of a list and bytes of a path strace shows. */
enum { SHOWN_BYTES = 32, SHOWN_ITEMS = 32, SHOWN_PATH = 4095 };

#define TYPE(id, text, kind, when, printer, set)                                                   \
    void strace_put_##printer(const struct strace_value *v);
#include "syscalls/types.def"
#undef TYPE

/* ---- numbers in memory ---- */

static inline uint16_t strace_load16(const uint8_t *bytes)
{
    uint16_t number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

static inline uint32_t strace_load32(const uint8_t *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

static inline uint64_t strace_load64(const uint8_t *bytes)
{
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

/* Of 4 or 8 bytes. */
static inline uint64_t strace_load(const uint8_t *bytes, size_t size)
{
    return size == 8 ? strace_load64(bytes) : strace_load32(bytes);
}

static inline int64_t strace_load_signed(const uint8_t *bytes, size_t size)
{
    return size == 8 ? (int64_t)strace_load64(bytes) : (int32_t)strace_load32(bytes);
}

/* The size of long and of pointers in the call's ABI. */
static inline size_t strace_word_size(const struct strace_value *v)
{
    return syscall_abi(v->call->abi)->word;
}

/* Another argument of the same call. */
static inline uint64_t strace_argument(const struct strace_value *v, unsigned index)
{
    return index < ELFGEN_ARGUMENTS ? v->call->arguments[index] : 0;
}

/* ---- memory ---- */

/* Reads all `size` bytes. Returns false if fewer can be read. */
bool strace_read_all(const struct strace_value *v, uint64_t address, void *bytes, size_t size);

/* Reads what the argument points to. Returns false after printing the address instead: it is NULL
 * or not readable, or the kernel wrote nothing there. */
bool strace_take(const struct strace_value *v, void *bytes, size_t size);

/* Whether `count` items of `size` bytes, at least one, end above their address. strace shows the
 * address alone of arrays that do not. */
bool strace_is_array(uint64_t address, uint64_t count, size_t size);

/* ---- values ---- */

void strace_put_number(struct elfgen_text *out, int64_t number);
void strace_put_count(struct elfgen_text *out, uint64_t number);
void strace_put_pointer(struct elfgen_text *out, uint64_t address);    /* NULL or 0x... */
void strace_put_hexadecimal(struct elfgen_text *out, uint64_t number); /* 0 or 0x... */
void strace_put_octal_number(struct elfgen_text *out, uint64_t number, unsigned digits);
void strace_put_mode(struct elfgen_text *out, uint32_t mode); /* S_IFREG|0644 */
void strace_put_device_number(struct elfgen_text *out, uint64_t device);
void strace_put_signal_name(struct elfgen_text *out, uint64_t number, bool short_name);

/* ", name=", or "name=" after an opening brace. */
void strace_put_label(struct elfgen_text *out, const char *label);

/* The name of a number; without one, the number in hex and the word of the set for unknown ones in
 * a comment. */
void strace_put_word_of(struct elfgen_text *out, const struct xlat *xlat, uint64_t number);

/* Names joined by |. `already`: something was printed before them. Returns whether anything is
 * printed. */
bool strace_put_flags_of(struct elfgen_text *out, const struct xlat *xlat, uint64_t flags,
                         bool already);

/* O_RDWR|O_CREAT */
void strace_put_open_flags_of(struct elfgen_text *out, uint64_t flags);
void strace_put_personality_of(struct elfgen_text *out, uint64_t number);

/* What a structure of `size` bytes has after the `known` ones, if that is not all zeros, as strace
 * shows it for openat2 and clone3. */
void strace_put_rest(const struct strace_value *v, uint64_t address, uint64_t known, uint64_t size);

/* An array's end where what follows, at that address, cannot be read: "..." and a comment. */
void strace_put_more(struct elfgen_text *out, uint64_t address);

/* Bytes in quotes, escaped, and "..." if there are `more`. */
void strace_put_quoted(struct elfgen_text *out, const uint8_t *bytes, size_t count, bool more);

/* The first 32 of `size` bytes at an address, in quotes; the address if they cannot be read. */
void strace_put_bytes_at(const struct strace_value *v, uint64_t address, uint64_t size);

/* The string at an address, at most `most` bytes; the address if it cannot be read. */
void strace_put_string_at(const struct strace_value *v, uint64_t address, size_t most);

/* {tv_sec=1, tv_nsec=2}, from two numbers of `size` bytes. The fraction has no sign, as in strace.
 */
void strace_put_time_of(struct elfgen_text *out, const uint8_t *bytes, size_t size,
                        const char *fraction);
/* The same for the time at an address. Returns false if it cannot be read. */
bool strace_put_time_at(const struct strace_value *v, uint64_t address, size_t size,
                        const char *fraction);
/* 2001-09-09T01:46:40+0000, with `digits` digits of the fraction of a second. Returns false if the
 * time has no date. */
bool strace_put_date_text(struct elfgen_text *out, int64_t seconds, uint64_t fraction,
                          unsigned digits);

/* A set of signals of up to 8 bytes. */
void strace_put_sigset_of(struct elfgen_text *out, uint64_t mask);

/* An array of struct iovec. Of what they point to, at most `left` bytes are valid; UINT64_MAX: all.
 * `show` false: addresses instead. */
void strace_put_iovec_at(const struct strace_value *v, uint64_t address, uint64_t count,
                         uint64_t left, bool show);

/* The numbers of the bits that are set, "[1 2]". */
void strace_put_bits(struct elfgen_text *out, const uint8_t *bytes, size_t size);
bool strace_any_bit(const uint8_t *bytes, size_t size);

/* ---- the parts of a line ---- */

/* Whether the argument can be printed only when the call has returned. */
bool strace_argument_is_late(const struct process_call *call, const struct call_row *row,
                             unsigned index);

void strace_put_argument(struct strace_value *v);

/* A struct termios. */
void strace_put_terminal(const struct strace_value *v);

/* Whether no program ever sees an error: the kernel restarts the call. */
bool strace_error_is_internal(int64_t number);

/* The result, and its remark in parentheses. */
void strace_put_result(const struct strace_value *v);

/* " (Timeout)", or what poll and select found. */
void strace_put_wait_remark(const struct strace_value *v);

/* The mask that a return from a signal handler restores from the stack: "{mask=[]}". */
void strace_put_restored_mask(const struct strace_value *v);

#endif
