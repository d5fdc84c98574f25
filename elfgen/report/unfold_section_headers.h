/* Sections and symbols of an unfolded file, from the byte map of the old one. */
#ifndef UNFOLD_SECTION_HEADERS_H
#define UNFOLD_SECTION_HEADERS_H

#include "elfgen.h"

/* All memory is its own. */
struct unfold_section_headers {
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

/* Makes them; segments of the plan may become longer, so that sections lie in them. Returns false
 * if memory ran out. To be freed either way. */
bool unfold_headers_make(struct unfold_section_headers *headers, struct elfgen_unfold *plan,
                         struct elfgen_code *code);
void unfold_headers_free(struct unfold_section_headers *headers);

/* One more section; its name stays the caller's. */
void unfold_headers_add_section(struct unfold_section_headers *headers,
                                const struct elfgen_section_header *section);

/* One more symbol; its name is copied. */
void unfold_headers_add_symbol(struct unfold_section_headers *headers, const char *name,
                               size_t length, const struct elfgen_symbol_entry *symbol);

/* A name's copy. NULL: out of memory. */
char *unfold_headers_copy_name(struct unfold_section_headers *headers, const char *name,
                               size_t length);

/* The section that has an address, ELFGEN_SYMBOL_ABSOLUTE if none does; they are sorted. */
uint32_t unfold_headers_find(const struct unfold_section_headers *headers, uint64_t address);

/* Adds _start, the system calls, what they read, and symbols that the old file has. */
void unfold_put_symbols(struct unfold_section_headers *headers);

#endif
