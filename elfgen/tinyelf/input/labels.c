/* Reads the names that an assembler found in a whole file: NASM's map, fasm's table of symbols. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "input_private.h"

/* Adds a label. Returns false if memory ran out. */
static bool add(struct source_file *file, size_t *room, const struct source_label *label)
{
    if (!grow_array(&file->labels, file->label_count + 1, room, sizeof *file->labels))
        return false;
    file->labels[file->label_count++] = *label;
    return true;
}

/* ---- NASM's map ---- */

/* Cuts the line at `at` from the text. Returns the next line, or NULL. */
static char *cut_line(char *at)
{
    char *end = strchr(at, '\n');
    if (end)
        *end = '\0';
    return end ? end + 1 : NULL;
}

/* "REAL VIRTUAL NAME", or "VALUE NAME" of a number. */
static bool read_label(char *line, bool is_constant, uint64_t origin, struct source_label *label)
{
    char *after;
    const uint64_t real = strtoull(line, &after, 16);
    if (after == line || *after != ' ')
        return false;
    *label = (struct source_label){
        .value = real, .offset = SOURCE_NO_OFFSET, .is_constant = is_constant};
    if (!is_constant) {
        char *at = after;
        label->value = strtoull(at, &after, 16);
        label->offset = real - origin;
        if (after == at || *after != ' ')
            return false;
    }
    label->name = after + strspn(after, " ");
    /* What macros call ..@1.name is of no use to a reader. */
    return *label->name && strncmp(label->name, "..@", 3) != 0;
}

bool source_read_map(struct source_file *file, uint64_t *origin)
{
    enum { OTHER, ORIGIN, SYMBOLS } part = OTHER;
    bool constants = false;
    size_t room = 0;
    *origin = 0;
    for (char *line = file->names, *next; line; line = next) {
        struct source_label label;
        next = cut_line(line);
        if (strncmp(line, "-- ", 3) == 0)
            part = strncmp(line, "-- Program origin ", 18) == 0 ? ORIGIN
                   : strncmp(line, "-- Symbols ", 11) == 0      ? SYMBOLS
                                                                : OTHER;
        else if (strncmp(line, "---- ", 5) == 0)
            constants = strncmp(line, "---- No Section ", 16) == 0;
        else if (part == ORIGIN && *line)
            *origin = strtoull(line, NULL, 16);
        else if (part == SYMBOLS && read_label(line, constants, *origin, &label) &&
                 !add(file, &room, &label))
            return false;
    }
    /* Zeros after the file's end are in memory only. */
    for (size_t i = 0; i < file->label_count; i++)
        if (file->labels[i].offset > file->bytes.size)
            file->labels[i].offset = SOURCE_NO_OFFSET;
    return true;
}

/* ---- fasm's symbols (its tools/fas.txt) ---- */

/* A table of the file, cut to what is there. */
struct part {
    const uint8_t *at;
    size_t size;
};

static uint64_t number(const uint8_t *bytes, unsigned size)
{
    uint64_t value = 0;
    while (size-- > 0)
        value = value << 8 | bytes[size];
    return value;
}

/* The table whose offset and length are at byte `field` of the header. */
static struct part part_at(const struct source_file *file, size_t field)
{
    const uint8_t *bytes = (const uint8_t *)file->names;
    const uint64_t offset = number(bytes + field, 4), size = number(bytes + field + 4, 4);
    if (offset > file->names_size || size > file->names_size - offset)
        return (struct part){0};
    return (struct part){bytes + offset, (size_t)size};
}

enum { ROW_SIZE = 28, SYMBOL_SIZE = 32 };

/* A row of the assembly dump: which line of the source made bytes where. */
struct row {
    uint32_t line, offset;
    uint64_t address;
};

static int by_line(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return a->address < b->address ? -1 : a->address > b->address;
}

/* Reads rows of bytes that are in the file. Returns their number. */
static size_t read_rows(struct part dump, struct row *rows)
{
    size_t count = 0;
    for (size_t at = 0; at + ROW_SIZE <= dump.size; at += ROW_SIZE) {
        const uint8_t *bytes = dump.at + at;
        enum { NOT_IN_FILE = 3 };
        if (!(bytes[26] & NOT_IN_FILE))
            rows[count++] = (struct row){.offset = (uint32_t)number(bytes, 4),
                                         .line = (uint32_t)number(bytes + 4, 4),
                                         .address = number(bytes + 8, 8)};
    }
    qsort(rows, count, sizeof *rows, by_line);
    return count;
}

/* The name of a symbol: in the preprocessed source after its length, or in the strings. NULL: none.
 * What ends the first kind is cut off, which nothing needs any more. */
static const char *name_of(struct source_file *file, uint64_t where, struct part strings,
                           struct part source)
{
    const uint32_t in_strings = UINT32_C(1) << 31;
    if (where & in_strings) {
        where &= in_strings - 1;
        return where < strings.size && memchr(strings.at + where, '\0', strings.size - where)
                   ? (const char *)strings.at + where
                   : NULL;
    }
    if (where == 0 || where >= source.size || source.at[where] >= source.size - where)
        return NULL;
    char *name = file->names + (source.at - (const uint8_t *)file->names) + where + 1;
    const size_t length = source.at[where];
    memmove(name - 1, name, length); /* over the length, for the NUL */
    name[length - 1] = '\0';
    return name - 1;
}

/* Reads one of the table's symbols. Returns false if it is nothing to show. */
static bool read_symbol(struct source_file *file, const uint8_t *symbol, struct part strings,
                        struct part source, struct source_label *label)
{
    enum { DEFINED = 1, VARIABLE = 2, MARKER = 0x400 };
    const uint64_t flags = number(symbol + 8, 2);
    if (!(flags & DEFINED) || (flags & MARKER))
        return false;
    *label = (struct source_label){.name = name_of(file, number(symbol + 24, 4), strings, source),
                                   .value = number(symbol, 8),
                                   .offset = SOURCE_NO_OFFSET,
                                   .is_constant = flags & VARIABLE};
    /* Names that a macro makes have a question mark. */
    return label->name && *label->name && !strchr(label->name, '?');
}

bool source_read_fas(struct source_file *file)
{
    enum { HEADER = 48, SIGNATURE = 0x1a736166 };
    size_t room = 0;
    bool done = true;
    if (file->names_size < HEADER || number((const uint8_t *)file->names, 4) != SIGNATURE)
        return true;
    const struct part strings = part_at(file, 16), symbols = part_at(file, 24),
                      source = part_at(file, 32), dump = part_at(file, 40);
    struct row *rows = calloc(dump.size / ROW_SIZE + 1, sizeof *rows);
    if (!rows)
        return false;
    const size_t count = read_rows(dump, rows);
    for (size_t at = 0; done && at + SYMBOL_SIZE <= symbols.size; at += SYMBOL_SIZE) {
        struct source_label label;
        const struct row key = {.line = (uint32_t)number(symbols.at + at + 28, 4),
                                .address = number(symbols.at + at, 8)};
        if (!read_symbol(file, symbols.at + at, strings, source, &label))
            continue;
        const struct row *row =
            label.is_constant ? NULL : bsearch(&key, rows, count, sizeof *rows, by_line);
        if (row && row->offset <= file->bytes.size)
            label.offset = row->offset;
        done = add(file, &room, &label);
    }
    free(rows);
    return done;
}
