/* Bytes as ASCII characters. */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

#include <stdbool.h>
#include <stdint.h>

/* Whether the byte is a visible character or a blank. */
static inline bool ascii_is_printable(uint8_t byte)
{
    return byte >= ' ' && byte <= '~';
}

/* The byte as a character, or a dot if it is not printable. */
static inline char ascii_printable(uint8_t byte)
{
    return (char)(ascii_is_printable(byte) ? byte : '.');
}

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char ascii_lower(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c - 'A' + 'a');
    return c;
}

static inline bool ascii_is_letter(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

#endif
