/* Prints the file beside the address space that it becomes: the pages of each segment, the owners
 * of their bytes, and the zeros that are in no file. */
#include <string.h>

#include "explain.h"

enum { ROW = 16, ROWS = 3, NAME = 48 };

struct run {
    uint64_t from, to; /* in the file */
    char name[NAME];
};

struct memory {
    struct bytemap_writer writer;
    struct elfgen_mapping mapping;
    bool executable;
    struct run run, around; /* the run being collected, and the section around it */
};

static void put_permissions(const struct memory *memory)
{
    struct elfgen_text *out = memory->writer.map->out;
    elfgen_text_char(out, memory->mapping.flags & ELFGEN_PF_R ? 'r' : '-');
    elfgen_text_char(out, memory->mapping.flags & ELFGEN_PF_W ? 'w' : '-');
    elfgen_text_char(out, memory->executable ? 'x' : '-');
}

/* Begins a line for `address`: "  0x10000         r-x  ". */
static void begin_line(struct memory *memory, uint64_t address)
{
    struct elfgen_text *out = memory->writer.map->out;
    char room[24];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    elfgen_text_0x(&text, address);
    room[text.length] = '\0';
    elfgen_text_string(out, "  ");
    elfgen_text_column(out, room, 14, SIZE_MAX);
    elfgen_text_string(out, "  ");
    put_permissions(memory);
    elfgen_text_string(out, "  ");
}

static void put_run(struct memory *memory)
{
    struct bytemap *map = memory->writer.map;
    struct elfgen_text *out = map->out;
    const struct run *run = &memory->run;
    uint64_t at = run->from;
    unsigned rows = (run->to - at) / ROW > ROWS + 2 ? ROWS : ROWS + 3;
    for (unsigned row = 0; at < run->to && row < rows; row++) {
        size_t count = run->to - at < ROW ? (size_t)(run->to - at) : ROW;
        begin_line(memory, memory->mapping.start + (at - memory->mapping.offset));
        elfgen_text_string(out, "0x");
        elfgen_text_hex(out, at, 4);
        elfgen_text_string(out, "  ");
        elfgen_text_hex_bytes(out, map->view->bytes + at, count, ' ');
        if (row == 0) {
            elfgen_text_blanks(out, (ROW - count) * 3 + 2);
            elfgen_text_string(out, run->name);
        }
        elfgen_text_char(out, '\n');
        at += count;
    }
    if (at >= run->to)
        return;
    begin_line(memory, memory->mapping.start + (at - memory->mapping.offset));
    elfgen_text_string(out, "... ");
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
    put_permissions(memory);
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

bool explain_memory(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct bytemap part = *map;
    struct memory memory = {.writer = {&part, false, put_claim, put_gap, NULL, 0}};
    struct elfgen_text *out = map->out;
    bool good = true, any = false;
    part.encodings = false;
    for (uint64_t i = 0; good && i < elfgen_memory_segments(map->view); i++) {
        if (!elfgen_mapping_get(map->view, i, &memory.mapping) ||
            !elfgen_mapping_what_is_left(map->view, i, &memory.mapping))
            continue;
        memory.executable = elfgen_mapping_is_executable(map->view, &memory.mapping);
        if (!any) {
            elfgen_text_string(out, "  address         may  file    bytes");
            elfgen_text_blanks(out, 44);
            elfgen_text_string(out, "owner\n");
        }
        any = true;
        good = put_segment(&memory, i);
    }
    if (!any)
        elfgen_text_string(out, "no segment is loaded\n");
    map->error = part.error;
    return good;
}
