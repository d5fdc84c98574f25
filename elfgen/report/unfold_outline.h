/* Sections and symbols of an unfolded file, from the byte map of the old one. */
#ifndef UNFOLD_OUTLINE_H
#define UNFOLD_OUTLINE_H

#include "elfgen.h"

/* All memory is its own. */
struct unfold_outline {
    struct elfgen_section_headers outline;
    struct elfgen_section_header *sections;
    struct elfgen_symbol_entry *symbols;
    size_t section_count, section_room, symbol_count, symbol_room;
    uint8_t *owners; /* of each byte of the old file */
    struct elfgen_unfold *plan;
    struct elfgen_code *code;
    const struct elfgen_view *view;
    size_t named_count; /* sections whose names are their own */
    bool has_dynamic_strings;
    bool failed; /* out of memory */
};

/* Makes the outline; segments of the plan may become longer, so that sections lie in them. False:
 * out of memory. To be freed either way. */
bool unfold_outline_make(struct unfold_outline *outline, struct elfgen_unfold *plan,
                         struct elfgen_code *code);
void unfold_outline_free(struct unfold_outline *outline);

/* One more symbol; its name is copied. */
void unfold_outline_symbol(struct unfold_outline *outline, const char *name, size_t length,
                           const struct elfgen_symbol_entry *symbol);

/* The section that has an address, ELFGEN_SYMBOL_ABSOLUTE if none does; they are sorted. */
uint32_t unfold_outline_find(const struct unfold_outline *outline, uint64_t address);

/* _start, the system calls, what they read, and symbols that the old file has. */
void unfold_outline_symbols(struct unfold_outline *outline);

#endif
