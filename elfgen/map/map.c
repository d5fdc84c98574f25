/* Walks over the claims on the bytes of a file: headers, tables, strings, sections, code. */
#include "elfgen/map.h"

#include "../format/codec.h"
#include "areas.h"
#include "chains.h"
#include "entries.h"
#include "notes.h"
#include "unwind.h"
#include "walk.h"

void elfgen_map_begin(struct elfgen_map *map, const struct elfgen_view *view,
                      struct elfgen_code *code, bool encodings, uint64_t from, uint64_t to)
{
    *map = (struct elfgen_map){.view = view,
                               .code = code,
                               .encodings = encodings,
                               .from = from,
                               .to = to < view->length ? to : view->length};
    map->stage = elfgen_view_is_elf(view) && map->from < map->to ? STAGE_EHDR : STAGE_END;
}

void elfgen_map_move(struct elfgen_map *map, uint64_t from, uint64_t to)
{
    const struct elfgen_areas areas = map->areas;
    const uint64_t start = map->unwind.start, end = map->unwind.end;
    const uint64_t resume = map->unwind.resume, number = map->unwind.resume_number;
    elfgen_map_begin(map, map->view, map->code, map->encodings, from, to);
    map->areas = areas;
    map->unwind.start = start;
    map->unwind.end = end;
    map->unwind.resume = resume;
    map->unwind.resume_number = number;
}

static void enter_headers(struct elfgen_map *map, struct elfgen_table table,
                          enum elfgen_structure_id id, enum elfgen_part part,
                          enum elfgen_stage after)
{
    elfgen_walk_owner(map, part, ELFGEN_NO_SECTION, false);
    elfgen_walk_table(map, table, id, after);
}

static bool next_interpreter(struct elfgen_map *map, struct elfgen_claim *claim)
{
    struct elfgen_phdr phdr;
    while (elfgen_view_segment(map->view, map->segment, &phdr, NULL) == ELFGEN_OK) {
        uint64_t index = map->segment++;
        if (phdr.p_type != ELFGEN_PT_INTERP ||
            !elfgen_walk_whole(map, phdr.p_offset, phdr.p_filesz, ELFGEN_PART_INTERPRETER,
                               ELFGEN_READER_KERNEL, claim))
            continue;
        claim->index = index;
        return true;
    }
    map->segment = 0;
    map->stage = STAGE_SHDR;
    return false;
}

/* Enters the notes of the next PT_NOTE segment, or claims what a PT_TLS segment has. */
static bool next_segment(struct elfgen_map *map, struct elfgen_claim *claim)
{
    const struct elfgen_view *view = map->view;
    struct elfgen_phdr phdr;
    if (!map->areas.known)
        elfgen_areas_find(&map->areas, view);
    while (!map->areas.sections && map->segment < elfgen_memory_segments(view) &&
           elfgen_view_segment(view, map->segment, &phdr, NULL) == ELFGEN_OK) {
        uint64_t index = map->segment++;
        if (phdr.p_type != ELFGEN_PT_NOTE && phdr.p_type != ELFGEN_PT_TLS)
            continue;
        if (!elfgen_walk_whole(map, phdr.p_offset, phdr.p_filesz, ELFGEN_PART_TLS,
                               ELFGEN_READER_PROGRAM, claim))
            continue;
        if (phdr.p_type == ELFGEN_PT_TLS) {
            claim->index = index;
            return true;
        }
        elfgen_walk_owner(map, ELFGEN_PART_NOTE, ELFGEN_NO_SECTION, true);
        elfgen_notes_enter(map, phdr.p_offset, phdr.p_filesz, phdr.p_align, STAGE_SEGMENTS);
        return false;
    }
    map->stage = STAGE_AREAS;
    return false;
}

static void next_area(struct elfgen_map *map)
{
    if (map->areas.sections || map->area == ELFGEN_AREA_COUNT)
        map->stage = STAGE_SECTIONS;
    else
        elfgen_area_enter(map, (enum elfgen_area)map->area++);
}

/* Enters the next section that has bytes in the window, or claims it whole. */
static bool next_section(struct elfgen_map *map, struct elfgen_claim *claim)
{
    struct elfgen_shdr shdr;
    while (map->view->ehdr.e_shoff != 0 &&
           elfgen_view_section(map->view, map->section, &shdr, NULL) == ELFGEN_OK) {
        uint64_t index = map->section++;
        if (shdr.sh_type == ELFGEN_SHT_NULL || shdr.sh_type == ELFGEN_SHT_NOBITS ||
            !elfgen_walk_whole(map, shdr.sh_offset, shdr.sh_size, ELFGEN_PART_SECTION,
                               ELFGEN_READER_TOOLS, claim))
            continue;
        if (elfgen_section_enter(map, &shdr, index))
            return false;
        claim->section = index;
        /* The program reads, runs or writes what is loaded. */
        claim->reader =
            shdr.sh_flags & ELFGEN_SHF_ALLOC ? ELFGEN_READER_PROGRAM : ELFGEN_READER_TOOLS;
        return true;
    }
    /* An instruction that begins before the window may reach into it. */
    map->at = map->from < ELFGEN_INSTRUCTION_MOST ? 0 : map->from - (ELFGEN_INSTRUCTION_MOST - 1);
    map->stage = map->code ? STAGE_INSTRUCTIONS : STAGE_END;
    return false;
}

static bool next_instruction(struct elfgen_map *map, struct elfgen_claim *claim)
{
    const struct elfgen_code_place *place = &map->instruction;
    while (elfgen_code_next(map->code, map->at, map->to, &map->instruction)) {
        /* A jump may lead into its middle, so that the next instruction may begin at its second
         * byte. */
        map->at = place->offset + 1;
        if (!elfgen_walk_whole(map, place->offset, place->length, ELFGEN_PART_INSTRUCTION,
                               ELFGEN_READER_PROGRAM, claim))
            continue;
        claim->index = place->address;
        if (map->encodings) {
            const struct elfgen_machine *machine = map->code->machine;
            machine->split(machine->context, map->view->bytes + place->offset, place->length,
                           &map->parts);
            if (map->parts.count > ELFGEN_INSTRUCTION_MOST)
                map->parts.count = ELFGEN_INSTRUCTION_MOST;
            map->encoding = 0;
            map->stage = STAGE_ENCODINGS;
        }
        return true;
    }
    map->stage = STAGE_CALLS;
    return false;
}

static bool next_encoding(struct elfgen_map *map, struct elfgen_claim *claim)
{
    const struct elfgen_machine *machine = map->code->machine;
    while (map->encoding < map->parts.count) {
        unsigned part = map->encoding++;
        unsigned what = map->parts.parts[part].what, length = map->parts.parts[part].length;
        uint64_t offset = map->instruction.offset + map->parts.parts[part].offset;
        /* The caller's decoder named the parts. */
        if (what >= machine->encoding_count ||
            map->parts.parts[part].offset + length > map->instruction.length)
            continue;
        if (!elfgen_walk_whole(map, offset, length, ELFGEN_PART_ENCODING, ELFGEN_READER_PROGRAM,
                               claim))
            continue;
        claim->index = map->instruction.address;
        claim->encoding = &machine->encodings[what];
        claim->field = &claim->encoding->field;
        if (length <= 8)
            claim->value =
                elfgen_load(map->view->bytes + offset, length,
                            claim->encoding->is_number ? ELFGEN_LITTLE_ENDIAN : ELFGEN_BIG_ENDIAN);
        return true;
    }
    map->stage = STAGE_INSTRUCTIONS;
    return false;
}

static bool next_referred(struct elfgen_map *map, struct elfgen_claim *claim)
{
    struct elfgen_signature signature;
    for (; map->call < map->code->call_count; map->call++, map->argument = 0) {
        const struct elfgen_call *call = &map->code->calls[map->call];
        if (!elfgen_code_signature(map->code, call, &signature))
            continue;
        while (map->argument < signature.count) {
            unsigned argument = map->argument++;
            uint64_t offset, length;
            if (!elfgen_code_referred(map->code, call, &signature, argument, &offset, &length) ||
                !elfgen_walk_whole(map, offset, length, ELFGEN_PART_STRING, ELFGEN_READER_PROGRAM,
                                   claim))
                continue;
            claim->index = call->arguments[argument].value;
            return true;
        }
    }
    map->stage = STAGE_END;
    return false;
}

bool elfgen_map_is_padding(const struct elfgen_view *view, uint64_t from, uint64_t to)
{
    uint64_t align = to & (~to + 1); /* the largest power of two that divides it */
    if (from >= to || to >= view->length || to - from >= align)
        return false;
    for (uint64_t at = from; at < to; at++)
        if (view->bytes[at] != 0)
            return false;
    return true;
}

bool elfgen_map_next(struct elfgen_map *map, struct elfgen_claim *claim)
{
    const struct elfgen_view *view = map->view;
    const struct elfgen_table header = {
        0, elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_), 1};
    const struct elfgen_table none = {0, 0, 0};
    for (;;) {
        bool found = false;
        switch ((enum elfgen_stage)map->stage) {
        case STAGE_EHDR:
            enter_headers(map, header, ELFGEN_STRUCTURE_ehdr, ELFGEN_PART_EHDR, STAGE_PHDR);
            break;
        case STAGE_PHDR:
            enter_headers(map, view->segments, ELFGEN_STRUCTURE_phdr, ELFGEN_PART_PHDR,
                          STAGE_INTERPRETERS);
            break;
        case STAGE_INTERPRETERS:
            found = next_interpreter(map, claim);
            break;
        case STAGE_SHDR:
            enter_headers(map, view->ehdr.e_shoff ? view->sections : none, ELFGEN_STRUCTURE_shdr,
                          ELFGEN_PART_SHDR, STAGE_SEGMENTS);
            break;
        case STAGE_SEGMENTS:
            found = next_segment(map, claim);
            break;
        case STAGE_AREAS:
            next_area(map);
            break;
        case STAGE_SECTIONS:
            found = next_section(map, claim);
            break;
        case STAGE_FIELDS:
            found = elfgen_walk_field(map, claim);
            break;
        case STAGE_STRINGS:
            found = elfgen_walk_string(map, claim);
            break;
        case STAGE_PIECES:
            found = elfgen_walk_piece(map, claim);
            break;
        case STAGE_NOTES:
            found = elfgen_notes_next(map, claim);
            break;
        case STAGE_VERSIONS:
            found = elfgen_versions_next(map);
            break;
        case STAGE_UNWIND:
            found = elfgen_unwind_next(map, claim);
            break;
        case STAGE_INSTRUCTIONS:
            found = next_instruction(map, claim);
            break;
        case STAGE_ENCODINGS:
            found = next_encoding(map, claim);
            break;
        case STAGE_CALLS:
            found = next_referred(map, claim);
            break;
        case STAGE_END:
            return false;
        }
        if (found)
            return true;
    }
}
