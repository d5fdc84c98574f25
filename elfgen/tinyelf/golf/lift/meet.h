/* Where ways of a program meet: what is known of values and states on all of them. */
#ifndef GOLF_LIFT_MEET_H
#define GOLF_LIFT_MEET_H

#include "golf/lift/lift_private.h"

/* Makes a value that is known in each world, but differs, an opaque one. */
void lift_forget_worlds(struct lift_value *value, unsigned reg);

/* Makes `into` what is known at a block's start: the same as before and in `from`. Returns whether
 * it changed. */
bool lift_state_merge(const struct lift *lift, struct lift_state *into,
                      const struct lift_state *from, bool is_first);

#endif
