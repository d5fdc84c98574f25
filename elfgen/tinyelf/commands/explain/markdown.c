/* Prints the byte map as Markdown tables, one per structure. They are in the order of the
 * structures, so that overlapping headers stay readable; rows are in the order of their bytes. */
#include <string.h>

#include "base/ascii.h"
#include "explain.h"

/* A cell of a table. Characters that Markdown would interpret are escaped. */
static void put_cell(struct elfgen_text *out, const char *bytes, size_t length)
{
    elfgen_text_char(out, ' ');
    for (size_t i = 0; i < length; i++) {
        if (strchr("|\\`*_<[", bytes[i]))
            elfgen_text_char(out, '\\');
        elfgen_text_char(out, ascii_printable((uint8_t)bytes[i]));
    }
    elfgen_text_string(out, " |");
}

static bool is_same_table(const struct elfgen_claim *a, const struct elfgen_claim *b)
{
    bool is_run = a->part == ELFGEN_PART_STRING || a->part == ELFGEN_PART_INSTRUCTION ||
                  a->part == ELFGEN_PART_ENCODING || a->part == ELFGEN_PART_SECTION ||
                  a->part == ELFGEN_PART_HASH || a->part == ELFGEN_PART_VERSYM ||
                  a->part == ELFGEN_PART_ARRAY || a->part == ELFGEN_PART_GROUP;
    bool code = (a->part == ELFGEN_PART_INSTRUCTION || a->part == ELFGEN_PART_ENCODING) &&
                (b->part == ELFGEN_PART_INSTRUCTION || b->part == ELFGEN_PART_ENCODING);
    return code || (a->part == b->part && (is_run || a->index == b->index) &&
                    (a->part == ELFGEN_PART_SECTION || a->section == b->section));
}

static void put_heading(const struct bytemap *map, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = map->out;
    elfgen_text_string(out, "\n**");
    switch (claim->part) {
    case ELFGEN_PART_EHDR:
        elfgen_text_string(out, "ELF header");
        break;
    case ELFGEN_PART_PHDR:
        elfgen_text_string(out, "Program header ");
        elfgen_text_decimal(out, claim->index, 0);
        break;
    case ELFGEN_PART_SHDR:
        elfgen_text_string(out, "Section header ");
        elfgen_text_decimal(out, claim->index, 0);
        break;
    case ELFGEN_PART_INSTRUCTION:
    case ELFGEN_PART_ENCODING:
        elfgen_text_string(out, "Code");
        break;
    case ELFGEN_PART_STRING:
        elfgen_text_string(out, "Strings");
        break;
    default:
        bytemap_put_owner(out, claim);
        break;
    }
    elfgen_text_string(out, "**\n\n| offset | bytes | name | value | meaning | purpose | reader |");
    elfgen_text_string(out, map->run ? " run |\n" : "\n");
    elfgen_text_string(out, "| ---: | :--- | :--- | ---: | :--- | :--- | :--- |");
    elfgen_text_string(out, map->run ? " :--- |\n" : "\n");
}

static void put_line(struct bytemap *map, struct bytemap_purposes *purposes,
                     const struct elfgen_claim *claim)
{
    enum { MOST_BYTES = 16 };
    struct elfgen_text *out = map->out;
    char room[512];
    struct elfgen_text cell = {.bytes = room, .capacity = sizeof room};
    size_t shown = claim->length < MOST_BYTES ? (size_t)claim->length : MOST_BYTES;
    elfgen_text_string(out, "| 0x");
    elfgen_text_hex(out, claim->offset, 0);
    elfgen_text_string(out, " | `");
    elfgen_text_hex_bytes(out, map->view->bytes + claim->offset, shown, ' ');
    elfgen_text_string(out, shown < claim->length ? " ...` |" : "` |");
    if (claim->field)
        elfgen_text_string(&cell, claim->field->name);
    else if (claim->part == ELFGEN_PART_INSTRUCTION)
        elfgen_text_string(&cell, "instruction");
    else
        bytemap_put_owner(&cell, claim);
    put_cell(out, room, cell.length);
    cell.length = 0;
    bytemap_put_hex(&cell, claim);
    put_cell(out, room, cell.length);
    cell.length = 0;
    explain_put_meaning(&cell, map, claim);
    put_cell(out, room, cell.length);
    cell.length = 0;
    bytemap_put_purpose(&cell, purposes, map, claim);
    put_cell(out, room, cell.length);
    cell.length = 0;
    elfgen_text_string(&cell, elfgen_reader_name(claim->reader));
    put_cell(out, room, cell.length);
    cell.length = 0;
    explain_put_mark(&cell, map, claim);
    if (map->run)
        put_cell(out, room, cell.length);
    elfgen_text_char(out, '\n');
}

/* ---- symbols ---- */

/* The symbols at code or text, as rows of its table. */
static void put_labels(struct bytemap *map, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = map->out;
    const struct symbols *symbols = map->symbols;
    if (!symbols || (claim->part != ELFGEN_PART_INSTRUCTION && claim->part != ELFGEN_PART_STRING &&
                     claim->part != ELFGEN_PART_SECTION))
        return;
    for (size_t i = symbols_from(symbols, claim->offset); i < symbols->by_offset.count; i++) {
        if (symbols->by_offset.spans[i].from != claim->offset)
            return;
        const struct symbol *symbol = &symbols->all[symbols->by_offset.spans[i].symbol];
        char room[300];
        struct elfgen_text cell = {.bytes = room, .capacity = sizeof room};
        elfgen_text_string(out, "| 0x");
        elfgen_text_hex(out, claim->offset, 0);
        elfgen_text_string(out, " | |");
        bytemap_put_symbol(&cell, symbol);
        put_cell(out, room, cell.length);
        elfgen_text_string(out, map->run ? " | | | | |\n" : " | | | |\n");
    }
}

/* All symbols of the range in one table, also those of data that no claim covers. */
static void put_symbols(struct bytemap *map)
{
    struct elfgen_text *out = map->out;
    const struct symbols *symbols = map->symbols;
    size_t i = symbols_from(symbols, map->from);
    if (!symbols || i >= symbols->by_offset.count || symbols->by_offset.spans[i].from >= map->to)
        return;
    elfgen_text_string(out, "\n**Symbols**\n\n| offset | address | name | type | bytes |\n"
                            "| ---: | ---: | :--- | :--- | ---: |\n");
    for (; i < symbols->by_offset.count && symbols->by_offset.spans[i].from < map->to; i++) {
        const struct symbol *symbol = &symbols->all[symbols->by_offset.spans[i].symbol];
        char room[300];
        struct elfgen_text cell = {.bytes = room, .capacity = sizeof room};
        elfgen_text_string(out, "| 0x");
        elfgen_text_hex(out, symbol->offset, 0);
        elfgen_text_string(out, " | 0x");
        elfgen_text_hex(out, symbol->address, 0);
        elfgen_text_string(out, " |");
        symbols_put(&cell, symbol);
        put_cell(out, room, cell.length);
        elfgen_text_char(out, ' ');
        elfgen_text_string(out, symbols_type_name(symbol));
        elfgen_text_string(out, " | ");
        elfgen_text_decimal(out, symbol->size, 0);
        elfgen_text_string(out, " |\n");
    }
}

/* ---- rows ---- */

enum { MOST_ROWS = 64 };

/* Rows of one structure, which are collected to be sorted, and what all rows have said. */
struct entry {
    struct elfgen_claim rows[MOST_ROWS];
    size_t count;
    struct bytemap_purposes purposes;
};

/* Whether a claim is of the structure whose rows are collected. */
static bool belongs(const struct entry *entry, const struct elfgen_claim *claim)
{
    const struct elfgen_claim *first = &entry->rows[0];
    return entry->count > 0 && entry->count < MOST_ROWS && claim->field && first->field &&
           claim->part == first->part && claim->index == first->index &&
           claim->section == first->section && claim->part != ELFGEN_PART_ENCODING;
}

static void put_entry(struct bytemap *map, struct entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        put_labels(map, &entry->rows[i]);
        put_line(map, &entry->purposes, &entry->rows[i]);
    }
    entry->count = 0;
}

/* Inserts a row by its offset. */
static void add_row(struct entry *entry, const struct elfgen_claim *claim)
{
    size_t i = entry->count++;
    for (; i > 0 && entry->rows[i - 1].offset > claim->offset; i--)
        entry->rows[i] = entry->rows[i - 1];
    entry->rows[i] = *claim;
}

/* ---- bytes that no table has ---- */

struct gaps {
    struct bytemap_writer writer;
    bool any;
};

static void skip_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    (void)writer;
    (void)claim;
}

static void put_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    struct gaps *gaps = (struct gaps *)writer;
    struct elfgen_text *out = writer->map->out;
    if (!gaps->any)
        elfgen_text_string(out, "\n**Unclaimed**\n\n");
    gaps->any = true;
    elfgen_text_string(out, "- 0x");
    elfgen_text_hex(out, offset, 0);
    elfgen_text_string(out, " to 0x");
    elfgen_text_hex(out, offset + length - 1, 0);
    elfgen_text_string(out, ", ");
    elfgen_text_decimal(out, length, 0);
    elfgen_text_string(out, length == 1 ? " byte\n" : " bytes\n");
}

bool explain_markdown(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct elfgen_map claims;
    struct elfgen_claim claim, before = {.length = 0};
    struct entry entry = {.count = 0};
    struct gaps gaps = {{map, true, skip_claim, put_gap, NULL, 0}, false};
    elfgen_map_begin(&claims, map->view, map->code, map->encodings, map->from, map->to);
    while (elfgen_map_next(&claims, &claim)) {
        if (!belongs(&entry, &claim))
            put_entry(map, &entry);
        if (before.length == 0 || !is_same_table(&before, &claim))
            put_heading(map, &claim);
        add_row(&entry, &claim);
        before = claim;
    }
    put_entry(map, &entry);
    put_symbols(map);
    return bytemap_walk(&gaps.writer);
}
