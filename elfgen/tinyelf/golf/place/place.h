/* Places a program's pieces and data in files whose headers overlap: the smallest first. */
#ifndef GOLF_PLACE_H
#define GOLF_PLACE_H

#include "elfgen/error.h"
#include "elfgen/kernel.h"
#include "golf/overlap.h"
#include "golf/pieces.h"

/* The largest file that is tried. */
enum { GOLF_PLACE_LARGEST = 512 };

/* What stands at some bytes of a placed file, besides header fields. Items may share bytes. */
enum golf_item_kind {
    GOLF_ITEM_CHOICE, /* golf_pieces.choices[which] */
    GOLF_ITEM_JUMP,   /* to another part of the code */
    GOLF_ITEM_BRANCH, /* a block's conditional jump */
    GOLF_ITEM_FILLER, /* an instruction whose result nobody reads: it passes bytes that stand there
                         anyway */
    GOLF_ITEM_PREFIX, /* a prefix that changes nothing about the choice that follows */
    GOLF_ITEM_DATA    /* golf_pieces.data[which] */
};
struct golf_item {
    uint8_t kind; /* enum golf_item_kind */
    uint16_t offset, length;
    uint32_t which;
};

/* How a file came to be. Valid until the function that receives it returns. */
struct golf_placed {
    const struct golf_pieces *pieces; /* of which it is made */
    const struct golf_overlap *overlap;
    uint64_t base;  /* address of the file's first byte */
    uint16_t entry; /* offset where it starts */
    const struct golf_item *items;
    size_t count;
    const uint16_t *data; /* offset of each datum; zeros may be behind the file's end */
    uint64_t nodes;       /* states that the search has seen so far */
};

struct golf_place_options {
    uint64_t nodes;        /* states that the search may see; 0: any number */
    uint64_t board_nodes;  /* of these, for each size, overlap and place of data; 0: any number */
    uint64_t nanoseconds;  /* of time; 0: any */
    bool forgets;          /* looks at each state again that has failed: much slower, same result */
    uint64_t seed;         /* of the local search */
    size_t jobs;           /* processes that search at the same time; 0, 1: the caller alone */
    size_t shard, shards;  /* only this part of the search, from 1 on, of so many; 0: all */
    const uint16_t *order; /* in which the overlaps are tried; NULL: as they come */
    size_t smallest, largest; /* sizes to try; 0: from the least one, up to GOLF_PLACE_LARGEST */
    /* Machines that must start each file, by the library's model. */
    const struct elfgen_kernel_machine *machines;
    size_t machine_count;
    bool (*is_interrupted)(void *context);                        /* NULL: never */
    void (*progress)(size_t size, uint64_t nodes, void *context); /* NULL, or now and then */
    void *context; /* for both, and for the candidate's function */
};

enum golf_place_end {
    GOLF_PLACE_FOUND,   /* a candidate was accepted, and no smaller one exists among these pieces
                           and overlaps if `complete` */
    GOLF_PLACE_NONE,    /* none up to `largest` */
    GOLF_PLACE_STOPPED, /* nodes, time or the user ended it */
    GOLF_PLACE_NO_MEMORY
};
struct golf_place_result {
    enum golf_place_end end;
    size_t size;    /* of the accepted candidate, or the one that was being tried */
    uint64_t nodes; /* states that were seen */
    /* `board_nodes` ended the search of a board, or room or candidates were too many: it is not
     * sure that there is no file of these sizes. */
    bool is_cut;
};

/* Whether a file is what the caller wants; if not, the search goes on. */
typedef bool golf_candidate(const uint8_t *bytes, size_t size, const struct golf_placed *how,
                            void *context);

/* The same program's pieces for different addresses. */
struct golf_place_program {
    const struct golf_pieces *pieces;
    bool small_addresses; /* they are right only where addresses have at most 31 bits */
    uint16_t phoff;       /* they are for overlaps with this one only; 0: for all */
    bool is_besides;      /* they are another way to write it, which is tried after the others' */
};

/* Tries sizes from the smallest one up: in each overlap the last program that is right there, of
 * those for its phoff if there are any, and then those that are tried besides. The same arguments
 * have the same result, whatever `jobs` is, except where time or the user ends it. `candidate` is
 * called in the caller's process alone. The smallest of all shards' results is that of the whole.
 */
struct golf_place_result golf_place(const struct golf_place_program *programs, size_t program_count,
                                    const struct golf_overlap *overlaps, size_t count,
                                    const struct golf_place_options *options,
                                    golf_candidate *candidate);

/* Packs: finds some file of up to `largest` bytes soon, however large the program is, and then
 * smaller ones by a local search, until options->nodes or the time is over or a file of `smallest`
 * bytes is found. Each file that is smaller than all before it is a candidate. */
struct golf_place_result golf_pack(const struct golf_place_program *programs, size_t program_count,
                                   const struct golf_overlap *overlaps, size_t count,
                                   const struct golf_place_options *options,
                                   golf_candidate *candidate);

#endif
