/* Words that the stack pointer climbs over when they are loaded: private to rewrite/. */
#ifndef GOLF_REWRITE_CLIMB_POPS_H
#define GOLF_REWRITE_CLIMB_POPS_H

#include "blocks.h"

/* Whether an operation loads a word that the stack pointer climbs over, or has to before the block
 * ends: climb.h. */
bool climb_pops_may_load(const struct golf_lifted *lifted, size_t block, size_t operation);

/* Makes it a `pop`: the stack pointer is a word further from there on, until it has to be there
 * anyway. Returns false if something on the way uses the word once more, or if other ways lead to
 * what comes after it; *lifted is then to be thrown away. */
bool climb_pops_load(struct golf_lifted *lifted, size_t block, size_t operation);

/* Whether a block ends as a comparison of such a word with 0 tells, which nothing else reads. */
bool climb_pops_may_test(const struct golf_lifted *lifted, size_t block);

/* Makes the comparison a `pop rcx` and the end a `jrcxz`. Where the word is not 0, and the stack
 * pointer has not passed it yet, a `push rcx` puts it back; where it is 0, the stack pointer is a
 * word further, once, since nothing that comes there may use words by it any more. Returns false if
 * something there does, if rcx is in use, or if *has_memory becomes so; *lifted is then to be
 * thrown away. */
bool climb_pops_test(struct golf_lifted *lifted, size_t block, bool *has_memory);

#endif
