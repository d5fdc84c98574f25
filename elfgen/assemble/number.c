/* Reads integer constants, as NASM 2.16.01 does (section 3.4.1 of its manual). */
#include "lex.h"

/* The base that a letter stands for; 0: none. */
static unsigned base_of(char letter)
{
    switch (letter | 0x20) {
    case 'b':
    case 'y':
        return 2;
    case 'o':
    case 'q':
        return 8;
    case 'd':
    case 't':
        return 10;
    case 'h':
    case 'x':
        return 16;
    default:
        return 0;
    }
}

static unsigned digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    const char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'z' ? (unsigned)(lower - 'a') + 10 : 255;
}

bool elfgen_asm_number(const char *text, size_t length, uint64_t *value, bool *overflow)
{
    const char *at = text, *end = text + length;
    unsigned before = 0, after = 0, base = 10;
    size_t skipped = 0;
    if (length > 2 && *at == '0' && base_of(at[1])) {
        before = base_of(at[1]);
        skipped = 2;
    } else if (length > 1 && *at == '$') {
        before = 16;
        skipped = 1;
    }
    if (length > 1)
        after = base_of(end[-1]);
    /* With letters at both ends, the larger base counts, and the other one is a digit. */
    if (before > after) {
        base = before;
        at += skipped;
    } else if (after > before) {
        base = after;
        end--;
    }
    *value = 0;
    *overflow = false;
    for (; at < end; at++) {
        if (*at == '_')
            continue;
        const unsigned digit = digit_of(*at);
        if (digit >= base)
            return false;
        if (*value > (UINT64_MAX - digit) / base)
            *overflow = true;
        *value = *value * base + digit;
    }
    return true;
}
