/* What a run executed, where the flow is followed: it is right, and what is guessed yields to it.
 */
#ifndef ELFGEN_RUN_H
#define ELFGEN_RUN_H

#include "elfgen/code.h"

/* Whether nothing is missing of what it says that it has; `run` may be NULL, here and below. */
bool elfgen_run_is_whole(const struct elfgen_run *run);

/* Whether an instruction began at `offset` of the file. */
bool elfgen_run_began(const struct elfgen_run *run, uint64_t offset);

/* Whether `length` bytes at `offset` are no instruction of the program: none began there, and some
 * of them belonged to others. */
bool elfgen_run_contradicts(const struct elfgen_run *run, uint64_t offset, uint64_t length);

/* Whether the program called the kernel at `offset`, and never came to `after`: for calls of which
 * no more is known. */
bool elfgen_run_ended(const struct elfgen_run *run, uint64_t offset, uint64_t after);

/* Calls `reach` with the offsets of instructions that were executed and that the flow has not
 * found. */
void elfgen_run_begin(struct elfgen_code *code,
                      void (*reach)(struct elfgen_code *code, uint64_t offset));

#endif
