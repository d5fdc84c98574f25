/* What a program did when it ran: words, and JSON. */
#ifndef REPORT_RUN_H
#define REPORT_RUN_H

#include "../process/measure.h"
#include "elfgen/text.h"

/* How it ended: "exit 0", "killed by SIGSEGV", "time was up", "no: Exec format error". */
void run_result_end(const struct profile *run, struct elfgen_text *out);

/* How many calls the program's first thread made before its first write; all, if it wrote nothing.
 */
size_t run_result_before_write(const struct profile *run);

/* How many calls are in `order`. */
size_t run_result_length(const struct profile *run);

/* One JSON object; every key is there, what does not apply is null. NULL: null. */
void run_result_json(const struct profile *run, struct elfgen_text *out);

#endif
