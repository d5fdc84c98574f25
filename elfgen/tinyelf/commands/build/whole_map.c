/* Prints build --map of a whole file: which label has which bytes. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/visible.h"
#include "base/width.h"
#include "cli/cli.h"
#include "whole.h"

/* The bytes from one label to the next. */
struct row {
    uint64_t offset, size;
    size_t first, count; /* of the sorted labels that begin here; none: bytes before all labels */
};

struct map {
    const struct elfgen_view *view;
    const struct source_label **labels; /* of places in the file, by offset */
    size_t label_count;
    struct row *rows;
    size_t count;
};

static int by_offset(const void *left, const void *right)
{
    const struct source_label *const *a = left, *const *b = right;
    if ((*a)->offset != (*b)->offset)
        return (*a)->offset < (*b)->offset ? -1 : 1;
    return strcmp((*a)->name, (*b)->name);
}

static int larger_first(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->size != b->size)
        return a->size < b->size ? 1 : -1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

static void add_row(struct map *map, uint64_t offset, uint64_t end, size_t first, size_t count)
{
    if (end > offset)
        map->rows[map->count++] = (struct row){offset, end - offset, first, count};
}

static void make_rows(struct map *map, const struct source_file *file)
{
    const uint64_t size = file->bytes.size;
    for (size_t i = 0; i < file->label_count; i++)
        if (!file->labels[i].is_constant && file->labels[i].offset < size)
            map->labels[map->label_count++] = &file->labels[i];
    if (map->label_count > 0)
        qsort(map->labels, map->label_count, sizeof(const struct source_label *), by_offset);
    add_row(map, 0, map->label_count ? map->labels[0]->offset : size, 0, 0);
    for (size_t i = 0, next; i < map->label_count; i = next) {
        for (next = i + 1;
             next < map->label_count && map->labels[next]->offset == map->labels[i]->offset;)
            next++;
        add_row(map, map->labels[i]->offset,
                next < map->label_count ? map->labels[next]->offset : size, i, next - i);
    }
    qsort(map->rows, map->count, sizeof *map->rows, larger_first);
}

static bool overlaps(const struct row *row, uint64_t offset, uint64_t size)
{
    return size > 0 && row->offset < offset + size && offset < row->offset + row->size;
}

static void put_word(struct elfgen_text *out, const char *word)
{
    if (out->length > 0)
        elfgen_text_string(out, ", ");
    elfgen_text_string(out, word);
}

/* What Linux finds in the bytes of a row. */
static void put_reason(struct elfgen_text *out, const struct map *map, const struct row *row)
{
    const struct elfgen_view *view = map->view;
    uint64_t entry;
    if (overlaps(row, 0, elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_)))
        put_word(out, "ELF header");
    if (overlaps(row, view->segments.offset,
                 view->segments.count * elfgen_structure_size(ELFGEN_STRUCTURE_phdr, view->class_)))
        put_word(out, "program headers");
    if (elfgen_memory_offset(view, view->ehdr.e_entry, &entry) && overlaps(row, entry, 1))
        put_word(out, "the program begins here");
}

static void put_names(struct elfgen_text *out, const struct map *map, const struct row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        elfgen_text_string(out, i > 0 ? ", " : "");
        visible_string(out, map->labels[row->first + i]->name);
    }
    if (row->count == 0)
        elfgen_text_string(out, "(no label)");
}

enum { NUMBERS, WHAT, WHY, COLUMN_COUNT };

static void print_row(const struct map *map, const struct row *row,
                      const struct table_place *places, size_t width, FILE *output)
{
    char room[2048], what[512], why[128], numbers[64];
    struct elfgen_text line = {.bytes = room, .capacity = sizeof room};
    struct elfgen_text names = {.bytes = what, .capacity = sizeof what};
    struct elfgen_text reason = {.bytes = why, .capacity = sizeof why};
    snprintf(numbers, sizeof numbers, "%8" PRIu64 "  %5.1f%%  0x%-8" PRIx64, row->size,
             (double)row->size * 100 / (double)map->view->length, row->offset);
    put_names(&names, map, row);
    put_reason(&reason, map, row);
    if (width == WIDTH_WIDE) {
        fprintf(output, reason.length > 0 ? "%s  %-32.*s  %.*s\n" : "%s  %.*s%.*s\n", numbers,
                (int)names.length, what, (int)reason.length, why);
        return;
    }
    table_put_string(&line, &places[NUMBERS], TABLE_LEFT, numbers);
    table_put(&line, &places[WHAT], reason.length > 0 ? TABLE_LEFT : TABLE_LAST, what,
              names.length);
    if (reason.length > 0)
        table_words(&line, &places[WHY], why, reason.length);
    fprintf(output, "%.*s\n", (int)line.length, room);
}

static void print(const struct map *map, size_t width, FILE *output)
{
    static const char numbers[] = "   bytes          offset    ";
    enum { NAME = 32, LEAST_NAME = 10 };
    unsigned longest = LEAST_NAME;
    for (size_t i = 0; i < map->count; i++) {
        char what[512];
        struct elfgen_text names = {.bytes = what, .capacity = sizeof what};
        put_names(&names, map, &map->rows[i]);
        const size_t columns = visible_columns(what, names.length);
        longest = columns > longest ? (unsigned)columns : longest;
    }
    const struct table_column columns[COLUMN_COUNT] = {
        [NUMBERS] = {.wide = sizeof numbers - 1},
        [WHAT] = {.gap = 2,
                  .wide = width != WIDTH_WIDE && longest < NAME ? longest : NAME,
                  .least = LEAST_NAME,
                  .shrink = 1},
        [WHY] = {.gap = 2, .wide = 24, .least = 12, .shrink = 1, .grow = 1},
    };
    struct table_place places[COLUMN_COUNT];
    char room[256];
    struct elfgen_text line = {.bytes = room, .capacity = sizeof room};
    table_fit(columns, COLUMN_COUNT, width, places);
    table_put_string(&line, &places[NUMBERS], TABLE_LEFT, numbers);
    table_put_string(&line, &places[WHAT], TABLE_LEFT, "label");
    table_put_string(&line, &places[WHY], TABLE_LAST, "what Linux reads there");
    fprintf(output, "%.*s\n", (int)line.length, room);
    for (size_t i = 0; i < map->count; i++)
        print_row(map, &map->rows[i], places, width, output);
    fprintf(output, "%8" PRIu64 "                     the file\n", map->view->length);
}

bool whole_print_map(const struct source_file *file, const struct elfgen_view *view, size_t width,
                     FILE *output)
{
    struct map map = {.view = view};
    map.labels = calloc(file->label_count + 1, sizeof(const struct source_label *));
    map.rows = calloc(file->label_count + 1, sizeof *map.rows);
    const bool done = map.labels && map.rows;
    if (done) {
        make_rows(&map, file);
        print(&map, width, output);
    } else {
        message_no_memory("build");
    }
    free((void *)map.labels);
    free(map.rows);
    return done;
}
