/* Compares integers, floating-point constants and strings with nasm: thousands of random ones are
 * data of a source, whose bytes, warnings and errors must be the same.
 *
 *   assemble-literals [--count N] [--seed N] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../elfgen/assemble/lex.h"
#include "oracle/workplace.h"

enum { LONGEST = 400, SLOT = 64, SHOWN = 20 };

/* Of nasm's classes and of ours. */
enum { WARNS_NUMBER = 1 << 3 };

struct item {
    char text[LONGEST];
    unsigned size; /* of a string: 0 */
    uint8_t bytes[SLOT];
    bool is_refused, is_refused_by_nasm;
    unsigned warnings, nasm_warnings;
};

static uint64_t state;

/* A random number below `most`. */
static unsigned below(unsigned most)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 20) % most);
}

static unsigned one_of(const unsigned *numbers, unsigned count)
{
    return numbers[below(count)];
}

static void put(char *text, const char *more)
{
    strncat(text, more, LONGEST - 1 - strlen(text));
}

/* 1 to `most` digits, sometimes with _ between them. */
static void put_digits(char *text, unsigned most, const char *digits)
{
    const unsigned count = 1 + below(most), has_bars = below(10) == 0;
    for (unsigned i = 0; i < count; i++) {
        put(text, (char[]){digits[below((unsigned)strlen(digits))], '\0'});
        if (has_bars && below(5) == 0)
            put(text, "_");
    }
}

static void put_exponent(char *text, char letter)
{
    static const unsigned most[] = {40, 330, 1100, 5100, 16600, 21000};
    char exponent[16];
    snprintf(exponent, sizeof exponent, "%c%s%u", letter,
             (const char *const[]){"", "+", "-"}[below(3)], below(one_of(most, 6)));
    put(text, exponent);
}

static void put_decimal(char *text)
{
    static const unsigned lengths[] = {1, 2, 9, 18, 20, 52, 60};
    if (below(20) == 0)
        put(text, below(2) ? "0d" : "0T");
    put_digits(text, one_of(lengths, 7), "0123456789");
    const bool has_point = below(10) > 0;
    if (has_point) {
        put(text, ".");
        if (below(5))
            put_digits(text, one_of(lengths, 7), "0123456789");
    }
    if (!has_point || below(5) > 1)
        put_exponent(text, below(2) ? 'e' : 'E');
}

static void put_binary(char *text)
{
    static const struct {
        const char *start, *digits;
    } bases[] = {{"0x", "0123456789abcdefABCDEF"},
                 {"0h", "0123456789abcdef"},
                 {"0b", "01"},
                 {"0y", "01"},
                 {"0o", "01234567"},
                 {"0q", "01234567"},
                 {"$0", "0123456789abcdef"}};
    const unsigned base = below(7);
    put(text, bases[base].start);
    if (below(3) == 0)
        put(text, "000");
    put_digits(text, below(2) ? 5 : 70, bases[base].digits);
    const bool has_point = below(10) > 2;
    if (has_point) {
        put(text, ".");
        if (below(5))
            put_digits(text, below(2) ? 5 : 70, bases[base].digits);
    }
    if (!has_point || below(10) > 2)
        put_exponent(text, below(2) ? 'p' : 'P');
}

static void put_integer(char *text)
{
    static const struct {
        const char *start, *digits, *ends;
        unsigned most;
    } kinds[] = {{"", "0123456789", " dtD", 22},
                 {"0x", "0123456789abcdefABCDEF", " ", 18},
                 {"$0", "0123456789abcdef", " ", 18},
                 {"0", "0123456789abcdef", "hxHX", 18},
                 {"0b", "01", " ", 66},
                 {"", "01", "byY", 66},
                 {"0q", "01234567", " ", 24},
                 {"", "01234567", "qoO", 24},
                 {"1", "0123456789abcdefhxyqodt_", " ", 6}};
    const unsigned kind = below(9);
    put(text, kinds[kind].start);
    put_digits(text, kinds[kind].most, kinds[kind].digits);
    put(text, (char[]){kinds[kind].ends[below((unsigned)strlen(kinds[kind].ends))], '\0'});
}

static void put_string(char *text)
{
    static const char *const parts[] = {
        "a",           "\\n",   "\\x4",        "\\x41", "\\xg", "\\u263a",    "\\u4",
        "\\uZ",        "\\177", "\\U0001F600", "\\7",   "\\0",  "\\8",        "\\777",
        "\\\\",        "\\`",   "\"",          "'",     "\\e",  "\\q",        "\\X4f",
        "\\U7fffffff", "; %",   "\\t",         "\\x",   "\\v",  "\\Uffffffff"};
    const char quote[2] = {"`'\""[below(4) ? 0 : 1 + below(2)], '\0'};
    put(text, quote);
    for (unsigned i = 1 + below(5); i > 0; i--) {
        const char *part = parts[below(sizeof parts / sizeof *parts)];
        put(text, *quote != '`' && strchr(part, *quote) ? "b" : part);
    }
    put(text, quote);
}

static void make(struct item *item)
{
    static const unsigned sizes[] = {1, 2, 4, 8, 8, 10, 16};
    const unsigned kind = below(20);
    *item = (struct item){.size = 8};
    if (kind < 14)
        item->size = one_of(sizes, 7);
    if (kind < 13 && below(3) == 0)
        put(item->text, "-");
    if (kind < 8) {
        put_decimal(item->text);
    } else if (kind < 13) {
        put_binary(item->text);
    } else if (kind == 13) {
        put_digits(item->text, 22, "0123456789");
        put(item->text, "p");
    } else if (kind < 18) {
        put_integer(item->text);
    } else {
        item->size = 0;
        put_string(item->text);
    }
}

/* What we make of an item. */
static void read_item(struct item *item)
{
    struct token tokens[8];
    const char *at = item->text;
    size_t count;
    if (elfgen_asm_lex_line(&at, at + strlen(at), tokens, 8, &count) != LEX_LINE)
        abort();
    const bool negative = token_is(tokens, '-');
    const struct token *token = tokens + negative;
    item->is_refused = count != 1u + negative;
    if (item->is_refused)
        return;
    if (token->kind == TOKEN_FLOAT) {
        item->is_refused =
            !elfgen_asm_float(token, negative, item->size, item->bytes, &item->warnings);
    } else if (token->kind == TOKEN_NUMBER) {
        for (unsigned i = 0; i < 8; i++)
            item->bytes[i] = (uint8_t)((negative ? -token->value : token->value) >> 8 * i);
        item->warnings = token->overflow ? WARNS_NUMBER : 0;
    } else if (token->kind == TOKEN_STRING) {
        elfgen_asm_string_bytes(token, item->bytes, SLOT);
    } else {
        item->is_refused = true;
    }
}

static void complain(struct item *item, const char *line, bool *has_errors)
{
    if (strstr(line, "error:")) {
        item->is_refused_by_nasm = *has_errors = true;
        return;
    }
    if (strstr(line, "[-w+float-overflow]"))
        item->nasm_warnings |= FLOAT_OVERFLOW;
    if (strstr(line, "[-w+float-toolong]"))
        item->nasm_warnings |= FLOAT_TOO_LONG;
    if (strstr(line, "[-w+other]"))
        item->nasm_warnings |= FLOAT_CUT;
    if (strstr(line, "[-w+number-overflow]"))
        item->nasm_warnings |= WARNS_NUMBER;
}

/* Runs nasm once; true if it has no errors. Each item has 64 bytes. */
static bool run_nasm(struct item *items, size_t count, const struct workplace *place)
{
    const struct item_lines lines = {.first = 2, .step = 2, .count = count};
    char line[WORKPLACE_LINE];
    size_t about;
    bool has_errors = false;
    FILE *file = workplace_file(place, "source.asm", "w");
    fprintf(file, "bits 64\n");
    for (size_t i = 0; i < count; i++) {
        const char *directive = items[i].is_refused_by_nasm ? "db"
                                : items[i].size == 16       ? "do"
                                : items[i].size == 10       ? "dt"
                                : items[i].size == 8        ? "dq"
                                : items[i].size == 4        ? "dd"
                                : items[i].size == 2        ? "dw"
                                                            : "db";
        items[i].nasm_warnings = 0;
        fprintf(file, "%s %s\ntimes %zu*64-($-$$) db 0\n", directive,
                items[i].is_refused_by_nasm ? "0" : items[i].text, i + 1);
    }
    workplace_written(file);
    const int status = workplace_run(place, "nasm -f bin -o binary source.asm 2>log");
    file = workplace_file(place, "log", "r");
    while (workplace_complaint(file, &lines, line, &about))
        complain(&items[about], line, &has_errors);
    fclose(file);
    return status == 0 && !has_errors;
}

static bool is_same(const struct item *item, const uint8_t *bytes)
{
    if (item->is_refused || item->is_refused_by_nasm)
        return item->is_refused == item->is_refused_by_nasm;
    return memcmp(item->bytes, bytes, SLOT) == 0 && item->warnings == item->nasm_warnings;
}

static size_t compare(const struct item *items, size_t count, const struct workplace *place)
{
    size_t different = 0, refused = 0;
    FILE *file = workplace_file(place, "binary", "rb");
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[SLOT];
        if (fread(bytes, 1, SLOT, file) != SLOT) {
            fprintf(stderr, "assemble-literals: nasm's output is too short\n");
            return count;
        }
        refused += items[i].is_refused;
        if (!is_same(&items[i], bytes) && different++ < SHOWN)
            printf("%s (%u bytes) is not the same: %s, %s; warnings %x, %x\n", items[i].text,
                   items[i].size, items[i].is_refused ? "refused" : "read",
                   items[i].is_refused_by_nasm ? "refused by nasm" : "assembled", items[i].warnings,
                   items[i].nasm_warnings);
    }
    fclose(file);
    printf("%zu literals, %zu of them refused, %zu differences\n", count, refused, different);
    return different;
}

int main(int argc, char **argv)
{
    size_t count = 10000;
    state = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        const uint64_t number = strtoull(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "--count") == 0)
            count = number;
        else if (strcmp(argv[i], "--seed") == 0)
            state = number ? number : 1;
    }
    struct workplace place;
    workplace_open(&place, "nasm");
    struct item *items = calloc(count, sizeof *items);
    if (!items)
        die("memory");
    for (size_t i = 0; i < count; i++) {
        make(&items[i]);
        read_item(&items[i]);
    }
    for (int tries = 0; tries < 4 && !run_nasm(items, count, &place); tries++)
        continue;
    const size_t different = compare(items, count, &place);
    free(items);
    workplace_close(&place);
    return different ? 1 : 0;
}
