/* Words for instructions and system calls. */
#ifndef ELFGEN_WORDS_H
#define ELFGEN_WORDS_H

#include "elfgen/map.h"

/* The bits of a part of an instruction, or where the address in it lies in the file. */
void elfgen_put_encoding(struct elfgen_text *text, const struct elfgen_view *view,
                         const struct elfgen_claim *claim);

/* ": write(1, 0x100a6, 12)" for an instruction that enters the kernel. */
void elfgen_put_call(struct elfgen_text *text, const struct elfgen_code *code, uint64_t offset);

#endif
