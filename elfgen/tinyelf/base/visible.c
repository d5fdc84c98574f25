/* Shows names and messages that a file or program made up, so that a terminal prints them and does
 * nothing else. */
#include "visible.h"

#include <string.h>

/* Decodes one character of `length` bytes, at least 1. Returns how many bytes it has, or 0 if they
 * are not UTF-8 (RFC 3629). */
static size_t decode(const unsigned char *bytes, size_t length, uint32_t *character)
{
    static const uint32_t lowest[] = {0, 0, 0x80, 0x800, 0x10000}; /* by bytes */
    size_t size = bytes[0] < 0x80 ? 1 : bytes[0] >> 5 == 6 ? 2 : bytes[0] >> 4 == 14 ? 3 : 4;
    if (size == 4 && bytes[0] >> 3 != 30)
        return 0;
    if (size > length)
        return 0;
    *character = size == 1 ? bytes[0] : bytes[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if (bytes[i] >> 6 != 2)
            return 0;
        *character = *character << 6 | (bytes[i] & 0x3f);
    }
    bool valid = *character >= lowest[size] && *character <= 0x10ffff &&
                 (*character < 0xd800 || *character > 0xdfff);
    return valid ? size : 0;
}

static bool is_obeyed(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x061c ||
           (character >= 0x200e && character <= 0x200f) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

size_t visible_length(const char *bytes, size_t length)
{
    uint32_t character = 0;
    size_t size = decode((const unsigned char *)bytes, length, &character);
    return is_obeyed(character) ? 0 : size;
}

void visible_bytes(struct elfgen_text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t character = 0;
        size_t size = decode((const unsigned char *)bytes + i, length - i, &character);
        if (size > 0 && !is_obeyed(character)) {
            elfgen_text_bytes(text, bytes + i, size);
            i += size;
            continue;
        }
        for (size_t end = i + (size ? size : 1); i < end; i++) {
            elfgen_text_string(text, "\\x");
            elfgen_text_hex(text, (unsigned char)bytes[i], 2);
        }
    }
}

void visible_string(struct elfgen_text *text, const char *string)
{
    if (string)
        visible_bytes(text, string, strlen(string));
}

const char *visible_fit(char *room, size_t size, const char *string)
{
    struct elfgen_text text = {.bytes = room, .capacity = size - 1};
    visible_string(&text, string);
    room[text.length] = '\0';
    return room;
}

static void write_out(struct elfgen_text *text)
{
    fwrite(text->bytes, 1, text->length, text->context);
    text->length = 0;
}

void visible_write(FILE *stream, const char *bytes, size_t length)
{
    char room[1024];
    struct elfgen_text text = {
        .bytes = room, .capacity = sizeof room, .flush = write_out, .context = stream};
    for (const char *end = bytes + length, *tab; bytes < end; bytes = tab) {
        tab = memchr(bytes, '\t', (size_t)(end - bytes));
        visible_bytes(&text, bytes, (size_t)((tab ? tab : end) - bytes));
        if (tab)
            elfgen_text_char(&text, *tab++);
        else
            tab = end;
    }
    write_out(&text);
}
