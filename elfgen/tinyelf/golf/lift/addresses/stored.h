/* Addresses that are stored in memory, and what is loaded of them again. */
#ifndef GOLF_LIFT_STORED_H
#define GOLF_LIFT_STORED_H

#include "golf/lift/lift_private.h"

/* Notes that an instruction stores an address at a place, if it does; `is_simple`: the slots of the
 * state have what it stores in the stack. The walks start again if that is new. */
void lift_note_stored(struct lift *lift, const struct lift_instruction *instruction,
                      const struct effects_place *place, const struct lift_value *address,
                      bool is_simple);

/* Notes whether an address is where an instruction reads first, as far as is known. */
void lift_note_loaded(const struct lift *lift, const struct lift_state *state,
                      struct lift_instruction *instruction);

/* Notes that a register has such an address then. */
void lift_give_loaded(const struct lift_instruction *instruction, struct lift_value *value);

/* Whether an operation shows an address that was stored: it reads a part of it, or compares it, or
 * computes with it. Sets the error then. */
bool lift_shows_stored(struct lift *lift, const struct lift_instruction *instruction);

/* Whether a call reads bytes of an address that was stored. Sets the error then. */
bool lift_passes_stored(struct lift *lift, const struct lift_instruction *instruction,
                        uint64_t address, uint64_t size);

#endif
