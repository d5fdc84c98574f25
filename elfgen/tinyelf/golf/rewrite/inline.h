/* Calls that become part of the caller: private to rewrite/. */
#ifndef GOLF_REWRITE_INLINE_H
#define GOLF_REWRITE_INLINE_H

#include "blocks.h"

/* Makes the subroutine that a block calls part of the caller. Returns false if it cannot be, since
 * it calls others or uses the stack, or if there is no memory (*has_memory); *lifted is then to be
 * thrown away. */
bool inline_call(struct golf_lifted *lifted, uint16_t caller, bool *has_memory);

#endif
