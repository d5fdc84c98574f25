/* Finds what the program headers lead to, for files without section headers. */
#ifndef ELFGEN_AREAS_H
#define ELFGEN_AREAS_H

#include "elfgen/map.h"

/* Finds them once. The time is linear in the tables that are found. */
void elfgen_areas_find(struct elfgen_areas *areas, const struct elfgen_view *view);

/* The size of the numbers in DT_HASH's table, in bytes: 4, or 8 on the machines that differ. */
unsigned elfgen_hash_width(const struct elfgen_view *view);

/* The value of the first entry with that tag in the dynamic section that a PT_DYNAMIC segment has;
 * false: there is none before DT_NULL. */
bool elfgen_areas_tag(const struct elfgen_areas *areas, const struct elfgen_view *view,
                      uint64_t tag, uint64_t *value);

#endif
