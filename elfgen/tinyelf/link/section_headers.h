/* Section headers and symbols for a linked program, and a separate file of debugging information.
 */
#ifndef LINK_SECTION_HEADERS_H
#define LINK_SECTION_HEADERS_H

#include "link.h"

/* Appends section headers and symbols of the program, which must be laid out, to its file of *size
 * bytes at `file`, which is malloc'ed. Returns the file's new address and *size, or NULL after
 * reporting the error and freeing `file`. */
uint8_t *link_write_section_headers(struct link *link, uint8_t *file, size_t *size);

/* Makes the file that a debugger reads beside `image`, the program's bytes: its ELF header, section
 * headers without contents for what is loaded, symbols, and the objects' DWARF with the program's
 * addresses. It is malloc'ed; NULL after reporting the error. The link's program must not be
 * written afterwards. */
uint8_t *link_debug_file(struct link *link, const struct elfgen_layout *layout,
                         const uint8_t *image, size_t *size);

#endif
