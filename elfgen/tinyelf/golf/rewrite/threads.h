/* Tests whose result is known where they are reached: private to rewrite/. */
#ifndef GOLF_REWRITE_THREADS_H
#define GOLF_REWRITE_THREADS_H

#include "blocks.h"

/* Whether a block does nothing but ask whether a register is 0. */
bool threads_is_test(const struct golf_block *block);

/* Makes blocks before such a test go on where it leads them: they have a number in the register, or
 * their last operation has set the flag. A caller does not call what would return at once. Returns
 * whether there was such a block; otherwise, and if *has_memory is false, *lifted is to be thrown
 * away. */
bool threads_lead(struct golf_lifted *lifted, uint16_t test, bool *has_memory);

#endif
