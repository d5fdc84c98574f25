/* Names for what is in a program: section headers, symbols, and a file of debugging information. */
#ifndef LINK_SECTION_HEADERS_H
#define LINK_SECTION_HEADERS_H

#include "elfgen/outline.h"

#include "link.h"

/* Arrays are the link's. */
struct link_section_headers {
    struct elfgen_outline_section *sections;
    size_t section_count, extra; /* `extra`: room for as many more */
    struct elfgen_outline_symbol *symbols;
    size_t symbol_count;
    uint32_t *header_of; /* by section of the program: which of `sections` it is in */
    bool *named;         /* by global: it has its symbol */
};

/* The headers of link->program after a layout. False: out of memory, told. */
bool link_make_section_headers(struct link *link, size_t extra,
                               struct link_section_headers *headers);

/* Appends headers to a file of *size bytes at `file`, which is malloc'ed. Returns where the file
 * is then, and its new *size. NULL: told, `file` is freed. */
uint8_t *link_write_section_headers(struct link *link, const struct link_section_headers *headers,
                                    uint8_t *file, size_t *size);

/* The file that a debugger reads beside `image`, the program's own `image_size` bytes: its headers,
 * section headers without contents for what is loaded, symbols, and the objects' DWARF with the
 * program's addresses. malloc'ed; NULL: told. The link's program is not to be written after that.
 */
uint8_t *link_debug_file(struct link *link, const struct elfgen_layout *layout,
                         const uint8_t *image, size_t *size);

#endif
