/* Writes the owners of a file's bytes in the compact form that data.js reads. */
#include <stdlib.h>

#include "base/json_write.h"
#include "base/memory_text.h"
#include "base/no_memory.h"
#include "page_private.h"
#include "page_strings.h"

/* What an owner has after its shape and its length, in this order. */
enum {
    HAS_GAP = 1,         /* from the end of the owner before, which may be negative */
    HAS_INDEX = 2,       /* its difference to the index before */
    HAS_BASE = 4,        /* text: its address less its offset, for it and the next ones */
    HAS_VALUE = 8,       /* text */
    HAS_MEANING = 16,    /* text */
    HAS_BITS = 32,       /* text: a line a group: low, width, value, name */
    HAS_PLACE = 64,      /* the offset of what the value leads to */
    HAS_ADDRESS = 128,   /* text: its address */
    HAS_SYMBOL = 256,    /* text */
    IS_BY_ADDRESS = 512, /* the index in its name is its address */
    HAS_NO_INDEX = 1024, /* nor has its name */
    HAS_LENGTH = 2048,   /* how long that is that the value leads to; comes after the offset */
    HAS_LARGE = 4096     /* text: an index from EXACT on; comes after the base */
};

/* From here on, numbers of a browser are not exact. */
#define EXACT (UINT64_C(1) << 53)

enum { PARTS = ELFGEN_PART_PADDING + 1, MOST_TEXT = 2048 };

struct owners {
    struct bytemap_writer writer;
    struct page_strings strings, shapes;
    struct elfgen_text rows;
    int number[PARTS]; /* of each part that occurs, plus 1, in the order in which they do */
    enum elfgen_part parts[PARTS];
    unsigned part_count;
    uint64_t count, end, index, base;
};

/* How the page colours it, and in which lane it is at best. */
static const char *kind_of(enum elfgen_part part)
{
    switch (part) {
    case ELFGEN_PART_EHDR:
    case ELFGEN_PART_PHDR:
    case ELFGEN_PART_SHDR:
    case ELFGEN_PART_NOTE:
        return elfgen_part_name(part);
    case ELFGEN_PART_INTERPRETER:
        return "note";
    case ELFGEN_PART_INSTRUCTION:
    case ELFGEN_PART_ENCODING:
        return "code";
    case ELFGEN_PART_STRING:
        return "text";
    case ELFGEN_PART_SECTION:
    case ELFGEN_PART_PADDING:
    case ELFGEN_PART_TLS:
        return "other";
    default:
        return "table";
    }
}

static unsigned lane_of(enum elfgen_part part)
{
    return part == ELFGEN_PART_EHDR          ? 0
           : part == ELFGEN_PART_PHDR        ? 1
           : part == ELFGEN_PART_INSTRUCTION ? 2
           : part == ELFGEN_PART_STRING      ? 3
                                             : 4;
}

/* The number of a part, from 0. */
static unsigned part_number(struct owners *owners, enum elfgen_part part)
{
    if (owners->number[part] == 0) {
        owners->parts[owners->part_count] = part;
        owners->number[part] = (int)++owners->part_count;
    }
    return (unsigned)owners->number[part] - 1;
}

/* ---- one owner ---- */

/* What a row has, while it is made. */
struct row {
    unsigned has;
    size_t label, purpose, value, meaning, bits, address, symbol, base, large;
    int64_t gap, index;
    struct elfgen_reference refers;
};

/* A room for a text, which begins empty. */
#define ROOM(name)                                                                                 \
    char name##_bytes[MOST_TEXT];                                                                  \
    struct elfgen_text name = {.bytes = name##_bytes, .capacity = sizeof name##_bytes}

static size_t keep(struct owners *owners, const struct elfgen_text *text)
{
    return page_strings_number(&owners->strings, text->bytes, text->length);
}

static void take_bits(struct owners *owners, const struct elfgen_claim *claim, struct row *row)
{
    struct elfgen_bit_group group;
    ROOM(text);
    for (unsigned i = 0; elfgen_claim_bits(owners->writer.map->view, claim, i, &group); i++) {
        elfgen_text_string(&text, i == 0 ? "" : "\n");
        elfgen_text_decimal(&text, group.low, 0);
        elfgen_text_char(&text, ' ');
        elfgen_text_decimal(&text, group.width, 0);
        elfgen_text_char(&text, ' ');
        elfgen_text_decimal(&text, group.value, 0);
        elfgen_text_char(&text, ' ');
        elfgen_text_string(&text, group.name);
    }
    row->bits = keep(owners, &text);
}

static void take_reference(struct owners *owners, const struct elfgen_claim *claim, struct row *row)
{
    const struct bytemap *map = owners->writer.map;
    if (!elfgen_claim_refers(map->view, map->code, claim, &row->refers))
        return;
    row->has |= row->refers.offset != ELFGEN_NOWHERE ? HAS_PLACE : 0;
    row->has |= row->refers.length > 0 && row->refers.length < EXACT ? HAS_LENGTH : 0;
    if (!row->refers.in_memory)
        return;
    ROOM(text);
    elfgen_text_0x(&text, row->refers.address);
    row->address = keep(owners, &text);
}

static void take_words(struct owners *owners, const struct elfgen_claim *claim, struct row *row)
{
    struct bytemap *map = owners->writer.map;
    ROOM(text);
    elfgen_claim_label(map->view, map->code, claim, &text);
    row->label = keep(owners, &text);
    text.length = 0;
    if (claim->field)
        bytemap_put_explanation(&text, map, claim);
    row->purpose = keep(owners, &text);
    text.length = 0;
    bytemap_put_value(&text, claim);
    row->value = keep(owners, &text);
    text.length = 0;
    explain_put_meaning(&text, map, claim);
    row->meaning = keep(owners, &text);
    const struct symbol *symbol = bytemap_symbol(map, claim);
    text.length = 0;
    if (symbol)
        symbols_put(&text, symbol);
    row->symbol = keep(owners, &text);
}

/* How its name continues those before. */
static void take_index(struct owners *owners, const struct elfgen_claim *claim, struct row *row)
{
    uint64_t index = claim->part == ELFGEN_PART_SECTION ? claim->section : claim->index;
    if (claim->part == ELFGEN_PART_EHDR) {
        row->has |= HAS_NO_INDEX;
    } else if (bytemap_is_by_address(claim)) {
        row->has |= IS_BY_ADDRESS;
        if (index - claim->offset != owners->base) {
            owners->base = index - claim->offset;
            ROOM(text);
            elfgen_text_0x(&text, owners->base);
            row->base = keep(owners, &text);
        }
    } else if (index >= EXACT) {
        ROOM(text);
        elfgen_text_decimal(&text, index, 0);
        row->large = keep(owners, &text);
    } else {
        row->index = (int64_t)(index - owners->index);
        owners->index = index;
    }
}

/* ---- writing it ---- */

static void put_number(struct elfgen_text *out, uint64_t number)
{
    elfgen_text_char(out, ',');
    elfgen_text_decimal(out, number, 0);
}

static void put_signed(struct elfgen_text *out, int64_t number)
{
    elfgen_text_char(out, ',');
    elfgen_text_signed(out, number);
}

/* The number of the row's shape: what many rows have alike. */
static size_t shape_of(struct owners *owners, const struct elfgen_claim *claim, const char *field,
                       const struct row *row)
{
    ROOM(text);
    elfgen_text_decimal(&text, part_number(owners, claim->part), 0);
    put_number(&text, page_strings_number_of(&owners->strings, field));
    put_number(&text, row->label);
    put_number(&text, row->purpose);
    put_number(&text, page_strings_number_of(&owners->strings, elfgen_reader_name(claim->reader)));
    put_number(&text, row->has);
    return page_strings_number(&owners->shapes, text.bytes, text.length) - 1;
}

static void put_row(struct owners *owners, const struct elfgen_claim *claim, const char *field,
                    struct row *row)
{
    struct elfgen_text *out = &owners->rows;
    const struct {
        unsigned has;
        size_t text;
    } texts[] = {{HAS_BASE, row->base},
                 {HAS_LARGE, row->large},
                 {HAS_VALUE, row->value},
                 {HAS_MEANING, row->meaning},
                 {HAS_BITS, row->bits}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        row->has |= texts[i].text ? texts[i].has : 0;
    row->has |= (row->gap ? HAS_GAP : 0) | (row->index ? HAS_INDEX : 0) |
                (row->address ? HAS_ADDRESS : 0) | (row->symbol ? HAS_SYMBOL : 0);
    elfgen_text_string(out, owners->count++ == 0 ? "" : ",");
    elfgen_text_decimal(out, shape_of(owners, claim, field, row), 0);
    put_number(out, claim->length);
    if (row->has & HAS_GAP)
        put_signed(out, row->gap);
    if (row->has & HAS_INDEX)
        put_signed(out, row->index);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (row->has & texts[i].has)
            put_number(out, texts[i].text);
    if (row->has & HAS_PLACE)
        put_number(out, row->refers.offset);
    if (row->has & HAS_LENGTH)
        put_number(out, row->refers.length);
    if (row->has & HAS_ADDRESS)
        put_number(out, row->address);
    if (row->has & HAS_SYMBOL)
        put_number(out, row->symbol);
}

/* The four bytes of the magic number are one owner. */
static void put_magic(struct owners *owners, const struct elfgen_claim *first)
{
    struct elfgen_claim claim = *first;
    struct row row = {.has = HAS_NO_INDEX};
    ROOM(text);
    claim.length = PAGE_MAGIC;
    elfgen_text_hex_bytes(&text, owners->writer.map->view->bytes, PAGE_MAGIC, ' ');
    row.value = keep(owners, &text);
    row.label = page_strings_number_of(&owners->strings, "magic");
    row.meaning = page_strings_number_of(&owners->strings, "the byte 0x7f, and \"ELF\"");
    row.purpose = page_strings_number_of(&owners->strings, "the magic number: this is an ELF file");
    put_row(owners, &claim, "ei_mag", &row);
    owners->end = PAGE_MAGIC;
}

static void put_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct owners *owners = (struct owners *)writer;
    struct row row = {.gap = (int64_t)(claim->offset - owners->end)};
    bool is_magic = claim->part == ELFGEN_PART_EHDR && claim->offset < PAGE_MAGIC;
    if (owners->count > PAGE_OWNERS || (is_magic && claim->offset > 0))
        return;
    if (is_magic) {
        put_magic(owners, claim);
        return;
    }
    take_index(owners, claim, &row);
    take_words(owners, claim, &row);
    take_bits(owners, claim, &row);
    take_reference(owners, claim, &row);
    put_row(owners, claim, claim->field ? claim->field->name : NULL, &row);
    owners->end = claim->offset + claim->length;
}

static void put_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    (void)writer;
    (void)offset;
    (void)length;
}

/* ---- all of them ---- */

static void put_parts(struct elfgen_text *out, const struct owners *owners)
{
    json_key(out, "parts");
    elfgen_text_char(out, '[');
    for (unsigned i = 0; i < owners->part_count; i++) {
        enum elfgen_part part = owners->parts[i];
        elfgen_text_string(out, i == 0 ? "{\"name\":" : ",{\"name\":");
        json_string(out, elfgen_part_name(part));
        json_key_string(out, "title", elfgen_part_title(part));
        json_key_string(out, "kind", kind_of(part));
        json_key_number(out, "order", lane_of(part));
        elfgen_text_char(out, '}');
    }
    elfgen_text_char(out, ']');
}

/* Four numbers a symbol: offset, length, and the texts of name and type. */
static void put_symbols(struct elfgen_text *out, struct owners *owners)
{
    const struct bytemap *map = owners->writer.map;
    size_t count = map->symbols ? map->symbols->by_offset.count : 0;
    json_key(out, "symbols");
    elfgen_text_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        const struct symbol_span *span = &map->symbols->by_offset.spans[i];
        const struct symbol *symbol = &map->symbols->all[span->symbol];
        ROOM(name);
        symbols_put(&name, symbol);
        elfgen_text_string(out, i == 0 ? "" : ",");
        elfgen_text_decimal(out, span->from, 0);
        put_number(out, span->to - span->from);
        put_number(out, keep(owners, &name));
        put_number(out, page_strings_number_of(&owners->strings, symbols_type_name(symbol)));
    }
    elfgen_text_char(out, ']');
}

static bool walk(struct owners *owners)
{
    struct elfgen_error *error = &owners->writer.map->error;
    if (!bytemap_walk(&owners->writer))
        return false;
    if (owners->count > PAGE_OWNERS) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "its bytes have more than %u owners, too many for a page: 'tinyelf "
                         "explain --at PLACE' tells about one place",
                         (uint64_t)PAGE_OWNERS);
        return false;
    }
    return !owners->rows.cut || error_no_memory(error);
}

bool page_put_owners(struct elfgen_text *out, struct bytemap *map)
{
    struct owners owners = {.writer = {map, false, put_claim, put_gap, NULL, 0}};
    page_strings_open(&owners.strings);
    page_strings_open(&owners.shapes);
    bool good = memory_text_open(&owners.rows) ? walk(&owners) : error_no_memory(&map->error);
    if (good) {
        put_parts(out, &owners);
        json_key(out, "shapes");
        page_strings_put_plain(out, &owners.shapes);
        json_key(out, "owners");
        elfgen_text_char(out, '[');
        elfgen_text_bytes(out, owners.rows.bytes, owners.rows.length);
        elfgen_text_char(out, ']');
        put_symbols(out, &owners);
        json_key(out, "strings");
        page_strings_put(out, &owners.strings);
        if (owners.strings.no_memory || owners.shapes.no_memory)
            good = error_no_memory(&map->error);
    }
    page_strings_close(&owners.strings);
    page_strings_close(&owners.shapes);
    free(owners.rows.bytes);
    return good;
}
