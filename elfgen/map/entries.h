/* Claims what sections and areas hold: tables of entries, strings, notes, chains. */
#ifndef ELFGEN_ENTRIES_H
#define ELFGEN_ENTRIES_H

#include "walk.h"

/* Enters what an area of map->areas holds. */
void elfgen_area_enter(struct elfgen_map *map, enum elfgen_area area);

/* Enters what a section holds, whose first byte is in the file. Returns false if its type does not
 * say: it is to be claimed whole. */
bool elfgen_section_enter(struct elfgen_map *map, const struct elfgen_shdr *shdr, uint64_t index);

#endif
