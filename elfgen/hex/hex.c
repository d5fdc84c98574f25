/* Assembles hex source: measures it, then places labels and writes bytes. */
#include "elfgen/hex.h"

#include <stdbool.h>

#include "../format/argument.h"
#include "../format/codec.h"

/* The references: sigil, bytes, and whether it means the label's address or the distance to it. The
 * first six are hex2's. */
static const struct sigil {
    char sign;
    uint8_t width;
    bool is_address;
} sigils[] = {
    {'!', 1, false}, {'@', 2, false}, {'~', 3, false}, {'%', 4, false},
    {'$', 2, true},  {'&', 4, true},  {'+', 8, false}, {'=', 8, true},
};

enum item_kind { ITEM_END, ITEM_BYTE, ITEM_LABEL, ITEM_REFERENCE, ITEM_LINE, ITEM_ERROR };

struct span {
    size_t at, length;
};

struct item {
    enum item_kind kind;
    uint8_t byte;
    const struct sigil *sigil;
    struct span name, from; /* from.length 0: the end of the reference */
};

/* A place in the source; both passes read on from it with next_item(). */
struct scanner {
    const char *source;
    size_t size, at;
    uint64_t line; /* ends of lines that were passed */
    bool in_string;
    size_t string_start;
    struct elfgen_error *error;
};

static void fail(struct scanner *scanner, struct item *item, size_t at, const char *text)
{
    item->kind = ITEM_ERROR;
    elfgen_error_set(scanner->error, ELFGEN_BAD_VALUE, at, "%s", text);
}

/* What a character may begin: a digit, which DIGIT and its value stand for, or one of these. Of
 * what a table of 256 bytes answers at once, comparisons would be most of the time. */
enum { OTHER, BLANK, LINE, COMMENT, PASSED, DIGIT = 16 };
/* clang-format off */
static const uint8_t kinds[UINT8_MAX + 1] = {
    [' '] = BLANK, ['\t'] = BLANK, ['\r'] = BLANK, ['\f'] = BLANK, ['\v'] = BLANK,
    ['\n'] = LINE, ['#'] = COMMENT, [';'] = COMMENT, ['<'] = PASSED, ['^'] = PASSED,
    ['0'] = DIGIT, ['1'] = DIGIT + 1, ['2'] = DIGIT + 2, ['3'] = DIGIT + 3, ['4'] = DIGIT + 4,
    ['5'] = DIGIT + 5, ['6'] = DIGIT + 6, ['7'] = DIGIT + 7, ['8'] = DIGIT + 8, ['9'] = DIGIT + 9,
    ['a'] = DIGIT + 10, ['b'] = DIGIT + 11, ['c'] = DIGIT + 12, ['d'] = DIGIT + 13,
    ['e'] = DIGIT + 14, ['f'] = DIGIT + 15,
    ['A'] = DIGIT + 10, ['B'] = DIGIT + 11, ['C'] = DIGIT + 12, ['D'] = DIGIT + 13,
    ['E'] = DIGIT + 14, ['F'] = DIGIT + 15,
};
/* clang-format on */

static unsigned kind_of(char c)
{
    return kinds[(unsigned char)c];
}

static int digit(char c)
{
    return (int)kind_of(c) - DIGIT >= 0 ? (int)kind_of(c) - DIGIT : -1;
}

static bool is_blank(char c)
{
    return kind_of(c) == BLANK;
}

static const struct sigil *find_sigil(char c)
{
    for (size_t i = 0; i < sizeof sigils / sizeof sigils[0]; i++)
        if (sigils[i].sign == c)
            return &sigils[i];
    return NULL;
}

static char peek(const struct scanner *scanner, size_t ahead)
{
    if (ahead >= scanner->size - scanner->at)
        return '\0';
    return scanner->source[scanner->at + ahead];
}

static void skip_comment(struct scanner *scanner)
{
    size_t at = scanner->at;
    while (at < scanner->size && scanner->source[at] != '\n' && scanner->source[at] != '\r')
        at++;
    scanner->at = at;
}

/* A name goes up to a blank, the end of the line or '>'. */
static struct span take_name(struct scanner *scanner)
{
    struct span name = {scanner->at, 0};
    while (scanner->at < scanner->size) {
        char c = scanner->source[scanner->at];
        if (is_blank(c) || c == '\n' || c == '>')
            break;
        scanner->at++;
    }
    name.length = scanner->at - name.at;
    return name;
}

/* Fails for a digit without a second one: because of the character right after it, if that one
 * begins nothing, else because of the digit. */
static void fail_digit(struct scanner *scanner, struct item *item, size_t first)
{
    const char c = peek(scanner, 0);
    const bool begins_something = scanner->at == scanner->size || find_sigil(c) || c == ':' ||
                                  c == '"' || kind_of(c) == PASSED;
    if (begins_something || scanner->at > first + 1)
        fail(scanner, item, first,
             "a lone digit: two make a byte, and the number of digits is odd");
    else
        fail(scanner, item, scanner->at,
             "not a hexadecimal digit (0 to 9, a to f): two of them make a byte");
}

/* Reads a byte: 0x and two digits, or two digits with blanks, line ends and comments between them.
 */
static void take_byte(struct scanner *scanner, struct item *item)
{
    size_t first = scanner->at;
    const int next = digit(peek(scanner, 1));
    if (next >= 0) {
        item->byte = (uint8_t)(digit(scanner->source[first]) * 16 + next);
        scanner->at += 2;
        return;
    }
    if (scanner->source[first] == '0' && (peek(scanner, 1) == 'x' || peek(scanner, 1) == 'X')) {
        int high = digit(peek(scanner, 2)), low = high < 0 ? -1 : digit(peek(scanner, 3));
        if (low < 0 || digit(peek(scanner, 4)) >= 0) {
            fail(scanner, item, first, "0x takes exactly two digits: one byte");
            return;
        }
        item->byte = (uint8_t)(high << 4 | low);
        scanner->at += 4;
        return;
    }
    scanner->at++;
    while (scanner->at < scanner->size) {
        char c = scanner->source[scanner->at];
        if (digit(c) >= 0) {
            item->byte = (uint8_t)(digit(scanner->source[first]) * 16 + digit(c));
            scanner->at++;
            return;
        }
        if (kind_of(c) == COMMENT) {
            skip_comment(scanner);
        } else if (is_blank(c) || c == '\n') {
            scanner->line += c == '\n';
            scanner->at++;
        } else {
            break;
        }
    }
    fail_digit(scanner, item, first);
}

/* Reads one byte of a string; the scanner is past its opening quote. */
static void take_string_byte(struct scanner *scanner, struct item *item)
{
    static const char escapes[] = "n\nt\tr\r0\0\\\\\"\"";
    size_t start = scanner->at;
    char c = peek(scanner, 0);
    item->byte = (uint8_t)c;
    scanner->at++;
    if (c != '\\')
        return;
    c = peek(scanner, 0);
    if (c == 'x' && digit(peek(scanner, 1)) >= 0 && digit(peek(scanner, 2)) >= 0) {
        item->byte = (uint8_t)(digit(peek(scanner, 1)) * 16 + digit(peek(scanner, 2)));
        scanner->at += 3;
        return;
    }
    for (size_t i = 0; i + 1 < sizeof escapes; i += 2) {
        if (escapes[i] != c || scanner->at >= scanner->size)
            continue;
        item->byte = (uint8_t)escapes[i + 1];
        scanner->at++;
        return;
    }
    fail(scanner, item, start, "unknown escape: \\n \\t \\r \\0 \\\\ \\\" and \\xNN are known");
}

static void take_reference(struct scanner *scanner, struct item *item, const struct sigil *sigil)
{
    size_t start = scanner->at++;
    item->sigil = sigil;
    item->name = take_name(scanner);
    item->from = (struct span){0, 0};
    if (item->name.length == 0) {
        fail(scanner, item, start, "a reference without the name of a label");
        return;
    }
    if (peek(scanner, 0) != '>')
        return;
    scanner->at++;
    item->from = take_name(scanner);
    if (item->from.length == 0)
        fail(scanner, item, start, "'>' without the label to count from");
}

/* Reads the next byte of a string. Returns false if the string ended. */
static bool in_string_item(struct scanner *scanner, struct item *item)
{
    char c = peek(scanner, 0);
    if (scanner->at >= scanner->size || c == '\n') {
        fail(scanner, item, scanner->string_start, "the string is not closed on its line");
        return true;
    }
    if (c == '"') {
        scanner->in_string = false;
        scanner->at++;
        return false;
    }
    take_string_byte(scanner, item);
    return true;
}

/* Passes what means nothing between items. Returns false at the end of the source. */
static bool pass_blanks(struct scanner *scanner)
{
    size_t at = scanner->at;
    while (at < scanner->size &&
           (kind_of(scanner->source[at]) == BLANK || kind_of(scanner->source[at]) == PASSED))
        at++;
    scanner->at = at;
    return at < scanner->size;
}

static void next_item(struct scanner *scanner, struct item *item)
{
    item->kind = ITEM_BYTE;
    if (scanner->in_string && in_string_item(scanner, item))
        return;
    while (pass_blanks(scanner)) {
        char c = scanner->source[scanner->at];
        const unsigned kind = kind_of(c);
        if (kind >= DIGIT) {
            take_byte(scanner, item);
            return;
        }
        if (kind == COMMENT) {
            skip_comment(scanner);
            continue;
        }
        if (kind == LINE) {
            scanner->at++;
            scanner->line++;
            item->kind = ITEM_LINE;
            return;
        }
        const struct sigil *sigil = find_sigil(c);
        if (sigil) {
            item->kind = ITEM_REFERENCE;
            take_reference(scanner, item, sigil);
            return;
        }
        if (c == ':') {
            item->kind = ITEM_LABEL;
            scanner->at++;
            item->name = take_name(scanner);
            if (item->name.length == 0)
                fail(scanner, item, scanner->at - 1, "a label without a name");
            return;
        }
        if (c == '"') {
            scanner->in_string = true;
            scanner->string_start = scanner->at++;
            if (in_string_item(scanner, item))
                return;
        } else {
            fail(scanner, item, scanner->at,
                 "this character means nothing here: a byte is two digits, a comment starts with "
                 "# or ;");
            return;
        }
    }
    item->kind = ITEM_END;
}

enum elfgen_status elfgen_hex_measure(const char *source, size_t size,
                                      struct elfgen_hex_needs *needs, struct elfgen_error *error)
{
    struct scanner scanner = {.source = source, .size = size, .error = error};
    struct item item;
    uint64_t count = 0;
    *needs = (struct elfgen_hex_needs){0, 0};
    if (!elfgen_has_memory(source, size, "characters of the source", error))
        return ELFGEN_BAD_ARGUMENT;
    do {
        next_item(&scanner, &item);
        if (item.kind == ITEM_ERROR)
            return ELFGEN_BAD_VALUE;
        /* Each item takes at least one character of the source, so that these cannot overflow. */
        if (item.kind == ITEM_BYTE)
            needs->bytes++;
        else if (item.kind == ITEM_REFERENCE)
            needs->bytes += item.sigil->width;
        else if (item.kind == ITEM_LABEL)
            count++;
    } while (item.kind != ITEM_END);
    /* At least half of the places are free, so that a search ends soon. */
    if (count > 0)
        needs->labels = 2;
    while (needs->labels < 2 * count)
        needs->labels *= 2;
    return ELFGEN_OK;
}

/* A name's place in the table, or the free place where it would go; NULL if the table is full.
 * Hashed by FNV-1a, with linear probing. */
static struct elfgen_hex_label *find_label(const char *source, struct span name,
                                           struct elfgen_hex_label *labels, uint64_t places)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (uint8_t)source[name.at + i]) * UINT64_C(0x100000001b3);
    for (uint64_t i = 0; i < places; i++) {
        struct elfgen_hex_label *label = &labels[(hash + i) & (places - 1)];
        if (label->length == 0 ||
            (label->length == name.length &&
             memcmp(source + label->name, source + name.at, name.length) == 0))
            return label;
    }
    return NULL;
}

static enum elfgen_status no_place(const struct scanner *scanner, const struct item *label)
{
    return elfgen_error_set(scanner->error, ELFGEN_NO_ROOM, label->name.at,
                            "more labels than the table can hold");
}

/* The first pass: finds the address of every label. */
static enum elfgen_status place_labels(struct scanner scanner, uint64_t address,
                                       const struct elfgen_hex_needs *needs,
                                       struct elfgen_hex_label *labels)
{
    struct item item;
    for (;;) {
        next_item(&scanner, &item);
        if (item.kind == ITEM_END)
            return ELFGEN_OK;
        if (item.kind == ITEM_ERROR)
            return ELFGEN_BAD_VALUE;
        if (item.kind == ITEM_BYTE)
            address++;
        else if (item.kind == ITEM_REFERENCE)
            address += item.sigil->width;
        if (item.kind != ITEM_LABEL)
            continue;
        struct elfgen_hex_label *label =
            find_label(scanner.source, item.name, labels, needs->labels);
        if (!label)
            return no_place(&scanner, &item);
        if (label->length != 0)
            return elfgen_error_set(scanner.error, ELFGEN_BAD_VALUE, item.name.at,
                                    "this label is already defined");
        *label = (struct elfgen_hex_label){item.name.at, item.name.length, address};
    }
}

static enum elfgen_status address_of(const struct scanner *scanner, struct span name,
                                     const struct elfgen_hex_needs *needs,
                                     struct elfgen_hex_label *labels, uint64_t *address)
{
    const struct elfgen_hex_label *label = find_label(scanner->source, name, labels, needs->labels);
    if (!label || label->length == 0)
        return elfgen_error_set(scanner->error, ELFGEN_UNDEFINED, name.at,
                                "no label has this name");
    *address = label->address;
    return ELFGEN_OK;
}

/* Whether the value fits the reference's bytes: distances are signed, addresses are not. */
static enum elfgen_status check_fit(const struct scanner *scanner, const struct item *item,
                                    uint64_t value)
{
    unsigned bits = item->sigil->width * 8u;
    if (bits == 64)
        return ELFGEN_OK;
    uint64_t half = UINT64_C(1) << (bits - 1);
    if (item->sigil->is_address ? value < 2 * half : value + half < 2 * half)
        return ELFGEN_OK;
    bool negative = !item->sigil->is_address && value >> 63;
    return elfgen_error_set(
        scanner->error, ELFGEN_DOES_NOT_FIT, item->name.at - 1,
        item->sigil->is_address ? "the address %s%x does not fit %u bytes"
                                : "the distance %s%x does not fit %u bytes, which are signed",
        negative ? "-" : "", negative ? 0 - value : value, (uint64_t)item->sigil->width);
}

enum elfgen_status elfgen_hex_assemble(const char *source, size_t size,
                                       const struct elfgen_hex_options *options,
                                       const struct elfgen_hex_needs *needs,
                                       struct elfgen_hex_label *labels, uint8_t *buffer,
                                       elfgen_hex_line *line, void *context,
                                       struct elfgen_error *error)
{
    struct scanner scanner = {.source = source, .size = size, .error = error};
    uint64_t base = options ? options->base : 0;
    enum elfgen_order order =
        options && options->order == ELFGEN_BIG_ENDIAN ? ELFGEN_BIG_ENDIAN : ELFGEN_LITTLE_ENDIAN;
    if (!elfgen_has_memory(source, size, "characters of the source", error) ||
        !elfgen_has_memory(labels, needs->labels, "labels", error) ||
        !elfgen_has_memory(buffer, needs->bytes, "bytes of the buffer", error))
        return ELFGEN_BAD_ARGUMENT;
    if (needs->labels > 0)
        memset(labels, 0, (size_t)needs->labels * sizeof *labels);
    enum elfgen_status status =
        needs->labels > 0 ? place_labels(scanner, base, needs, labels) : ELFGEN_OK;
    uint64_t made = 0, line_start = 0, line_number = 1; /* of the line that is being listed */
    while (status == ELFGEN_OK) {
        struct item item;
        next_item(&scanner, &item);
        if (item.kind == ITEM_ERROR)
            return ELFGEN_BAD_VALUE;
        if (item.kind == ITEM_LABEL && needs->labels == 0)
            return no_place(&scanner, &item);
        if (item.kind == ITEM_LINE || item.kind == ITEM_END) {
            if (line)
                line(context, line_number, line_start, made - line_start);
            line_start = made;
            line_number = scanner.line + 1;
        }
        if (item.kind == ITEM_END)
            break;
        uint64_t width = item.kind == ITEM_BYTE        ? 1
                         : item.kind == ITEM_REFERENCE ? item.sigil->width
                                                       : 0;
        if (width > needs->bytes - made)
            return elfgen_error_set(error, ELFGEN_NO_ROOM, scanner.at,
                                    "more bytes than were measured");
        if (item.kind == ITEM_BYTE)
            buffer[made] = item.byte;
        made += width;
        if (item.kind != ITEM_REFERENCE)
            continue;
        uint64_t value = 0, from = base + made;
        status = address_of(&scanner, item.name, needs, labels, &value);
        if (status == ELFGEN_OK && item.from.length)
            status = address_of(&scanner, item.from, needs, labels, &from);
        if (status == ELFGEN_OK && !item.sigil->is_address)
            value -= from;
        if (status == ELFGEN_OK)
            status = check_fit(&scanner, &item, value);
        if (status == ELFGEN_OK)
            elfgen_store(buffer + made - width, value, (unsigned)width, order);
    }
    return status;
}
