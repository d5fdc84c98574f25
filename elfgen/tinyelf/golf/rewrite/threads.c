/* A test whose result is known where it is reached is not made there. */
#include "threads.h"

#include <string.h>

#include "elfgen/x86.h"

/* ---- tests ---- */

static const struct elfgen_x86_operand *operand_in(const struct golf_operation *operation,
                                                   unsigned index)
{
    return &operation->instruction.operands[index];
}

/* The bits of an operand that is a general register, of which the low ones are meant; 0: none. */
static unsigned bits_in(const struct elfgen_x86_operand *operand)
{
    unsigned size =
        operand->kind == ELFGEN_X86_REGISTER_OPERAND ? elfgen_x86_register_size(operand->reg) : 0;
    return size > 8 || (size == 1 && (operand->reg & X86_CLASS) != X86_LOW_BYTES) ? 0 : 8 * size;
}

bool threads_is_test(const struct golf_block *block)
{
    const struct golf_operation *test = block->operations;
    if (block->count != 1 || !block_asks_zero(block) || block->flags_live ||
        test->kind != GOLF_KEPT || test->need_count != 1 || test->needs[0].count != 1 ||
        test->writes || test->refers.kind == GOLF_ADDRESS || !bits_in(operand_in(test, 0)))
        return false;
    const struct elfgen_x86_operand *second = operand_in(test, 1);
    const struct golf_value *value = &test->needs[0].values[0],
                            *begins = &block->at_start[test->needs[0].reg];
    bool is_twice = test->instruction.mnemonic == ELFGEN_X86_OP_test &&
                    second->kind == ELFGEN_X86_REGISTER_OPERAND &&
                    second->reg == operand_in(test, 0)->reg;
    bool is_zero = test->instruction.mnemonic == ELFGEN_X86_OP_cmp &&
                   second->kind == ELFGEN_X86_IMMEDIATE && second->value == 0;
    return (is_twice || is_zero) && value->kind == GOLF_OPAQUE && value_is_same(value, begins);
}

/* Whether an instruction sets ZF as a test of its result would. */
static bool tells_zero(uint16_t mnemonic)
{
    switch (mnemonic) {
    case ELFGEN_X86_OP_add:
    case ELFGEN_X86_OP_sub:
    case ELFGEN_X86_OP_and:
    case ELFGEN_X86_OP_or:
    case ELFGEN_X86_OP_xor:
    case ELFGEN_X86_OP_inc:
    case ELFGEN_X86_OP_dec:
    case ELFGEN_X86_OP_neg:
        return true;
    default:
        return false;
    }
}

/* Whether ZF at a block's end tells if a value is 0, in so many bits. */
static bool has_flag(const struct golf_block *block, const struct golf_value *value, unsigned bits)
{
    enum { HALF = 32, WHOLE = 64 };
    if (block->count == 0 || value->kind != GOLF_OPAQUE)
        return false;
    const struct golf_operation *last = &block->operations[block->count - 1];
    unsigned width = bits_in(operand_in(last, 0)), reg = operand_in(last, 0)->reg & X86_NUMBER;
    return last->kind == GOLF_KEPT && tells_zero(last->instruction.mnemonic) &&
           last->flags_set & ELFGEN_X86_ZF && last->writes >> reg & 1 &&
           value_is_same(&last->after[reg], value) &&
           (width == bits || (width == HALF && bits == WHOLE));
}

/* ---- what is needed then ---- */

struct needs {
    struct golf_need of[GOLF_REGISTERS];
    size_t count;
};

/* Adds a need, if it does not contradict another one. */
static bool add_need(struct needs *needs, const struct golf_need *need)
{
    struct golf_need *there = need_of(needs->of, needs->count, need->reg);
    if (!there) {
        needs->of[needs->count++] = *need;
        return true;
    }
    there->bits = need->bits > there->bits ? need->bits : there->bits;
    return value_is_same(&there->values[0], &need->values[0]);
}

/* An address of the stack as what comes before a block counts it, with whose stack pointer the
 * block begins. */
static void pass_stack(const struct golf_value *begins, const struct golf_value *before,
                       struct golf_value *value)
{
    if (begins->kind != GOLF_STACK || before->kind != GOLF_STACK || value->data != begins->data)
        return;
    value->number += before->number - begins->number;
    value->data = before->data;
}

/* Adds what is needed at the end of a block without changes, as a need at the end of what comes
 * before it: it has `before` there. */
static bool pass_needs(const struct golf_block *block, const struct golf_need *before, size_t count,
                       bool with_stack, struct needs *needs)
{
    for (size_t i = 0; i < block->need_count; i++) {
        struct golf_need need = block->needs[i];
        const struct golf_need *there = NULL;
        if (need.reg == X86_RSP && !with_stack)
            continue;
        if (need.count != 1 || need.values[0].kind == GOLF_CASES)
            return false;
        for (size_t k = 0; k < count && need.values[0].kind == GOLF_OPAQUE; k++)
            if (value_is_same(&block->at_start[before[k].reg], &need.values[0]) &&
                (!there || before[k].reg == need.reg))
                there = &before[k];
        if (need.values[0].kind == GOLF_OPAQUE &&
            (!there || there->count != 1 || there->bits < need.bits ||
             there->values[0].kind == GOLF_UNKNOWN))
            return false;
        if (there)
            need.values[0] = there->values[0];
        const struct golf_need *stack = need_in(before, count, X86_RSP);
        if (need.values[0].kind == GOLF_STACK && stack)
            pass_stack(&block->at_start[X86_RSP], &stack->values[0], &need.values[0]);
        if (!add_need(needs, &need))
            return false;
    }
    return true;
}

static void set_needs(struct golf_block *block, const struct needs *needs)
{
    memcpy(block->needs, needs->of, sizeof block->needs);
    block->need_count = needs->count;
}

/* ---- where it leads ---- */

static uint16_t target(const struct golf_block *test, bool is_zero)
{
    return (test->condition == JUMP_ZERO) == is_zero ? test->taken : test->other;
}

/* A jump to the test. */
static bool lead_jump(struct golf_lifted *lifted, uint16_t at, uint16_t to, bool is_number,
                      bool is_zero)
{
    struct golf_block *block = &lifted->blocks[at];
    const struct golf_block *test = &lifted->blocks[to];
    struct needs needs = {.count = 0};
    if (!pass_needs(test, block->needs, block->need_count, true, &needs))
        return false;
    block->taken = is_number ? target(test, is_zero) : test->taken;
    if (!is_number) {
        block->end = GOLF_BRANCH;
        block->condition = test->condition;
        block->other = test->other;
    }
    set_needs(block, &needs);
    return true;
}

/* Makes a block that begins with what it needs for its call. Returns its number; GOLF_NONE: there
 * is no memory. */
static uint16_t add_call(struct golf_lifted *lifted, const struct golf_block *caller,
                         const struct needs *needs, uint16_t called)
{
    struct golf_block call = *caller;
    uint64_t fresh = blocks_fresh(lifted);
    call.count = 0;
    call.taken = called;
    set_needs(&call, needs);
    memset(call.at_start, 0, sizeof call.at_start);
    memset(call.known, 0, sizeof call.known);
    for (size_t i = 0; i < needs->count; i++) {
        struct golf_value *value = &call.needs[i].values[0];
        for (size_t k = 0; k <= i && value->kind == GOLF_OPAQUE; k++)
            if (value_is_same(&needs->of[k].values[0], &needs->of[i].values[0])) {
                value->number = fresh + k;
                break;
            }
        call.at_start[needs->of[i].reg] = call.known[needs->of[i].reg] = *value;
    }
    return blocks_add(lifted, &call);
}

/* A call of what begins with the test. */
static bool lead_call(struct golf_lifted *lifted, uint16_t at, uint16_t to, bool is_number,
                      bool is_zero, bool *has_memory)
{
    const struct golf_block *block = &lifted->blocks[at], *test = &lifted->blocks[to];
    const struct golf_need *stack = need_in(block->needs, block->need_count, X86_RSP);
    struct needs call = {.count = 0}, ends;
    if ((stack && !add_need(&call, stack)) ||
        !pass_needs(test, block->needs, block->need_count, false, &call))
        return false;
    if (is_number) {
        lifted->blocks[at].taken = target(test, is_zero);
        set_needs(&lifted->blocks[at], &call);
        return true;
    }
    const struct golf_block *returns = &lifted->blocks[target(test, true)];
    ends = call;
    for (size_t i = 0; i < call.count; i++)
        if (call.of[i].values[0].kind == GOLF_CASES)
            return false;
    struct needs passed = {.count = 0};
    if (returns->count || returns->end != GOLF_RETURNS ||
        !pass_needs(test, block->needs, block->need_count, false, &passed) ||
        !pass_needs(returns, passed.of, passed.count, false, &ends))
        return false;
    uint16_t called = target(test, false), condition = test->condition;
    uint16_t number = add_call(lifted, block, &call, called);
    struct golf_block *caller = &lifted->blocks[at];
    *has_memory = number != GOLF_NONE;
    if (!*has_memory)
        return false;
    caller->end = GOLF_BRANCH;
    caller->condition = (uint8_t)condition;
    caller->taken = condition == JUMP_ZERO ? caller->other : number;
    caller->other = condition == JUMP_ZERO ? number : caller->other;
    set_needs(caller, &ends);
    return true;
}

/* Whether the low bits of a number are 0. */
static bool has_low_zeros(uint64_t number, unsigned bits)
{
    enum { WHOLE = 64 };
    return bits < WHOLE ? (number & ((UINT64_C(1) << bits) - 1)) == 0 : number == 0;
}

bool threads_lead(struct golf_lifted *lifted, uint16_t test, bool *has_memory)
{
    const struct golf_operation *operation = lifted->blocks[test].operations;
    const unsigned bits = bits_in(operand_in(operation, 0)), reg = operation->needs[0].reg;
    const size_t count = lifted->count;
    bool is_any = false;
    *has_memory = true;
    for (uint16_t i = 0; i < count && *has_memory; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        const struct golf_need *need = need_in(block->needs, block->need_count, reg);
        bool is_call = block->end == GOLF_CALLS;
        if (i == test || (!is_call && block->end != GOLF_GO) || block->taken != test || !need ||
            need->count != 1 || need->bits < bits)
            continue;
        bool is_number = need->values[0].kind == GOLF_CONSTANT;
        bool is_zero = is_number && has_low_zeros(need->values[0].number, bits);
        if (!is_number && !has_flag(block, &need->values[0], bits))
            continue;
        is_any |= is_call ? lead_call(lifted, i, test, is_number, is_zero, has_memory)
                          : lead_jump(lifted, i, test, is_number, is_zero);
    }
    return is_any && *has_memory;
}
