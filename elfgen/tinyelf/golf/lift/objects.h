/* Objects in memory that a program's operations point to. */
#ifndef GOLF_LIFT_OBJECTS_H
#define GOLF_LIFT_OBJECTS_H

#include "golf/lift/lift_private.h"

/* Notes that `size` bytes of memory are used; size 0: not known how many, nor in which direction.
 * Returns false after setting the error. */
bool lift_use(struct lift *lift, uint64_t address, uint64_t size, bool is_written);

/* Notes that it is known what is in memory, if nothing writes there. */
bool lift_use_folded(struct lift *lift, uint64_t address, uint64_t size);

/* The same of what the kernel reads or writes: all from its address on. */
bool lift_use_by_call(struct lift *lift, uint64_t address, uint64_t size, bool is_written,
                      bool may_hold_addresses);

/* Whether an address is in memory that has no code. */
bool lift_is_data(const struct lift *lift, uint64_t address);

/* Gives each use its extent. Returns false with lift->restart if memory that was taken as known is
 * written, or after setting the error. */
bool lift_folds_hold(struct lift *lift);

/* Makes objects of all uses. Returns false after setting the error: one is written and has code,
 * or holds addresses. */
bool lift_objects(struct lift *lift, struct golf_lifted *lifted);

/* The object that has an address, or ends there; GOLF_NONE: none. */
uint16_t lift_object_at(const struct golf_lifted *lifted, uint64_t address);

#endif
