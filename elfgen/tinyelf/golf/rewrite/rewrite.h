/* Rewrites of a lifted program across its blocks: constants that stay in their registers, calls
 * that are made part of the caller, ends that several blocks have in common, cheaper registers,
 * words of the stack that a pop loads.
 *
 * Each is certain by what operations need and change, and is kept only if the program becomes
 * cheaper: blocks by their cheapest instructions, and jumps between them. */
#ifndef GOLF_REWRITE_H
#define GOLF_REWRITE_H

#include "golf/lifted.h"

/* A rewrite that was kept. */
struct golf_rewritten {
    const char *what; /* static text */
    uint64_t offset;  /* in the original file: of the block that it is about */
};

enum { GOLF_REWRITES = 64, GOLF_REWRITE_BLOCKS = 96, GOLF_REWRITE_NEVER = UINT16_MAX };

struct golf_rewrite_options {
    /* The bytes of a block's cheapest instructions, its end not counted; GOLF_REWRITE_NEVER: none
     * are known. The lifted program has that block alone. */
    unsigned (*cost)(const struct golf_lifted *block, void *context);
    bool (*is_interrupted)(void *context); /* ends it with what was found; NULL: never */
    void *context;
};

/* Rewrites *lifted in place, and notes up to GOLF_REWRITES of what it kept. A program of more than
 * GOLF_REWRITE_BLOCKS blocks is left as it is. Returns false if there is no memory: *lifted is then
 * as after the last rewrite that was kept. */
bool golf_rewrite(struct golf_lifted *lifted, const struct golf_rewrite_options *options,
                  struct golf_rewritten *rewritten, size_t *count);

#endif
