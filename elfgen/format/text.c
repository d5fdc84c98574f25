/* Appends strings and numbers to a bounded buffer. */
#include "elfgen/text.h"

#include <string.h>

/* Copies what does not fit the buffer at once in pieces, with a flush before each. */
static void put_in_pieces(struct elfgen_text *text, const char *bytes, size_t length)
{
    while (length > 0) {
        if (text->length == text->capacity && text->flush)
            text->flush(text);
        size_t room = text->capacity - text->length;
        if (room == 0) {
            text->cut = true;
            return;
        }
        size_t part = length < room ? length : room;
        memcpy(text->bytes + text->length, bytes, part);
        text->length += part;
        bytes += part;
        length -= part;
    }
}

/* Copies bytes. Most are few: two moves then take less time than a call of memcpy(), and much less
 * than musl's "rep movsq". */
static void copy(char *to, const char *from, size_t length)
{
    if (length > 32) {
        memcpy(to, from, length);
    } else if (length >= 16) {
        memcpy(to, from, 16);
        memcpy(to + length - 16, from + length - 16, 16);
    } else if (length >= 8) {
        memcpy(to, from, 8);
        memcpy(to + length - 8, from + length - 8, 8);
    } else if (length >= 4) {
        memcpy(to, from, 4);
        memcpy(to + length - 4, from + length - 4, 4);
    } else {
        for (size_t i = 0; i < length; i++)
            to[i] = from[i];
    }
}

void elfgen_text_bytes(struct elfgen_text *text, const char *bytes, size_t length)
{
    if (length > text->capacity - text->length) {
        put_in_pieces(text, bytes, length);
        return;
    }
    copy(text->bytes + text->length, bytes, length);
    text->length += length;
}

/* Those of callers that do not take the inline ones. */
extern inline void elfgen_text_string(struct elfgen_text *text, const char *string);
extern inline void elfgen_text_char(struct elfgen_text *text, char c);

void elfgen_text_blanks(struct elfgen_text *text, size_t count)
{
    static const char blanks[] = "                                ";
    while (count > 0) {
        size_t part = count < sizeof blanks - 1 ? count : sizeof blanks - 1;
        elfgen_text_bytes(text, blanks, part);
        count -= part;
    }
}

void elfgen_text_hex(struct elfgen_text *text, uint64_t value, unsigned digits)
{
    char reversed[16];
    unsigned count = 0;
    do {
        reversed[15 - count++] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value != 0);
    while (count < digits && count < sizeof reversed)
        reversed[15 - count++] = '0';
    elfgen_text_bytes(text, reversed + 16 - count, count);
}

void elfgen_text_0x(struct elfgen_text *text, uint64_t value)
{
    elfgen_text_bytes(text, "0x", 2);
    elfgen_text_hex(text, value, 0);
}

/* "00" to "ff", each with room for what comes between: one copy instead of two or three stores a
 * byte, which counts in a report of every byte. */
#define DIGITS(high)                                                                               \
    high "0  " high "1  " high "2  " high "3  " high "4  " high "5  " high "6  " high "7  " high   \
         "8  " high "9  " high "a  " high "b  " high "c  " high "d  " high "e  " high "f  "
static const char pairs[] = DIGITS("0") DIGITS("1") DIGITS("2") DIGITS("3") DIGITS("4") DIGITS("5")
    DIGITS("6") DIGITS("7") DIGITS("8") DIGITS("9") DIGITS("a") DIGITS("b") DIGITS("c") DIGITS("d")
        DIGITS("e") DIGITS("f");
#undef DIGITS

enum { PAIR = 4, PIECE = 32 };

/* Puts `count` bytes, and up to two characters more. */
static size_t put_pairs(char *to, const uint8_t *bytes, size_t count, char between)
{
    size_t step = between ? 3 : 2;
    if (between == ' ') {
        for (size_t i = 0; i < count; i++)
            memcpy(to + 3 * i, pairs + PAIR * (size_t)bytes[i], PAIR);
    } else {
        for (size_t i = 0; i < count; i++) {
            memcpy(to + step * i, pairs + PAIR * (size_t)bytes[i], 2);
            if (between)
                to[step * i + 2] = between;
        }
    }
    return step * count;
}

void elfgen_text_hex_bytes(struct elfgen_text *text, const uint8_t *bytes, size_t count,
                           char between)
{
    char room[3 * PIECE + 2];
    while (count > 0) {
        size_t part = count < PIECE ? count : PIECE;
        bool direct = text->capacity - text->length >= sizeof room;
        char *piece = direct ? text->bytes + text->length : room;
        size_t length = put_pairs(piece, bytes, part, between);
        if (count == part && between)
            length--;
        if (direct)
            text->length += length;
        else
            elfgen_text_bytes(text, piece, length);
        bytes += part;
        count -= part;
    }
}

void elfgen_text_decimal(struct elfgen_text *text, uint64_t value, unsigned width)
{
    char reversed[20];
    unsigned count = 0;
    do {
        reversed[19 - count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    if (count < width)
        elfgen_text_blanks(text, width - count);
    elfgen_text_bytes(text, reversed + 20 - count, count);
}

void elfgen_text_signed(struct elfgen_text *text, int64_t value)
{
    if (value < 0)
        elfgen_text_char(text, '-');
    elfgen_text_decimal(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 0);
}

void elfgen_text_column(struct elfgen_text *text, const char *string, size_t width, size_t most)
{
    const char *end = string ? memchr(string, '\0', most) : NULL;
    size_t length = end ? (size_t)(end - string) : string ? most : 0;
    elfgen_text_bytes(text, string, length);
    if (length < width)
        elfgen_text_blanks(text, width - length);
}
