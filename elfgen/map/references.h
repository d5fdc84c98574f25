/* Makes references to places of the file and of memory. */
#ifndef ELFGEN_REFERENCES_H
#define ELFGEN_REFERENCES_H

#include "elfgen/map.h"

/* Set a place of `length` bytes, cut where the file, or what is mapped of it, ends; a length of 0
 * is not known. By its offset: where that is in memory is set, too; false: no byte of it is in the
 * file. By its address, which may have no bytes in the file; false: nothing is mapped there. */
bool elfgen_reference_at_offset(const struct elfgen_view *view, uint64_t offset, uint64_t length,
                                struct elfgen_reference *reference);
bool elfgen_reference_at_address(const struct elfgen_view *view, uint64_t address, uint64_t length,
                                 struct elfgen_reference *reference);

/* Sets the place of an entry of a table, `size` bytes; false: there is none with that index. */
bool elfgen_reference_at_entry(const struct elfgen_view *view, const struct elfgen_table *table,
                               uint64_t index, uint64_t size, struct elfgen_reference *reference);

/* Sets the place of the header of section `index`; false: there is none, or it is number 0. */
bool elfgen_reference_at_header(const struct elfgen_view *view, uint64_t index,
                                struct elfgen_reference *reference);

/* Sets a place `distance` bytes after the start of section `index` of an object; false: it is not
 * in the section's bytes. */
bool elfgen_reference_in_section(const struct elfgen_view *view, uint64_t index, uint64_t distance,
                                 uint64_t length, struct elfgen_reference *reference);

#endif
