/* Unfolding: a file whose headers overlap, lie or are missing becomes one whose headers stand
 * apart, and Linux makes the same memory of both.
 *
 * The new file is new headers, then the old file whole from a page boundary on, then zeros up to
 * the next one. What was mapped from the old file is mapped from that copy, by PT_LOADs that say
 * the same, so that every page is the same: old headers, bytes that merely share a page, what is
 * cleared. One more page (or more, for many headers) maps the new headers, since programs and the
 * dynamic linker find the program headers there (AT_PHDR). */
#ifndef ELFGEN_UNFOLD_H
#define ELFGEN_UNFOLD_H

#include <stddef.h>
#include <stdint.h>

#include "elfgen/error.h"
#include "elfgen/view.h"

/* A program header of the new file. */
struct elfgen_unfold_segment {
    struct elfgen_phdr phdr;
    /* Of a PT_LOAD, the pages that it has of the file: addresses that show the file's bytes, also
     * around those that the program header names. Equal where there are none. */
    uint64_t start, end;
};

struct elfgen_unfold {
    const struct elfgen_view *view; /* of the old file */
    struct elfgen_unfold_segment *segments;
    size_t room, count;
    size_t headers;  /* index of the PT_LOAD that maps the headers; `count`: there is no room for it
                      * in memory, and AT_PHDR will be 0 */
    uint64_t front;  /* where the copy begins: a multiple of the page, at most 2 MiB for the sake of
                      * alignment, else the headers' pages */
    uint64_t size;   /* of headers, copy and zeros */
    uint64_t past_end; /* bytes of address space that the old file maps behind its own end: touching
                      * them is SIGBUS, in the new file they are not mapped (SIGSEGV) */
};

/* Whether Linux would start the file, as far as the file decides: what load_elf_binary()
 * (fs/binfmt_elf.c) looks at. `view` is from elfgen_view_open_program().
 *
 * ELFGEN_OK; otherwise *error has the field's offset and the reason: ELFGEN_NOT_ELF,
 * ELFGEN_BAD_VALUE, ELFGEN_TRUNCATED, ELFGEN_UNSUPPORTED (a machine that is not x86's),
 * ELFGEN_DOES_NOT_FIT (addresses past the end of user space). */
ELFGEN_API enum elfgen_status elfgen_unfold_check(const struct elfgen_view *view,
                                                  struct elfgen_error *error);

/* How many segments elfgen_unfold_plan() may want, for a file that passes the check. */
ELFGEN_API size_t elfgen_unfold_room(const struct elfgen_view *view);

/* Plans the new file of one that passes the check. `segments` is the caller's, `room` of them.
 * Segments that overlap in memory become what is left of each: a later one wins, as it does for
 * Linux. PT_LOADs come by address. PT_INTERP, PT_DYNAMIC, PT_NOTE, PT_TLS, PT_PHDR (which then
 * names the new table) and GNU's are kept where their bytes are in the file, others are not.
 *
 * ELFGEN_OK; ELFGEN_NO_ROOM; ELFGEN_UNSUPPORTED: it takes more program headers than Linux reads, or
 * a segment without bytes in the file is the lowest of a program whose address Linux chooses, and
 * below it is no room for the headers. */
ELFGEN_API enum elfgen_status elfgen_unfold_plan(struct elfgen_unfold *unfold,
                                                 const struct elfgen_view *view,
                                                 struct elfgen_unfold_segment *segments,
                                                 size_t room, struct elfgen_error *error);

/* Makes the PT_LOAD that has [address, address + size) in its pages as long as that, so that the
 * bytes are in the segment by its header, too; what Linux maps stays the same. False: none shows
 * these bytes of the file. */
ELFGEN_API bool elfgen_unfold_reach(struct elfgen_unfold *unfold, uint64_t address, uint64_t size);

/* Writes the planned file. Returns unfold->size; larger than `capacity`: nothing was written,
 * *error says ELFGEN_NO_ROOM; `buffer` may be NULL when capacity is 0. Sections and symbols can
 * then be added by elfgen_write_section_headers(). */
ELFGEN_API size_t elfgen_write_unfolded(const struct elfgen_unfold *unfold, void *buffer,
                                        size_t capacity, struct elfgen_error *error);

/* Whether the file needs no unfolding: its headers stand apart and are right, segments and sections
 * are in the file, PT_LOADs ascend and do not overlap. False: *error says what is not so, which may
 * be that it has no sections (ELFGEN_UNDEFINED). */
ELFGEN_API bool elfgen_is_unfolded(const struct elfgen_view *view, struct elfgen_error *error);

#endif
