/* The monotonic clock, in nanoseconds. */
#include "clock.h"

#include <time.h>

uint64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t clock_nanoseconds(uint64_t milliseconds)
{
    const uint64_t most = UINT64_MAX / 2;
    return milliseconds > most / 1000000 ? most : milliseconds * 1000000;
}
