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

/* The table of those symbols; false: there is none. */
bool elfgen_lookup_symbols(const struct elfgen_view *view, const struct elfgen_claim *claim,
                           struct elfgen_table *symbols);

/* The symbol of whose name a GNU hash table has the hash at the claim; 0: it is not known. */
uint64_t elfgen_lookup_hashed(const struct elfgen_view *view, const struct elfgen_claim *claim);

/* The file offset of the header of the unwind table that the claim is in; false: it is not known.
 */
bool elfgen_lookup_unwind_header(const struct elfgen_view *view, const struct elfgen_claim *claim,
                                 uint64_t *offset);

/* Whether the claim is the addend of a relative relocation, which is an address. */
bool elfgen_lookup_is_relative(const struct elfgen_view *view, const struct elfgen_claim *claim);

/* A version of symbols. */
struct elfgen_version {
    uint64_t record; /* file offset of what says so: it needs the version, or defines it */
    size_t size;     /* bytes of that */
    const char *name;
    size_t length; /* of the name; SIZE_MAX: it is not known */
};

/* Finds version `index` of symbols, which bit 15 is not part of. Returns false if there is none. */
bool elfgen_lookup_version(const struct elfgen_view *view, const struct elfgen_areas *areas,
                           uint64_t index, struct elfgen_version *version);

/* Finds the characters up to a NUL, which is counted, at an address. Returns false if they are not
 * in the file, or are more than 2,048. */
bool elfgen_lookup_text(const struct elfgen_view *view, uint64_t address,
                        struct elfgen_reference *reference);

#endif
