/* What a program costs: private to rewrite/. */
#ifndef GOLF_REWRITE_COST_H
#define GOLF_REWRITE_COST_H

#include "rewrite.h"

enum { COSTS = 1 << 12, COST_MOST = 1 << 12 };

/* Costs of blocks that were asked for, by a hash of all that they depend on. */
struct costs {
    const struct golf_rewrite_options *options;
    uint64_t hashes[COSTS]; /* 0: empty */
    uint16_t of[COSTS];
    size_t count; /* asked for so far */
};

/* The bytes of the cheapest instructions of all blocks, and of jumps between them;
 * UINT32_MAX: there is a block for which none are known, or too many were asked for. */
uint32_t cost_of_blocks(struct costs *costs, const struct golf_lifted *lifted);

#endif
