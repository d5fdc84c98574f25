/* Values that come about step by step: addresses that are counted, and what a pointer that climbs
 * from the arguments meets. */
#ifndef GOLF_LIFT_MOVED_H
#define GOLF_LIFT_MOVED_H

#include "golf/lift/lift_private.h"

/* Why a program is left alone that looks for a number in the auxiliary vector. */
extern const char lift_is_searched[];

/* Notes the traits that the opaque value has that an instruction leaves in a register, whose other
 * parts are noted. */
void lift_give_traits(const struct lift_instruction *instruction, unsigned reg,
                      struct lift_value *value);

/* Whether an operation counts an address until it is some number, or looks for a number among the
 * words above the arguments, as in the auxiliary vector, where golf's headers change some. Sets the
 * error then. */
bool lift_shows_moved(struct lift *lift, const struct lift_instruction *instruction);

#endif
