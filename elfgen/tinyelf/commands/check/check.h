/* Prints the result of check, as text and as JSON. */
#ifndef CHECK_H
#define CHECK_H

#include "bytemap/verdict.h"
#include "cli/kernel_versions.h"

/* Prints the answer, and returns the number of warnings that it printed. `verbose`: the memory map,
 * too. */
unsigned check_text(struct elfgen_text *out, const struct verdict *report, bool verbose);
/* The same as an object. `versions`: the answers of these, too, as check_kernels(); NULL: not.
 * *good and *starts are then what that returns and sets. */
unsigned check_json(struct elfgen_text *out, const struct verdict *report,
                    const struct kernel_versions *versions, bool *good, bool *starts);

/* The column of verdicts in the lines of check_kernels(), after the versions. */
enum { CHECK_VERDICT_COLUMN = 16 };

/* Asks about a file for several versions, each on a usual machine, and prints a line for those that
 * say the same, as text or as JSON objects with commas between. *starts: it starts with all of
 * them. Returns false if memory ran out. */
bool check_kernels(struct elfgen_text *out, const struct verdict *file,
                   const struct kernel_versions *versions, bool json, bool *starts);

#endif
