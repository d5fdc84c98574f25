/* Words at the start of the stack that `pop` loads: private to rewrite/. */
#ifndef GOLF_REWRITE_POPS_H
#define GOLF_REWRITE_POPS_H

#include "blocks.h"

/* Whether an operation loads a register from a place on the stack. */
bool pops_may_load(const struct golf_lifted *lifted, size_t block, size_t operation);

/* Makes it a `pop`, so that the stack pointer is behind the word from there on: what comes after
 * has other distances from it, and may push onto what is behind it, unless the program makes other
 * addresses of the stack pointer. Returns false if something there needs the stack pointer where it
 * is, or words that are before it; *lifted is then to be thrown away. */
bool pops_load(struct golf_lifted *lifted, size_t block, size_t operation);

#endif
