/* Operations that address their place in memory by a register. */
#ifndef GOLF_PLACES_H
#define GOLF_PLACES_H

#include "golf/lifted.h"

/* The place in memory of an instruction that stays: where it is, without what an index adds, and
 * the operand that says so. */
struct place {
    struct golf_value value; /* GOLF_ADDRESS or GOLF_STACK */
    uint8_t operand;
};

/* Finds the one place of an operation whose address is known. Returns false if there is none, or
 * none that a register could have. */
bool place_in_memory(const struct golf_lifted *lifted, const struct golf_operation *operation,
                     struct place *place);

/* Makes *instruction the operation's with `reg` plus `displacement` for what is known of its place,
 * which place_in_memory() found. */
void place_by_register(const struct golf_lifted *lifted, const struct golf_operation *operation,
                       const struct place *place, unsigned reg, int64_t displacement,
                       struct elfgen_x86_instruction *instruction);

/* Whether two values are addresses in the same object or frame, so near to each other that a
 * distance of one byte is enough: that from the second one, in *distance. */
bool place_is_near(const struct golf_value *value, const struct golf_value *from,
                   int64_t *distance);

/* Whether an operation needs such an address in a register, or has its own place there. */
bool place_is_used(const struct golf_lifted *lifted, const struct golf_operation *operation,
                   const struct golf_value *value);

#endif
