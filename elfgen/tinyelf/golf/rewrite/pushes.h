/* Where something may be pushed although the stack pointer is not known: private to rewrite/. */
#ifndef GOLF_REWRITE_PUSHES_H
#define GOLF_REWRITE_PUSHES_H

#include "blocks.h"

/* Notes in blocks of which nothing says what the stack pointer is, as it is another one on each way
 * to them, that something may be pushed: GOLF_SOME_STACK. That is right if it is so at the end of
 * each block before them; where something below the stack pointer matters, `keeps_below` says so.
 * The program has BLOCKS blocks at most. */
void pushes_note(struct golf_lifted *lifted);

#endif
