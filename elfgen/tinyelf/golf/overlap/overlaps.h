/* Finds the ways in which the headers of a file may overlap, by asking the model of Linux. */
#ifndef GOLF_OVERLAPS_H
#define GOLF_OVERLAPS_H

#include <stdio.h>

#include "golf/overlap.h"

/* What the program has to read of the file, besides instructions: others need not be asked about.
 */
enum golf_overlap_data { GOLF_DATA_ANY, GOLF_DATA_READ, GOLF_DATA_NONE };

/* Which overlaps are wanted. All false and 0: those of level linux, on every kernel that the model
 * knows. */
struct golf_overlap_options {
    uint64_t size; /* of the largest file that is wanted; 0: a page */
    /* ELFGEN_LINUX() of the oldest and the newest kernel; of those between, the series with
       long-term support count. 0: every series that the model knows. */
    uint32_t first, last;
    uint32_t also;    /* a kernel besides these that starts all: the one that runs them; 0: none */
    unsigned headers; /* the most program headers, all but one of which do nothing: 1 or 2; 0: 1 */
    enum golf_overlap_data data; /* READ: none that are sure to be executable alone; NONE: none that
                                    are sure to be readable, but not writable */
    bool second; /* only those with a second segment for what is written, which has W, and not X:
                    files of up to a page, not with spec */
    bool spec;   /* whole headers, with nothing that the specification, qemu-user or WSL1
                    object to */
    bool rwx;    /* segments with W and X as well */
    /* Also those that count gigabytes of memory, or take half of the addresses, and W with X where
     * the overlap forces it. */
    bool overcommit;
};

enum { GOLF_OVERLAPS = 512 }; /* room that is enough */

/* Fills `overlaps` with what is possible for `bits` (64 or 32), the smallest first; *count: how
 * many there are, at most `room`. No overlap is contained in another one of the same promises.
 * Returns false if there is no memory. */
bool golf_overlaps(unsigned bits, const struct golf_overlap_options *options,
                   struct golf_overlap *overlaps, size_t room, size_t *count);

/* Whether the first overlap->size bytes are a filling of it: all cells, with p_vaddr and e_entry
 * that its bases and entries have. */
bool golf_overlap_admits(const struct golf_overlap *overlap, const uint8_t *bytes);

/* Fills overlap->size bytes at random, with *seed, which changes. Returns false if no filling was
 * found in many attempts. */
bool golf_overlap_fill(const struct golf_overlap *overlap, uint64_t *seed, uint8_t *bytes);

/* Prints a line: class, where the program header is, type, size, entries, and the bytes that are
 * not fixed. */
void golf_overlap_print(const struct golf_overlap *overlap, FILE *file);

/* Whether the file may be at an address of at most 31 bits. */
bool golf_overlap_may_be_low(const struct golf_overlap *overlap);

#endif
