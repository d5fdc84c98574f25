/* The cheapest instructions that give each operation what it needs.
 *
 * The search goes backward: from what an operation needs in registers, over each instruction that
 * may have provided it, to what had to be there before, until the block's beginning provides that.
 * So only registers that matter are looked at, and all others are known to be dead. */
#ifndef GOLF_SHRINK_H
#define GOLF_SHRINK_H

#include "elfgen/error.h"
#include "golf/overlap.h"
#include "golf/pieces.h"

struct golf_shrink_options {
    bool has_few;   /* of ways that are as good, those of one order are enough; no data has to be
                       right behind a call */
    unsigned slack; /* ways of this many bytes more than the least are kept, too */
    /* Addresses of the file fit into 31 bits: `mov r32, imm32` and 32-bit copies of them do. */
    bool small_addresses;
    bool int80;    /* 64-bit code may make system calls by `int 0x80` */
    bool no_stack; /* nothing is pushed: the program uses memory below its stack pointer */
    /* Of addresses in the file the low byte alone may differ: it has at most 256 bytes; what is
     * written has a segment of its own, so its addresses differ in more. */
    bool no_low_bytes, is_apart;
    /* The headers that the file may have, with one place of the program header: bytes of
     * instructions that lie on bytes of these cost nothing. NULL: any. */
    const struct golf_overlap *overlaps;
    size_t overlap_count;
    size_t states; /* so many are looked at for a block, at most, several times; 0: 600,000, and
                      fewer if there are many blocks */
    bool (*is_interrupted)(void *context); /* ends it, as an error; NULL: never */
    void *context;
};

/* Sets *pieces, which refer to lifted->data and are freed with golf_pieces_free(). Where a block
 * has too many states, they have the best ways that were found (pieces->is_cut). Returns false and
 * *error if there is no memory, if it was interrupted, or if a block needs something that no known
 * instruction makes (ELFGEN_UNSUPPORTED), or that was not found (ELFGEN_DOES_NOT_FIT). */
bool golf_shrink(const struct golf_lifted *lifted, const struct golf_shrink_options *options,
                 struct golf_pieces *pieces, struct elfgen_error *error);

/* The same of a program that is lifted verbatim: its instructions stay as they are. */
bool golf_shrink_verbatim(const struct golf_lifted *lifted, struct golf_pieces *pieces,
                          struct elfgen_error *error);

/* The least bytes of the program's code. */
size_t golf_pieces_least_code(const struct golf_pieces *pieces);

/* The least bytes of its code and data if it sets low bytes of addresses alone, as only files of
 * GOLF_LOW_BYTES at most can; 0: it does not. */
enum { GOLF_LOW_BYTES = 256 };
size_t golf_pieces_low_bytes(const struct golf_pieces *pieces);

void golf_pieces_free(struct golf_pieces *pieces);

#endif
