/* Zydis's formatter with the names of conditions that the field uses, and with symbols in objects.
 */
#ifndef X86_FORMATTER_H
#define X86_FORMATTER_H

#include "x86.h"

/* Sets up machine->formatter for machine->syntax, Intel's or AT&T's. */
void x86_set_up_formatter(struct x86 *machine);

/* Formats an instruction at `address`, whose bytes are `bytes`, into `line`. Operands that a
 * relocation changes are the symbol's name and the addend. Returns false if it does not fit. */
bool x86_format(const struct x86 *machine, const ZydisDecodedInstruction *instruction,
                const ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT], const uint8_t *bytes,
                uint64_t address, char *line, size_t size);

#endif
