/* Prints the file beside the address space that it becomes: the pages of each segment, the owners
 * of their bytes, and the zeros that are in no file. */
#include <string.h>

#include "base/fold.h"
#include "base/table.h"
#include "base/width.h"
#include "explain.h"

enum { ROW = 16, ROWS = 3, NAME = 48 };

enum { ADDRESS, MAY, OFFSET, BYTES, OWNER, COLUMN_COUNT };

static const struct table_column usual[COLUMN_COUNT] = {
    [ADDRESS] = {.gap = 2, .wide = 14, .shrink = 4},
    [MAY] = {.gap = 2, .wide = 3, .optional = true},
    [OFFSET] = {.gap = 2, .wide = 6},
    [BYTES] =
        {.gap = 2, .wide = 3 * ROW - 1, .least = 3 * ROW / 2 - 1, .shrink = 4, .step = 3 * ROW / 2},
    [OWNER] = {.gap = 2, .wide = 20, .least = 11, .shrink = 1, .grow = 1},
};

struct run {
    uint64_t from, to; /* in the file */
    char name[NAME];
};

struct memory {
    struct bytemap_writer writer;
    bool wide; /* the form that does not go by a width: cells are not shortened */
    struct table_place places[COLUMN_COUNT];
    unsigned row; /* bytes of a row */
    struct elfgen_mapping mapping;
    bool executable;
    struct run run, around; /* the run being collected, and the section around it */
};

static void put_permissions(const struct memory *memory, struct elfgen_text *out)
{
    elfgen_text_char(out, memory->mapping.flags & ELFGEN_PF_R ? 'r' : '-');
    elfgen_text_char(out, memory->mapping.flags & ELFGEN_PF_W ? 'w' : '-');
    elfgen_text_char(out, memory->executable ? 'x' : '-');
}

static void put_cell(const struct memory *memory, int column, unsigned alignment, const char *text,
                     size_t length)
{
    struct elfgen_text *out = memory->writer.map->out;
    const struct table_place *place = &memory->places[column];
    if (!memory->wide) {
        table_put(out, place, alignment, text, length);
        return;
    }
    elfgen_text_blanks(out, place->gap);
    elfgen_text_bytes(out, text, length);
    if (alignment != TABLE_LAST && length < place->size)
        elfgen_text_blanks(out, place->size - length);
}

static void put_word(const struct memory *memory, int column, unsigned alignment, const char *word)
{
    put_cell(memory, column, alignment, word, strlen(word));
}

/* Begins a line for `address`: "  0x10000         r-x". */
static void begin_line(struct memory *memory, uint64_t address)
{
    char room[24];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_0x(&text, address);
    put_cell(memory, ADDRESS, TABLE_LEFT, room, text.length);
    text.length = 0;
    put_permissions(memory, &text);
    put_cell(memory, MAY, TABLE_LEFT, room, text.length);
}

/* The same with an offset in the file. */
static void begin_row(struct memory *memory, uint64_t offset)
{
    char room[24];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    begin_line(memory, memory->mapping.start + (offset - memory->mapping.offset));
    elfgen_text_string(&text, "0x");
    elfgen_text_hex(&text, offset, 4);
    put_cell(memory, OFFSET, TABLE_LEFT, room, text.length);
}

static void put_run(struct memory *memory)
{
    struct bytemap *map = memory->writer.map;
    struct elfgen_text *out = map->out;
    const struct run *run = &memory->run;
    uint64_t at = run->from;
    unsigned rows = (run->to - at) / memory->row > ROWS + 2 ? ROWS : ROWS + 3;
    for (unsigned row = 0; at < run->to && row < rows; row++) {
        size_t count = run->to - at < memory->row ? (size_t)(run->to - at) : memory->row;
        char room[3 * ROW];
        struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
        elfgen_text_hex_bytes(&text, map->view->bytes + at, count, ' ');
        begin_row(memory, at);
        put_cell(memory, BYTES, row == 0 ? TABLE_LEFT : TABLE_LAST, room, text.length);
        if (row == 0)
            put_word(memory, OWNER, TABLE_LAST, run->name);
        elfgen_text_char(out, '\n');
        at += count;
    }
    if (at >= run->to)
        return;
    begin_line(memory, memory->mapping.start + (at - memory->mapping.offset));
    elfgen_text_string(out, "  ... ");
    elfgen_text_decimal(out, run->to - at, 0);
    elfgen_text_string(out, " more bytes\n");
}

/* Ends the run at `offset` of the file. */
static void end_run(struct memory *memory, uint64_t offset)
{
    struct run *run = &memory->run;
    /* After a claim inside a section, the section goes on. */
    if (run->to < offset && memory->around.to > run->to) {
        put_run(memory);
        memcpy(run->name, memory->around.name, sizeof run->name);
        run->from = run->to;
        run->to = memory->around.to;
    }
    if (run->to > offset)
        run->to = offset;
    put_run(memory);
    run->from = run->to = offset;
}

static void name_of(const struct bytemap *map, const struct elfgen_claim *claim, char name[NAME])
{
    struct elfgen_text text = {.bytes = name, .capacity = NAME - 1};
    switch (claim->part) {
    case ELFGEN_PART_INSTRUCTION:
        elfgen_text_string(&text, "code");
        break;
    case ELFGEN_PART_STRING:
        elfgen_text_string(&text, "strings");
        break;
    case ELFGEN_PART_SYMBOL:
    case ELFGEN_PART_RELOCATION:
    case ELFGEN_PART_DYNAMIC:
    case ELFGEN_PART_HASH:
    case ELFGEN_PART_VERSYM:
    case ELFGEN_PART_VERNEED:
    case ELFGEN_PART_VERDEF:
    case ELFGEN_PART_ARRAY:
    case ELFGEN_PART_UNWIND:
        elfgen_text_string(&text, elfgen_part_name(claim->part));
        elfgen_text_string(&text, " table");
        break;
    case ELFGEN_PART_SECTION:
        bytemap_put_owner(&text, claim);
        elfgen_text_char(&text, ' ');
        bytemap_put_meaning(&text, map, claim);
        break;
    case ELFGEN_PART_PADDING:
        elfgen_text_string(&text, "padding");
        break;
    default:
        bytemap_put_owner(&text, claim);
        break;
    }
    name[text.length] = '\0';
}

static void put_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct memory *memory = (struct memory *)writer;
    struct run next = {.from = claim->offset, .to = claim->offset + claim->length};
    name_of(writer->map, claim, next.name);
    if (next.to > writer->map->to)
        next.to = writer->map->to;
    if (next.from < writer->map->from)
        next.from = writer->map->from;
    if (claim->part == ELFGEN_PART_SECTION)
        memory->around = next;
    if (strcmp(next.name, memory->run.name) == 0 && next.from <= memory->run.to) {
        if (next.to > memory->run.to)
            memory->run.to = next.to;
        return;
    }
    /* Where headers overlap, the first one names the bytes. */
    if (claim->part != ELFGEN_PART_SECTION && next.from < memory->run.to &&
        memory->around.to < memory->run.to) {
        if (next.to <= memory->run.to)
            return;
        next.from = memory->run.to;
    }
    end_run(memory, next.from);
    memory->run = next;
}

static void put_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    struct memory *memory = (struct memory *)writer;
    end_run(memory, offset);
    memory->run = (struct run){offset, offset + length, "unclaimed"};
}

/* A line for addresses that show nothing of the file. */
static void put_rest(struct memory *memory, uint64_t from, uint64_t to, const char *what,
                     const char *why)
{
    struct elfgen_text *out = memory->writer.map->out;
    if (to <= from)
        return;
    begin_line(memory, from);
    elfgen_text_string(out, "  ");
    elfgen_text_string(out, what);
    elfgen_text_decimal(out, to - from, 0);
    elfgen_text_string(out, " bytes");
    elfgen_text_string(out, why);
    elfgen_text_char(out, '\n');
}

static void put_rests(struct memory *memory)
{
    const struct elfgen_mapping *mapping = &memory->mapping;
    put_rest(memory, mapping->file_end, mapping->missing, "zeros, ", "");
    put_rest(memory, mapping->missing, mapping->missing_end, "not there, ",
             " past the end of the file: SIGBUS");
    put_rest(memory, mapping->missing_end, mapping->end, "zeros, ", "");
}

static bool put_segment(struct memory *memory, uint64_t index)
{
    struct bytemap *map = memory->writer.map;
    struct elfgen_text *out = map->out;
    const struct elfgen_mapping *mapping = &memory->mapping;
    bool good = true;
    elfgen_text_string(out, "phdr[");
    elfgen_text_decimal(out, index, 0);
    elfgen_text_string(out, "]: ");
    elfgen_text_0x(out, mapping->start);
    elfgen_text_string(out, " to ");
    elfgen_text_0x(out, mapping->end - 1);
    elfgen_text_char(out, ' ');
    put_permissions(memory, out);
    if (!mapping->whole_pages)
        elfgen_text_string(out, ", which Linux refuses: p_offset and p_vaddr differ within a page");
    elfgen_text_char(out, '\n');
    if (mapping->file_end > mapping->start) {
        map->from = mapping->offset;
        map->to = mapping->offset + (mapping->file_end - mapping->start);
        memory->run = (struct run){.from = map->from, .to = map->from};
        memory->around = memory->run;
        good = bytemap_walk(&memory->writer);
        end_run(memory, map->to);
    }
    put_rests(memory);
    return good;
}

/* How long "0x" and the digits of a number are, at least `least` of them. */
static unsigned length_of(uint64_t number, unsigned least)
{
    unsigned digits = least;
    while (digits < 16 && number >> (4 * digits) != 0)
        digits++;
    return 2 + digits;
}

/* Lays out the columns: in the width of a terminal, addresses have as many digits as they need. */
static void lay_out(struct memory *memory, size_t width)
{
    struct table_column columns[COLUMN_COUNT];
    const struct elfgen_view *view = memory->writer.map->view;
    struct elfgen_mapping mapping;
    unsigned address = sizeof "address" - 1;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        columns[i] = usual[i];
    for (uint64_t i = 0; i < elfgen_memory_segments(view); i++) {
        if (!elfgen_mapping_get(view, i, &mapping))
            continue;
        unsigned length = length_of(mapping.end - 1, 4);
        address = length > address ? length : address;
    }
    memory->wide = width == WIDTH_WIDE;
    columns[ADDRESS].least = address;
    if (!memory->wide) {
        columns[OFFSET].wide = length_of(view->length, 4);
        columns[ADDRESS].wide = address > usual[ADDRESS].wide ? address : usual[ADDRESS].wide;
    }
    table_fit(columns, COLUMN_COUNT, width, memory->places);
    memory->row = (memory->places[BYTES].size + 1) / 3;
}

static void put_heading(struct memory *memory)
{
    put_word(memory, ADDRESS, TABLE_LEFT, "address");
    put_word(memory, MAY, TABLE_LEFT, "may");
    put_word(memory, OFFSET, TABLE_LEFT, "file");
    put_word(memory, BYTES, TABLE_LEFT, "bytes");
    put_word(memory, OWNER, TABLE_LAST, "owner");
    elfgen_text_char(memory->writer.map->out, '\n');
}

bool explain_memory(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct bytemap part = *map;
    struct memory memory = {.writer = {&part, false, put_claim, put_gap, NULL, 0}};
    struct fold fold;
    bool good = true, any = false;
    lay_out(&memory, explain->width);
    fold_open(&fold, map->out, explain->width, memory.places[OFFSET].at);
    part.out = &fold.text;
    part.encodings = false;
    for (uint64_t i = 0; good && i < elfgen_memory_segments(map->view); i++) {
        if (!elfgen_mapping_get(map->view, i, &memory.mapping) ||
            !elfgen_mapping_what_is_left(map->view, i, &memory.mapping))
            continue;
        memory.executable = elfgen_mapping_is_executable(map->view, &memory.mapping);
        if (!any)
            put_heading(&memory);
        any = true;
        good = put_segment(&memory, i);
    }
    if (!any)
        elfgen_text_string(part.out, "no segment is loaded\n");
    fold_close(&fold);
    map->error = part.error;
    return good;
}
