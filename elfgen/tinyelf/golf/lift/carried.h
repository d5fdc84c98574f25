/* Addresses that stay in their register from one block to the next. */
#ifndef GOLF_LIFT_CARRIED_H
#define GOLF_LIFT_CARRIED_H

#include "golf/lift/lift_private.h"

/* Where the original has an address in a register since a block before asked for it there, and a
 * block uses it, makes it what that block begins with. Returns false if there is no memory. */
bool lift_carry(struct golf_lifted *lifted);

#endif
