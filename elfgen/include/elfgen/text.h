/* Appends text to a bounded buffer of the caller, without stdio, so that the core can use it and
 * long reports are fast. */
#ifndef ELFGEN_TEXT_H
#define ELFGEN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "elfgen/api.h"

/* `flush`, if set, is called when the buffer is full: it takes the `length` bytes and sets `length`
 * to 0. Without it, or if it makes no room, what does not fit is dropped and `cut` is set. */
struct elfgen_text {
    char *bytes;     /* the caller's, `capacity` bytes; no NUL is put at the end */
    size_t capacity; /* at least 1 */
    size_t length;   /* at most `capacity` */
    bool cut;
    void (*flush)(struct elfgen_text *text);
    void *context; /* for `flush` */
};

/* Append bytes, a string (NULL: nothing) and a character. */
ELFGEN_API void elfgen_text_bytes(struct elfgen_text *text, const char *bytes, size_t length);
ELFGEN_API inline void elfgen_text_string(struct elfgen_text *text, const char *string)
{
    if (string)
        elfgen_text_bytes(text, string, strlen(string));
}
ELFGEN_API inline void elfgen_text_char(struct elfgen_text *text, char c)
{
    if (text->length < text->capacity)
        text->bytes[text->length++] = c;
    else
        elfgen_text_bytes(text, &c, 1);
}

/* Appends `count` blanks. */
ELFGEN_API void elfgen_text_blanks(struct elfgen_text *text, size_t count);

/* Appends lowercase hex digits without 0x, at least `digits` of them (0 to 16), with leading zeros.
 */
ELFGEN_API void elfgen_text_hex(struct elfgen_text *text, uint64_t value, unsigned digits);

/* Appends 0x and hex digits, without leading zeros. */
ELFGEN_API void elfgen_text_0x(struct elfgen_text *text, uint64_t value);

/* Appends bytes as pairs of hex digits, with the character `between` between pairs unless it is 0.
 */
ELFGEN_API void elfgen_text_hex_bytes(struct elfgen_text *text, const uint8_t *bytes, size_t count,
                                      char between);

/* Appends decimal digits, right-aligned in `width` characters, 0 to 20. */
ELFGEN_API void elfgen_text_decimal(struct elfgen_text *text, uint64_t value, unsigned width);

/* Appends decimal digits, after a minus sign if the value is negative. */
ELFGEN_API void elfgen_text_signed(struct elfgen_text *text, int64_t value);

/* Appends the first `most` bytes of `string`, or all of them if it is shorter, left-aligned in
 * `width` characters. NULL is an empty string. */
ELFGEN_API void elfgen_text_column(struct elfgen_text *text, const char *string, size_t width,
                                   size_t most);

#endif
