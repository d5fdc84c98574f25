/* The walk, in windows: what one window's claims are is sorted by place, so that memory stays small
 * however large the file is. */
#include "explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1 << 18, ROW = 16 };

/* The claims that begin in one window, in file order. */
struct batch {
    struct elfgen_claim *claims;
    size_t count, room;
};

/* A walk's place: bytes up to here are printed, or said to be unclaimed. */
struct walk {
    struct explain *explain;
    uint64_t done;
    bool only_gaps; /* JSON's second list */
};

static int by_place(const void *a, const void *b)
{
    const struct elfgen_claim *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->part != y->part)
        return x->part < y->part ? -1 : 1;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static bool collect(struct explain *explain, uint64_t from, uint64_t to, struct batch *batch)
{
    /* Eight to a byte: no file has as many, but one can be made whose thousands of sections are all
     * the same strings. */
    enum { MOST_CLAIMS = 8 * WINDOW };
    struct elfgen_map map;
    struct elfgen_claim claim;
    batch->count = 0;
    elfgen_map_begin(&map, &explain->view, from, to);
    while (elfgen_map_next(&map, &claim)) {
        /* One that began earlier was in an earlier window, or is the first's own. */
        if (claim.offset < from && from != explain->from)
            continue;
        if (batch->count == MOST_CLAIMS) {
            explain->problem = "too many headers, tables and strings overlap";
            return false;
        }
        if (batch->count == batch->room) {
            size_t room = batch->room ? batch->room * 2 : 1024;
            struct elfgen_claim *larger = realloc(batch->claims, room * sizeof *larger);
            if (!larger) {
                explain->problem = "out of memory";
                return false;
            }
            batch->claims = larger;
            batch->room = room;
        }
        batch->claims[batch->count++] = claim;
    }
    if (batch->count > 0)
        qsort(batch->claims, batch->count, sizeof *batch->claims, by_place);
    return true;
}

/* ---- words that all formats share ---- */

static void put_owner(struct elfgen_text *out, const struct elfgen_claim *claim)
{
    elfgen_text_string(out, elfgen_part_name(claim->part));
    if (claim->part == ELFGEN_PART_EHDR)
        return;
    elfgen_text_char(out, '[');
    elfgen_text_decimal(out, claim->part == ELFGEN_PART_SECTION ? claim->section : claim->index, 0);
    elfgen_text_char(out, ']');
}

static bool is_decimal(enum elfgen_kind kind)
{
    return kind == ELFGEN_KIND_NUMBER || kind == ELFGEN_KIND_SIZE || kind == ELFGEN_KIND_COUNT ||
           kind == ELFGEN_KIND_INDEX;
}

static void put_value(struct elfgen_text *out, const struct elfgen_claim *claim)
{
    if (!claim->field)
        return;
    if (is_decimal(claim->field->kind)) {
        elfgen_text_decimal(out, claim->value, 0);
    } else {
        elfgen_text_string(out, "0x");
        elfgen_text_hex(out, claim->value, 0);
    }
}

static void put_hex_row(struct elfgen_text *out, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            elfgen_text_char(out, ' ');
        elfgen_text_hex(out, bytes[i], 2);
    }
}

/* field, value and meaning, then what the field is for and who reads it. */
static void put_words(struct explain *explain, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = explain->out;
    char room[256];
    struct elfgen_text meaning = {.bytes = room, .capacity = sizeof room};
    elfgen_claim_meaning(&explain->view, claim, &meaning);
    put_owner(out, claim);
    if (claim->field) {
        elfgen_text_char(out, '.');
        elfgen_text_string(out, claim->field->name);
        elfgen_text_string(out, " = ");
        put_value(out, claim);
    }
    if (meaning.length > 0) {
        elfgen_text_string(out, claim->field ? ", " : " ");
        elfgen_text_bytes(out, room, meaning.length);
    }
    if (claim->field) {
        elfgen_text_string(out, ": ");
        elfgen_text_string(out, claim->field->meaning);
    }
    elfgen_text_string(out, " [");
    elfgen_text_string(out, elfgen_reader_name(claim->reader));
    elfgen_text_char(out, ']');
}

/* ---- text ---- */

static void put_text_claim(struct explain *explain, const struct elfgen_claim *claim)
{
    enum { SHOWN = 8 };
    struct elfgen_text *out = explain->out;
    size_t shown = claim->length < SHOWN ? (size_t)claim->length : SHOWN;
    elfgen_text_hex(out, claim->offset, 8);
    elfgen_text_string(out, "  ");
    put_hex_row(out, explain->view.bytes + claim->offset, shown);
    elfgen_text_string(out, claim->length > SHOWN ? "+" : " ");
    elfgen_text_blanks(out, (SHOWN - shown) * 3 + 1);
    put_words(explain, claim);
    elfgen_text_char(out, '\n');
}

static void put_text_gap(struct explain *explain, uint64_t offset, uint64_t length)
{
    struct elfgen_text *out = explain->out;
    elfgen_text_hex(out, offset, 8);
    elfgen_text_string(out, "  unclaimed, ");
    elfgen_text_decimal(out, length, 0);
    elfgen_text_string(out, length == 1 ? " byte\n" : " bytes\n");
}

/* ---- JSON ---- */

static void put_json_string(struct elfgen_text *out, const char *string, size_t length)
{
    elfgen_text_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)string[i];
        if (c == '"' || c == '\\') {
            elfgen_text_char(out, '\\');
            elfgen_text_char(out, (char)c);
        } else if (c < 0x20 || c >= 0x7f) {
            /* Bytes, not characters: a file's name need not be UTF-8. */
            elfgen_text_string(out, "\\u");
            elfgen_text_hex(out, c, 4);
        } else {
            elfgen_text_char(out, (char)c);
        }
    }
    elfgen_text_char(out, '"');
}

static void put_json_key(struct elfgen_text *out, const char *key)
{
    elfgen_text_string(out, ",\"");
    elfgen_text_string(out, key);
    elfgen_text_string(out, "\":");
}

static void put_json_name(struct elfgen_text *out, const char *name)
{
    if (name)
        put_json_string(out, name, strlen(name));
    else
        elfgen_text_string(out, "null");
}

static void begin_json_item(struct explain *explain, uint64_t offset, uint64_t length)
{
    struct elfgen_text *out = explain->out;
    elfgen_text_string(out, explain->first ? "{\"offset\":" : ",\n{\"offset\":");
    explain->first = false;
    elfgen_text_decimal(out, offset, 0);
    put_json_key(out, "length");
    elfgen_text_decimal(out, length, 0);
}

static void put_json_claim(struct explain *explain, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = explain->out;
    char room[256];
    struct elfgen_text meaning = {.bytes = room, .capacity = sizeof room};
    elfgen_claim_meaning(&explain->view, claim, &meaning);
    begin_json_item(explain, claim->offset, claim->length);
    put_json_key(out, "structure");
    put_json_name(out, elfgen_part_name(claim->part));
    put_json_key(out, "index");
    elfgen_text_decimal(out, claim->part == ELFGEN_PART_SECTION ? claim->section : claim->index, 0);
    put_json_key(out, "field");
    put_json_name(out, claim->field ? claim->field->name : NULL);
    put_json_key(out, "value");
    if (claim->field)
        elfgen_text_decimal(out, claim->value, 0);
    else
        elfgen_text_string(out, "null");
    put_json_key(out, "meaning");
    if (meaning.length > 0)
        put_json_string(out, room, meaning.length);
    else
        put_json_name(out, claim->field ? claim->field->meaning : NULL);
    put_json_key(out, "reader");
    put_json_name(out, elfgen_reader_name(claim->reader));
    elfgen_text_char(out, '}');
}

static void put_json_gap(struct explain *explain, uint64_t offset, uint64_t length)
{
    begin_json_item(explain, offset, length);
    elfgen_text_char(explain->out, '}');
}

/* ---- the hex language ---- */

/* Bytes as source, `note` behind the first row. */
static void put_hex_bytes(struct explain *explain, uint64_t offset, uint64_t length,
                          const struct elfgen_claim *claim)
{
    struct elfgen_text *out = explain->out;
    const uint8_t *bytes = explain->view.bytes + offset;
    for (uint64_t row = 0; row < length; row += ROW) {
        size_t count = length - row < ROW ? (size_t)(length - row) : ROW;
        put_hex_row(out, bytes + row, count);
        elfgen_text_blanks(out, (ROW - count) * 3);
        elfgen_text_string(out, "  # ");
        elfgen_text_hex(out, offset + row, 6);
        if (claim && row == 0) {
            elfgen_text_char(out, ' ');
            put_words(explain, claim);
        } else if (!claim) {
            elfgen_text_char(out, ' ');
            for (size_t i = 0; i < count; i++) {
                uint8_t c = bytes[row + i];
                if (c < 0x20 || c >= 0x7f)
                    c = '.';
                elfgen_text_char(out, (char)c);
            }
        }
        elfgen_text_char(out, '\n');
    }
}

/* Where the headers point: a label before the byte. */
static void put_labels(struct explain *explain, uint64_t offset)
{
    const struct elfgen_ehdr *ehdr = &explain->view.ehdr;
    uint64_t entry;
    if (ehdr->e_phoff == offset && explain->view.segments.count > 0 && offset > 0)
        elfgen_text_string(explain->out, ":program_headers\n");
    if (ehdr->e_shoff == offset && explain->view.sections.count > 0 && offset > 0)
        elfgen_text_string(explain->out, ":section_headers\n");
    if (elfgen_map_offset(&explain->view, ehdr->e_entry, &entry) && entry == offset)
        elfgen_text_string(explain->out, ":entry\n");
}

/* A claim whose bytes are written already has a line of its own without them. */
static void put_hex_claim(struct walk *walk, const struct elfgen_claim *claim)
{
    struct explain *explain = walk->explain;
    uint64_t end = claim->offset + claim->length;
    uint64_t from = claim->offset > walk->done ? claim->offset : walk->done;
    if (claim->offset >= walk->done)
        put_labels(explain, claim->offset);
    if (from < end && from == claim->offset) {
        put_hex_bytes(explain, from, end - from, claim);
        return;
    }
    elfgen_text_string(explain->out, "# also ");
    elfgen_text_hex(explain->out, claim->offset, 6);
    elfgen_text_char(explain->out, ' ');
    put_words(explain, claim);
    elfgen_text_char(explain->out, '\n');
    if (from < end)
        put_hex_bytes(explain, from, end - from, NULL);
}

/* ---- the walk ---- */

/* A label inside a gap parts it. */
static void put_hex_gap(struct explain *explain, uint64_t offset, uint64_t length)
{
    uint64_t entry, end = offset + length;
    if (elfgen_map_offset(&explain->view, explain->view.ehdr.e_entry, &entry) && entry > offset &&
        entry < end) {
        put_hex_bytes(explain, offset, entry - offset, NULL);
        offset = entry;
    }
    put_labels(explain, offset);
    put_hex_bytes(explain, offset, end - offset, NULL);
}

static void put_gap(struct walk *walk, uint64_t to)
{
    struct explain *explain = walk->explain;
    if (walk->done >= to)
        return;
    if (explain->format == EXPLAIN_TEXT)
        put_text_gap(explain, walk->done, to - walk->done);
    else if (explain->format == EXPLAIN_HEX)
        put_hex_gap(explain, walk->done, to - walk->done);
    else if (walk->only_gaps)
        put_json_gap(explain, walk->done, to - walk->done);
    walk->done = to;
}

static void put_claim(struct walk *walk, const struct elfgen_claim *claim)
{
    put_gap(walk, claim->offset);
    if (walk->explain->format == EXPLAIN_TEXT)
        put_text_claim(walk->explain, claim);
    else if (walk->explain->format == EXPLAIN_HEX)
        put_hex_claim(walk, claim);
    else if (!walk->only_gaps)
        put_json_claim(walk->explain, claim);
    if (claim->offset + claim->length > walk->done)
        walk->done = claim->offset + claim->length;
}

static bool walk_file(struct explain *explain, bool only_gaps)
{
    struct walk walk = {explain, explain->from, only_gaps};
    struct batch batch = {0};
    bool good = true;
    for (uint64_t from = explain->from; good && from < explain->to; from += WINDOW) {
        uint64_t to = explain->to - from < WINDOW ? explain->to : from + WINDOW;
        good = collect(explain, from, to, &batch);
        for (size_t i = 0; good && i < batch.count; i++)
            put_claim(&walk, &batch.claims[i]);
    }
    if (good)
        put_gap(&walk, explain->to);
    free(batch.claims);
    return good;
}

bool explain_find(const void *bytes, uint64_t length, const char *name, uint64_t *offset)
{
    struct elfgen_view view;
    struct elfgen_map map;
    struct elfgen_claim claim;
    char part[16] = "";
    unsigned long long index = 0;
    const char *field = strchr(name, '.');
    field = field ? field + 1 : name;
    /* structure[index].field, structure.field or field */
    if (field != name && sscanf(name, "%15[a-z][%llu].", part, &index) < 1)
        return false;
    elfgen_view_open(&view, bytes, length, NULL);
    elfgen_map_begin(&map, &view, 0, length);
    while (elfgen_map_next(&map, &claim)) {
        if (!claim.field || strcmp(claim.field->name, field) != 0 || claim.index != index ||
            (*part && strcmp(part, elfgen_part_name(claim.part)) != 0))
            continue;
        *offset = claim.offset;
        return true;
    }
    return false;
}

static bool report_json(struct explain *explain)
{
    struct elfgen_text *out = explain->out;
    elfgen_text_string(out, "{\"file\":");
    put_json_string(out, explain->file, strlen(explain->file));
    put_json_key(out, "size");
    elfgen_text_decimal(out, explain->length, 0);
    put_json_key(out, "class");
    bool is_elf = explain->view.ehdr.ei_mag0 != 0;
    put_json_name(out, is_elf ? elfgen_class_name(explain->view.ehdr.ei_class) : NULL);
    put_json_key(out, "machine");
    put_json_name(out, is_elf ? elfgen_machine_name(explain->view.ehdr.e_machine) : NULL);
    elfgen_text_string(out, ",\"claims\":[\n");
    explain->first = true;
    bool good = walk_file(explain, false);
    elfgen_text_string(out, "],\n\"unclaimed\":[\n");
    explain->first = true;
    good = good && walk_file(explain, true);
    elfgen_text_string(out, "]}\n");
    return good;
}

bool explain_report(struct explain *explain)
{
    struct elfgen_error error;
    enum elfgen_status status =
        elfgen_view_open(&explain->view, explain->bytes, explain->length, &error);
    /* What is no ELF file has no headers: all its bytes are unclaimed. */
    if (status == ELFGEN_NOT_ELF) {
        explain->view.segments.count = explain->view.sections.count = 0;
        explain->view.ehdr = (struct elfgen_ehdr){0};
    }
    explain->problem = NULL;
    if (explain->to > explain->length)
        explain->to = explain->length;
    return explain->format == EXPLAIN_JSON ? report_json(explain) : walk_file(explain, false);
}
