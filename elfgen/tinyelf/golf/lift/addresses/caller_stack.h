/* What functions read and write of the stack above their own return address. */
#ifndef GOLF_LIFT_CALLER_STACK_H
#define GOLF_LIFT_CALLER_STACK_H

#include "golf/lift/lift_private.h"

/* Refuses a function that reads or writes the address that a call before its own one pushed, as one
 * does that has an argument on the stack and calls itself without. All code was followed. Returns
 * false after setting the error. */
bool lift_check_caller_stack(struct lift *lift);

#endif
