/* Numbers of which an address is a part that golf chooses anew. */
#ifndef GOLF_LIFT_NUMBERS_H
#define GOLF_LIFT_NUMBERS_H

#include "golf/lift/calls.h"

/* Whether what an instruction leaves in its first operand is an address plus or minus something
 * that is not known. */
bool lift_is_sum_with_address(const struct lift *lift, const struct lift_instruction *instruction);

/* Whether an operation shows bits of such a sum, or compares a number with an address of code:
 * these depend on where golf puts the object, and the code. Sets the error then. */
bool lift_shows_address(struct lift *lift, const struct lift_instruction *instruction);

/* The same of a parameter of a call that is not a pointer. */
bool lift_passes_address(struct lift *lift, const struct lift_instruction *instruction,
                         const struct lift_parameter *parameter);

#endif
