/* Makes operations of the instructions that stay. */
#ifndef GOLF_LIFT_OPERATIONS_H
#define GOLF_LIFT_OPERATIONS_H

#include "golf/lift/lift_private.h"

/* A lift, and what is made of it. */
struct lift_build {
    struct lift *lift;
    struct golf_lifted *lifted;
};

/* A value as golf has it. An address keeps the number that it is in the original until its object
 * is known, and `at` is a place of the object in `failed`. */
struct golf_value lift_golf_value(const struct lift *lift, const struct lift_value *value,
                                  bool is_address, uint64_t at);

/* The number that a constant is; 0 of other values. */
uint64_t lift_number(const struct lift_value *value);

struct golf_need *lift_add_need(struct golf_need *needs, size_t *count, unsigned reg, uint8_t bits,
                                struct golf_value value);

/* Fills an operation, which is zeroed, from an instruction and the registers after it, and notes
 * the memory that it uses. Returns false after setting the error. */
bool lift_build_operation(const struct lift_build *build,
                          const struct lift_instruction *instruction,
                          const struct lift_value *after, struct golf_operation *operation);

#endif
