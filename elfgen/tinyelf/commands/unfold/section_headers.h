/* Collects sections and symbols of an unfolded file, found in the byte map of the old one. */
#ifndef UNFOLD_SECTION_HEADERS_H
#define UNFOLD_SECTION_HEADERS_H

#include "elfgen.h"

/* Owns all its memory. */
struct unfold_section_headers {
    struct elfgen_section_headers whole;
    struct elfgen_section_header *sections;
    struct elfgen_symbol_entry *symbols;
    size_t section_count, section_room, symbol_count, symbol_room;
    uint8_t *owners; /* of each byte of the old file */
    struct elfgen_unfold *plan;
    struct elfgen_code *code;
    const struct elfgen_view *view;
    size_t named_count; /* sections whose names are copies */
    bool has_dynamic_strings;
    bool failed; /* out of memory */
};

/* Finds all sections and symbols. Segments of the plan may grow so that sections lie in them.
 * Returns false if memory ran out. unfold_headers_free() is needed either way. */
bool unfold_headers_make(struct unfold_section_headers *headers, struct elfgen_unfold *plan,
                         struct elfgen_code *code);
void unfold_headers_free(struct unfold_section_headers *headers);

/* Adds a section; its name stays the caller's. */
void unfold_headers_add_section(struct unfold_section_headers *headers,
                                const struct elfgen_section_header *section);

/* Adds a symbol; its name is copied. */
void unfold_headers_add_symbol(struct unfold_section_headers *headers, const char *name,
                               size_t length, const struct elfgen_symbol_entry *symbol);

/* Copies a name. NULL if memory ran out. */
char *unfold_headers_copy_name(struct unfold_section_headers *headers, const char *name,
                               size_t length);

/* The index of the section at an address, or ELFGEN_SYMBOL_ABSOLUTE. Sections must be sorted. */
uint32_t unfold_headers_find(const struct unfold_section_headers *headers, uint64_t address);

/* Adds _start, the system calls, what they read, and the symbols of the old file. */
void unfold_put_symbols(struct unfold_section_headers *headers);

#endif
