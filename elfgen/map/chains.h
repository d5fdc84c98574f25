/* Claims structures that lead to one another: symbol versions, unwind records. */
#ifndef ELFGEN_CHAINS_H
#define ELFGEN_CHAINS_H

#include "walk.h"

/* Prepares a chain of versions that are needed or, unless `needed`, defined, within
 * [offset, offset + size); the owner is set. */
void elfgen_versions_enter(struct elfgen_map *map, uint64_t offset, uint64_t size, bool needed,
                           enum elfgen_stage after);

/* Prepares the records of .eh_frame in [offset, offset + size); the owner is set. */
void elfgen_unwind_enter(struct elfgen_map *map, uint64_t offset, uint64_t size,
                         enum elfgen_stage after);

/* Get the next structure of STAGE_VERSIONS and STAGE_UNWIND, and change the stage to claim it.
 * They return false: they claim nothing themselves. */
bool elfgen_versions_next(struct elfgen_map *map);
bool elfgen_unwind_next(struct elfgen_map *map);

#endif
