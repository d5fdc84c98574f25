/* What plain instructions make of numbers from outside. */
#ifndef GOLF_LIFT_MADE_H
#define GOLF_LIFT_MADE_H

#include "golf/lift/lift_private.h"

/* What an instruction leaves: in registers, and in the first place in memory that it writes. */
struct lift_made {
    struct lift_given registers[GOLF_REGISTERS], stored;
};

/* Sets what an instruction leaves of numbers that may be from outside, or may be one of two; bits 0
 * of all others. The state is the one before it. */
void lift_make(const struct lift *lift, const struct lift_instruction *instruction,
               const struct lift_state *state, struct lift_made *made);

/* Gives registers that are written what was made. */
void lift_give_made(const struct lift_instruction *instruction, uint32_t index,
                    const struct lift_made *made, struct lift_state *state);

/* What is from an instruction that comes again is not the same as what it leaves now. */
void lift_forget_from(struct lift_state *state, uint32_t from);

#endif
