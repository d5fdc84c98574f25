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

/* ---- columns ---- */

struct range {
    uint32_t first, last;
};

/* Characters of two columns: East Asian Width W and F (Unicode's EastAsianWidth.txt), in whole
 * blocks. */
static const struct range wide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x23e9, 0x23ec},
    {0x2e80, 0x303e},   {0x3041, 0x4dbf},   {0x4e00, 0xa4cf},   {0xa960, 0xa97c},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},
    {0xffe0, 0xffe6},   {0x16fe0, 0x18d08}, {0x1b000, 0x1b2fb}, {0x1f300, 0x1f64f},
    {0x1f680, 0x1f6ff}, {0x1f900, 0x1faff}, {0x20000, 0x3fffd},
};

/* Characters that stand above or below the one before, or join two: categories Mn, Me and Cf. */
static const struct range combining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd},   {0x0610, 0x061a}, {0x064b, 0x065f},
    {0x0670, 0x0670}, {0x06d6, 0x06dc}, {0x0900, 0x0902},   {0x093c, 0x093c}, {0x0941, 0x0948},
    {0x094d, 0x094d}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a},   {0x0e47, 0x0e4e}, {0x1ab0, 0x1ace},
    {0x1dc0, 0x1dff}, {0x200b, 0x200d}, {0x20d0, 0x20f0},   {0x302a, 0x302d}, {0x3099, 0x309a},
    {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t i = 0; i < count; i++)
        if (character <= ranges[i].last)
            return character >= ranges[i].first;
    return false;
}

static size_t columns_of(uint32_t character)
{
    if (character < combining[0].first)
        return 1;
    if (is_in(combining, sizeof combining / sizeof combining[0], character))
        return 0;
    return is_in(wide, sizeof wide / sizeof wide[0], character) ? 2 : 1;
}

/* Returns how many bytes one character or colour has; *columns is what it takes. */
static size_t step_over(const char *bytes, size_t length, size_t *columns)
{
    uint32_t character = 0;
    *columns = 1;
    if ((unsigned char)*bytes < 0x80 && *bytes != '\33')
        return 1;
    if (*bytes == '\33' && length > 1 && bytes[1] == '[') {
        size_t size = 2;
        while (size < length && bytes[size - 1] != 'm')
            size++;
        *columns = 0;
        return size;
    }
    size_t size = decode((const unsigned char *)bytes, length, &character);
    if (size > 1)
        *columns = columns_of(character);
    return size > 0 ? size : 1;
}

size_t visible_columns(const char *bytes, size_t length)
{
    size_t all = 0, columns = 0;
    for (size_t i = 0; i < length; all += columns)
        i += step_over(bytes + i, length - i, &columns);
    return all;
}

size_t visible_fitting(const char *bytes, size_t length, size_t columns)
{
    size_t i = 0, taken = 0;
    if (length <= columns)
        return length; /* no character has more columns than bytes */
    while (i < length) {
        size_t more = 0, size = step_over(bytes + i, length - i, &more);
        taken += more;
        if (taken > columns)
            break;
        i += size;
    }
    return i;
}

/* ---- texts ---- */

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
