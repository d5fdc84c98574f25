/* What an instruction that stays does with addresses of code. */
#ifndef GOLF_LIFT_CODE_STEPS_H
#define GOLF_LIFT_CODE_STEPS_H

#include "golf/lift/verbatim/code_memory.h"

/* Makes *state what is known after an instruction that is no jump. Returns false after setting the
 * error: it computes with an address of code, gives one to a call, or leaves its data. */
bool code_step(struct code_memory *memory, const struct lift_instruction *instruction,
               struct code_state *state);

/* Where a jump leads that has no label; *is_lost: nowhere, since no address of code is where it
 * finds one. Returns false after setting the error. */
bool code_step_target(struct code_memory *memory, const struct lift_instruction *instruction,
                      struct code_state *state, struct held *target, bool *is_lost);

/* Moves the stack pointer. */
void code_step_stack(struct code_state *state, uint64_t distance);

#endif
