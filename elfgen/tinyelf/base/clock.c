/* Reads clocks, in nanoseconds. */
#include "clock.h"

enum { SECOND = 1000000000 };

/* 0: there is no such clock. */
static uint64_t read_clock(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0)
        return 0;
    return (uint64_t)time.tv_sec * SECOND + (uint64_t)time.tv_nsec;
}

uint64_t clock_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t clock_processor(pid_t id)
{
    clockid_t clock;
    return clock_getcpuclockid(id, &clock) == 0 ? read_clock(clock) : 0;
}

struct timespec clock_timespec(uint64_t nanoseconds)
{
    return (struct timespec){.tv_sec = (time_t)(nanoseconds / SECOND),
                             .tv_nsec = (long)(nanoseconds % SECOND)};
}

uint64_t clock_nanoseconds(uint64_t milliseconds)
{
    const uint64_t most = UINT64_MAX / 2;
    return milliseconds > most / 1000000 ? most : milliseconds * 1000000;
}
