/* Words at the start of the stack that `pop` loads, in a byte: the number of arguments, and they
 * themselves. */
#include "pops.h"

#include <string.h>

static int64_t word(const struct golf_lifted *lifted)
{
    return lifted->bits / 8;
}

static bool is_stack(const struct golf_value *value)
{
    return value->kind == GOLF_STACK && value->data == 0;
}

/* What an operation needs in the stack pointer, from the program's start. */
static struct golf_need *stack_of(struct golf_operation *operation)
{
    struct golf_need *need = need_of(operation->needs, operation->need_count, X86_RSP);
    return need && need->count == 1 && is_stack(&need->values[0]) ? need : NULL;
}

const struct elfgen_x86_operand *pops_place(const struct golf_lifted *lifted,
                                            const struct golf_operation *operation)
{
    for (size_t i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const struct elfgen_x86_operand *operand = &operation->instruction.operands[i];
        if (operand->kind == ELFGEN_X86_MEMORY &&
            operand->base == golf_full_class(lifted) + X86_RSP)
            return operand;
    }
    return NULL;
}

bool pops_move_place(const struct golf_lifted *lifted, struct golf_operation *operation, int64_t to)
{
    const struct elfgen_x86_operand *place = pops_place(lifted, operation);
    if (!place || place->symbolic)
        return false;
    struct elfgen_x86_operand *operand =
        &operation->instruction.operands[place - operation->instruction.operands];
    operand->value = to;
    operand->displacement_size = 0;
    return golf_change_instruction(operation, &operation->instruction);
}

/* Whether an operand is the stack pointer itself, or a part of it. */
static bool is_pointer(const struct elfgen_x86_operand *operand)
{
    return operand->kind == ELFGEN_X86_REGISTER_OPERAND && (operand->reg & X86_NUMBER) == X86_RSP &&
           (operand->reg & X86_CLASS) >= X86_LOW_BYTES &&
           (operand->reg & X86_CLASS) <= X86_QUADWORDS;
}

bool pops_has_pointer(const struct golf_operation *operation)
{
    for (size_t i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (is_pointer(&operation->instruction.operands[i]))
            return true;
    return false;
}

bool pops_loads(const struct golf_lifted *lifted, const struct golf_operation *operation)
{
    const struct golf_need *need = need_in(operation->needs, operation->need_count, X86_RSP);
    const struct elfgen_x86_operand *operands = operation->instruction.operands;
    uint8_t full = golf_full_class(lifted);
    return operation->kind == GOLF_KEPT && operation->instruction.mnemonic == ELFGEN_X86_OP_mov &&
           need && need->count == 1 && need->values[0].kind == GOLF_STACK &&
           operands[0].kind == ELFGEN_X86_REGISTER_OPERAND &&
           (operands[0].reg & X86_CLASS) == full && operands[0].reg != full + X86_RSP &&
           operands[1].kind == ELFGEN_X86_MEMORY && operands[1].base == full + X86_RSP &&
           !operands[1].index && !operands[1].segment;
}

bool pops_may_load(const struct golf_lifted *lifted, size_t block, size_t number)
{
    const struct golf_operation *operation = &lifted->blocks[block].operations[number];
    if (!pops_loads(lifted, operation))
        return false;
    const struct golf_need *need = need_in(operation->needs, operation->need_count, X86_RSP);
    return is_stack(&need->values[0]) &&
           (int64_t)need->values[0].number + operation->instruction.operands[1].value >= 0;
}

/* ---- what comes after it ---- */

/* Marks the blocks that a block leads to, at once or by way of others. */
static void mark_after(const struct golf_lifted *lifted, size_t block, struct block_set *set)
{
    memset(set, 0, sizeof *set);
    for (size_t count = lifted->count; count-- > 0;)
        for (size_t i = 0; i < lifted->count; i++) {
            const struct golf_block *from = &lifted->blocks[i];
            if (i != block && !set->has[i])
                continue;
            if (block_has_taken(from))
                set->has[from->taken] = true;
            if (block_has_other(from))
                set->has[from->other] = true;
        }
}

/* Whether a block that is after it is so on each way, or does not need the stack pointer. */
static bool is_always_after(const struct golf_lifted *lifted, size_t block,
                            const struct block_set *set)
{
    struct block_set before;
    for (size_t i = 0; i < lifted->count; i++) {
        if (lifted->blocks[i].end == GOLF_CALLS || lifted->blocks[i].end == GOLF_RETURNS)
            return false;
        if (!set->has[i] || lifted->blocks[i].at_start[X86_RSP].kind == GOLF_UNKNOWN)
            continue;
        blocks_before(lifted, (uint16_t)i, &before);
        for (size_t k = 0; k < lifted->count; k++)
            if (before.has[k] && !set->has[k] && k != block)
                return false;
    }
    return !set->has[block];
}

/* ---- the change ---- */

/* Whether an address of the stack is that of words that may be written over. */
static bool is_lost(const struct golf_value *value, int64_t stack)
{
    return is_stack(value) && (int64_t)value->number >= 0 && (int64_t)value->number < stack;
}

static bool moves_needs(struct golf_need *needs, size_t count, int64_t stack)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++) {
            struct golf_value *value = &needs[i].values[k];
            if (needs[i].reg == X86_RSP && is_stack(value))
                value->number = (uint64_t)stack;
            else if (needs[i].reg == X86_RSP || is_lost(value, stack))
                return false;
        }
    return true;
}

/* An operation after it: its place is counted from `stack`. */
static bool moves_operation(const struct golf_lifted *lifted, struct golf_operation *operation,
                            int64_t stack)
{
    struct golf_need *need = stack_of(operation);
    if (operation->writes >> X86_RSP & 1)
        return false;
    if (need) {
        const struct elfgen_x86_operand *place = pops_place(lifted, operation);
        if (operation->kind != GOLF_KEPT || !operation->instruction.mnemonic || !place ||
            place->symbolic || pops_has_pointer(operation) || (operation->implied >> X86_RSP & 1))
            return false;
        int64_t at = (int64_t)need->values[0].number + place->value;
        bool is_address = operation->instruction.mnemonic == ELFGEN_X86_OP_lea;
        if ((!is_address && at >= 0 && at < stack) || (at < 0 && at >= -GOLF_PUSHED))
            return false;
        if (!pops_move_place(lifted, operation, at - stack))
            return false;
    }
    return moves_needs(operation->needs, operation->need_count, stack);
}

static void moves_value(struct golf_value *value, int64_t stack)
{
    if (is_stack(value))
        value->number = (uint64_t)stack;
}

/* The block from an operation on. */
static bool moves_block(struct golf_lifted *lifted, size_t number, size_t first, int64_t stack)
{
    struct golf_block *block = &lifted->blocks[number];
    if (first == 0) {
        moves_value(&block->at_start[X86_RSP], stack);
        moves_value(&block->known[X86_RSP], stack);
    }
    for (size_t i = first; i < block->count; i++)
        if (!moves_operation(lifted, &block->operations[i], stack))
            return false;
    moves_value(&block->at_end[X86_RSP], stack);
    return moves_needs(block->needs, block->need_count, stack);
}

bool pops_make(struct golf_operation *operation, int64_t place, int64_t stack)
{
    struct golf_need *need = need_of(operation->needs, operation->need_count, X86_RSP);
    need->values[0].number = (uint64_t)place;
    operation->instruction.mnemonic = ELFGEN_X86_OP_pop;
    operation->instruction.form = 0;
    operation->instruction.operands[1] = (struct elfgen_x86_operand){0};
    operation->writes |= 1u << X86_RSP;
    operation->implied |= 1u << X86_RSP;
    operation->after[X86_RSP] = need->values[0];
    operation->after[X86_RSP].number = (uint64_t)stack;
    return golf_change_instruction(operation, &operation->instruction);
}

/* ---- whether what is before the stack pointer may be written over ---- */

/* Whether registers but the stack pointer have an address from which the start of the stack can be
 * reached; objects that lift_stack_data() put there are further below. */
static bool points_there(const struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            if (needs[i].reg != X86_RSP && needs[i].values[k].kind == GOLF_STACK &&
                (int64_t)needs[i].values[k].number >= -GOLF_PUSHED)
                return true;
    return false;
}

/* Whether an operation uses no memory at the stack's start but what is at the stack pointer or
 * after it, makes no address of it, and moves it over a word at most. */
static bool looks_ahead(const struct golf_lifted *lifted, struct golf_operation *operation)
{
    const struct golf_need *need = stack_of(operation);
    bool moves = operation->writes >> X86_RSP & 1;
    bool pops = operation->kind == GOLF_KEPT &&
                operation->instruction.mnemonic == ELFGEN_X86_OP_pop &&
                operation->after[X86_RSP].kind == GOLF_STACK;
    if (pops_has_pointer(operation) || (moves && !pops) ||
        points_there(operation->needs, operation->need_count))
        return false;
    if (!need)
        return !moves && !need_in(operation->needs, operation->need_count, X86_RSP);
    const struct elfgen_x86_operand *place = pops_place(lifted, operation);
    if (pops)
        return !place;
    int64_t first = (int64_t)need->values[0].number;
    return operation->kind == GOLF_KEPT && place && !place->index &&
           operation->instruction.mnemonic != ELFGEN_X86_OP_lea &&
           !(operation->implied >> X86_RSP & 1) &&
           (place->value >= 0 || first + place->value < -GOLF_PUSHED);
}

/* Sets the place of the stack pointer. False: it was behind that. */
static bool goes_to(const struct golf_value *value, int64_t *place)
{
    int64_t before = *place;
    if (is_stack(value))
        *place = (int64_t)value->number;
    return before <= *place;
}

/* Whether nothing in the whole program can reach words of the stack that the stack pointer has
 * passed: by other registers that have such an address, or by an index, or when it goes back. */
static bool only_goes_ahead(struct golf_lifted *lifted)
{
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        int64_t place = 0;
        if (!goes_to(&block->known[X86_RSP], &place) ||
            !goes_to(&block->at_start[X86_RSP], &place) ||
            points_there(block->needs, block->need_count))
            return false;
        for (size_t k = 0; k < block->count; k++) {
            struct golf_operation *operation = &block->operations[k];
            const struct golf_need *need = stack_of(operation);
            if (!looks_ahead(lifted, operation) || (need && !goes_to(&need->values[0], &place)) ||
                (operation->writes >> X86_RSP & 1 && !goes_to(&operation->after[X86_RSP], &place)))
                return false;
        }
        const struct golf_need *end = need_in(block->needs, block->need_count, X86_RSP);
        if (end && (end->count != 1 || !goes_to(&end->values[0], &place)))
            return false;
    }
    return true;
}

/* What is known of the stack pointer in a block from which it is behind `stack`, or is not. */
static void forget_stack(const struct golf_lifted *lifted, struct golf_block *block, int64_t stack)
{
    const bool may_push =
        block->known[X86_RSP].kind == GOLF_STACK && lifted->stack_free >= (uint64_t)stack;
    block->known[X86_RSP] = (struct golf_value){.kind = may_push ? GOLF_STACK : GOLF_UNKNOWN,
                                                .data = may_push ? GOLF_SOME_STACK : 0};
    block->at_end[X86_RSP].kind = GOLF_UNKNOWN;
}

bool pops_load(struct golf_lifted *lifted, size_t number, size_t load)
{
    struct block_set after;
    struct golf_operation *operation = &lifted->blocks[number].operations[load];
    int64_t place = (int64_t)stack_of(operation)->values[0].number +
                    operation->instruction.operands[1].value,
            stack = place + word(lifted);
    mark_after(lifted, number, &after);
    if (lifted->uses_red_zone || !is_always_after(lifted, number, &after) ||
        !pops_make(operation, place, stack) || !moves_block(lifted, number, load + 1, stack))
        return false;
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        if (after.has[i] && block->at_start[X86_RSP].kind != GOLF_UNKNOWN &&
            !moves_block(lifted, i, 0, stack))
            return false;
    }
    if (lifted->stack_free < (uint64_t)stack && only_goes_ahead(lifted))
        lifted->stack_free = (uint64_t)stack;
    /* Where nothing needs it, there may be ways on which it did not move. */
    for (size_t i = 0; i < lifted->count; i++)
        if (after.has[i] && lifted->blocks[i].at_start[X86_RSP].kind == GOLF_UNKNOWN)
            forget_stack(lifted, &lifted->blocks[i], stack);
    return true;
}
