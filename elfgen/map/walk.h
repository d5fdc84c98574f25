/* Steps that every walk over claims is made of: places, tables, strings, pieces. */
#ifndef ELFGEN_WALK_H
#define ELFGEN_WALK_H

#include "elfgen/map.h"

/* The stages of a walk. A stage prepares a table, or a run of strings, notes or pieces, whose
 * claims then come one by one. */
enum elfgen_stage {
    STAGE_EHDR,
    STAGE_PHDR,
    STAGE_INTERPRETERS,
    STAGE_SHDR,
    STAGE_SEGMENTS, /* notes and thread-local data */
    STAGE_AREAS,
    STAGE_SECTIONS,
    STAGE_FIELDS,  /* within a table: entries and their fields */
    STAGE_STRINGS, /* within a string table */
    STAGE_PIECES,  /* within a structure of several parts */
    STAGE_NOTES,   /* within notes */
    STAGE_VERSIONS,
    STAGE_UNWIND,
    STAGE_INSTRUCTIONS,
    STAGE_ENCODINGS, /* within an instruction */
    STAGE_CALLS,
    STAGE_END
};

/* Makes a claim without fields. Returns false if no byte of it is in the window. */
bool elfgen_walk_whole(const struct elfgen_map *map, uint64_t offset, uint64_t length,
                       enum elfgen_part part, enum elfgen_reader reader,
                       struct elfgen_claim *claim);

/* Says whose the next tables, strings and pieces are. */
void elfgen_walk_owner(struct elfgen_map *map, enum elfgen_part part, uint64_t section,
                       bool by_areas);

/* Prepares the entries of a table that touch the window; `after` is the stage after them. */
void elfgen_walk_table(struct elfgen_map *map, struct elfgen_table table,
                       enum elfgen_structure_id id, enum elfgen_stage after);

/* Prepares strings; the first byte is in the file. */
void elfgen_walk_strings(struct elfgen_map *map, uint64_t offset, uint64_t size,
                         enum elfgen_stage after);

/* Forgets the pieces, adds one, and prepares to walk through them. Adding more than there is room
 * for does nothing; so does one without bytes. */
void elfgen_walk_no_pieces(struct elfgen_map *map);
void elfgen_walk_add(struct elfgen_map *map, uint64_t offset, uint64_t entry_size, uint64_t count,
                     int structure);
void elfgen_walk_pieces(struct elfgen_map *map, enum elfgen_stage after);

/* Get the next claim of STAGE_FIELDS, STAGE_STRINGS and STAGE_PIECES. Return false after the
 * last, or where the stage has changed. */
bool elfgen_walk_field(struct elfgen_map *map, struct elfgen_claim *claim);
bool elfgen_walk_string(struct elfgen_map *map, struct elfgen_claim *claim);
bool elfgen_walk_piece(struct elfgen_map *map, struct elfgen_claim *claim);

#endif
