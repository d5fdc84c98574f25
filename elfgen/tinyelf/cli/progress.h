/* Shows a progress bar on standard error, if that is a terminal. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool shown;         /* standard error is a terminal */
    const char *things; /* "runs" */
    uint64_t all;
    uint64_t began; /* nanoseconds of the monotonic clock */
};

/* Starts the clock. `all` is how many things there are to do. */
void progress_begin(struct progress *progress, const char *things, uint64_t all);

/* Shows the bar, the rate and the time left, when `done` things are done. */
void progress_show(const struct progress *progress, uint64_t done);

/* Removes the bar. */
void progress_end(const struct progress *progress);

#endif
