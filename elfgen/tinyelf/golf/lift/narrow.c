/* Makes 64-bit operations 32-bit ones, which are a byte shorter, where nobody sees the difference.
 */
#include "golf/lift/narrow.h"

#include "golf/lift/decode.h"
#include "x86/flags.h"
#include "x86/known_bits.h"

enum { HALF = 32 };

/* Whether the upper half and the sign of the lower one are the same, in each world; `positive`: and
 * 0. */
static bool is_extended(const struct lift_value *value, bool positive)
{
    const uint64_t upper = ~bits_ones(HALF - 1);
    for (size_t i = 0; i < LIFT_WORLDS; i++) {
        uint64_t bits = value->known[i].value & upper;
        if (value->kind == LIFT_STACK || (value->known[i].known & upper) != upper ||
            (bits != 0 && (positive || bits != upper)))
            return false;
    }
    return true;
}

/* The same of an operand of 64 bits. */
static bool is_operand_extended(const struct lift_instruction *instruction,
                                const struct lift_value *before, const ZydisDecodedOperand *operand,
                                bool positive)
{
    uint8_t bits, reg = lift_register(operand, &bits);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return operand->imm.value.s == (int32_t)operand->imm.value.s &&
               (!positive || operand->imm.value.s >= 0);
    return reg < GOLF_REGISTERS && bits == 64 && instruction->zydis.operand_width == 64 &&
           is_extended(&before[reg], positive);
}

/* Comparisons of numbers that are extended from 32 bits. */
static bool compares_narrow(const struct lift_instruction *instruction,
                            const struct lift_value *before, uint32_t flags_live)
{
    bool is_test = instruction->zydis.mnemonic == ZYDIS_MNEMONIC_TEST;
    /* Only the difference of numbers that are not negative has its sign in 32 bits for sure. */
    bool positive = !is_test && (flags_live & (FLAG_SF | FLAG_OF)) != 0;
    return is_operand_extended(instruction, before, &instruction->operands[0], positive) &&
           is_operand_extended(instruction, before, &instruction->operands[1], positive);
}

/* Whether the low half of the result depends on the low halves of the operands alone. */
static bool is_modular(const struct lift_instruction *instruction)
{
    const ZydisDecodedOperand *operands = instruction->operands;
    switch (instruction->zydis.mnemonic) {
    case ZYDIS_MNEMONIC_NOT:
    case ZYDIS_MNEMONIC_LEA:
        return true;
    case ZYDIS_MNEMONIC_IMUL:
        return instruction->zydis.operand_count_visible > 1;
    case ZYDIS_MNEMONIC_MOV:
        return operands[1].type == ZYDIS_OPERAND_TYPE_MEMORY;
    case ZYDIS_MNEMONIC_SHL:
        return operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operands[1].imm.value.u < HALF;
    default:
        return lift_is_arithmetic(instruction->zydis.mnemonic);
    }
}

bool lift_is_narrow(const struct lift *lift, const struct lift_instruction *instruction,
                    const struct lift_value before[GOLF_REGISTERS], const struct lift_live *after)
{
    uint8_t bits, reg = lift_register(&instruction->operands[0], &bits);
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    if (lift->bits != 64 || instruction->zydis.operand_width != 64 || instruction->is_folded ||
        instruction->effects.vectors || reg >= GOLF_REGISTERS || bits != 64)
        return false;
    if (mnemonic == ZYDIS_MNEMONIC_TEST || mnemonic == ZYDIS_MNEMONIC_CMP)
        return compares_narrow(instruction, before, after->flags);
    return is_modular(instruction) && instruction->effects.write_count == 0 &&
           after->bits[reg] <= HALF && !(instruction->flags_written & after->flags) &&
           reg != X86_RSP;
}

void lift_narrow(struct golf_operation *operation)
{
    struct elfgen_x86_instruction changed = operation->instruction;
    for (size_t i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        struct elfgen_x86_operand *operand = &changed.operands[i];
        if (operand->kind == ELFGEN_X86_REGISTER_OPERAND &&
            (operand->reg & X86_CLASS) == X86_QUADWORDS)
            operand->reg = (uint8_t)(operand->reg - X86_QUADWORDS + X86_DOUBLEWORDS);
        if (operand->kind == ELFGEN_X86_MEMORY && changed.mnemonic != ELFGEN_X86_OP_lea &&
            operand->size == 8)
            operand->size = 4;
    }
    if (changed.mnemonic)
        golf_change_instruction(operation, &changed);
}
