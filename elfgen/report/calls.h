/* System calls as a student asks for them: one in both ABIs, whole tables, how they are made. */
#ifndef REPORT_CALLS_H
#define REPORT_CALLS_H

#include "calls_facts.h"
#include "elfgen/text.h"

/* The widest line. */
enum { CALLS_WIDTH = 100 };

/* One call by name or by number: a column for each ABI, as `calls` are indexed by it; NULL: that
 * ABI was not asked for. */
void calls_put(struct elfgen_text *out, const struct call_facts *const calls[CALL_ABIS]);

/* How calls are made, without one. */
void calls_put_rules(struct elfgen_text *out, const bool asked[CALL_ABIS]);

/* A line a call: those of one ABI, with parameters, as they come. */
void calls_list(struct elfgen_text *out, const struct call_facts *calls, size_t count);

/* A line a name, for both: `calls` sorted by name, x86_64's before i386's. */
void calls_list_names(struct elfgen_text *out, const struct call_facts *calls, size_t count);

/* All of it as one JSON object: the conventions of the ABIs asked for, and calls as they come. */
void calls_json(struct elfgen_text *out, const bool asked[CALL_ABIS],
                const struct call_facts *calls, size_t count);

#endif
