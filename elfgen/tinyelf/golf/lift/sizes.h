/* Numbers that come from outside, and reach a call as the size of its memory. */
#ifndef GOLF_LIFT_SIZES_H
#define GOLF_LIFT_SIZES_H

#include "golf/lift/calls.h"

/* Notes that a register has what a system call returns: an error, or something. */
void lift_give_result(const struct lift_call *call, const struct lift_instruction *instruction,
                      uint32_t index, struct lift_state *state);

/* The same of what a plain instruction leaves in a register, if it is a number from outside, or is
 * made of one and a constant. */
void lift_give_computed(const struct lift *lift, const struct lift_instruction *instruction,
                        unsigned reg, struct lift_value *value);

/* Only the low bits are left, with zeros above. */
void lift_give_narrow(struct lift_value *value, unsigned bits);

/* Notes which comparison the flags are of after a plain instruction. */
void lift_note_compared(const struct lift *lift, const struct lift_instruction *instruction,
                        struct lift_state *state);

/* Leaves out numbers with which a conditional jump does not lead to where each state is. */
void lift_give_ways(struct lift_state *taken, struct lift_state *other,
                    const struct lift_instruction *instruction);

/* What is left where a subroutine returns that writes these registers: what it did not write may be
 * from an instruction that came again, and comparisons are forgotten. */
void lift_give_returned(struct lift_state *state, uint16_t writes);

/* Whether a call surely does not use more than the memory that its pointer is about, as far as its
 * size comes from outside. Returns false after setting the error. */
bool lift_size_is_right(struct lift *lift, const struct lift_instruction *instruction,
                        const struct lift_call *call, const struct lift_parameter *parameter);

#endif
