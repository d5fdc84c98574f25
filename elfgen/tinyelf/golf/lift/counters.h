/* Counters in memory that are kept in the byte that shows them. */
#ifndef GOLF_LIFT_COUNTERS_H
#define GOLF_LIFT_COUNTERS_H

#include "golf/lifted.h"

/* Where a program counts in one place, and stores that plus a number in a byte of another each time
 * before a call reads it, makes one of the two. Returns false if there is no memory. */
bool lift_counters(struct golf_lifted *lifted);

#endif
