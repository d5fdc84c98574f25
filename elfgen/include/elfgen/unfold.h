/* Unfolds a file: headers that overlap, are wrong or are missing become headers in places of their
 * own, and Linux makes the same memory of both files.
 *
 * The new file has new headers, then the whole old file from a page boundary on, then zeros up to
 * the next boundary. What was mapped from the old file is mapped from that copy, by equivalent
 * PT_LOADs, so that every page is the same: old headers, bytes that merely share a page, what is
 * cleared. One more page (or more, for many headers) maps the new headers, since programs and the
 * dynamic linker look for them in memory (AT_PHDR). */
#ifndef ELFGEN_UNFOLD_H
#define ELFGEN_UNFOLD_H

#include <stddef.h>
#include <stdint.h>

#include "elfgen/error.h"
#include "elfgen/kernel.h"
#include "elfgen/view.h"

/* A program header of the new file. */
struct elfgen_unfold_segment {
    struct elfgen_phdr phdr;
    /* Of a PT_LOAD, the addresses of its pages that show the file's bytes, including those around
     * the bytes that the program header names. Equal if there are none. */
    uint64_t start, end;
};

struct elfgen_unfold {
    const struct elfgen_view *view; /* of the old file */
    struct elfgen_unfold_segment *segments;
    size_t room, count;
    size_t headers; /* index of the PT_LOAD that maps the headers; `count`: there is no room for it
                     * in memory, and AT_PHDR will be 0 */
    uint64_t front; /* file offset of the copy: the headers' size, rounded up to pages or to a
                     * larger p_align, at most 2 MiB */
    uint64_t size;  /* of the new file: headers, copy and zeros */
    uint64_t past_end; /* bytes of address space that the old file maps past its own end: an access
                        * is SIGBUS; the new file does not map them (SIGSEGV) */
};

/* Whether Linux would start the file, as far as the file decides: what load_elf_binary()
 * (fs/binfmt_elf.c) looks at. `view` is from elfgen_view_open_program().
 *
 * ELFGEN_OK; otherwise *error has the field's offset and the reason: ELFGEN_NOT_ELF,
 * ELFGEN_BAD_VALUE, ELFGEN_TRUNCATED, ELFGEN_UNSUPPORTED (a machine that is not x86's),
 * ELFGEN_DOES_NOT_FIT (addresses past the end of user space), ELFGEN_NO_ROOM. `map` is the memory
 * for elfgen_kernel_ask(), which sets map->needed where it has no room; it may be NULL, and a file
 * of more than 120 PT_LOADs is then ELFGEN_NO_ROOM. */
ELFGEN_API enum elfgen_status elfgen_unfold_check(const struct elfgen_view *view,
                                                  struct elfgen_kernel_map *map,
                                                  struct elfgen_error *error);

/* How many segments elfgen_unfold_plan() may need, for a file that passes the check. */
ELFGEN_API size_t elfgen_unfold_room(const struct elfgen_view *view);

/* Plans the new file for one that passes the check. `segments` is the caller's, `room` of them.
 * Where segments overlap in memory, a later one wins, as in Linux, and the others are cut. PT_LOADs
 * come by address. PT_INTERP, PT_DYNAMIC, PT_NOTE, PT_TLS, PT_PHDR (which then names the new table)
 * and GNU's are kept where their bytes are in the file, others are not; what the dynamic linker
 * finds by its address (PT_DYNAMIC, PT_TLS, PT_GNU_EH_FRAME, PT_GNU_RELRO) gets its offset, and
 * ends with the file.
 *
 * ELFGEN_OK; ELFGEN_NO_ROOM; ELFGEN_BAD_ARGUMENT: `segments` is NULL and `room` is not 0;
 * ELFGEN_UNSUPPORTED: it takes more program headers than Linux reads, or Linux chooses the address
 * of the program, its lowest segment has no bytes in the file, and there is no room for the headers
 * below it. Where it fails, `segments` has undefined contents, and *unfold cannot be written. */
ELFGEN_API enum elfgen_status elfgen_unfold_plan(struct elfgen_unfold *unfold,
                                                 const struct elfgen_view *view,
                                                 struct elfgen_unfold_segment *segments,
                                                 size_t room, struct elfgen_error *error);

/* Extends the PT_LOAD whose pages have [address, address + size), so that its header covers these
 * bytes as well; what Linux maps stays the same. Returns false if no PT_LOAD shows these bytes of
 * the file.
 */
ELFGEN_API bool elfgen_unfold_reach(struct elfgen_unfold *unfold, uint64_t address, uint64_t size);

/* Writes the planned file. Returns unfold->size; larger than `capacity`: nothing was written,
 * *error says ELFGEN_NO_ROOM; `buffer` may be NULL when capacity is 0. 0: ELFGEN_BAD_ARGUMENT: the
 * plan failed, or buffer is NULL where it has bytes. Sections and symbols can then be added by
 * elfgen_write_section_headers(). */
ELFGEN_API size_t elfgen_write_unfolded(const struct elfgen_unfold *unfold, void *buffer,
                                        size_t capacity, struct elfgen_error *error);

/* Whether the file needs no unfolding: its headers are right and do not overlap, segments and
 * sections are in the file, PT_LOADs ascend and do not overlap. Otherwise *error says what is
 * wrong, which may be that it has no sections (ELFGEN_UNDEFINED). `map` as for the check. */
ELFGEN_API bool elfgen_is_unfolded(const struct elfgen_view *view, struct elfgen_kernel_map *map,
                                   struct elfgen_error *error);

#endif
