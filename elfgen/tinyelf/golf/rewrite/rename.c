/* Registers that are renamed in the whole program: r8 to r15 take a prefix in each instruction. */
#include "rename.h"

/* Whether an operand's register is a general one, in whichever size. Some low classes are. */
static bool is_general(uint8_t reg)
{
    return (reg & X86_CLASS) >= X86_LOW_BYTES && (reg & X86_CLASS) <= X86_QUADWORDS;
}

static uint16_t bit_of(uint8_t reg)
{
    return (uint16_t)(is_general(reg) ? 1u << (reg & X86_NUMBER) : 0);
}

static uint16_t in_needs(const struct golf_need *needs, size_t count)
{
    uint16_t registers = 0;
    for (size_t i = 0; i < count; i++)
        registers |= (uint16_t)(1u << needs[i].reg);
    return registers;
}

/* Registers of operands. */
static uint16_t in_operands(const struct golf_operation *operation)
{
    uint16_t registers = 0;
    for (size_t i = 0; i < ELFGEN_X86_OPERANDS && operation->instruction.mnemonic; i++) {
        const struct elfgen_x86_operand *operand = &operation->instruction.operands[i];
        if (operand->kind == ELFGEN_X86_REGISTER_OPERAND)
            registers |= bit_of(operand->reg);
        if (operand->kind == ELFGEN_X86_MEMORY)
            registers |= (uint16_t)(bit_of(operand->base) | bit_of(operand->index));
    }
    return registers;
}

static uint16_t in_operation(const struct golf_operation *operation)
{
    return (uint16_t)(in_needs(operation->needs, operation->need_count) | operation->reads |
                      operation->writes | in_operands(operation));
}

uint16_t rename_mentioned(const struct golf_lifted *lifted)
{
    uint16_t registers = 0;
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        registers |= in_needs(block->needs, block->need_count);
        for (size_t k = 0; k < block->count; k++)
            registers |= in_operation(&block->operations[k]);
        for (unsigned reg = 0; reg < GOLF_REGISTERS && i > 0; reg++)
            registers |= (uint16_t)((block->at_start[reg].kind != GOLF_UNKNOWN) << reg);
    }
    return registers;
}

/* ---- renaming ---- */

struct renaming {
    unsigned from, to;
};

static void rename_bit(const struct renaming *renaming, uint16_t *registers)
{
    if (!(*registers >> renaming->from & 1))
        return;
    *registers &= (uint16_t) ~(1u << renaming->from);
    *registers |= (uint16_t)(1u << renaming->to);
}

static void rename_value(const struct renaming *renaming, struct golf_value values[GOLF_REGISTERS])
{
    values[renaming->to] = values[renaming->from];
    values[renaming->from] = (struct golf_value){.kind = GOLF_UNKNOWN};
}

static void rename_needs(const struct renaming *renaming, struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (needs[i].reg == renaming->from)
            needs[i].reg = (uint8_t)renaming->to;
}

static void rename_operand(const struct renaming *renaming, uint8_t *reg)
{
    if (is_general(*reg) && (*reg & X86_NUMBER) == renaming->from)
        *reg = (uint8_t)((*reg & X86_CLASS) | renaming->to);
}

/* Whether an instruction may use the register besides its operands: a product and cmpxchg
 * have no operand for eax, and a high byte has no other register. */
static bool has_hidden(const struct golf_operation *operation)
{
    uint16_t hidden = (uint16_t)((operation->implied | in_operation(operation)) &
                                 (operation->implied | ~in_operands(operation)) & ~(1u << X86_RSP));
    for (size_t i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (operation->instruction.operands[i].kind == ELFGEN_X86_REGISTER_OPERAND &&
            (operation->instruction.operands[i].reg & X86_CLASS) == X86_HIGH_BYTES)
            return true;
    return hidden != 0;
}

/* Whether an address begins with the register. */
static bool has_base(const struct golf_operation *operation, unsigned reg)
{
    for (size_t i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const struct elfgen_x86_operand *operand = &operation->instruction.operands[i];
        if (operand->kind == ELFGEN_X86_MEMORY && bit_of(operand->base) == 1u << reg)
            return true;
    }
    return false;
}

bool rename_mentions(const struct golf_operation *operation, unsigned reg)
{
    return in_operation(operation) >> reg & 1;
}

bool rename_is_possible(const struct golf_operation *operation, unsigned from)
{
    enum { LOW = 8 };
    return operation->kind == GOLF_KEPT && operation->instruction.mnemonic != 0 &&
           in_operands(operation) >> from & 1 && (from >= LOW || !has_hidden(operation));
}

bool rename_operation(struct golf_operation *operation, unsigned from, unsigned to)
{
    const struct renaming renaming = {from, to};
    /* An address that is not canonical has another signal with rbp. */
    if ((from == X86_RBP || to == X86_RBP) && has_base(operation, from))
        return false;
    for (size_t i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        struct elfgen_x86_operand *operand = &operation->instruction.operands[i];
        if (operand->kind == ELFGEN_X86_REGISTER_OPERAND)
            rename_operand(&renaming, &operand->reg);
        if (operand->kind == ELFGEN_X86_MEMORY) {
            rename_operand(&renaming, &operand->base);
            rename_operand(&renaming, &operand->index);
        }
    }
    rename_needs(&renaming, operation->needs, operation->need_count);
    rename_bit(&renaming, &operation->reads);
    rename_bit(&renaming, &operation->writes);
    rename_value(&renaming, operation->after);
    if (operation->equal_register == from)
        operation->equal_register = (uint8_t)to;
    return golf_change_instruction(operation, &operation->instruction);
}

bool rename_register(struct golf_lifted *lifted, unsigned from, unsigned to)
{
    const struct renaming renaming = {from, to};
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        for (size_t k = 0; k < block->count; k++)
            if (rename_mentions(&block->operations[k], from) &&
                (!rename_is_possible(&block->operations[k], from) ||
                 !rename_operation(&block->operations[k], from, to)))
                return false;
        rename_needs(&renaming, block->needs, block->need_count);
        if (i > 0) /* Linux starts with 0 in both */
            rename_value(&renaming, block->at_start);
    }
    return true;
}
