/* Operations on 64 bits of which 32 are enough. */
#ifndef GOLF_LIFT_NARROW_H
#define GOLF_LIFT_NARROW_H

#include "golf/lift/lift_private.h"

/* Whether an instruction that stays does the same with 32-bit operands, for all that is read
 * later. */
bool lift_is_narrow(const struct lift *lift, const struct lift_instruction *instruction,
                    const struct lift_value before[GOLF_REGISTERS], const struct lift_live *after);

/* Gives an operation 32-bit operands for those of 64. */
void lift_narrow(struct golf_operation *operation);

#endif
