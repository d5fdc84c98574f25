/* Ends that two blocks have in common: private to rewrite/. */
#ifndef GOLF_REWRITE_TAILS_H
#define GOLF_REWRITE_TAILS_H

#include "blocks.h"

/* How many operations at the end of both are the same, but for what they need. Blocks that end in
 * different ways have 0. */
size_t tails_common(const struct golf_lifted *lifted, uint16_t one, uint16_t other);

/* Makes the last `count` operations of both, and their ends, a block of its own. What it needs and
 * what is not the same in both is in registers then. Returns false if that cannot be, or if there
 * is no memory (*has_memory); *lifted is then to be thrown away. */
bool tails_merge(struct golf_lifted *lifted, uint16_t one, uint16_t other, size_t count,
                 bool *has_memory);

#endif
