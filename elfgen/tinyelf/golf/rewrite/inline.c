/* Calls that become part of the caller: its blocks are copied, and go on where they returned. */
#include "inline.h"

#include <string.h>

/* ---- what can be copied ---- */

struct frame {
    uint16_t number;
    bool is_used; /* by more than being there */
};

static void look_for_frame(struct golf_value *value, void *context)
{
    struct frame *frame = context;
    frame->is_used |= value->kind == GOLF_STACK && value->data == frame->number;
}

/* Whether nothing of a block depends on where the stack is, but that it is as at the subroutine's
 * beginning when it ends. */
static bool is_without_stack(const struct golf_block *block, uint16_t number)
{
    struct golf_block rest = *block;
    struct frame frame = {.number = number};
    const struct golf_value *begins = &rest.at_start[X86_RSP];
    struct golf_need *ends = need_of(rest.needs, rest.need_count, X86_RSP);
    if (begins->kind == GOLF_STACK && begins->data == number && begins->number == 0)
        rest.at_start[X86_RSP].kind = GOLF_UNKNOWN;
    if (ends && ends->values[0].number == 0)
        ends->values[0].kind = GOLF_UNKNOWN;
    block_each_value(&rest, look_for_frame, &frame);
    for (size_t i = 0; i < block->count; i++)
        frame.is_used |=
            ((block->operations[i].reads | block->operations[i].writes) >> X86_RSP & 1) != 0;
    return !frame.is_used && rest.end != GOLF_CALLS;
}

/* ---- copies ---- */

/* What the stack pointer is in a copy: as where the subroutine returns to. */
static void move_stack(struct golf_block *block, const struct golf_value *stack)
{
    size_t kept = 0;
    block->at_start[X86_RSP] = block->known[X86_RSP] = *stack;
    for (size_t i = 0; i < block->need_count; i++) {
        if (block->needs[i].reg == X86_RSP)
            block->needs[i].values[0] = *stack;
        if (block->needs[i].reg != X86_RSP || stack->kind != GOLF_UNKNOWN)
            block->needs[kept++] = block->needs[i];
    }
    block->need_count = kept;
}

/* Makes a block end with the stack pointer, if it is known where the subroutine returns to. */
static void need_stack(struct golf_block *block, const struct golf_value *stack, unsigned bits)
{
    if (stack->kind == GOLF_UNKNOWN || block->end == GOLF_STOP ||
        need_of(block->needs, block->need_count, X86_RSP))
        return;
    block->needs[block->need_count++] =
        (struct golf_need){.reg = X86_RSP, .bits = (uint8_t)bits, .count = 1, .values = {*stack}};
}

/* Goes on to the copies, if there are any. */
static void link_copy(struct golf_block *block, const uint16_t *numbers, uint16_t returns_to)
{
    if (block->end == GOLF_RETURNS) {
        block->end = GOLF_GO;
        block->taken = returns_to;
        return;
    }
    if (block_has_taken(block) && numbers[block->taken] != GOLF_NONE)
        block->taken = numbers[block->taken];
    if (block_has_other(block) && numbers[block->other] != GOLF_NONE)
        block->other = numbers[block->other];
}

/* Takes from a set blocks that only lead to an end of the program, and do not know the stack. */
static void leave_ends(const struct golf_lifted *lifted, struct block_set *set)
{
    struct block_set returns = {.has = {false}};
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++) {
            const struct golf_block *block = &lifted->blocks[i];
            bool does = block->end == GOLF_RETURNS ||
                        block->at_start[X86_RSP].kind != GOLF_UNKNOWN ||
                        (block_has_taken(block) && returns.has[block->taken]) ||
                        (block_has_other(block) && returns.has[block->other]);
            is_changed |= does && !returns.has[i];
            returns.has[i] |= does;
        }
    }
    for (size_t i = 0; i < lifted->count; i++)
        set->has[i] &= returns.has[i];
}

/* Whether the subroutine that a block calls may become part of it: its blocks. */
static bool may_inline(const struct golf_lifted *lifted, uint16_t caller, struct block_set *called)
{
    enum { MOST = 256 };
    uint16_t first = lifted->blocks[caller].taken, returns_to = lifted->blocks[caller].other;
    const struct golf_value *stack = &lifted->blocks[returns_to].at_start[X86_RSP];
    const struct golf_value *frame = &lifted->blocks[first].at_start[X86_RSP];
    if (lifted->count > MOST || frame->kind != GOLF_STACK || frame->data == 0 ||
        (stack->kind != GOLF_UNKNOWN && stack->kind != GOLF_STACK))
        return false;
    blocks_of_subroutine(lifted, first, called);
    leave_ends(lifted, called);
    bool is_right = called->has[first] && !called->has[caller] && !called->has[returns_to];
    for (size_t i = 0; i < lifted->count; i++)
        is_right &= !called->has[i] || is_without_stack(&lifted->blocks[i], frame->data);
    return is_right;
}

bool inline_call(struct golf_lifted *lifted, uint16_t caller, bool *has_memory)
{
    struct block_set called;
    uint16_t numbers[BLOCKS], first = lifted->blocks[caller].taken;
    uint16_t returns_to = lifted->blocks[caller].other;
    const struct golf_value stack = lifted->blocks[returns_to].at_start[X86_RSP];
    size_t count = lifted->count;
    *has_memory = true;
    if (!may_inline(lifted, caller, &called))
        return false;
    for (size_t i = 0; i < count; i++) {
        numbers[i] = called.has[i] ? blocks_add(lifted, &lifted->blocks[i]) : GOLF_NONE;
        *has_memory &= !called.has[i] || numbers[i] != GOLF_NONE;
        if (!*has_memory)
            return false;
    }
    for (size_t i = count; i < lifted->count; i++) {
        struct golf_block *copy = &lifted->blocks[i];
        move_stack(copy, &stack);
        need_stack(copy, &stack, lifted->bits);
        link_copy(copy, numbers, returns_to);
    }
    lifted->blocks[caller].end = GOLF_GO;
    lifted->blocks[caller].taken = numbers[first];
    need_stack(&lifted->blocks[caller], &stack, lifted->bits);
    return true;
}
