/* What is known of the flags, and which conditions hold. */
#ifndef X86_FLAGS_H
#define X86_FLAGS_H

#include "x86.h"

/* Bits of the flags register. */
enum {
    FLAG_CF = ZYDIS_CPUFLAG_CF,
    FLAG_PF = ZYDIS_CPUFLAG_PF,
    FLAG_AF = ZYDIS_CPUFLAG_AF,
    FLAG_ZF = ZYDIS_CPUFLAG_ZF,
    FLAG_SF = ZYDIS_CPUFLAG_SF,
    FLAG_DF = ZYDIS_CPUFLAG_DF,
    FLAG_OF = ZYDIS_CPUFLAG_OF
};

/* An operation on numbers of `width` bits: what goes in, and what comes out. */
struct x86_operation {
    ZydisMnemonic mnemonic;
    unsigned width;
    struct elfgen_bits a, b, carry; /* of `carry` only bit 0 is unknown, or none */
    struct elfgen_bits result;
};

/* A flag as a number of which only bit 0 may be unknown. */
struct elfgen_bits x86_flag(struct elfgen_bits flags, unsigned flag);

/* The flags after an instruction. `operation`: what it computes, or NULL if that is not known. */
struct elfgen_bits x86_flags_after(const ZydisDecodedInstruction *instruction,
                                   const struct x86_operation *operation, struct elfgen_bits flags);

/* How often a shift or rotation shifts. Returns false if that is not known. */
bool x86_shift_count(const struct x86_operation *operation, unsigned *count);

/* Whether an instruction's condition holds, as x86_flag() has it: of a conditional jump (and loop,
 * and jrcxz), setcc or cmovcc. Unknown for all others. */
struct elfgen_bits x86_condition(const ZydisDecodedInstruction *instruction,
                                 const struct elfgen_registers *registers);

#endif
