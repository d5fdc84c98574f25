/* Section headers and symbols for a linked program, and a separate file of debugging information.
 */
#ifndef LINK_SECTION_HEADERS_H
#define LINK_SECTION_HEADERS_H

#include "elfgen/section_headers.h"

#include "link.h"

/* The link owns the arrays. */
struct link_section_headers {
    struct elfgen_section_header *sections;
    size_t section_count, extra; /* `extra`: how many more there is room for */
    struct elfgen_symbol_entry *symbols;
    size_t symbol_count;
    uint32_t *header_of; /* by section of the program: its index in `sections` */
    bool *named;         /* by global: its symbol was added */
};

/* Makes the headers of link->program, which must be laid out. Returns false after reporting that
 * there is no memory. */
bool link_make_section_headers(struct link *link, size_t extra,
                               struct link_section_headers *headers);

/* Appends the headers to a file of *size bytes at `file`, which is malloc'ed. Returns the file's
 * new address and *size, or NULL after reporting the error and freeing `file`. */
uint8_t *link_write_section_headers(struct link *link, const struct link_section_headers *headers,
                                    uint8_t *file, size_t *size);

/* Makes the file that a debugger reads beside `image`, the program's bytes: its ELF header, section
 * headers without contents for what is loaded, symbols, and the objects' DWARF with the program's
 * addresses. It is malloc'ed; NULL after reporting the error. The link's program must not be
 * written afterwards. */
uint8_t *link_debug_file(struct link *link, const struct elfgen_layout *layout,
                         const uint8_t *image, size_t *size);

#endif
