/* Values that stay in a register from block to block, so that not each of them makes them again. */
#include "carry.h"

#include <string.h>

/* ---- which values ---- */

static bool is_everywhere(const struct golf_value *value)
{
    return value->kind == GOLF_CONSTANT || value->kind == GOLF_ADDRESS ||
           (value->kind == GOLF_STACK && value->data == 0);
}

static void find(const struct golf_need *needs, size_t count, struct carried found[CARRIED],
                 size_t *found_count)
{
    for (size_t i = 0; i < count; i++) {
        const struct golf_need *need = &needs[i];
        size_t k = 0;
        if (need->count != 1 || need->reg == X86_RSP || !is_everywhere(&need->values[0]))
            continue;
        while (k < *found_count &&
               (found[k].reg != need->reg || !value_is_same(&found[k].value, &need->values[0])))
            k++;
        if (k == *found_count && k < CARRIED)
            found[(*found_count)++] = (struct carried){need->reg, need->values[0]};
    }
}

size_t carry_find(const struct golf_lifted *lifted, struct carried found[CARRIED])
{
    size_t count = 0;
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        for (size_t k = 0; k < block->count; k++)
            find(block->operations[k].needs, block->operations[k].need_count, found, &count);
        find(block->needs, block->need_count, found, &count);
    }
    return count;
}

/* ---- which blocks ---- */

enum use { NOT_USED, USES, CHANGES };

static enum use use_in(const struct golf_need *needs, size_t count, const struct carried *carried)
{
    const struct golf_need *need = need_in(needs, count, carried->reg);
    if (!need)
        return NOT_USED;
    return need->count == 1 && value_is_same(&need->values[0], &carried->value) ? USES : CHANGES;
}

/* What a block does first with the register. */
static enum use use_of(const struct golf_block *block, const struct carried *carried)
{
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        enum use use = use_in(operation->needs, operation->need_count, carried);
        if (use != NOT_USED)
            return use;
        if (operation->writes >> carried->reg & 1)
            return CHANGES;
    }
    return use_in(block->needs, block->need_count, carried);
}

static bool may_begin(const struct golf_lifted *lifted, size_t block, const struct carried *carried)
{
    const struct golf_value *begins = &lifted->blocks[block].at_start[carried->reg];
    return block != 0 && (begins->kind == GOLF_UNKNOWN || value_is_same(begins, &carried->value));
}

/* Whether a return leads to one of the blocks. */
static bool returns_to(const struct golf_lifted *lifted, size_t block, const struct block_set *set)
{
    struct block_set before;
    for (size_t i = 0; i < lifted->count; i++) {
        if (!set->has[i])
            continue;
        blocks_before(lifted, (uint16_t)i, &before);
        if (before.has[block])
            return true;
    }
    return false;
}

void carry_blocks(const struct golf_lifted *lifted, const struct carried *carried,
                  struct block_set *set)
{
    memset(set, 0, sizeof *set);
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = lifted->count; i-- > 0;) {
            const struct golf_block *block = &lifted->blocks[i];
            if (set->has[i] || !may_begin(lifted, i, carried))
                continue;
            enum use use = use_of(block, carried);
            bool leads = (block_has_taken(block) && set->has[block->taken]) ||
                         (block_has_other(block) && set->has[block->other]) ||
                         (block->end == GOLF_RETURNS && returns_to(lifted, i, set));
            set->has[i] = use == USES || (use == NOT_USED && leads);
            is_changed |= set->has[i];
        }
    }
}

void carry_to(const struct golf_lifted *lifted, const struct carried *carried, uint16_t block,
              struct block_set *set)
{
    struct block_set all = *set, before;
    memset(set, 0, sizeof *set);
    set->has[block] = true;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++) {
            if (!set->has[i])
                continue;
            blocks_before(lifted, (uint16_t)i, &before);
            for (size_t k = 0; k < lifted->count; k++)
                if (before.has[k] && all.has[k] && !set->has[k] &&
                    use_of(&lifted->blocks[k], carried) == NOT_USED)
                    set->has[k] = is_changed = true;
        }
    }
}

/* ---- the rewrite ---- */

static bool end_with(struct golf_lifted *lifted, size_t at, const struct carried *carried)
{
    struct golf_block *block = &lifted->blocks[at];
    struct golf_need *need = need_of(block->needs, block->need_count, carried->reg);
    if (!need) {
        need = &block->needs[block->need_count++];
        *need = (struct golf_need){.reg = carried->reg, .count = 1, .values = {carried->value}};
    }
    need->bits = (uint8_t)lifted->bits;
    if (carried->reg == X86_RCX && block->end == GOLF_BRANCH && block->condition >= GOLF_LOOPNE)
        return false;
    return need->count == 1 && value_is_same(&need->values[0], &carried->value);
}

bool carry(struct golf_lifted *lifted, const struct carried *carried, const struct block_set *set)
{
    struct block_set before;
    for (size_t i = 0; i < lifted->count; i++) {
        if (!set->has[i])
            continue;
        blocks_before(lifted, (uint16_t)i, &before);
        for (size_t k = 0; k < lifted->count; k++)
            if (before.has[k] && !end_with(lifted, k, carried))
                return false;
        lifted->blocks[i].at_start[carried->reg] = carried->value;
    }
    return true;
}
