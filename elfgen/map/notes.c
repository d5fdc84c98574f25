/* Claims notes: header, name, and what each kind of note says. */
#include "notes.h"

#include <string.h>

#include "elfgen/arch.h"
#include "elfgen/names.h"

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

/* What the rows have instead of a structure: none, bytes of any number, the area of XSAVE. */
enum { ELFGEN_STRUCTURE_NONE = -1, ELFGEN_STRUCTURE_REST = -2, ELFGEN_STRUCTURE_XSAVE = -3 };

static const struct core_note {
    uint32_t machine, type;
    int head, entry;
} core_notes[] = {
#define CORE_NOTE(machine, type, head, entry)                                                      \
    {machine, type, ELFGEN_STRUCTURE_##head, ELFGEN_STRUCTURE_##entry},
#include "core_notes.def"
#undef CORE_NOTE
};

enum { CORE_NOTES = sizeof core_notes / sizeof *core_notes };

/* The size of what a row names; 0: there is nothing of it. */
static size_t size_of_row(const struct elfgen_map *map, int structure)
{
    return structure >= 0 ? size_of(map, (enum elfgen_structure_id)structure) : 0;
}

/* The row from `row` on for notes of that type; CORE_NOTES: there is none. */
static size_t find_row(const struct elfgen_map *map, uint64_t type, size_t row)
{
    const struct elfgen_arch *arch = elfgen_arch_find(map->view->ehdr.e_machine);
    uint64_t machine = arch ? arch->machines[0] : map->view->ehdr.e_machine;
    while (row < CORE_NOTES &&
           (core_notes[row].type != type ||
            (core_notes[row].machine != 0 && core_notes[row].machine != machine)))
        row++;
    return row;
}

/* A thread's state: what all processors have alike, its registers, and whether it has others. */
static void add_status(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    size_t row = find_row(map, ELFGEN_NT_PRSTATUS, 0);
    size_t registers = row < CORE_NOTES ? size_of_row(map, core_notes[row].head) : 0;
    size_t status = size_of(map, ELFGEN_STRUCTURE_prstatus);
    size_t end = size_of(map, ELFGEN_STRUCTURE_fpvalid);
    if (note->size < status + end)
        return;
    add(map, at, ELFGEN_STRUCTURE_prstatus);
    if (registers == 0 || note->size != status + registers + end)
        return;
    add(map, at, (enum elfgen_structure_id)core_notes[row].head);
    add(map, at, ELFGEN_STRUCTURE_fpvalid);
}

static void add_signal(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    enum { SIZE = 128 };
    uint64_t machine = map->view->ehdr.e_machine;
    if (note->size != SIZE)
        return;
    uint64_t signal = elfgen_number_at(map->view, *at, 4);
    int32_t code = (int32_t)(uint32_t)elfgen_number_at(map->view, *at + 8, 4);
    const char *name = elfgen_signal_name(machine, signal);
    add(map, at, ELFGEN_STRUCTURE_siginfo);
    /* Codes above 0 are the kernel's own, in words that begin with the signal's name. */
    if (code <= 0 || !name)
        add(map, at, ELFGEN_STRUCTURE_siginfo_sender);
    else if (strcmp(name, "SIGSYS") == 0)
        add(map, at, ELFGEN_STRUCTURE_siginfo_call);
    else if (strcmp(name, "SIGILL") == 0 || strcmp(name, "SIGTRAP") == 0 ||
             strcmp(name, "SIGBUS") == 0 || strcmp(name, "SIGFPE") == 0 ||
             strcmp(name, "SIGSEGV") == 0)
        add(map, at, ELFGEN_STRUCTURE_siginfo_fault);
    else
        add(map, at, ELFGEN_STRUCTURE_siginfo_sender);
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

/* The area that XSAVE fills: what FXSAVE fills, a header, then each part at its own offset. */
static void add_xsave(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    /* The sizes of areas in which nothing is left free for MPX. */
    enum { WITHOUT_MPX = 2432, WITHOUT_MPX_BUT_KEYS = 2440 };
    static const struct {
        unsigned bit, offset[2];
        enum elfgen_structure_id id;
        unsigned count;
    } parts[] = {
#define XSAVE_PART(bit, usual, other, structure, count)                                            \
    {bit, {usual, other}, ELFGEN_STRUCTURE_##structure, count},
#include "xsave.def"
#undef XSAVE_PART
    };
    const uint64_t start = *at;
    unsigned column = note->size == WITHOUT_MPX || note->size == WITHOUT_MPX_BUT_KEYS;
    if (note->size <
        size_of(map, ELFGEN_STRUCTURE_fxregs) + size_of(map, ELFGEN_STRUCTURE_xsave_header))
        return;
    uint64_t present = elfgen_record_number(map->view, start, ELFGEN_RECORD_fx_xcr0);
    add(map, at, ELFGEN_STRUCTURE_fxregs);
    if (present == 0)
        present = elfgen_record_number(map->view, *at, ELFGEN_RECORD_xstate_bv);
    add(map, at, ELFGEN_STRUCTURE_xsave_header);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        uint64_t offset = parts[i].offset[column], size = size_of(map, parts[i].id);
        uint64_t bytes = size * parts[i].count;
        if (!(present >> parts[i].bit & 1) || offset < *at - start || offset > note->size ||
            bytes > note->size - offset)
            continue;
        elfgen_walk_add(map, *at, 1, start + offset - *at, ELFGEN_PIECE_BYTES);
        elfgen_walk_add(map, start + offset, size, parts[i].count, (int)parts[i].id);
        *at = start + offset + bytes;
    }
}

/* Adds what the first row that fits says. */
static void add_by_row(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    for (size_t row = 0; (row = find_row(map, note->header.n_type, row)) < CORE_NOTES; row++) {
        const struct core_note *rule = &core_notes[row];
        uint64_t head = size_of_row(map, rule->head), entry = size_of_row(map, rule->entry);
        if (rule->head == ELFGEN_STRUCTURE_XSAVE) {
            add_xsave(map, note, at);
            return;
        }
        if ((head == 0 && entry == 0) || note->size < head ||
            (rule->entry == ELFGEN_STRUCTURE_NONE && note->size != head))
            continue;
        if (head > 0)
            add(map, at, (enum elfgen_structure_id)rule->head);
        if (entry == 0)
            return;
        uint64_t count = (note->size - head) / entry;
        elfgen_walk_add(map, *at, entry, count, rule->entry);
        *at += count * entry;
        return;
    }
}

static void add_core(struct elfgen_map *map, const struct note *note, uint64_t *at)
{
    switch (note->header.n_type) {
    case ELFGEN_NT_PRSTATUS:
        add_status(map, note, at);
        break;
    case ELFGEN_NT_SIGINFO:
        add_signal(map, note, at);
        break;
    case ELFGEN_NT_FILE:
        add_files(map, note, at);
        break;
    default:
        add_by_row(map, note, at);
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

/* Adds the structure if the description is just that. */
static void add_whole(struct elfgen_map *map, const struct note *note, uint64_t *at,
                      enum elfgen_structure_id id)
{
    if (note->size == size_of(map, id))
        add(map, at, id);
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

/* Prepares what the note says: what is known of it, then the rest as bytes. */
static void enter_description(struct elfgen_map *map, const struct note *note)
{
    uint64_t at = note->description;
    elfgen_walk_no_pieces(map);
    if (is_named(map, note, "CORE") || is_named(map, note, "LINUX"))
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
