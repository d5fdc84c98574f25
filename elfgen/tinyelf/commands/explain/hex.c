/* Prints the byte map as source in the hex language, from which `tinyelf build` makes the file
 * again. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/no_memory.h"
#include "explain.h"

enum { ROW = 16 };

/* A place that a header points to. */
struct label {
    uint64_t offset;
    const char *name;
    uint64_t number; /* UINT64_MAX: the name has no number */
};

enum { MOST_LABELS = 1 << 16 };

struct source {
    struct bytemap_writer writer;
    uint64_t written; /* bytes up to here are in the source */
    struct label *labels;
    size_t label_count, label_next;
    const struct explain_remark *remarks; /* those that are left */
    size_t remark_count;
};

/* ---- labels ---- */

static void add_label(struct source *source, const char *name, uint64_t number, uint64_t offset)
{
    if (source->label_count < MOST_LABELS && offset < source->writer.map->view->length)
        source->labels[source->label_count++] = (struct label){offset, name, number};
}

static int by_offset(const void *a, const void *b)
{
    const struct label *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->name != y->name)
        return strcmp(x->name, y->name);
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Collects what headers point to: tables, entry point, segments and sections. */
static bool collect_labels(struct source *source)
{
    const struct elfgen_view *view = source->writer.map->view;
    struct elfgen_phdr phdr;
    struct elfgen_shdr shdr;
    uint64_t entry;
    if (!elfgen_view_is_elf(view))
        return true;
    source->labels = malloc(MOST_LABELS * sizeof *source->labels);
    if (!source->labels)
        return false;
    if (view->segments.count > 0)
        add_label(source, "program_headers", UINT64_MAX, view->segments.offset);
    if (view->sections.count > 0 && view->ehdr.e_shoff != 0)
        add_label(source, "section_headers", UINT64_MAX, view->sections.offset);
    if (elfgen_memory_offset(view, view->ehdr.e_entry, &entry))
        add_label(source, "entry", UINT64_MAX, entry);
    for (uint64_t i = 0; source->label_count < MOST_LABELS &&
                         elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK;
         i++)
        if (phdr.p_filesz > 0)
            add_label(source, "segment_", i, phdr.p_offset);
    for (uint64_t i = 0; source->label_count < MOST_LABELS &&
                         elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK;
         i++)
        if (shdr.sh_type != ELFGEN_SHT_NULL && shdr.sh_type != ELFGEN_SHT_NOBITS &&
            shdr.sh_size > 0)
            add_label(source, "section_", i, shdr.sh_offset);
    qsort(source->labels, source->label_count, sizeof *source->labels, by_offset);
    return true;
}

/* Prints the labels at `offset`, before its byte. */
static void put_labels(struct source *source, uint64_t offset)
{
    struct elfgen_text *out = source->writer.map->out;
    while (source->label_next < source->label_count) {
        const struct label *label = &source->labels[source->label_next];
        if (label->offset > offset)
            return;
        elfgen_text_char(out, ':');
        elfgen_text_string(out, label->name);
        if (label->number != UINT64_MAX)
            elfgen_text_decimal(out, label->number, 0);
        elfgen_text_char(out, '\n');
        source->label_next++;
    }
}

/* How many of `count` bytes at `offset` come before the next label. */
static size_t before_label(const struct source *source, uint64_t offset, size_t count)
{
    if (source->label_next < source->label_count) {
        uint64_t distance = source->labels[source->label_next].offset - offset;
        if (distance < count)
            return (size_t)distance;
    }
    return count;
}

/* ---- lines ---- */

static void put_place(struct elfgen_text *out, uint64_t offset)
{
    elfgen_text_string(out, "# ");
    elfgen_text_hex(out, offset, 6);
    elfgen_text_char(out, ' ');
}

/* Prints the remarks about bytes before `end`. */
static void put_remarks(struct source *source, uint64_t end)
{
    struct elfgen_text *out = source->writer.map->out;
    for (; source->remark_count > 0 && source->remarks->offset < end; source->remark_count--) {
        put_place(out, source->remarks->offset);
        elfgen_text_string(out, source->remarks->text);
        elfgen_text_char(out, '\n');
        source->remarks++;
    }
}

/* "phdr[0].p_flags = 0x5, read + execute [kernel]" */
static void put_words(struct bytemap *map, const struct elfgen_claim *claim)
{
    struct elfgen_text *out = map->out;
    char room[512];
    struct elfgen_text meaning = {.bytes = room, .capacity = sizeof room};
    bytemap_put_name(out, claim);
    if (claim->field) {
        elfgen_text_string(out, " = ");
        bytemap_put_value(out, claim);
    }
    if (explain_calls(map, claim))
        explain_put_meaning(&meaning, map, claim);
    else
        bytemap_put_meaning(&meaning, map, claim);
    if (meaning.length > 0) {
        elfgen_text_string(out, claim->field ? ", " : " ");
        elfgen_text_bytes(out, room, meaning.length);
    }
    elfgen_text_string(out, " [");
    elfgen_text_string(out, elfgen_reader_name(claim->reader));
    elfgen_text_char(out, ']');
    meaning.length = 0;
    explain_put_mark(&meaning, map, claim);
    elfgen_text_string(out, meaning.length > 0 ? " " : "");
    elfgen_text_bytes(out, room, meaning.length);
    elfgen_text_char(out, '\n');
}

/* Prints bytes up to `end`, with the claim's words after the first row; without a claim, with their
 * characters. */
static void put_bytes(struct source *source, uint64_t end, const struct elfgen_claim *claim)
{
    struct bytemap *map = source->writer.map;
    struct elfgen_text *out = map->out;
    while (source->written < end) {
        const uint8_t *bytes = map->view->bytes + source->written;
        uint64_t left = end - source->written;
        put_labels(source, source->written);
        size_t count = before_label(source, source->written, left < ROW ? (size_t)left : ROW);
        elfgen_text_hex_bytes(out, bytes, count, ' ');
        elfgen_text_blanks(out, (ROW - count) * 3 + 2);
        put_place(out, source->written);
        if (claim) {
            put_words(map, claim);
        } else {
            for (size_t i = 0; i < count; i++)
                elfgen_text_char(out, ascii_printable(bytes[i]));
            elfgen_text_char(out, '\n');
        }
        claim = NULL;
        source->written += count;
    }
}

/* A claim that contains others leaves the bytes to them. */
static bool is_around_others(const struct bytemap *map, const struct elfgen_claim *claim)
{
    return claim->part == ELFGEN_PART_SECTION ||
           (claim->part == ELFGEN_PART_INSTRUCTION && map->encodings);
}

static void put_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct source *source = (struct source *)writer;
    struct bytemap *map = writer->map;
    put_bytes(source, claim->offset, NULL);
    put_remarks(source, claim->offset);
    if (claim->offset == source->written && !is_around_others(map, claim)) {
        put_bytes(source, claim->offset + claim->length, claim);
        return;
    }
    if (claim->offset == source->written)
        put_labels(source, claim->offset);
    /* Its bytes are in the source already, or the claims inside it will print them. */
    put_place(map->out, claim->offset);
    if (claim->offset < source->written)
        elfgen_text_string(map->out, "also ");
    put_words(map, claim);
}

static void put_symbol_line(struct bytemap_writer *writer, const struct symbol *symbol)
{
    struct source *source = (struct source *)writer;
    struct elfgen_text *out = writer->map->out;
    put_bytes(source, symbol->offset, NULL);
    if (symbol->offset == source->written)
        put_labels(source, symbol->offset);
    put_place(out, symbol->offset);
    bytemap_put_symbol(out, symbol);
    elfgen_text_char(out, '\n');
}

static void put_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    struct source *source = (struct source *)writer;
    struct elfgen_text *out = writer->map->out;
    put_bytes(source, offset, NULL);
    put_remarks(source, offset);
    if (offset < source->written)
        return;
    put_labels(source, offset);
    put_place(out, offset);
    elfgen_text_string(out, "unclaimed, ");
    elfgen_text_decimal(out, length, 0);
    elfgen_text_string(out, " bytes\n");
}

bool explain_hex(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct source source = {.writer = {map, false, put_claim, put_gap, put_symbol_line, 0},
                            .remarks = explain->remarks,
                            .remark_count = explain->remark_count};
    if (!collect_labels(&source)) {
        error_no_memory(&map->error);
        return false;
    }
    bool good = bytemap_walk(&source.writer);
    if (good)
        put_bytes(&source, map->view->length, NULL);
    if (good)
        put_remarks(&source, map->view->length);
    free(source.labels);
    return good;
}
