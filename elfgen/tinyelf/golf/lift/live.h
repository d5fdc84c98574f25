/* Finds which registers and flags are read later, and what each instruction that stays needs. */
#ifndef GOLF_LIFT_LIVE_H
#define GOLF_LIFT_LIVE_H

#include "golf/lift/lift_private.h"

/* Sets live_in and live_out of the blocks, and the needs of their instructions. Sets lift->restart
 * if an instruction has to stay that did not: follow again then. Returns false after setting the
 * error. */
bool lift_live(struct lift *lift);

/* Whether an instruction is an operation in the end. */
bool lift_is_operation(const struct lift_instruction *instruction);

#endif
