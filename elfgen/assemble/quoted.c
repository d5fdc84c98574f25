/* Reads what strings stand for: escapes between backquotes (section 3.4.2 of NASM's manual). */
#include "lex.h"

/* Reads up to `most` digits of base 8 or 16, and returns where they end. */
static const char *digits(const char *at, const char *end, unsigned base, unsigned most,
                          uint32_t *value)
{
    for (; most && at < end; most--, at++) {
        const char lower = (char)(*at | 0x20);
        unsigned digit = 16;
        if (*at >= '0' && *at <= '9')
            digit = (unsigned)(*at - '0');
        else if (lower >= 'a' && lower <= 'f')
            digit = (unsigned)(lower - 'a') + 10;
        if (digit >= base)
            break;
        *value = *value * base + digit;
    }
    return at;
}

/* Writes a character as UTF-8 does, in its old form of up to 31 bits and more. */
static unsigned utf8(uint32_t value, uint8_t bytes[6])
{
    unsigned more = 0; /* bytes after the first one */
    while (more < 5 && value >> (more ? 6 * more + 6 - more : 7))
        more++;
    for (unsigned i = more; i > 0; i--, value >>= 6)
        bytes[i] = (uint8_t)(0x80 | (value & 63));
    static const uint8_t first[] = {0, 0xc0, 0xe0, 0xf0, 0xf8, 0xfc};
    bytes[0] = (uint8_t)(first[more] + value);
    return more + 1;
}

/* Reads the escape after a backslash; *count is the number of its bytes. */
static const char *escape(const char *at, const char *end, uint8_t bytes[6], unsigned *count)
{
    static const char letters[] = "abefnrtv", codes[] = "\a\b\033\f\n\r\t\v";
    const char letter = *at++;
    const unsigned most = letter == 'u'                    ? 4
                          : letter == 'U'                  ? 8
                          : letter == 'x' || letter == 'X' ? 2
                                                           : 0;
    uint32_t value = 0;
    *count = 1;
    bytes[0] = (uint8_t)letter;
    if (most) {
        const char *after = digits(at, end, 16, most, &value);
        if (after == at)
            return at;
        if (most == 2)
            bytes[0] = (uint8_t)value;
        else
            *count = utf8(value, bytes);
        return after;
    }
    if (letter >= '0' && letter <= '7') {
        const char *after = digits(at - 1, end, 8, 3, &value);
        bytes[0] = (uint8_t)value;
        return after;
    }
    for (unsigned i = 0; letters[i]; i++)
        if (letters[i] == letter)
            bytes[0] = (uint8_t)codes[i];
    return at;
}

/* Reads the next bytes of a string that begins with `quote`; `at` lies before `end`. */
static const char *next(const char *at, const char *end, char quote, uint8_t bytes[6],
                        unsigned *count)
{
    if (quote == '`' && *at == '\\' && at + 1 < end)
        return escape(at + 1, end, bytes, count);
    bytes[0] = (uint8_t)*at;
    *count = 1;
    return at + 1;
}

size_t elfgen_asm_string_bytes(const struct token *token, uint8_t *bytes, size_t room)
{
    const char *at = token->text + 1, *end = token->text + token->length - 1;
    size_t size = 0;
    while (at < end) {
        uint8_t some[6];
        unsigned count;
        at = next(at, end, *token->text, some, &count);
        for (unsigned i = 0; i < count; i++, size++)
            if (size < room)
                bytes[size] = some[i];
    }
    return size;
}

uint64_t elfgen_asm_string_value(const struct token *token, unsigned size, bool *overflow)
{
    const char *at = token->text + 1, *end = token->text + token->length - 1;
    uint64_t value = 0;
    unsigned place = 0;
    *overflow = false;
    while (at < end) {
        uint8_t some[6];
        unsigned count;
        at = next(at, end, *token->text, some, &count);
        for (unsigned i = 0; i < count; i++)
            if (place < size)
                value |= (uint64_t)some[i] << 8 * place++;
            else if (some[i])
                *overflow = true;
    }
    return value;
}
