/* Numbers of which an address is a part that golf chooses anew. */
#ifndef GOLF_LIFT_NUMBERS_H
#define GOLF_LIFT_NUMBERS_H

#include "golf/lift/calls.h"

/* Notes which parts the opaque value has that an instruction leaves in a register: of addresses, or
 * of none. */
void lift_give_parts(const struct lift *lift, const struct lift_instruction *instruction,
                     unsigned reg, struct lift_value *value);

/* Whether an operation makes a number of an address: shows bits of it, compares it with a number,
 * or takes the distance of two that golf moves apart. Sets the error then. */
bool lift_shows_address(struct lift *lift, const struct lift_instruction *instruction);

/* Whether a call's parameter that is not a pointer has an address. Sets the error then. */
bool lift_passes_address(struct lift *lift, const struct lift_instruction *instruction,
                         const struct lift_parameter *parameter);

#endif
