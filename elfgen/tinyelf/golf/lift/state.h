/* What is known at a place of the program: of registers, of the stack, of flags. */
#ifndef GOLF_LIFT_STATE_H
#define GOLF_LIFT_STATE_H

#include "golf/lift/lift_private.h"

/* Whether an address is below the first stack pointer, or in a subroutine's frame: nothing but the
 * program itself puts something there. */
bool lift_is_private(const struct lift_value *address);

/* Whether an address is in argc. */
bool lift_is_argc(const struct lift *lift, const struct lift_value *address);

/* Whether a place of a frame has an address that a call pushed, or a copy of it, which is not there
 * in the end. `size` is in bytes. */
bool lift_has_pushed(const struct lift *lift, const struct lift_state *state, uint16_t frame,
                     int64_t offset, int64_t size);

/* Forgets what is in memory that may be anywhere, but for return addresses; of what the program
 * itself stores, but for saved registers, too. */
void lift_forget_memory(struct lift_state *state);
void lift_forget_stored(struct lift_state *state);

/* What is known in one world. */
void lift_world(const struct lift_state *state, size_t world, struct elfgen_registers *registers);

/* Makes a state one of a branch's ways, the one on which the condition is `way`: worlds in which it
 * is not taken are left out. `tells_equal`: the register that was compared has its number there.
 * Returns false if the way is never taken. */
bool lift_take_way(struct lift_state *state, const struct elfgen_bits conditions[LIFT_WORLDS],
                   bool way, bool tells_equal);

#endif
