/* Numbers that come from outside, and reach a call as the size of its memory. */
#ifndef GOLF_LIFT_SIZES_H
#define GOLF_LIFT_SIZES_H

#include "golf/lift/calls.h"

/* Notes that a register has what a system call returns: an error, or something. */
void lift_give_result(const struct lift_call *call, const struct lift_instruction *instruction,
                      uint32_t index, struct lift_state *state);

/* What is left where a subroutine returns that writes these registers, and ended with `after`: what
 * it did not write may be from an instruction that came again, and comparisons are forgotten. */
void lift_give_returned(struct lift_state *state, const struct lift_state *after, uint16_t writes);

/* Whether a call surely does not use more than the memory that its pointer is about, as far as its
 * size comes from outside. Returns false after setting the error. */
bool lift_size_is_right(struct lift *lift, const struct lift_instruction *instruction,
                        const struct lift_call *call, const struct lift_parameter *parameter);

#endif
