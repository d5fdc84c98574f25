/* What must come before a state at least: private to the search. */
#ifndef GOLF_NEEDED_H
#define GOLF_NEEDED_H

#include "search.h"

/* What instructions weigh at least that put a value into a register. */
struct needed needed_of(const struct search *search, const struct demand *demand);

/* The least weight from the block's beginning to what is asked here. Bytes of the headers count for
 * one instruction only; one address can be copied. */
unsigned needed_before(const struct search *search, const struct state *state);

/* Prepares for needed_before(), once a block: search->before and search->there, which are the
 * caller's to free. Returns false if there is no memory. */
bool needed_open(struct search *search);

#endif
