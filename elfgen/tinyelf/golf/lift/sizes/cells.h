/* Which numbers from outside are in memory: in places of the stack, and at constant addresses. */
#ifndef GOLF_LIFT_CELLS_H
#define GOLF_LIFT_CELLS_H

#include "golf/lift/lift_private.h"

/* What an operand is, as a number of its own size. */
struct lift_given lift_operand_given(const struct lift *lift,
                                     const struct lift_instruction *instruction,
                                     const struct lift_state *state, size_t which);

/* What the first place has that an instruction reads. */
struct lift_given lift_given_in_memory(const struct lift *lift,
                                       const struct lift_instruction *instruction,
                                       const struct lift_state *state);

/* What the smallest cell has that begins at a place and reaches so far; NULL: there is none. */
struct lift_given *lift_cell_at(struct lift_state *state, uint16_t frame, uint64_t at,
                                uint16_t size);

/* An instruction writes to a place at an address: a number, NULL if it is not known. */
void lift_cells_write(const struct lift *lift, const struct lift_instruction *instruction,
                      const struct effects_place *place, const struct lift_value *address,
                      const struct lift_given *given, struct lift_state *state);

/* A call wrote from an address on; size 0: it is not known how much. */
void lift_cells_fill(const struct lift_value *address, uint64_t size, struct lift_state *state);

/* What is from an instruction that comes again is not the same as what it leaves now. */
void lift_cells_forget_from(struct lift_state *state, uint32_t from);

/* Adds what is known of cells where ways meet. Returns whether that changed. */
bool lift_cells_merge(struct lift_state *into, const struct lift_state *from);

/* Makes cells those that a subroutine begins with, whose frame begins `down` bytes after where the
 * stack pointer of frame `caller` was at first. */
void lift_cells_enter(struct lift_state *state, uint16_t caller, int64_t down, uint16_t frame);

/* Leaves those that are not in a subroutine's own frame. */
void lift_cells_leave(struct lift_state *state);

/* Makes those of a caller what they are after a subroutine, which ended with `after`. */
void lift_cells_returned(struct lift_state *state, const struct lift_state *after);

#endif
