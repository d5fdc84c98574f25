/* What an instruction does to what is known. */
#ifndef GOLF_LIFT_TRANSFER_H
#define GOLF_LIFT_TRANSFER_H

#include "golf/lift/lift_private.h"

/* Makes *state what is known after a plain instruction, and notes in the instruction whether it
 * must stay. May ask for a restart. */
void lift_transfer(struct lift *lift, uint32_t index, struct lift_state *state);

/* The address of a place in memory before the instruction; opaque if it is not known. */
struct lift_value lift_place_address(const struct lift_instruction *instruction,
                                     const struct effects_place *place,
                                     const struct lift_value registers[GOLF_REGISTERS]);

/* Whether an address is below the first stack pointer, or in a subroutine's frame: nothing but the
 * program itself puts something there. */
bool lift_is_private(const struct lift_value *address);

/* Whether an address is in argc. */
bool lift_is_argc(const struct lift *lift, const struct lift_value *address);

/* Forgets what is in memory that may be anywhere, but for return addresses; of what the program
 * itself stores, but for saved registers, too. */
void lift_forget_memory(struct lift_state *state);
void lift_forget_stored(struct lift_state *state);

/* What is known in one world, and the other way round. */
void lift_world(const struct lift_state *state, size_t world, struct elfgen_registers *registers);

#endif
