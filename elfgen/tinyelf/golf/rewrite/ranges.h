/* Which bits of opaque values are 0: private to rewrite/. */
#ifndef GOLF_REWRITE_RANGES_H
#define GOLF_REWRITE_RANGES_H

#include "blocks.h"

/* Sets `zeros` of all opaque values, by following ranges along all ways from the first block. */
void ranges_find(struct golf_lifted *lifted);

#endif
