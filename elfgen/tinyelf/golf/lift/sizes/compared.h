/* Comparisons: what they tell of numbers from outside, where a jump, cmov or setcc asks for it. */
#ifndef GOLF_LIFT_COMPARED_H
#define GOLF_LIFT_COMPARED_H

#include "golf/lift/lift_private.h"

/* Notes which comparison the flags are of after a plain instruction. */
void lift_note_compared(const struct lift *lift, const struct lift_instruction *instruction,
                        struct lift_state *state);

/* Registers have been written. */
void lift_compared_forget(struct lift_state *state, uint16_t writes);

/* Leaves out numbers with which a conditional jump does not lead to where each state is. */
void lift_give_ways(struct lift_state *taken, struct lift_state *other,
                    const struct lift_instruction *instruction);

/* What operand `which` of a conditional move is if its condition is `way`. */
struct lift_given lift_given_if(const struct lift *lift, const struct lift_instruction *instruction,
                                const struct lift_state *state, size_t which, bool way);

#endif
