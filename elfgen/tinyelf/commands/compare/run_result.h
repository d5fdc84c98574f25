/* Prints what a program did when it ran, as words and as JSON. */
#ifndef COMPARE_RUN_RESULT_H
#define COMPARE_RUN_RESULT_H

#include "ptrace/profile.h"
#include "elfgen/text.h"

/* Prints how it ended: "exit 0", "killed by SIGSEGV", "time was up", "no: Exec format error". */
void run_result_end(const struct profile *run, struct elfgen_text *out);

/* The number of calls of the first thread before its first write; all calls if it wrote nothing. */
size_t run_result_before_write(const struct profile *run);

/* The number of calls in `order`. */
size_t run_result_length(const struct profile *run);

/* Prints one JSON object with all keys; what does not apply is null. NULL prints null. */
void run_result_json(const struct profile *run, struct elfgen_text *out);

#endif
