/* Prints system calls: one in each ABI, whole tables, how calls are made. */
#ifndef SYSCALL_H
#define SYSCALL_H

#include "syscalls/parameter_text.h"
#include "elfgen/text.h"

/* `width` is that of the output (base/width.h). The wide form, for 0, has lines of this length at
 * most. */
enum { SYSCALL_WIDTH = 100 };

/* Prints one call, with a column per ABI. `calls` is indexed by ABI; NULL: that ABI was not asked
 * for. */
void syscall_put_one(struct elfgen_text *out, size_t width,
                     const struct call_facts *const calls[CALL_ABIS]);

/* Prints how calls are made, without one. */
void syscall_put_rules(struct elfgen_text *out, size_t width, const bool asked[CALL_ABIS]);

/* Prints a line per call of one ABI, with parameters, in the order given. */
void syscall_put_list(struct elfgen_text *out, size_t width, const struct call_facts *calls,
                      size_t count);

/* Prints a line per name, for all ABIs. `calls` is sorted by name. */
void syscall_put_names(struct elfgen_text *out, size_t width, const struct call_facts *calls,
                       size_t count);

/* Prints one JSON object: the conventions of the ABIs asked for, and the calls in the order
 * given. */
void syscall_put_json(struct elfgen_text *out, const bool asked[CALL_ABIS],
                      const struct call_facts *calls, size_t count);

#endif
