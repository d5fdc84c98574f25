/* What an instruction does to what is known. */
#ifndef GOLF_LIFT_TRANSFER_H
#define GOLF_LIFT_TRANSFER_H

#include "golf/lift/state.h"

/* Makes *state what is known after a plain instruction, and notes in the instruction whether it
 * must stay. May ask for a restart. */
void lift_transfer(struct lift *lift, uint32_t index, struct lift_state *state);

/* The address of a place in memory before the instruction; opaque if it is not known. */
struct lift_value lift_place_address(const struct lift_instruction *instruction,
                                     const struct effects_place *place,
                                     const struct lift_value registers[GOLF_REGISTERS]);

#endif
