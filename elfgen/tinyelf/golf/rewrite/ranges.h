/* Which bits of opaque values are 0: private to rewrite/. */
#ifndef GOLF_REWRITE_RANGES_H
#define GOLF_REWRITE_RANGES_H

#include "blocks.h"

/* Sets `zeros` of all opaque values, by following ranges along all ways from the first block.
 * Returns false if there is no memory: all bits may be 1 then. */
bool ranges_find(struct golf_lifted *lifted);

#endif
