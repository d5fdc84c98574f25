/* Programs that compare and stages run in order to measure them. */
#ifndef COMPARE_RUN_H
#define COMPARE_RUN_H

#include "../process/measure.h"

/* Nanoseconds for a run, where the user says nothing: 5 seconds. */
#define COMPARE_RUN_LIMIT 5000000000U

struct compare_program {
    const char *path; /* as execve takes it; NULL: it cannot be run */
    const char *name; /* argv[0] */
    const char *file; /* in messages */
};

/* Runs each without input and output. False: not all did and ended, said why; what is known is in
 * `measures`, whose memory is the caller's to free. */
bool compare_run_programs(const struct compare_program *programs, struct profile *profiles,
                          size_t count, uint64_t limit);

#endif
