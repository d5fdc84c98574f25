/* Jumps that ask rcx themselves, without flags: `jrcxz` for a comparison with 0 and a `jz`, `loop`
 * for a count down and a `jnz`. Both are two bytes. */
#include "counter_jumps.h"

bool counter_jumps_may_end(const struct golf_block *block)
{
    return block_asks_zero(block) && block->count > 0 && block->taken != block->other &&
           !(block->operations[block->count - 1].flags_set & block->flags_live);
}

static bool is_full(const struct golf_lifted *lifted, const struct elfgen_x86_operand *operand)
{
    return operand->kind == ELFGEN_X86_REGISTER_OPERAND &&
           (operand->reg & X86_CLASS) == golf_full_class(lifted);
}

static bool is_number(const struct elfgen_x86_operand *operand, int64_t number)
{
    return operand->kind == ELFGEN_X86_IMMEDIATE && operand->value == number;
}

/* Whether an operation takes 1 from all of a register, and does nothing else. */
static bool counts_down(const struct golf_lifted *lifted, const struct golf_operation *operation)
{
    const struct elfgen_x86_operand *operands = operation->instruction.operands;
    if (!is_full(lifted, &operands[0]))
        return false;
    switch (operation->instruction.mnemonic) {
    case ELFGEN_X86_OP_dec:
        return true;
    case ELFGEN_X86_OP_sub:
        return is_number(&operands[1], 1);
    case ELFGEN_X86_OP_add:
        return is_number(&operands[1], -1);
    default:
        return false;
    }
}

/* Whether an operation that tells whether a register is 0 does nothing else. */
static bool only_tells(const struct golf_operation *operation)
{
    const uint16_t mnemonic = operation->instruction.mnemonic;
    return !operation->writes && (mnemonic == ELFGEN_X86_OP_test || mnemonic == ELFGEN_X86_OP_cmp ||
                                  mnemonic == ELFGEN_X86_OP_and || mnemonic == ELFGEN_X86_OP_or);
}

/* What the register is before the operation; NULL: that is not told. */
static const struct golf_value *value_before(const struct golf_operation *operation)
{
    const struct golf_need *need =
        need_in(operation->needs, operation->need_count, operation->equal_register);
    return need && need->count == 1 && need->values[0].kind == GOLF_OPAQUE ? &need->values[0]
                                                                           : NULL;
}

unsigned counter_jumps_register(const struct golf_lifted *lifted, size_t number)
{
    const struct golf_block *block = &lifted->blocks[number];
    if (!counter_jumps_may_end(block))
        return GOLF_REGISTERS;
    const struct golf_operation *last = &block->operations[block->count - 1];
    if (last->kind != GOLF_KEPT || !last->tells_equal || last->equal_to != 0 ||
        last->equal_register == X86_RSP || !value_before(last) ||
        (!only_tells(last) && !counts_down(lifted, last)))
        return GOLF_REGISTERS;
    return last->equal_register;
}

/* Makes a block end with such a jump, which is taken where what its end asks is 0, or is not. */
static void end_with(const struct golf_lifted *lifted, struct golf_block *block, uint8_t condition,
                     bool is_zero, const struct golf_value *value)
{
    if ((block->condition == JUMP_ZERO) != is_zero) {
        const uint16_t taken = block->taken;
        block->taken = block->other;
        block->other = taken;
    }
    block->condition = condition;
    block_drop_need(block, X86_RCX);
    block->needs[block->need_count++] = (struct golf_need){
        .reg = X86_RCX, .bits = (uint8_t)lifted->bits, .count = 1, .values = {*value}};
}

void counter_jumps_end(const struct golf_lifted *lifted, struct golf_block *block,
                       const struct golf_value *value)
{
    end_with(lifted, block, GOLF_JRCXZ, true, value);
}

bool counter_jumps_make(struct golf_lifted *lifted, size_t number)
{
    struct golf_block *block = &lifted->blocks[number];
    if (counter_jumps_register(lifted, number) != X86_RCX)
        return false;
    const struct golf_operation *last = &block->operations[block->count - 1];
    const struct golf_value value = *value_before(last);
    const bool is_loop = !only_tells(last);
    const struct golf_need *needed = need_in(block->needs, block->need_count, X86_RCX);
    const struct golf_value *left = is_loop ? &last->after[X86_RCX] : &value;
    if (needed && (needed->count != 1 || !value_is_same(&needed->values[0], left)))
        return false;
    /* Another register cannot have what only `loop` makes: nothing provides that then. */
    block->count--;
    end_with(lifted, block, is_loop ? GOLF_LOOP : GOLF_JRCXZ, !is_loop, &value);
    return true;
}
