/* The monotonic clock, and the processor time of a process, in nanoseconds. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t clock_now(void);

/* Nanoseconds of processor time that a process has used. 0: it is gone, or this is unknown. */
uint64_t clock_processor(pid_t id);

/* A duration as system calls want it. */
struct timespec clock_timespec(uint64_t nanoseconds);

/* Milliseconds as nanoseconds, at most half of UINT64_MAX: adding them to a time of the clock does
 * not overflow. */
uint64_t clock_nanoseconds(uint64_t milliseconds);

#endif
