/* A value that is in another register, in some blocks: in that in which it is needed anyway. */
#include "web.h"

#include <string.h>

#include "rename.h"

/* ---- where it is ---- */

/* Adds blocks that begin with the register after one that is before a block of the web. */
static bool extend(const struct golf_lifted *lifted, struct web *web)
{
    bool is_changed = false;
    struct block_set before;
    for (size_t i = 0; i < lifted->count; i++) {
        bool leads = false;
        if (lifted->blocks[i].at_start[web->reg].kind == GOLF_UNKNOWN || i == 0)
            continue;
        blocks_before(lifted, (uint16_t)i, &before);
        for (size_t k = 0; k < lifted->count; k++)
            leads |= before.has[k] && web->inside.has[k] &&
                     need_in(lifted->blocks[k].needs, lifted->blocks[k].need_count, web->reg);
        if (!web->begins.has[i] && !leads)
            continue;
        for (size_t k = 0; k < lifted->count; k++)
            if (before.has[k] && !web->inside.has[k])
                web->inside.has[k] = is_changed = true;
        is_changed |= !web->begins.has[i] || !web->inside.has[i];
        web->begins.has[i] = web->inside.has[i] = true;
    }
    return is_changed;
}

void web_find(const struct golf_lifted *lifted, uint16_t block, unsigned reg, struct web *web)
{
    memset(web, 0, sizeof *web);
    web->reg = (uint8_t)reg;
    web->inside.has[block] = true;
    web->begins.has[block] = block != 0 && lifted->blocks[block].at_start[reg].kind != GOLF_UNKNOWN;
    while (web->begins.has[block] && extend(lifted, web))
        continue;
}

/* ---- values in both registers ---- */

struct values {
    uint64_t numbers[64];
    size_t count;
    bool are_too_many;
};

static void note(struct values *values, const struct golf_value *value)
{
    if (value->kind != GOLF_OPAQUE)
        return;
    if (values->count == sizeof values->numbers / sizeof(uint64_t))
        values->are_too_many = true;
    else
        values->numbers[values->count++] = value->number;
}

/* The values that a register has in a block. */
static void values_of(const struct golf_block *block, unsigned reg, struct values *values)
{
    note(values, &block->at_start[reg]);
    for (size_t i = 0; i <= block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        bool is_end = i == block->count;
        const struct golf_need *needs = is_end ? block->needs : operation->needs;
        size_t count = is_end ? block->need_count : operation->need_count;
        for (size_t k = 0; k < count; k++)
            if (needs[k].reg == reg)
                note(values, &needs[k].values[0]);
        if (!is_end && operation->writes >> reg & 1)
            note(values, &operation->after[reg]);
    }
}

bool web_has_both(const struct golf_lifted *lifted, const struct web *web, unsigned other)
{
    for (size_t i = 0; i < lifted->count; i++) {
        struct values one = {.count = 0}, two = {.count = 0};
        if (!web->inside.has[i])
            continue;
        values_of(&lifted->blocks[i], web->reg, &one);
        values_of(&lifted->blocks[i], other, &two);
        if (one.are_too_many || two.are_too_many)
            return true;
        for (size_t k = 0; k < one.count; k++)
            for (size_t m = 0; m < two.count; m++)
                if (one.numbers[k] == two.numbers[m])
                    return true;
    }
    return false;
}

/* ---- renaming ---- */

static bool rename_inside(struct golf_block *block, unsigned from, unsigned to)
{
    for (size_t i = 0; i < block->count; i++) {
        struct golf_operation *operation = &block->operations[i];
        if (!rename_mentions(operation, from) || !rename_is_possible(operation, from))
            continue; /* it then needs the value where it did */
        if (rename_mentions(operation, to) || !rename_operation(operation, from, to))
            return false;
    }
    return true;
}

static bool rename_end(struct golf_block *block, unsigned from, unsigned to)
{
    struct golf_need *need = need_of(block->needs, block->need_count, from);
    struct golf_need *other = need_of(block->needs, block->need_count, to);
    if (!need)
        return true;
    if (other || (from == X86_RCX && block->end == GOLF_BRANCH && block->condition >= GOLF_LOOPNE))
        return false;
    need->reg = (uint8_t)to;
    return true;
}

bool web_rename(struct golf_lifted *lifted, const struct web *web, unsigned to)
{
    struct block_set before, ends = {.has = {false}};
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        if (web->inside.has[i] && !rename_inside(block, web->reg, to))
            return false;
        if (!web->begins.has[i])
            continue;
        if (block->at_start[to].kind != GOLF_UNKNOWN)
            return false;
        block->at_start[to] = block->at_start[web->reg];
        block->at_start[web->reg] = (struct golf_value){.kind = GOLF_UNKNOWN};
        blocks_before(lifted, (uint16_t)i, &before);
        for (size_t k = 0; k < lifted->count; k++)
            ends.has[k] |= before.has[k];
    }
    for (size_t i = 0; i < lifted->count; i++)
        if (ends.has[i] && !rename_end(&lifted->blocks[i], web->reg, to))
            return false;
    return true;
}
