/* Programs that compare and stages run in order to measure them. */
#ifndef CLI_MEASURE_H
#define CLI_MEASURE_H

#include "../process/measure.h"

/* Nanoseconds for a run, where the user says nothing: 5 seconds. */
#define MEASURE_LIMIT 5000000000U

struct measured {
    const char *path; /* as execve takes it; NULL: it cannot be run */
    const char *name; /* argv[0] */
    const char *file; /* in messages */
};

/* Runs each without input and output. False: not all did and ended, said why; what is known is in
 * `measures`, whose memory is the caller's to free. */
bool run_measured(const struct measured *programs, struct measure *measures, size_t count,
                  uint64_t limit);

#endif
