/* Values that stay in a register from block to block, so that not each of them makes them again. */
#include "carry.h"

#include <string.h>

/* ---- what a way says ---- */

/* A number that a value is where a block goes on in one of its ways. */
struct said {
    uint8_t reg;             /* in which it was compared */
    struct golf_value value; /* GOLF_OPAQUE */
    struct golf_value number;
};

/* The last operation compares for equality, and the other way is not the same block. The number has
 * at most 32 bits: instructions with 64-bit operands may have become such with 32. */
static bool way_says(const struct golf_lifted *lifted, size_t from, size_t to, struct said *said)
{
    const struct golf_block *block = &lifted->blocks[from];
    if (!block_asks_zero(block) || block->count == 0 || block->taken == block->other ||
        to != (block->condition == JUMP_ZERO ? block->taken : block->other))
        return false;
    const struct golf_operation *last = &block->operations[block->count - 1];
    const struct golf_need *need = need_in(last->needs, last->need_count, last->equal_register);
    if (!last->tells_equal || last->equal_to > UINT32_MAX)
        return false;
    said->reg = last->equal_register;
    said->number = (struct golf_value){.kind = GOLF_CONSTANT, .number = last->equal_to};
    if (last->writes >> said->reg & 1)
        said->value = last->after[said->reg];
    else if (need && need->count == 1)
        said->value = need->values[0];
    else
        return false;
    return said->reg != X86_RSP && said->value.kind == GOLF_OPAQUE;
}

/* ---- which values ---- */

static bool is_everywhere(const struct golf_value *value)
{
    return value->kind == GOLF_CONSTANT || value->kind == GOLF_ADDRESS ||
           (value->kind == GOLF_STACK && value->data == 0);
}

static void add_found(unsigned reg, const struct golf_value *value, struct carried found[CARRIED],
                      size_t *count)
{
    size_t k = 0;
    while (k < *count && (found[k].reg != reg || !value_is_same(&found[k].value, value)))
        k++;
    if (k == *count && k < CARRIED)
        found[(*count)++] = (struct carried){(uint8_t)reg, *value};
}

static void find(const struct golf_need *needs, size_t count, struct carried found[CARRIED],
                 size_t *found_count)
{
    for (size_t i = 0; i < count; i++)
        if (needs[i].count == 1 && needs[i].reg != X86_RSP && is_everywhere(&needs[i].values[0]))
            add_found(needs[i].reg, &needs[i].values[0], found, found_count);
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
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        struct said said;
        if (way_says(lifted, i, block->taken, &said) || way_says(lifted, i, block->other, &said))
            add_found(said.reg, &said.number, found, &count);
    }
    return count;
}

size_t carry_find_bytes(const struct golf_lifted *lifted, struct carried found[CARRIED])
{
    static const struct golf_value byte = {.kind = GOLF_BYTE};
    struct carried all[CARRIED];
    size_t count = 0, numbers = carry_find(lifted, all);
    for (size_t i = 0; i < numbers; i++)
        if (all[i].value.kind == GOLF_CONSTANT && all[i].value.number <= UINT8_MAX &&
            golf_has_low_byte(lifted, all[i].reg))
            add_found(all[i].reg, &byte, found, &count);
    return count;
}

/* ---- which blocks ---- */

/* Whether what has one value has the other one, too. */
static bool implies(const struct golf_value *value, const struct golf_value *other)
{
    const uint64_t upper = ~(uint64_t)UINT8_MAX;
    if (other->kind != GOLF_BYTE)
        return value_is_same(value, other);
    return value->kind == GOLF_BYTE || (value->kind == GOLF_CONSTANT && !(value->number & upper)) ||
           (value->kind == GOLF_OPAQUE && !(upper & ~value->zeros));
}

enum use { NOT_USED, USES, CHANGES };

/* Whether an instruction of few bytes makes one value of the other one in the same register:
 * another low byte, the next number, or a sum. */
static bool is_near(const struct golf_lifted *lifted, const struct carried *carried,
                    const struct golf_value *value)
{
    const struct golf_value *from = &carried->value;
    const uint64_t distance = value->number - from->number;
    const bool has_low_byte = golf_has_low_byte(lifted, carried->reg);
    const bool is_next = distance == 1 || distance == UINT64_MAX;
    const bool is_sum = (int64_t)distance == (int8_t)distance;
    if (from->kind == GOLF_BYTE)
        return value->kind == GOLF_CONSTANT && value->number <= UINT8_MAX;
    if (value->kind != from->kind)
        return false;
    switch (value->kind) {
    case GOLF_CONSTANT:
        return is_next || (has_low_byte && (value->number ^ from->number) <= UINT8_MAX);
    case GOLF_ADDRESS:
        return has_low_byte || (value->data == from->data && is_sum);
    case GOLF_STACK:
        return value->data == from->data && is_sum;
    default:
        return false;
    }
}

static enum use use_in(const struct golf_lifted *lifted, const struct golf_need *needs,
                       size_t count, const struct carried *carried)
{
    const struct golf_need *need = need_in(needs, count, carried->reg);
    if (!need)
        return NOT_USED;
    return need->count == 1 && (value_is_same(&need->values[0], &carried->value) ||
                                is_near(lifted, carried, &need->values[0]))
               ? USES
               : CHANGES;
}

/* What a block does first with the register. */
static enum use use_of(const struct golf_lifted *lifted, size_t at, const struct carried *carried)
{
    const struct golf_block *block = &lifted->blocks[at];
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        enum use use = use_in(lifted, operation->needs, operation->need_count, carried);
        if (use != NOT_USED)
            return use;
        if (operation->writes >> carried->reg & 1)
            return CHANGES;
    }
    return use_in(lifted, block->needs, block->need_count, carried);
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
            enum use use = use_of(lifted, i, carried);
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
                    use_of(lifted, k, carried) == NOT_USED)
                    set->has[k] = is_changed = true;
        }
    }
}

/* ---- the rewrite ---- */

/* Makes a block end with the value in the register, where it is not there as the constant that it
 * is. */
static bool end_with(struct golf_lifted *lifted, size_t at, const struct carried *carried,
                     const struct golf_value *value)
{
    struct golf_block *block = &lifted->blocks[at];
    struct golf_need *need = need_of(block->needs, block->need_count, carried->reg);
    if (!need) {
        need = &block->needs[block->need_count++];
        *need = (struct golf_need){.reg = carried->reg, .count = 1, .values = {*value}};
    }
    need->bits = (uint8_t)lifted->bits;
    if (carried->reg == X86_RCX && block->end == GOLF_BRANCH && block->condition >= GOLF_LOOPNE)
        return false;
    if (implies(value, &need->values[0]))
        need->values[0] = *value;
    return need->count == 1 && implies(&need->values[0], value);
}

/* Whether a block's condition says on its way to another one that the register has the number: it
 * then needs *value. */
static bool is_told_by(const struct golf_lifted *lifted, size_t from, size_t to,
                       const struct carried *carried, struct golf_value *value)
{
    const struct golf_block *block = &lifted->blocks[from];
    const struct golf_need *need = need_in(block->needs, block->need_count, carried->reg);
    struct said said;
    if (!way_says(lifted, from, to, &said) || !value_is_same(&said.number, &carried->value) ||
        !(need ? value_is_same(&need->values[0], &said.value) : said.reg == carried->reg))
        return false;
    *value = said.value;
    return true;
}

bool carry(struct golf_lifted *lifted, const struct carried *carried, const struct block_set *set,
           bool *is_told)
{
    *is_told = false;
    struct block_set before;
    for (size_t i = 0; i < lifted->count; i++) {
        if (!set->has[i])
            continue;
        blocks_before(lifted, (uint16_t)i, &before);
        for (size_t k = 0; k < lifted->count; k++) {
            struct golf_value value = carried->value;
            *is_told |= before.has[k] && is_told_by(lifted, k, i, carried, &value);
            if (before.has[k] && !end_with(lifted, k, carried, &value))
                return false;
        }
        lifted->blocks[i].at_start[carried->reg] = carried->value;
    }
    return true;
}
