/* Where something may be pushed although the stack pointer is not known. */
#include "pushes.h"

/* Whether something may be pushed where a block ends. */
static bool may_push_at_end(const struct golf_lifted *lifted, size_t number,
                            const struct block_set *some)
{
    const struct golf_block *block = &lifted->blocks[number];
    const struct golf_need *need = need_in(block->needs, block->need_count, X86_RSP);
    const struct golf_value *stack = &block->at_start[X86_RSP];
    if (need)
        return need->count == 1 && need->values[0].kind == GOLF_STACK &&
               (int64_t)need->values[0].number <= 0;
    for (size_t i = 0; i < block->count; i++)
        if (block->operations[i].writes >> X86_RSP & 1)
            return false;
    if (stack->kind == GOLF_UNKNOWN)
        stack = &block->known[X86_RSP];
    return some->has[number] || (stack->kind == GOLF_STACK && (int64_t)stack->number <= 0);
}

void pushes_note(struct golf_lifted *lifted)
{
    struct block_set some = {.has = {false}}, before;
    for (size_t i = 1; i < lifted->count; i++)
        some.has[i] = lifted->blocks[i].at_start[X86_RSP].kind == GOLF_UNKNOWN &&
                      lifted->blocks[i].known[X86_RSP].kind != GOLF_STACK;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 1; i < lifted->count; i++) {
            bool may = some.has[i];
            blocks_before(lifted, (uint16_t)i, &before);
            for (size_t k = 0; k < lifted->count && may; k++) {
                const bool calls =
                    lifted->blocks[k].end == GOLF_CALLS && lifted->blocks[k].other == i;
                may = (!before.has[k] && !calls) || may_push_at_end(lifted, k, &some);
            }
            is_changed |= may != some.has[i];
            some.has[i] = may;
        }
    }
    for (size_t i = 1; i < lifted->count; i++)
        if (some.has[i])
            lifted->blocks[i].known[X86_RSP] =
                (struct golf_value){.kind = GOLF_STACK, .data = GOLF_SOME_STACK};
}
