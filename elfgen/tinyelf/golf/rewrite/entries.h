/* Calls of a subroutine that need the same: private to rewrite/. */
#ifndef GOLF_REWRITE_ENTRIES_H
#define GOLF_REWRITE_ENTRIES_H

#include "blocks.h"

/* Gives the subroutine that a block calls another beginning, which puts into the register what the
 * call needs there: a constant or the address of data. All calls that need that there call the new
 * beginning. Returns false if there is no other such call, or no memory (*has_memory); *lifted is
 * then to be thrown away. */
bool entries_add(struct golf_lifted *lifted, uint16_t caller, unsigned reg, bool *has_memory);

#endif
