/* Prints build --map: a row for everything that takes bytes in the file. */
#include "print_map.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/visible.h"
#include "base/width.h"
#include "link_private.h"

/* Something that takes bytes. */
struct row {
    uint64_t size, offset;
    const struct elfgen_section *section; /* NULL: `what` names it */
    const char *what;
    const struct link_reason *reason;
};

/* The columns of a row: numbers, what takes the bytes, and why. */
enum { NUMBERS, WHAT, WHY, COLUMN_COUNT };

struct map {
    size_t width; /* of the output */
    struct table_place places[COLUMN_COUNT];
    bool below; /* the reason stands below the name */
    const struct link *link;
    const struct elfgen_layout *layout;
    struct row *rows;
    size_t count;
    /* By the program's section: why it is there, and the size of its constants before merging. */
    const struct link_reason **reasons;
    uint64_t *shared;
};

static int larger_first(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    if (a->size != b->size)
        return a->size < b->size ? 1 : -1;
    return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* Finds why each of the program's sections is there, and its size before merging. */
static void find_reasons(struct map *map)
{
    const struct link *link = map->link;
    for (size_t i = 0; i < link->object_count; i++) {
        const struct link_object *object = link->objects[i];
        for (size_t j = 1; j < object->section_count; j++) {
            const struct link_section *section = &object->sections[j];
            if (!section->live)
                continue;
            if (!section->merges && section->place < link->program.section_count &&
                !map->reasons[section->place])
                map->reasons[section->place] = &section->reason;
            for (size_t k = 0; section->merges && k < section->piece_count; k++) {
                const struct link_piece *piece = &section->pieces[k];
                if (!piece->live || piece->section >= link->program.section_count)
                    continue;
                map->shared[piece->section] += piece->size;
                if (!map->reasons[piece->section])
                    map->reasons[piece->section] = &section->reason;
            }
        }
    }
    for (size_t i = 0; i < link->global_count; i++) {
        const struct link_global *global = &link->globals[i];
        if (global->claim == LINK_CLAIM_COMMON && global->section < link->program.section_count)
            map->reasons[global->section] = &global->reason;
    }
}

static void add_row(struct map *map, uint64_t offset, uint64_t size, const char *what,
                    const struct elfgen_section *section)
{
    if (size == 0)
        return;
    map->rows[map->count] = (struct row){
        .size = size,
        .offset = offset,
        .what = what,
        .section = section,
        .reason = section ? map->reasons[section - map->link->program.sections] : NULL,
    };
    map->count++;
}

/* Adds rows for headers, sections and the padding between them: together all bytes of the file. */
static void add_rows(struct map *map, uint64_t unloaded)
{
    const struct elfgen_program *program = &map->link->program;
    uint64_t end = map->layout->header_size;
    add_row(map, 0, end, "headers", NULL);
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[program->order[i]];
        if (!section->bytes || section->size == 0)
            continue;
        add_row(map, end, section->offset - end, "padding", NULL);
        add_row(map, section->offset, section->size, NULL, section);
        end = section->offset + section->size;
    }
    add_row(map, end, unloaded, "section headers and symbols", NULL);
}

/* The name of the symbol that a relocation refers to or, for a section's symbol, of the section. */
static const char *wanted(const struct link_object *object,
                          const struct elfgen_relocation *relocation)
{
    const struct link_symbol *symbol = &object->symbols[relocation->symbol];
    if (*symbol->name)
        return symbol->name;
    return symbol->section < object->section_count ? object->sections[symbol->section].name : "it";
}

static void put_reason(struct elfgen_text *out, const struct map *map, const struct row *row)
{
    const struct link *link = map->link;
    if (!row->section) {
        elfgen_text_string(out, strcmp(row->what, "padding") == 0
                                    ? "for the alignment of what follows"
                                : strcmp(row->what, "headers") == 0 ? "Linux reads them"
                                                                    : "--sections");
    } else if (row->section == &link->program.sections[link->got]) {
        elfgen_text_string(out, "addresses that instructions read");
    } else if (!row->reason || row->reason->object == LINK_NONE) {
        const bool begins = map->layout->exec.entry - row->section->address < row->size;
        elfgen_text_string(out, begins                   ? "the program begins here"
                                : link->options.keep_all ? "--no-gc-sections"
                                                         : "it asks to be kept");
    } else {
        const struct link_object *object = link->objects[row->reason->object];
        const struct elfgen_relocation *relocation = &object->relocations[row->reason->relocation];
        const struct place place = link_relocation_place(object, relocation);
        char bytes[1024];
        struct elfgen_text text = {.bytes = bytes, .capacity = sizeof bytes};
        place_put(&text, &place);
        visible_bytes(out, bytes, text.length);
        elfgen_text_string(out, " needs ");
        visible_string(out, wanted(object, relocation));
    }
    if (row->section) {
        uint64_t shared = map->shared[row->section - link->program.sections];
        if (shared <= row->size)
            return;
        elfgen_text_string(out, "; merged, ");
        elfgen_text_decimal(out, shared, 0);
        elfgen_text_string(out, " bytes before");
    }
}

static void put_name(struct elfgen_text *out, const struct row *row)
{
    visible_string(out, row->section ? row->section->file : row->what);
    elfgen_text_string(out, row->section && row->section->file ? ":" : "");
    visible_string(out, row->section ? row->section->name : NULL);
}

/* Lays out the columns after `numbers` columns of numbers. In the width of a terminal the names
 * have as many as they need, up to those of the wide form; where reasons would have few, they go
 * below. */
static void lay_out(struct map *map, unsigned numbers)
{
    enum { NAME = 32, LEAST_NAME = 10, REASON = 24, LEAST_REASON = 12, FEW = 20 };
    struct table_column columns[COLUMN_COUNT] = {
        [NUMBERS] = {.wide = numbers},
        [WHAT] = {.gap = 2, .wide = NAME, .least = LEAST_NAME, .shrink = 1},
        [WHY] = {.gap = 2, .wide = REASON, .least = LEAST_REASON, .shrink = 1, .grow = 1},
    };
    size_t longest = LEAST_NAME;
    for (size_t i = 0; i < map->count; i++) {
        char name[256];
        struct elfgen_text text = {.bytes = name, .capacity = sizeof name};
        put_name(&text, &map->rows[i]);
        size_t length = visible_columns(name, text.length);
        longest = length > longest ? length : longest;
    }
    if (map->width != WIDTH_WIDE && longest < NAME)
        columns[WHAT].wide = (unsigned)longest;
    table_fit(columns, COLUMN_COUNT, map->width, map->places);
    map->below = map->width != WIDTH_WIDE && map->places[WHY].size < FEW;
    if (map->below) {
        columns[WHAT].grow = 1;
        table_fit(columns, WHY, map->width, map->places);
        map->places[WHY] = map->places[WHAT];
        map->places[WHY].gap = map->places[WHAT].at;
    }
}

/* `wide`: the line of the wide form. */
static void print_heading(const struct map *map, const char *numbers, const char *wide,
                          FILE *output)
{
    char room[256];
    struct elfgen_text line = {.bytes = room, .capacity = sizeof room};
    if (map->width == WIDTH_WIDE) {
        fputs(wide, output);
        return;
    }
    table_put_string(&line, &map->places[NUMBERS], TABLE_LEFT, numbers);
    table_put_string(&line, &map->places[WHAT], map->below ? TABLE_LAST : TABLE_LEFT,
                     map->below ? "what, and below it why" : "what");
    if (!map->below)
        table_put_string(&line, &map->places[WHY], TABLE_LAST, "why");
    fprintf(output, "%.*s\n", (int)line.length, room);
}

static void print_row(const struct map *map, const struct row *row, uint64_t whole, FILE *output)
{
    char room[8192], why[4096], name[256];
    struct elfgen_text line = {.bytes = room, .capacity = sizeof room};
    struct elfgen_text text = {.bytes = name, .capacity = sizeof name};
    struct elfgen_text reason = {.bytes = why, .capacity = sizeof why};
    if (whole)
        fprintf(output, "%8" PRIu64 "  %5.1f%%  0x%-8" PRIx64, row->size,
                (double)row->size * 100 / (double)whole, row->offset);
    else
        fprintf(output, "%8" PRIu64 "  0x%-15" PRIx64, row->size, row->offset);
    put_name(&text, row);
    put_reason(&reason, map, row);
    if (map->width == WIDTH_WIDE) {
        fprintf(output, "  %-*.*s  %.*s\n", (int)map->places[WHAT].size, (int)text.length, name,
                (int)reason.length, why);
        return;
    }
    /* Of a path, the end says more. */
    table_put(&line, &map->places[WHAT], map->below ? TABLE_END | TABLE_LAST : TABLE_END, name,
              text.length);
    if (map->below)
        elfgen_text_char(&line, '\n');
    table_words(&line, &map->places[WHY], why, reason.length);
    fprintf(output, "%.*s\n", (int)line.length, room);
}

static void print_memory(struct map *map, FILE *output)
{
    static const char numbers[] = "   bytes  address          ";
    const struct elfgen_program *program = &map->link->program;
    map->count = 0;
    for (size_t i = 0; i < program->section_count; i++)
        if (!program->sections[i].bytes)
            add_row(map, program->sections[i].address, program->sections[i].size, NULL,
                    &program->sections[i]);
    if (map->count == 0)
        return;
    qsort(map->rows, map->count, sizeof *map->rows, larger_first);
    lay_out(map, sizeof numbers - 1);
    fputs("\nZeros, in memory only:\n", output);
    print_heading(map, numbers,
                  "   bytes  address            what                              why\n", output);
    for (size_t i = 0; i < map->count; i++)
        print_row(map, &map->rows[i], 0, output);
}

/* Prints the sum of what was left out: a list would be longer than all else. */
static void print_dead(const struct map *map, FILE *output)
{
    uint64_t size = 0;
    size_t count = 0;
    for (size_t i = 0; i < map->link->object_count; i++) {
        const struct link_object *object = map->link->objects[i];
        for (size_t j = 1; j < object->section_count; j++) {
            const struct link_section *section = &object->sections[j];
            if (section->live || !(section->flags & ELFGEN_SHF_ALLOC) || section->size == 0)
                continue;
            size += section->size;
            count++;
        }
    }
    if (count > 0)
        fprintf(output, "\nLeft out, since nothing needs it: %" PRIu64 " bytes in %zu section%s\n",
                size, count, count == 1 ? "" : "s");
}

bool link_print_map(struct link *link, const struct elfgen_layout *layout, uint64_t unloaded,
                    size_t width, FILE *output)
{
    static const char numbers[] = "   bytes          offset    ";
    const size_t count = link->program.section_count;
    struct map map = {.width = width, .link = link, .layout = layout};
    map.rows = link_keep(link, (2 * count + 3) * sizeof *map.rows);
    map.reasons = link_keep(link, (count + 1) * sizeof(const struct link_reason *));
    map.shared = link_keep(link, (count + 1) * sizeof *map.shared);
    if (!map.rows || !map.reasons || !map.shared)
        return false;
    const uint64_t whole = layout->file_size + unloaded;
    find_reasons(&map);
    add_rows(&map, unloaded);
    qsort(map.rows, map.count, sizeof *map.rows, larger_first);
    lay_out(&map, sizeof numbers - 1);
    print_heading(&map, numbers,
                  "   bytes         offset      what                              why\n", output);
    for (size_t i = 0; i < map.count; i++)
        print_row(&map, &map.rows[i], whole, output);
    fprintf(output, "%8" PRIu64 "                     the file\n", whole);
    print_memory(&map, output);
    print_dead(&map, output);
    return true;
}
