/* The caller's decoder, asked about one instruction of a range. */
#ifndef ELFGEN_DECODE_H
#define ELFGEN_DECODE_H

#include "elfgen/code.h"

/* The length in bytes of the instruction at `offset` of `range`; 0: there is none. */
uint8_t elfgen_code_length(const struct elfgen_code *code, const struct elfgen_range *range,
                           uint64_t offset);

/* Decodes the instruction at `offset` of `range`. Returns false if there is none. `registers`: what
 * is known before it, then after it. */
bool elfgen_code_decode(const struct elfgen_code *code, const struct elfgen_range *range,
                        uint64_t offset, struct elfgen_registers *registers,
                        struct elfgen_instruction *instruction);

#endif
