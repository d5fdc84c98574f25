/* Claims notes: header, name, and what each kind of note says. */
#include "notes.h"

#include "elfgen/arch.h"

#include "record_fields.h"

enum { NOTE_ALIGN = 4, NOTE_ALIGN_LARGE = 8 };

/* A note, with the places of its parts in the file. */
struct note {
    struct elfgen_nhdr header;
    uint64_t name, description, size; /* the description's, as far as it is there */
    uint64_t next;
};

static size_t size_of(const struct elfgen_map *map, enum elfgen_structure_id id)
{
    return elfgen_structure_size(id, map->view->class_);
}

/* Adds a structure. */
static void add(struct elfgen_map *map, uint64_t *at, enum elfgen_structure_id id)
{
    size_t size = size_of(map, id);
    elfgen_walk_add(map, *at, size, 1, (int)id);
    *at += size;
}

/* ---- what core files say ---- */

/* A thread's state: what all processors have alike, its registers, and whether it has others. */
static void add_status(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    const struct elfgen_arch *arch = elfgen_arch_find(map->view->ehdr.e_machine);
    enum elfgen_structure_id registers = arch ? arch->core_registers : ELFGEN_STRUCTURE_ehdr;
    size_t status = size_of(map, ELFGEN_STRUCTURE_prstatus);
    size_t end = size_of(map, ELFGEN_STRUCTURE_fpvalid);
    if (note->size < status + end)
        return;
    add(map, at, ELFGEN_STRUCTURE_prstatus);
    if (registers == ELFGEN_STRUCTURE_ehdr || note->size != status + size_of(map, registers) + end)
        return;
    add(map, at, registers);
    add(map, at, ELFGEN_STRUCTURE_fpvalid);
}

static void add_signal(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    enum { ILL = 4, TRAP = 5, BUS = 7, FPE = 8, SEGV = 11 };
    enum { SIZE = 128 };
    if (note->size != SIZE)
        return;
    uint64_t signal = elfgen_number_at(map->view, *at, 4);
    uint64_t code = elfgen_number_at(map->view, *at + 8, 4);
    bool is_fault =
        (signal == ILL || signal == TRAP || signal == BUS || signal == FPE || signal == SEGV) &&
        code >> 31 == 0 && code != 0;
    add(map, at, ELFGEN_STRUCTURE_siginfo);
    add(map, at, is_fault ? ELFGEN_STRUCTURE_siginfo_fault : ELFGEN_STRUCTURE_siginfo_sender);
}

/* The mapped files: their number, where each is, then their names. */
static void add_files(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    unsigned word = elfgen_address_size(map->view->class_);
    uint64_t head = size_of(map, ELFGEN_STRUCTURE_files);
    uint64_t entry = size_of(map, ELFGEN_STRUCTURE_mapped_file);
    uint64_t count = elfgen_number_at(map->view, *at, word);
    if (note->size < head || count > (note->size - head) / entry)
        return;
    add(map, at, ELFGEN_STRUCTURE_files);
    elfgen_walk_add(map, *at, entry, count, ELFGEN_STRUCTURE_mapped_file);
    *at += count * entry;
    uint64_t rest = note->size - head - count * entry;
    elfgen_walk_add(map, *at, 1, rest, ELFGEN_PIECE_STRINGS);
    *at += rest;
}

/* Adds the structure if the description is just that. */
static void add_whole(struct elfgen_map *map, const struct note *note, uint64_t *at,
                      enum elfgen_structure_id id)
{
    if (note->size == size_of(map, id))
        add(map, at, id);
}

static void add_core(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    const struct elfgen_arch *arch = elfgen_arch_find(map->view->ehdr.e_machine);
    uint64_t entry = size_of(map, ELFGEN_STRUCTURE_auxv);
    switch (note->header.n_type) {
    case ELFGEN_NT_PRSTATUS:
        add_status(map, note, at);
        break;
    case ELFGEN_NT_FPREGSET:
        if (arch && arch->core_floats != ELFGEN_STRUCTURE_ehdr)
            add_whole(map, note, at, arch->core_floats);
        break;
    case ELFGEN_NT_PRPSINFO:
        add_whole(map, note, at, ELFGEN_STRUCTURE_prpsinfo);
        break;
    case ELFGEN_NT_AUXV:
        elfgen_walk_add(map, *at, entry, note->size / entry, ELFGEN_STRUCTURE_auxv);
        *at += note->size / entry * entry;
        break;
    case ELFGEN_NT_SIGINFO:
        add_signal(map, note, at);
        break;
    case ELFGEN_NT_FILE:
        add_files(map, note, at);
        break;
    default:
        break;
    }
}

/* ---- what other files say ---- */

/* Properties: each a header and its value, padded. */
static void add_properties(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    uint64_t end = note->description + note->size;
    uint64_t head = size_of(map, ELFGEN_STRUCTURE_property);
    uint64_t align = elfgen_address_size(map->view->class_);
    /* Each takes up to three pieces; one is left for the rest. */
    while (end - *at >= head && map->piece_count + 3 < ELFGEN_PIECES) {
        uint64_t size = elfgen_number_at(map->view, *at + 4, 4);
        uint64_t all = (size + align - 1) & ~(align - 1);
        if (all > end - *at - head)
            return;
        add(map, at, ELFGEN_STRUCTURE_property);
        if (size == size_of(map, ELFGEN_STRUCTURE_property_bits))
            elfgen_walk_add(map, *at, size, 1, ELFGEN_STRUCTURE_property_bits);
        else
            elfgen_walk_add(map, *at, 1, size, ELFGEN_PIECE_BYTES);
        elfgen_walk_add(map, *at + size, 1, all - size, ELFGEN_PIECE_BYTES);
        *at += all;
    }
}

static void add_gnu(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    if (note->header.n_type == ELFGEN_NT_GNU_ABI_TAG)
        add_whole(map, note, at, ELFGEN_STRUCTURE_abi_tag);
    else if (note->header.n_type == ELFGEN_NT_GNU_PROPERTY_TYPE_0)
        add_properties(map, note, at);
}

static void add_probe(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    uint64_t head = size_of(map, ELFGEN_STRUCTURE_stapsdt);
    if (note->header.n_type != ELFGEN_NT_STAPSDT || note->size < head)
        return;
    add(map, at, ELFGEN_STRUCTURE_stapsdt);
    elfgen_walk_add(map, *at, 1, note->size - head, ELFGEN_PIECE_STRINGS);
    *at += note->size - head;
}

static bool is_named(const struct elfgen_map *map, const struct note *note, const char *name)
{
    size_t size = strlen(name) + 1;
    const uint8_t *bytes = elfgen_view_bytes(map->view, note->name, size);
    return note->header.n_namesz == size && bytes && memcmp(bytes, name, size) == 0;
}

/* Prepares what the note says: what is known of it, then the rest as it stands. */
static void enter_description(struct elfgen_map *map, const struct note *note)
{
    uint64_t at = note->description;
    elfgen_walk_no_pieces(map);
    if (is_named(map, note, "CORE"))
        add_core(map, note, &at);
    else if (is_named(map, note, "GNU"))
        add_gnu(map, note, &at);
    else if (is_named(map, note, "stapsdt"))
        add_probe(map, note, &at);
    elfgen_walk_add(map, at, 1, note->size - (at - note->description), ELFGEN_PIECE_BYTES);
    elfgen_walk_pieces(map, STAGE_NOTES);
}

/* ---- notes ---- */

void elfgen_notes_enter(struct elfgen_map *map, uint64_t offset, uint64_t size, uint64_t align,
                        enum elfgen_stage after)
{
    map->notes.at = offset;
    map->notes.end = size < map->view->length - offset ? offset + size : map->view->length;
    /* gABI: 8 in some 64-bit files; all others have 4, whatever they say. */
    map->notes.align = align == NOTE_ALIGN_LARGE ? NOTE_ALIGN_LARGE : NOTE_ALIGN;
    map->notes.number = 0;
    map->notes.part = 0;
    map->notes_after = (int)after;
    map->stage = STAGE_NOTES;
}

/* Reads the note's header, which is in the file. What comes after is cut at the notes' end. */
static struct note read_note(const struct elfgen_map *map)
{
    const struct elfgen_view *view = map->view;
    uint64_t start = map->notes.at, end = map->notes.end, mask = map->notes.align - 1;
    size_t head = size_of(map, ELFGEN_STRUCTURE_nhdr);
    struct note note;
    elfgen_decode_nhdr(&note.header, view->bytes + start, view->class_, view->order);
    /* No overflow: sizes have 32 bits. */
    note.name = start + head;
    note.description = start + ((head + note.header.n_namesz + mask) & ~mask);
    note.next = note.description + ((note.header.n_descsz + mask) & ~mask);
    note.size = note.description >= end                         ? 0
                : note.header.n_descsz > end - note.description ? end - note.description
                                                                : note.header.n_descsz;
    return note;
}

bool elfgen_notes_next(struct elfgen_map *map, struct elfgen_claim *claim)
{
    const struct elfgen_structure *nhdr = &elfgen_structures[ELFGEN_STRUCTURE_nhdr];
    size_t head = size_of(map, ELFGEN_STRUCTURE_nhdr);
    /* The part: 0 the header, 1 the name, 2 the description, 3 nothing more. */
    while (map->notes.at < map->notes.end && map->notes.at < map->to &&
           map->notes.end - map->notes.at >= nhdr->size[0]) {
        const struct note note = read_note(map);
        uint64_t left = map->notes.end - note.name;
        map->index = map->notes.number;
        map->one_index = true;
        switch (map->notes.part++) {
        case 0:
            elfgen_walk_table(map, (struct elfgen_table){map->notes.at, head, 1},
                              ELFGEN_STRUCTURE_nhdr, STAGE_NOTES);
            return false;
        case 1:
            if (!elfgen_walk_whole(map, note.name,
                                   note.header.n_namesz < left ? note.header.n_namesz : left,
                                   ELFGEN_PART_NOTE, ELFGEN_READER_TOOLS, claim))
                continue;
            claim->section = map->table_section;
            claim->index = map->index;
            claim->areas = map->by_areas ? &map->areas : NULL;
            return true;
        case 2:
            if (note.description < map->to && note.description + note.size > map->from) {
                enter_description(map, &note);
                return false;
            }
            break;
        default:
            map->notes.part = 0;
            map->notes.number++;
            map->notes.at = note.next;
            break;
        }
    }
    map->stage = map->notes_after;
    return false;
}
