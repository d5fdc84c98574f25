/* Runs programs to profile them, for compare and stages. */
#ifndef COMPARE_RUN_H
#define COMPARE_RUN_H

#include "ptrace/profile.h"

/* Nanoseconds for a run unless the user says otherwise: 5 seconds. */
#define COMPARE_RUN_LIMIT 5000000000U

struct compare_program {
    const char *path; /* as for execve; NULL: it cannot be run */
    const char *name; /* argv[0] */
    const char *file; /* its name in messages */
};

/* Profiles each program without input and output. Returns false after reporting that not all of
 * them ran to their end. The caller frees `profiles`, which contain what is known. */
bool compare_run_programs(const struct compare_program *programs, struct profile *profiles,
                          size_t count, uint64_t limit);

#endif
