/* Prints x86 instructions in NASM's syntax, for which Zydis has no style. */
#ifndef X86_NASM_H
#define X86_NASM_H

#include <stdint.h>

#include <Zydis/Zydis.h>

#include "elfgen/text.h"

/* Appends the instruction so that nasm assembles it to one of the same meaning at `address`: in
 * lower case, on one line without a newline. `bytes` are the instruction's. Instructions that nasm
 * does not know become `db 0x..,0x..`.
 *
 * The mode is 32 or 64 bits. The text is for `-f bin` with `bits 32` or `bits 64`, and an `org`
 * that puts the line at `address`: in object files, nasm 2.16 silently gives a jump to a number a
 * wrong distance. Operands relative to rip are written relative to `$`, the line's own address,
 * since nasm does not make numbers relative. nasm may use a shorter form of the same meaning, never
 * a longer one. It warns of `ds jmp rax` (notrack) and `cs jz ...` (a hint) unless the source has
 * `[warning -prefix-seg]`. */
void nasm_text(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
               const uint8_t *bytes, uint64_t address, struct elfgen_text *text);

#endif
