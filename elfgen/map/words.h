/* System calls and parts of instructions, described in words. */
#ifndef ELFGEN_WORDS_H
#define ELFGEN_WORDS_H

#include "elfgen/map.h"

/* Appends the groups of bits of a part of an instruction, or the file offset of the address in it.
 */
void elfgen_put_encoding(struct elfgen_text *text, const struct elfgen_view *view,
                         const struct elfgen_claim *claim);

/* Appends ": write(1, 0x100a6, 12)" if the instruction at `offset` makes a system call. */
void elfgen_put_call(struct elfgen_text *text, const struct elfgen_code *code, uint64_t offset);

/* Appends " (only if execve fails)" if the instruction at `offset` is reached only then. */
void elfgen_put_failure(struct elfgen_text *text, const struct elfgen_code *code, uint64_t offset);

#endif
