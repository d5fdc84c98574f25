/* Decoded x86 instructions in NASM's syntax, which Zydis has no style for. */
#ifndef X86_NASM_H
#define X86_NASM_H

#include <stdint.h>

#include <Zydis/Zydis.h>

#include "elfgen/text.h"

/* Appends the instruction as NASM assembles it back to one of the same meaning at `address`: lower
 * case, one line, no newline. `bytes` are the instruction's. What nasm has no words for becomes
 * `db 0x..,0x..`.
 *
 * For 32-bit and 64-bit mode, and for `-f bin` with `bits 32` or `bits 64` and an `org` that puts
 * the line at `address`: to an object file nasm 2.16 writes a jump to a number with a wrong
 * distance and says nothing. A place that is relative to rip is written from `$`, the line's own
 * address, since nasm takes no number as relative. The meaning is kept, the length is not always:
 * nasm takes shorter forms where it has them, and none longer than the instruction's. nasm warns of
 * `ds jmp rax` (notrack) and `cs jz ...` (a hint) unless the source has `[warning -prefix-seg]`. */
void nasm_text(const ZydisDecodedInstruction *instruction, const ZydisDecodedOperand *operands,
               const uint8_t *bytes, uint64_t address, struct elfgen_text *text);

#endif
