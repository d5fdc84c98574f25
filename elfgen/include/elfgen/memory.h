/* The memory that a file's PT_LOAD segments are mapped to.
 *
 * Linux maps whole pages (fs/binfmt_elf.c, elf_map()): bytes of the file that share the first or
 * the last page of a segment are in memory as well, which tiny files rely on. Addresses are those
 * that the file asks for, without a load bias. */
#ifndef ELFGEN_MEMORY_H
#define ELFGEN_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/view.h"

enum { ELFGEN_PAGE = 4096 };

/* What one PT_LOAD maps: the addresses from `start` up to `end`. The file's byte `offset` is at
 * `start`; addresses below `file_end` show the file. Those from `missing` up to `missing_end` are
 * pages past the end of the file, which p_filesz asks for: an access to them raises SIGBUS. What
 * is left, from `file_end` to `missing` and from `missing_end` to `end`, is zeros. If no page is
 * missing, `missing` and `missing_end` are `end`. */
struct elfgen_mapping {
    uint64_t start, end, file_end, missing, missing_end;
    uint64_t offset;
    uint64_t flags;   /* p_flags */
    bool whole_pages; /* false: offset and address differ within a page, which Linux refuses; the
                       * segment is then taken as it is, without rounding to pages */
};

/* How many program headers are looked at: no more than any Linux accepts, ELFGEN_PHDRS_LARGEST
 * bytes. */
ELFGEN_API uint64_t elfgen_memory_segments(const struct elfgen_view *view);

/* Gets the mapping of segment `index`. Returns false if there is no such segment, it is not a
 * PT_LOAD, it maps nothing, or its addresses overflow. */
ELFGEN_API bool elfgen_mapping_get(const struct elfgen_view *view, uint64_t index,
                                   struct elfgen_mapping *mapping);

/* Whether the mapping is executable: by p_flags, or since everything readable is, in a file of its
 * architecture without PT_GNU_STACK, and up to Linux 5.7 (view->kernel) in every file that has
 * none, or one that asks for an executable stack. */
ELFGEN_API bool elfgen_mapping_is_executable(const struct elfgen_view *view,
                                             const struct elfgen_mapping *mapping);

/* Cuts the mapping of segment `index` where a later segment takes its addresses. Returns false if
 * nothing is left before that. (What may be left after it is ignored.) */
ELFGEN_API bool elfgen_mapping_what_is_left(const struct elfgen_view *view, uint64_t index,
                                            struct elfgen_mapping *mapping);

/* Finds the mapping that has `address`; where they overlap, the last one, as in Linux. Returns
 * false if there is none, or the byte there does not come from the file. */
ELFGEN_API bool elfgen_memory_find(const struct elfgen_view *view, uint64_t address,
                                   struct elfgen_mapping *mapping);

/* Finds the file offset of the byte that is at `address` when the program starts. Returns false if
 * no byte of the file is there. */
ELFGEN_API bool elfgen_memory_offset(const struct elfgen_view *view, uint64_t address,
                                     uint64_t *offset);

/* Finds the address of the byte at `offset` of the file, by the first mapping that has it. Returns
 * false if none does. */
ELFGEN_API bool elfgen_memory_address(const struct elfgen_view *view, uint64_t offset,
                                      uint64_t *address);

#endif
