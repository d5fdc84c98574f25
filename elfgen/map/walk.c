/* Claims the entries of tables, strings, and structures of several parts. */
#include "walk.h"

#include "../format/codec.h"

bool elfgen_claim_has_value(const struct elfgen_claim *claim)
{
    return claim->field && claim->field->kind != ELFGEN_KIND_TEXT &&
           claim->field->kind != ELFGEN_KIND_BYTES;
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

bool elfgen_walk_whole(const struct elfgen_map *map, uint64_t offset, uint64_t length,
                       enum elfgen_part part, enum elfgen_reader reader, struct elfgen_claim *claim)
{
    if (!claim_place(map, offset, length, claim))
        return false;
    claim->part = part;
    claim->section = ELFGEN_NO_SECTION;
    claim->index = 0;
    claim->field = NULL;
    claim->encoding = NULL;
    claim->value = claim->record = 0;
    claim->reader = reader;
    claim->areas = NULL;
    return true;
}

void elfgen_walk_owner(struct elfgen_map *map, enum elfgen_part part, uint64_t section,
                       bool by_areas)
{
    map->part = part;
    map->table_section = section;
    map->by_areas = by_areas;
    map->index = 0;
    map->one_index = false;
}

/* ---- tables ---- */

void elfgen_walk_table(struct elfgen_map *map, struct elfgen_table table,
                       enum elfgen_structure_id id, enum elfgen_stage after)
{
    map->structure = &elfgen_structures[id];
    map->table = table;
    map->field = 0;
    map->entry = map->entry_end = 0;
    map->fields_after = (int)after;
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

/* The field's value; bytes past the end of the file are zero. */
static uint64_t value_at(const struct elfgen_view *view, uint64_t offset, unsigned width)
{
    uint8_t bytes[8] = {0};
    uint64_t there = offset < view->length ? view->length - offset : 0;
    if (there >= width)
        return elfgen_load(view->bytes + offset, width, view->order);
    if (there > 0)
        memcpy(bytes, view->bytes + offset, (size_t)there);
    return elfgen_load(bytes, width, view->order);
}

bool elfgen_walk_field(struct elfgen_map *map, struct elfgen_claim *claim)
{
    const struct elfgen_view *view = map->view;
    unsigned column = elfgen_class_index(view->class_);
    while (map->entry < map->entry_end) {
        /* No overflow: the entry begins before the window's end. */
        uint64_t start = map->table.offset + map->entry * map->table.entry_size;
        while (map->field < map->structure->count) {
            const struct elfgen_field *field = &map->structure->fields[map->field++];
            uint64_t offset = start + field->offset[column];
            unsigned width = field->width[column];
            if (!claim_place(map, offset, width, claim))
                continue;
            claim->part = map->part;
            claim->section = map->table_section;
            claim->index = map->index + (map->one_index ? 0 : map->entry);
            claim->field = field;
            claim->encoding = NULL;
            claim->record = 0;
            claim->value = elfgen_claim_has_value(claim) ? value_at(view, offset, width) : 0;
            claim->reader = field->reader;
            claim->areas = map->by_areas || map->part == ELFGEN_PART_VERSYM ? &map->areas : NULL;
            return true;
        }
        map->field = 0;
        map->entry++;
    }
    map->stage = map->fields_after;
    return false;
}

/* ---- strings ---- */

void elfgen_walk_strings(struct elfgen_map *map, uint64_t offset, uint64_t size,
                         enum elfgen_stage after)
{
    map->start = map->at = offset;
    map->end = size < map->view->length - offset ? offset + size : map->view->length;
    map->strings_after = (int)after;
    map->stage = STAGE_STRINGS;
    if (map->at >= map->from)
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

bool elfgen_walk_string(struct elfgen_map *map, struct elfgen_claim *claim)
{
    while (map->at < map->end && map->at < map->to) {
        const uint8_t *start = map->view->bytes + map->at;
        const uint8_t *nul = memchr(start, '\0', (size_t)(map->end - map->at));
        uint64_t offset = map->at;
        uint64_t length = nul ? (uint64_t)(nul - start) + 1 : map->end - map->at;
        map->at += length;
        if (!elfgen_walk_whole(map, offset, length, map->part, ELFGEN_READER_TOOLS, claim))
            continue;
        claim->section = map->table_section;
        claim->index = map->one_index ? map->index : offset - map->start;
        claim->areas = map->by_areas ? &map->areas : NULL;
        return true;
    }
    map->stage = map->strings_after;
    return false;
}

/* ---- pieces ---- */

void elfgen_walk_no_pieces(struct elfgen_map *map)
{
    map->piece = map->piece_count = 0;
}

void elfgen_walk_add(struct elfgen_map *map, uint64_t offset, uint64_t entry_size, uint64_t count,
                     int structure)
{
    if (map->piece_count == ELFGEN_PIECES || entry_size == 0 || count == 0 ||
        offset >= map->view->length)
        return;
    map->pieces[map->piece_count++] = (struct elfgen_piece){{offset, entry_size, count}, structure};
}

void elfgen_walk_pieces(struct elfgen_map *map, enum elfgen_stage after)
{
    map->piece = 0;
    map->pieces_after = (int)after;
    map->stage = STAGE_PIECES;
}

bool elfgen_walk_piece(struct elfgen_map *map, struct elfgen_claim *claim)
{
    while (map->piece < map->piece_count) {
        const struct elfgen_piece *piece = &map->pieces[map->piece++];
        const struct elfgen_table *table = &piece->table;
        if (piece->structure == ELFGEN_PIECE_STRINGS) {
            elfgen_walk_strings(map, table->offset, table->count, STAGE_PIECES);
            return false;
        }
        if (piece->structure != ELFGEN_PIECE_BYTES) {
            elfgen_walk_table(map, *table, (enum elfgen_structure_id)piece->structure,
                              STAGE_PIECES);
            return false;
        }
        if (!elfgen_walk_whole(map, table->offset, table->count, map->part, ELFGEN_READER_TOOLS,
                               claim))
            continue;
        claim->section = map->table_section;
        claim->index = map->index;
        claim->areas = map->by_areas ? &map->areas : NULL;
        return true;
    }
    map->stage = map->pieces_after;
    return false;
}
