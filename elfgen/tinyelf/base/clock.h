/* The monotonic clock, in nanoseconds. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t clock_now(void);

/* Milliseconds as nanoseconds, at most half of UINT64_MAX: adding them to a time of the clock does
 * not overflow. */
uint64_t clock_nanoseconds(uint64_t milliseconds);

#endif
