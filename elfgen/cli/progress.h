/* A bar on standard error, on a terminal alone, for what takes a while. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;         /* there is a terminal to show it on */
    const char *things; /* "runs" */
    uint64_t all;
    uint64_t began; /* nanoseconds of the monotonic clock */
};

/* Begins to count the time. `all`: how many there are to be done. */
void progress_begin(struct progress *progress, const char *things, uint64_t all);

/* So many are done: the bar, how many a second, and the time that is left. */
void progress_show(const struct progress *progress, uint64_t done);

/* Takes it off the screen. */
void progress_end(const struct progress *progress);

#endif
