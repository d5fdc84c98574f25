/* Claims structures that lead to one another: symbol versions. */
#ifndef ELFGEN_CHAINS_H
#define ELFGEN_CHAINS_H

#include "walk.h"

/* Prepares a chain of versions that are needed or, unless `needed`, defined, within
 * [offset, offset + size); the owner is set. */
void elfgen_versions_enter(struct elfgen_map *map, uint64_t offset, uint64_t size, bool needed,
                           enum elfgen_stage after);

/* Gets the next structure of STAGE_VERSIONS, and changes the stage to claim it. Returns false: it
 * claims nothing itself. */
bool elfgen_versions_next(struct elfgen_map *map);

#endif
