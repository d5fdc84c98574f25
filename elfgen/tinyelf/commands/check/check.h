/* Prints the result of check, as text and as JSON. */
#ifndef CHECK_H
#define CHECK_H

#include "bytemap/verdict.h"

/* Each returns the number of warnings that it printed. `verbose`: the memory map, too. */
unsigned check_text(struct elfgen_text *out, const struct verdict *report, bool verbose);
unsigned check_json(struct elfgen_text *out, const struct verdict *report);

#endif
