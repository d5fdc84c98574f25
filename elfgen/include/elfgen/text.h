/* Text written into a caller's buffer: bounded, and with nothing of stdio, so that the core can
 * make its sentences and a report of thousands of lines costs no more than its bytes. */
#ifndef ELFGEN_TEXT_H
#define ELFGEN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/api.h"

/* `flush`, if set, is called when the buffer is full: it takes the `length` bytes and sets `length`
 * to 0. Without it, or when it makes no room, what does not fit is dropped and `cut` is set. */
struct elfgen_text {
    char *bytes;     /* the caller's, `capacity` bytes, no NUL is kept at the end */
    size_t capacity; /* at least 1 */
    size_t length;
    bool cut;
    void (*flush)(struct elfgen_text *text);
    void *context; /* for `flush` */
};

ELFGEN_API void elfgen_text_bytes(struct elfgen_text *text, const char *bytes, size_t length);
ELFGEN_API void elfgen_text_string(struct elfgen_text *text, const char *string);
ELFGEN_API void elfgen_text_char(struct elfgen_text *text, char c);

/* `count` blanks. */
ELFGEN_API void elfgen_text_blanks(struct elfgen_text *text, size_t count);

/* Lowercase hex digits without 0x, at least `digits` of them (zeros in front), 0..16. */
ELFGEN_API void elfgen_text_hex(struct elfgen_text *text, uint64_t value, unsigned digits);

/* The same with 0x in front. */
ELFGEN_API void elfgen_text_0x(struct elfgen_text *text, uint64_t value);

/* Bytes as pairs of hex digits, with the character `between` between them unless it is 0. */
ELFGEN_API void elfgen_text_hex_bytes(struct elfgen_text *text, const uint8_t *bytes, size_t count,
                                      char between);

/* Decimal digits, blanks in front up to `width` characters, 0..20. */
ELFGEN_API void elfgen_text_decimal(struct elfgen_text *text, uint64_t value, unsigned width);

/* The first `most` bytes of `string`, blanks behind up to `width` characters. */
ELFGEN_API void elfgen_text_column(struct elfgen_text *text, const char *string, size_t width,
                                   size_t most);

#endif
