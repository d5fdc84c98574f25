/* Walks over the claims on the bytes of a file: headers, tables, strings, sections, code. */
#include "elfgen/map.h"

#include "../format/codec.h"

/* The stages of a walk. A stage prepares a table, or a run of strings or notes, whose claims then
 * come one by one. */
enum stage {
    STAGE_EHDR,
    STAGE_PHDR,
    STAGE_INTERPRETERS,
    STAGE_SHDR,
    STAGE_SECTIONS,
    STAGE_FIELDS,  /* within a table: entries and their fields */
    STAGE_STRINGS, /* within a string table */
    STAGE_NOTES,   /* within a note section */
    STAGE_INSTRUCTIONS,
    STAGE_ENCODINGS, /* within an instruction */
    STAGE_CALLS,
    STAGE_END
};

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

/* Sets the claim's place to [offset, offset + length), cut at the file's end. Returns false if no
 * byte of it is in the window. */
static bool claim_place(const struct elfgen_map *map, uint64_t offset, uint64_t length,
                        struct elfgen_claim *claim)
{
    uint64_t size = map->view->length;
    if (offset >= map->to || length == 0)
        return false;
    if (length > size - offset)
        length = size - offset;
    claim->offset = offset;
    claim->length = length;
    return offset + length > map->from;
}

/* The stage that follows a table, by what the table was part of. */
static enum stage stage_after(const struct elfgen_map *map)
{
    switch (map->part) {
    case ELFGEN_PART_EHDR:
        return STAGE_PHDR;
    case ELFGEN_PART_PHDR:
        return STAGE_INTERPRETERS;
    default:
        return STAGE_SECTIONS;
    }
}

/* Prepares the entries of a table that touch the window. */
static void enter_table(struct elfgen_map *map, struct elfgen_table table,
                        enum elfgen_structure_id id, enum elfgen_part part, uint64_t section)
{
    map->structure = &elfgen_structures[id];
    map->part = part;
    map->table = table;
    map->table_section = section;
    map->field = 0;
    map->entry = map->entry_end = 0;
    map->stage = STAGE_FIELDS;
    uint64_t size = elfgen_structure_size(id, map->view->class_);
    if (table.count == 0 || table.offset >= map->to || table.entry_size < size)
        return;
    if (table.offset < map->from)
        map->entry = (map->from - table.offset) / table.entry_size;
    map->entry_end = (map->to - 1 - table.offset) / table.entry_size + 1;
    if (map->entry_end > table.count)
        map->entry_end = table.count;
}

static bool next_field(struct elfgen_map *map, struct elfgen_claim *claim)
{
    const struct elfgen_view *view = map->view;
    unsigned column = view->class_ == ELFGEN_CLASS64;
    while (map->entry < map->entry_end) {
        /* No overflow: the entry begins before the window's end. */
        uint64_t start = map->table.offset + map->entry * map->table.entry_size;
        uint8_t bytes[64] = {0};
        uint64_t there = view->length - start;
        memcpy(bytes, view->bytes + start, there < sizeof bytes ? (size_t)there : sizeof bytes);
        while (map->field < map->structure->count) {
            const struct elfgen_field *field = &map->structure->fields[map->field++];
            if (!claim_place(map, start + field->offset[column], field->width[column], claim))
                continue;
            claim->part = map->part;
            claim->section = map->table_section;
            claim->index = map->entry;
            claim->field = field;
            claim->encoding = NULL;
            claim->value = elfgen_field_get(field, view->class_, view->order, bytes);
            claim->reader = field->reader;
            return true;
        }
        map->field = 0;
        map->entry++;
    }
    map->stage = (int)stage_after(map);
    return false;
}

/* A claim without fields. */
static bool claim_whole(const struct elfgen_map *map, uint64_t offset, uint64_t length,
                        enum elfgen_part part, enum elfgen_reader reader,
                        struct elfgen_claim *claim)
{
    if (!claim_place(map, offset, length, claim))
        return false;
    claim->part = part;
    claim->section = ELFGEN_NO_SECTION;
    claim->index = 0;
    claim->field = NULL;
    claim->encoding = NULL;
    claim->value = 0;
    claim->reader = reader;
    return true;
}

static bool next_interpreter(struct elfgen_map *map, struct elfgen_claim *claim)
{
    struct elfgen_phdr phdr;
    while (elfgen_view_segment(map->view, map->segment, &phdr, NULL) == ELFGEN_OK) {
        uint64_t index = map->segment++;
        if (phdr.p_type != ELFGEN_PT_INTERP ||
            !claim_whole(map, phdr.p_offset, phdr.p_filesz, ELFGEN_PART_INTERPRETER,
                         ELFGEN_READER_KERNEL, claim))
            continue;
        claim->index = index;
        return true;
    }
    map->stage = STAGE_SHDR;
    return false;
}

/* Prepares the strings or notes of a section, whose first byte is in the file. */
static void enter_run(struct elfgen_map *map, enum stage stage, uint64_t offset, uint64_t size,
                      uint64_t section)
{
    map->table_section = section;
    map->start = map->at = offset;
    map->end = size < map->view->length - offset ? offset + size : map->view->length;
    map->number = 0;
    map->note_part = 0;
    map->stage = (int)stage;
    if (stage != STAGE_STRINGS || map->at >= map->from)
        return;
    if (map->beginning) {
        /* The first string that begins in the window: after a NUL. */
        uint64_t end = map->end < map->to ? map->end : map->to;
        uint64_t at = map->from - 1;
        const uint8_t *nul =
            at < end ? memchr(map->view->bytes + at, '\0', (size_t)(end - at)) : NULL;
        map->at = nul ? (uint64_t)(nul - map->view->bytes) + 1 : map->end;
        return;
    }
    /* The string that holds the window's first byte begins after the NUL before it. */
    map->at = map->from < map->end ? map->from : map->end;
    while (map->at > offset && map->view->bytes[map->at - 1] != '\0')
        map->at--;
}

static bool next_string(struct elfgen_map *map, struct elfgen_claim *claim)
{
    while (map->at < map->end && map->at < map->to) {
        const uint8_t *start = map->view->bytes + map->at;
        const uint8_t *nul = memchr(start, '\0', (size_t)(map->end - map->at));
        uint64_t offset = map->at;
        uint64_t length = nul ? (uint64_t)(nul - start) + 1 : map->end - map->at;
        map->at += length;
        if (!claim_whole(map, offset, length, ELFGEN_PART_STRING, ELFGEN_READER_TOOLS, claim))
            continue;
        claim->section = map->table_section;
        claim->index = offset - map->start;
        return true;
    }
    map->stage = STAGE_SECTIONS;
    return false;
}

/* A note's name and description are padded to four bytes each. */
static uint64_t padded(uint64_t size)
{
    return (size + 3) & ~(uint64_t)3;
}

static bool next_note(struct elfgen_map *map, struct elfgen_claim *claim)
{
    const struct elfgen_structure *nhdr = &elfgen_structures[ELFGEN_STRUCTURE_nhdr];
    unsigned column = map->view->class_ == ELFGEN_CLASS64;
    /* note_part: the header's fields by number, then the name, then the description. */
    while (map->at < map->end && map->at < map->to && map->end - map->at >= nhdr->size[column]) {
        const uint8_t *bytes = map->view->bytes + map->at;
        unsigned part = map->note_part++;
        struct elfgen_nhdr note;
        elfgen_decode_nhdr(&note, bytes, map->view->class_, map->view->order);
        uint64_t name = map->at + nhdr->size[column];
        uint64_t description = name + padded(note.n_namesz);
        bool found;
        if (part < nhdr->count) {
            const struct elfgen_field *field = &nhdr->fields[part];
            found = claim_whole(map, map->at + field->offset[column], field->width[column],
                                ELFGEN_PART_NOTE, field->reader, claim);
            claim->field = field;
            claim->value = elfgen_field_get(field, map->view->class_, map->view->order, bytes);
        } else {
            bool is_name = part == nhdr->count;
            uint64_t offset = is_name ? name : description;
            uint64_t size = is_name ? note.n_namesz : note.n_descsz;
            if (offset >= map->end)
                size = 0;
            else if (size > map->end - offset)
                size = map->end - offset;
            found = claim_whole(map, offset, size, ELFGEN_PART_NOTE, ELFGEN_READER_TOOLS, claim);
        }
        claim->section = map->table_section;
        claim->index = map->number;
        if (part > nhdr->count) {
            map->note_part = 0;
            map->number++;
            map->at = description + padded(note.n_descsz);
        }
        if (found)
            return true;
    }
    map->stage = STAGE_SECTIONS;
    return false;
}

/* The structure of a section's entries; ELFGEN_STRUCTURE_COUNT: the section is not a table. */
static enum elfgen_structure_id entries_of(uint64_t type, enum elfgen_part *part)
{
    switch (type) {
    case ELFGEN_SHT_SYMTAB:
    case ELFGEN_SHT_DYNSYM:
        *part = ELFGEN_PART_SYMBOL;
        return ELFGEN_STRUCTURE_sym;
    case ELFGEN_SHT_REL:
        *part = ELFGEN_PART_RELOCATION;
        return ELFGEN_STRUCTURE_rel;
    case ELFGEN_SHT_RELA:
        *part = ELFGEN_PART_RELOCATION;
        return ELFGEN_STRUCTURE_rela;
    case ELFGEN_SHT_DYNAMIC:
        *part = ELFGEN_PART_DYNAMIC;
        return ELFGEN_STRUCTURE_dyn;
    default:
        return ELFGEN_STRUCTURE_COUNT;
    }
}

/* Enters the next section that has bytes in the window, or claims it whole. */
static bool next_section(struct elfgen_map *map, struct elfgen_claim *claim)
{
    struct elfgen_shdr shdr;
    while (elfgen_view_section(map->view, map->section, &shdr, NULL) == ELFGEN_OK) {
        uint64_t index = map->section++;
        if (shdr.sh_type == ELFGEN_SHT_NULL || shdr.sh_type == ELFGEN_SHT_NOBITS ||
            !claim_whole(map, shdr.sh_offset, shdr.sh_size, ELFGEN_PART_SECTION,
                         ELFGEN_READER_TOOLS, claim))
            continue;
        enum elfgen_part part = ELFGEN_PART_SECTION;
        enum elfgen_structure_id id = entries_of(shdr.sh_type, &part);
        uint64_t size =
            id == ELFGEN_STRUCTURE_COUNT ? 0 : elfgen_structure_size(id, map->view->class_);
        if (size != 0 && shdr.sh_entsize >= size) {
            struct elfgen_table table = {shdr.sh_offset, shdr.sh_entsize,
                                         shdr.sh_size / shdr.sh_entsize};
            enter_table(map, table, id, part, index);
            return false;
        }
        if (shdr.sh_type == ELFGEN_SHT_STRTAB || shdr.sh_type == ELFGEN_SHT_NOTE) {
            enter_run(map, shdr.sh_type == ELFGEN_SHT_NOTE ? STAGE_NOTES : STAGE_STRINGS,
                      shdr.sh_offset, shdr.sh_size, index);
            return false;
        }
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
        if (!claim_whole(map, place->offset, place->length, ELFGEN_PART_INSTRUCTION,
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
        if (!claim_whole(map, offset, length, ELFGEN_PART_ENCODING, ELFGEN_READER_PROGRAM, claim))
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
                !claim_whole(map, offset, length, ELFGEN_PART_STRING, ELFGEN_READER_PROGRAM, claim))
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
        switch ((enum stage)map->stage) {
        case STAGE_EHDR:
            enter_table(map, header, ELFGEN_STRUCTURE_ehdr, ELFGEN_PART_EHDR, ELFGEN_NO_SECTION);
            break;
        case STAGE_PHDR:
            enter_table(map, view->segments, ELFGEN_STRUCTURE_phdr, ELFGEN_PART_PHDR,
                        ELFGEN_NO_SECTION);
            break;
        case STAGE_INTERPRETERS:
            found = next_interpreter(map, claim);
            break;
        case STAGE_SHDR:
            enter_table(map, view->ehdr.e_shoff ? view->sections : none, ELFGEN_STRUCTURE_shdr,
                        ELFGEN_PART_SHDR, ELFGEN_NO_SECTION);
            break;
        case STAGE_SECTIONS:
            found = next_section(map, claim);
            break;
        case STAGE_FIELDS:
            found = next_field(map, claim);
            break;
        case STAGE_STRINGS:
            found = next_string(map, claim);
            break;
        case STAGE_NOTES:
            found = next_note(map, claim);
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
