/* System calls and repeated instructions of a program whose instructions stay. */
#ifndef GOLF_LIFT_CODE_CALLS_H
#define GOLF_LIFT_CODE_CALLS_H

#include "golf/lift/verbatim/code_memory.h"

/* Makes *state what is known after a system call; it is not reached after exit. Returns false after
 * setting the error: it gets an address of code, or more memory than there is. */
bool code_call(struct code_memory *memory, const struct lift_instruction *instruction,
               struct code_state *state);

/* Whether an instruction that repeats itself a known number of times stays in its data. Returns
 * false after setting the error. */
bool code_string_is_inside(struct code_memory *memory, const struct lift_instruction *instruction,
                           const struct code_state *state);

#endif
