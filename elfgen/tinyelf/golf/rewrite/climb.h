/* A pointer to words of the stack, one after the other, that becomes the stack pointer: private to
 * rewrite/. */
#ifndef GOLF_REWRITE_CLIMB_H
#define GOLF_REWRITE_CLIMB_H

#include "blocks.h"

/* Whether a block begins with a register that it uses as an address of memory. */
bool climb_is_pointer(const struct golf_lifted *lifted, uint16_t block, unsigned reg);

/* Makes the stack pointer what the register is, in all blocks that have it from `block`: memory is
 * by the stack pointer, and what moves the register is what the stack pointer has to be then, so
 * that calls and pushes write over words that it has passed. That is right if
 *
 * - the register begins as a constant distance above the stack pointer at the start, and only rises
 *   by whole words;
 * - it is used for nothing but loads and comparisons at it or above it, and no other register has
 *   what it has;
 * - nothing in the program makes another address of the stack, and nothing after the register has
 *   its first value uses the stack pointer but for calls and returns;
 * - it passes a few words at most that may be 0 (climb_is_bounded()), so that it stays within the
 *   arguments, the environment and the auxiliary vector, whose ends are words of 0: texts are
 *   behind them.
 *
 * Returns false if something of this is not so; *lifted is then to be thrown away. */
bool climb(struct golf_lifted *lifted, uint16_t block, unsigned reg);

#endif
