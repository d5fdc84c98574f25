/* Follows a program's code from its entry on, and makes blocks of it. */
#ifndef GOLF_LIFT_FLOW_H
#define GOLF_LIFT_FLOW_H

#include "golf/lift/lift_private.h"

/* Makes the blocks that are reached, each with what is known at its start and before each of its
 * instructions. Returns false after setting the error. */
bool lift_follow(struct lift *lift);

/* Frees the blocks. */
void lift_forget_blocks(struct lift *lift);

#endif
