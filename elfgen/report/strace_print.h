/* One argument of a system call as strace prints it: what the printers of all types share. */
#ifndef STRACE_PRINT_H
#define STRACE_PRINT_H

#include <string.h>

#include "call_reader.h"
#include "strace.h"
#include "strace_sets.h"

struct strace_value {
    struct elfgen_text *out;
    const struct process_call *call;
    const struct call_row *row;
    unsigned index;    /* of the argument */
    uint64_t argument; /* it */
    bool after;        /* the kernel answered */
    bool late;         /* nothing to be seen before */
    const struct xlat *xlat;
    const struct memory_reader *reader;
    const uint32_t *length_before; /* *addrlen when the call was made; NULL: nobody looked */
};

/* How much strace shows of strings, of lists, and of paths. */
enum { SHOWN_BYTES = 32, SHOWN_ITEMS = 32, SHOWN_PATH = 4095 };

#define TYPE(id, text, kind, when, printer, set)                                                   \
    void strace_put_##printer(const struct strace_value *v);
#include "../machine/types.def"
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

/* The size of long and of pointers in the call's own world. */
static inline size_t strace_word_size(const struct strace_value *v)
{
    return v->call->abi == CALL_X86_64 ? 8 : 4;
}

/* Another argument of the same call. */
static inline uint64_t strace_argument(const struct strace_value *v, unsigned index)
{
    return index < ELFGEN_ARGUMENTS ? v->call->arguments[index] : 0;
}

/* ---- memory ---- */

/* All of it, or false. */
bool strace_read_all(const struct strace_value *v, uint64_t address, void *bytes, size_t size);

/* What the argument points to. False: the address was printed instead, since it is none, or bad,
 * or the kernel put nothing there. */
bool strace_take(const struct strace_value *v, void *bytes, size_t size);

/* ---- words ---- */

void strace_put_number(struct elfgen_text *out, int64_t number);
void strace_put_count(struct elfgen_text *out, uint64_t number);
void strace_put_pointer(struct elfgen_text *out, uint64_t address);    /* NULL or 0x... */
void strace_put_hexadecimal(struct elfgen_text *out, uint64_t number); /* 0 or 0x... */
void strace_put_octal_number(struct elfgen_text *out, uint64_t number, unsigned digits);
void strace_put_mode(struct elfgen_text *out, uint32_t mode); /* S_IFREG|0644 */
void strace_put_device_number(struct elfgen_text *out, uint64_t device);
void strace_put_signal_name(struct elfgen_text *out, uint64_t number, bool short_name);

/* ", name=" or, where nothing stands in front, "name=". */
void strace_put_label(struct elfgen_text *out, const char *label);

/* The name of a number, or 0x3 and what the set says of unknown ones in a comment. */
void strace_put_word_of(struct elfgen_text *out, const struct xlat *xlat, uint64_t number);

/* Names joined by |. `already`: there is something in front. Returns whether anything is. */
bool strace_put_flags_of(struct elfgen_text *out, const struct xlat *xlat, uint64_t flags,
                         bool already);

/* O_RDWR|O_CREAT */
void strace_put_open_flags_of(struct elfgen_text *out, uint64_t flags);
void strace_put_personality_of(struct elfgen_text *out, uint64_t number);

/* Bytes in quotes, escaped; `more`: and three dots. */
void strace_put_quoted(struct elfgen_text *out, const uint8_t *bytes, size_t count, bool more);

/* `size` bytes at an address in quotes, the first 32; or the address. */
void strace_put_bytes_at(const struct strace_value *v, uint64_t address, uint64_t size);

/* A string with a NUL behind it, `most` bytes of it; or the address. */
void strace_put_string_at(const struct strace_value *v, uint64_t address, size_t most);

/* {tv_sec=1, tv_nsec=2}, of two numbers of `size` bytes. */
void strace_put_time_of(struct elfgen_text *out, const uint8_t *bytes, size_t size,
                        const char *fraction);
/* The same of the time at an address. False: there is none. */
bool strace_put_time_at(const struct strace_value *v, uint64_t address, size_t size,
                        const char *fraction);
/* " / * 2001-09-09T01:46:40+0000 * /", with a fraction of so many digits. */
void strace_put_date(struct elfgen_text *out, int64_t seconds, uint64_t fraction, unsigned digits);
/* 2001-09-09T01:46:40+0000; false: it has none. */
bool strace_put_date_text(struct elfgen_text *out, int64_t seconds, uint64_t fraction,
                          unsigned digits);

/* A set of signals of up to 8 bytes. */
void strace_put_sigset_of(struct elfgen_text *out, uint64_t mask);

/* A siginfo_t in the call's own layout. */
void strace_put_siginfo_of(struct elfgen_text *out, const uint8_t *bytes, size_t word);

/* A struct sockaddr of `size` bytes. */
void strace_put_sockaddr_of(struct elfgen_text *out, const uint8_t *bytes, size_t size);

/* An array of struct iovec; `left`: as many bytes of what they point to, at most, were written;
 * UINT64_MAX: all are there. `show` false: addresses. */
void strace_put_iovec_at(const struct strace_value *v, uint64_t address, uint64_t count,
                         uint64_t left, bool show);

/* A list of numbers that are bits in memory, "[1 2]". */
void strace_put_bits(struct elfgen_text *out, const uint8_t *bytes, size_t size);
bool strace_any_bit(const uint8_t *bytes, size_t size);

/* ---- the parts of a line ---- */

/* Whether the argument can be seen only when the call is answered. */
bool strace_argument_is_late(const struct process_call *call, const struct call_row *row,
                             unsigned index);

void strace_put_argument(struct strace_value *v);

/* A struct termios. */
void strace_put_terminal(const struct strace_value *v);

/* Whether no program ever sees an error: the kernel makes the call again. */
bool strace_error_is_internal(int64_t number);

/* The answer, and what stands in parentheses behind it. */
void strace_put_result(const struct strace_value *v);

/* " (Timeout)", or what poll and select found. */
void strace_put_wait_remark(const struct strace_value *v);

/* The mask that a return from a signal's handler takes from the stack: "{mask=[]}". */
void strace_put_restored_mask(const struct strace_value *v);

#endif
