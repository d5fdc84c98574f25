/* Numbers in instructions that a register has: an immediate takes a byte, or four. */
#include "operands.h"

#include "rename.h"

enum { DISTINCT = 32 };

static bool takes_register(uint16_t mnemonic, bool is_memory)
{
    switch (mnemonic) {
    case ELFGEN_X86_OP_mov:
        return is_memory;
    case ELFGEN_X86_OP_add:
    case ELFGEN_X86_OP_or:
    case ELFGEN_X86_OP_adc:
    case ELFGEN_X86_OP_sbb:
    case ELFGEN_X86_OP_and:
    case ELFGEN_X86_OP_sub:
    case ELFGEN_X86_OP_xor:
    case ELFGEN_X86_OP_cmp:
    case ELFGEN_X86_OP_test:
        return true;
    default:
        return false;
    }
}

/* The bytes of an operation's operands, the second of which is a number that a register could be;
 * 0: it is none. */
static unsigned size_of(const struct golf_operation *operation, uint64_t *number)
{
    const struct elfgen_x86_operand *to = &operation->instruction.operands[0],
                                    *from = &operation->instruction.operands[1];
    const bool is_memory = to->kind == ELFGEN_X86_MEMORY;
    if (operation->kind != GOLF_KEPT || !operation->instruction.mnemonic ||
        from->kind != ELFGEN_X86_IMMEDIATE || from->symbolic ||
        operation->instruction.operands[2].kind || operation->need_count == GOLF_REGISTERS ||
        (operation->refers.kind == GOLF_ADDRESS && operation->refers_operand == 1) ||
        !takes_register(operation->instruction.mnemonic, is_memory) ||
        (!is_memory && to->kind != ELFGEN_X86_REGISTER_OPERAND))
        return 0;
    const unsigned size = is_memory ? to->size : elfgen_x86_register_size(to->reg);
    if (size != 1 && size != 4 && size != 8)
        return 0;
    *number = (uint64_t)from->value;
    if (size < sizeof *number)
        *number &= (UINT64_C(1) << (8 * size)) - 1;
    return size;
}

size_t operands_numbers(const struct golf_lifted *lifted, uint64_t numbers[OPERANDS_NUMBERS])
{
    uint64_t found[DISTINCT], number = 0;
    size_t times[DISTINCT] = {0}, count = 0, best = 0;
    for (size_t i = 0; i < lifted->count; i++)
        for (size_t k = 0; k < lifted->blocks[i].count; k++) {
            size_t at = 0;
            if (!size_of(&lifted->blocks[i].operations[k], &number))
                continue;
            while (at < count && found[at] != number)
                at++;
            if (at == DISTINCT)
                continue;
            if (at == count)
                found[count++] = number;
            times[at]++;
        }
    for (; best < OPERANDS_NUMBERS && best < count; best++) {
        size_t most = 0;
        for (size_t at = 1; at < count; at++)
            most = times[at] > times[most] ? at : most;
        if (times[most] == 0)
            break;
        numbers[best] = found[most];
        times[most] = 0;
    }
    return best;
}

/* Whether the instruction's first operand is a high byte, which has no encoding with some others.
 */
static bool has_high_byte(const struct golf_operation *operation)
{
    const struct elfgen_x86_operand *to = &operation->instruction.operands[0];
    return to->kind == ELFGEN_X86_REGISTER_OPERAND && (to->reg & X86_CLASS) == X86_HIGH_BYTES;
}

static bool change(const struct golf_lifted *lifted, struct golf_operation *operation,
                   unsigned size, uint64_t number, unsigned reg)
{
    struct golf_operation changed = *operation;
    struct elfgen_x86_operand *from = &changed.instruction.operands[1];
    const uint8_t class = size == 1 ? X86_LOW_BYTES : size == 4 ? X86_DOUBLEWORDS : X86_QUADWORDS;
    if (rename_mentions(operation, reg) || has_high_byte(operation) ||
        (size == 1 && !golf_has_low_byte(lifted, reg)))
        return false;
    *from = (struct elfgen_x86_operand){.kind = ELFGEN_X86_REGISTER_OPERAND,
                                        .reg = (uint8_t)(class + reg)};
    changed.instruction.form = 0;
    changed.reads |= (uint16_t)(1u << reg);
    changed.needs[changed.need_count++] =
        (struct golf_need){.reg = (uint8_t)reg,
                           .bits = (uint8_t)(8 * size),
                           .count = 1,
                           .values = {{.kind = GOLF_CONSTANT, .number = number}}};
    if (!golf_change_instruction(&changed, &changed.instruction))
        return false;
    *operation = changed;
    return true;
}

size_t operands_by_register(struct golf_lifted *lifted, uint64_t number, unsigned reg)
{
    size_t count = 0;
    for (size_t i = 0; i < lifted->count; i++)
        for (size_t k = 0; k < lifted->blocks[i].count; k++) {
            struct golf_operation *operation = &lifted->blocks[i].operations[k];
            uint64_t has = 0;
            const unsigned size = size_of(operation, &has);
            count += size && has == number && change(lifted, operation, size, number, reg);
        }
    return count;
}
