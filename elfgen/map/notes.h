/* Claims notes: header, name, and what each kind of note says. */
#ifndef ELFGEN_NOTES_H
#define ELFGEN_NOTES_H

#include "walk.h"

/* Prepares the notes in [offset, offset + size), whose first byte is in the file and whose owner is
 * set; `align` is that of the section or segment. */
void elfgen_notes_enter(struct elfgen_map *map, uint64_t offset, uint64_t size, uint64_t align,
                        enum elfgen_stage after);

/* Gets the next claim of STAGE_NOTES. Returns false after the last, or where the stage has
 * changed. */
bool elfgen_notes_next(struct elfgen_map *map, struct elfgen_claim *claim);

#endif
