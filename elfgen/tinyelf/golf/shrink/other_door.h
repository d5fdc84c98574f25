/* A system call of 64-bit code that `int 0x80` makes. */
#ifndef GOLF_OTHER_DOOR_H
#define GOLF_OTHER_DOOR_H

#include "golf/lifted.h"

/* Changes a copy of a `syscall` to the `int 0x80` that does the same: i386's number of a call that
 * has the same parameters in both, and its registers. `small_addresses`: pointers of the file fit.
 * Returns false if there is none. */
bool other_door(const struct golf_operation *operation, bool small_addresses,
                struct golf_operation *other);

#endif
