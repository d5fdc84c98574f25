/* Instructions of a program to be lifted, by their addresses. */
#ifndef GOLF_LIFT_DECODE_H
#define GOLF_LIFT_DECODE_H

#include "golf/lift/lift_private.h"

/* The instruction at an address, decoded once. NULL after setting the error: there is none, or one
 * that is not lifted. *index is its index in lift->instructions. */
struct lift_instruction *lift_instruction_at(struct lift *lift, uint64_t address, uint32_t *index);

/* Whether an instruction was decoded that begins at an address. */
bool lift_is_decoded(const struct lift *lift, uint64_t address);

/* Whether what is at an address can hardly be meant as code: there is no instruction, or one that
 * faults in every program. So it is with texts after a program's exit. */
bool lift_is_no_code(const struct lift *lift, uint64_t address);

/* Whether it is loopne, loope, loop or jrcxz, in whichever width they count. */
bool lift_is_counted(const struct lift_instruction *instruction);

/* Whether an instruction computes as machines have done since the 8086: the bits of its result
 * depend on those of its operands at the same places and below, and ZF tells whether the result is
 * 0. */
bool lift_is_arithmetic(ZydisMnemonic mnemonic);

/* Whether an operand that is written may as well stay as it is. */
bool lift_may_leave(const struct lift_instruction *instruction, const ZydisDecodedOperand *operand);

/* The general registers that an instruction has whatever its operands are. */
uint16_t lift_implied(const struct lift_instruction *instruction);

/* The flags that do not depend any more on what they were before. */
uint32_t lift_flags_set(const struct lift_instruction *instruction);

/* The general register of which an operand is a part, EFFECTS_NONE for others; and how many of its
 * low bits the part reaches. */
uint8_t lift_register(const ZydisDecodedOperand *operand, uint8_t *bits);

/* Whether an instruction is one of strings (movs, cmps, scas, lods, stos), repeated or not. */
bool lift_is_string(const struct lift_instruction *instruction);

/* Whether its first two operands are one register. */
bool lift_is_same_register(const struct lift_instruction *instruction);

/* Whether an operand's number is known to be no address. */
bool lift_is_number_operand(const struct lift *lift, const struct lift_instruction *instruction,
                            size_t operand);

/* The instruction as data, for its other encodings. Returns false if it cannot be said so. */
bool lift_as_data(const struct lift_instruction *source, struct x86 *machine,
                  struct elfgen_x86_instruction *result);

#endif
