/* The address space that a file's PT_LOAD segments become.
 *
 * Linux maps whole pages (fs/binfmt_elf.c, elf_map()): the file's bytes that share the first or the
 * last page of a segment are in memory, too, and tiny files live on that. Addresses are those that
 * the file asks for; a load bias is not known. */
#ifndef ELFGEN_MEMORY_H
#define ELFGEN_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/view.h"

enum { ELFGEN_PAGE = 4096 };

/* What one PT_LOAD maps. All addresses from `start` up to `end`; the file's byte `offset` is at
 * `start`, and those below `file_end` come from the file. */
struct elfgen_mapping {
    uint64_t start, end, file_end;
    uint64_t offset;
    uint64_t flags;   /* p_flags */
    bool whole_pages; /* false: offset and address differ within a page, which Linux refuses; the
                       * segment is then taken as it stands */
};

/* As many of the program headers as any Linux takes: ELFGEN_PHDRS_LARGEST bytes of them. */
ELFGEN_API uint64_t elfgen_memory_segments(const struct elfgen_view *view);

/* The mapping that segment `index` makes. False: there is no such segment, it is no PT_LOAD, maps
 * nothing, or its addresses do not fit. */
ELFGEN_API bool elfgen_mapping_get(const struct elfgen_view *view, uint64_t index,
                                   struct elfgen_mapping *mapping);

/* Whether the program may run what is there: by p_flags, or since an i386 file without PT_GNU_STACK
 * makes what can be read executable. */
ELFGEN_API bool elfgen_mapping_is_executable(const struct elfgen_view *view,
                                             const struct elfgen_mapping *mapping);

/* Cuts segment `index`'s mapping at the first later one that takes its addresses. False: nothing is
 * left in front of that. (What may be left behind it is given up.) */
ELFGEN_API bool elfgen_mapping_what_is_left(const struct elfgen_view *view, uint64_t index,
                                            struct elfgen_mapping *mapping);

/* The mapping that has `address`, where they overlap the last one, as it is for Linux. False: none
 * has it, or the byte there is not the file's. */
ELFGEN_API bool elfgen_memory_find(const struct elfgen_view *view, uint64_t address,
                                   struct elfgen_mapping *mapping);

/* The file offset of the byte that is at `address` when the program starts. False: no byte of the
 * file is there. */
ELFGEN_API bool elfgen_memory_offset(const struct elfgen_view *view, uint64_t address,
                                     uint64_t *offset);

/* The address of the byte at `offset` of the file, by the first mapping that has it. */
ELFGEN_API bool elfgen_memory_address(const struct elfgen_view *view, uint64_t offset,
                                      uint64_t *address);

#endif
