/* Finds the strings and symbols that a claim's value is an index of. */
#ifndef ELFGEN_LOOKUP_H
#define ELFGEN_LOOKUP_H

#include "elfgen/map.h"

/* The string table of the claim's entry: of a symbol, a dynamic entry, a version. Returns false if
 * there is none. */
bool elfgen_lookup_strings(const struct elfgen_view *view, const struct elfgen_claim *claim,
                           struct elfgen_table *strings);

/* The symbol that the claim's table means by `index`, with its string table. Returns false if there
 * is none. */
bool elfgen_lookup_symbol(const struct elfgen_view *view, const struct elfgen_claim *claim,
                          uint64_t index, struct elfgen_sym *symbol, struct elfgen_table *strings);

/* The name of version `index` of symbols, which bit 15 is not part of; SIZE_MAX: it is not known.
 */
size_t elfgen_lookup_version(const struct elfgen_view *view, const struct elfgen_areas *areas,
                             uint64_t index, const char **name);

#endif
