/* Prints x86 instructions in NASM's syntax, for which Zydis has no style. */
#ifndef X86_NASM_H
#define X86_NASM_H

#include <stdbool.h>
#include <stdint.h>

#include <Zydis/Zydis.h>

#include "elfgen/text.h"

/* Appends the instruction so that nasm assembles it to the same bytes at `address`: in lower case,
 * on one line without a newline. `bytes` are the instruction's. Where nasm knows no such
 * instruction, or would choose other bytes, it is `db 0x..,0x..`, with the reading as a comment.
 *
 * The mode is 32 or 64 bits. The text is for `-f bin` with `bits 32` or `bits 64`, and an `org`
 * that puts the line at `address`: in object files, nasm 2.16 silently gives a jump to a number a
 * wrong distance. Operands relative to rip are written relative to `$`, the line's own address,
 * since nasm does not make numbers relative. It warns of `ds jmp rax` (notrack) and `cs jz ...` (a
 * hint) unless the source has
 * `[warning -prefix-seg]`. */
void nasm_text(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
               const uint8_t *bytes, uint64_t address, struct elfgen_text *text);

/* Whether an instruction with an EVEX prefix must say so, since nasm may prefer VEX. */
bool nasm_needs_evex(const ZydisDecodedInstruction *instruction,
                     const ZydisDecodedOperand *operands);

/* Whether nasm's own choice for an instruction that nasm_text() has words for are its bytes. */
bool nasm_is_exact(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
                   const uint8_t *bytes);

#endif
