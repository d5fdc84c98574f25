/* Values of registers, and states: what is known at the start. */
#ifndef GOLF_LIFT_VALUES_H
#define GOLF_LIFT_VALUES_H

#include "golf/lift/lift_private.h"

struct lift_value lift_constant(uint64_t number);
struct lift_value lift_stack(uint16_t frame, int64_t offset);

/* Whether all bits of it are known and the same in both worlds. */
bool lift_is_constant(const struct lift_value *value);
bool lift_is_same(const struct lift_value *a, const struct lift_value *b);

/* The result of instruction `index` in a register, of which `known` is known. */
struct lift_value lift_fresh(uint32_t index, unsigned reg);

/* The instruction whose result an opaque value is; LIFT_NO_INSTRUCTION: none's. */
uint32_t lift_maker(const struct lift_value *value);

/* What a register has where the subroutines of a frame begin; and whether a value is that, of which
 * register of this frame: GOLF_REGISTERS if it is not. */
struct lift_value lift_at_entry(uint16_t frame, unsigned reg);
bool lift_is_at_entry(const struct lift_value *value);
unsigned lift_entry_register(const struct lift_value *value, uint16_t frame);

/* The low bits of a number, 1 to 64 of them, as a signed one. */
int64_t lift_signed(uint64_t number, unsigned bits);

/* What is known of it in whichever world. */
struct elfgen_bits lift_either(const struct lift_value *value);

/* What Linux gives a program. */
void lift_state_start(struct lift_state *state);

/* What is in a place of the stack; NULL: that is not known. */
const struct lift_value *lift_slot_find(const struct lift_state *state, uint16_t frame,
                                        int64_t offset, uint16_t size);
void lift_slot_set(struct lift_state *state, uint16_t frame, int64_t offset, uint16_t size,
                   const struct lift_value *value);

/* Forgets places from `offset` up to `end` of a frame. */
void lift_slots_forget(struct lift_state *state, uint16_t frame, int64_t offset, int64_t end);

#endif
