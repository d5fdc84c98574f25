/* How far a pointer climbs: private to rewrite/. */
#ifndef GOLF_REWRITE_CLIMB_BOUND_H
#define GOLF_REWRITE_CLIMB_BOUND_H

#include "blocks.h"

/* What a block does with the pointer, in words from where that is when the block begins. */
struct climbed {
    bool has; /* it has the pointer */
    /* It gives the pointer its first value: words are counted from where that is at the end. */
    bool is_entry;
    uint32_t rise;         /* from the beginning to the end */
    uint32_t is_tested;    /* as bits: words that are not 0 on one way after the block */
    uint16_t tested_leads; /* that way: the block to which it leads */
};

enum { CLIMB_WORDS = 32 /* bits of is_tested */ };

/* Whether the pointer, wherever it goes on, has passed two words at most of which no test on the
 * way told that they are not 0. */
bool climb_is_bounded(const struct golf_lifted *lifted, const struct climbed climbed[BLOCKS]);

#endif
