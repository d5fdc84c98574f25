/* A lifted program as something to change: copies, what comes before what, and tidying up. */
#include "blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

bool value_is_same(const struct golf_value *a, const struct golf_value *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case GOLF_UNKNOWN:
        return true;
    case GOLF_CASES:
        return a->number == b->number && a->failed == b->failed;
    case GOLF_ADDRESS:
    case GOLF_STACK:
        return a->data == b->data && a->number == b->number;
    default:
        return a->number == b->number;
    }
}

const struct golf_need *need_in(const struct golf_need *needs, size_t count, unsigned reg)
{
    for (size_t i = 0; i < count; i++)
        if (needs[i].reg == reg)
            return &needs[i];
    return NULL;
}

struct golf_need *need_of(struct golf_need *needs, size_t count, unsigned reg)
{
    const struct golf_need *need = need_in(needs, count, reg);
    return need ? needs + (need - needs) : NULL;
}

void block_drop_need(struct golf_block *block, unsigned reg)
{
    size_t kept = 0;
    for (size_t i = 0; i < block->need_count; i++)
        if (block->needs[i].reg != reg)
            block->needs[kept++] = block->needs[i];
    block->need_count = kept;
}

/* ---- copies ---- */

static bool copy_operations(const struct golf_block *from, struct golf_block *to)
{
    *to = *from;
    to->operations = calloc(from->count + 1, sizeof *to->operations);
    if (!to->operations)
        return false;
    if (from->count)
        memcpy(to->operations, from->operations, from->count * sizeof *to->operations);
    return true;
}

void blocks_free(struct golf_lifted *lifted)
{
    for (size_t i = 0; lifted->blocks && i < lifted->count; i++)
        free(lifted->blocks[i].operations);
    free(lifted->blocks);
    lifted->blocks = NULL;
    lifted->count = 0;
}

bool blocks_copy(const struct golf_lifted *from, struct golf_lifted *to)
{
    *to = *from;
    to->count = 0;
    to->blocks = calloc(from->count + 1, sizeof *to->blocks);
    while (to->blocks && to->count < from->count &&
           copy_operations(&from->blocks[to->count], &to->blocks[to->count]))
        to->count++;
    if (to->blocks && to->count == from->count)
        return true;
    blocks_free(to);
    return false;
}

uint16_t blocks_add(struct golf_lifted *lifted, const struct golf_block *block)
{
    struct golf_block added;
    if (!copy_operations(block, &added))
        return GOLF_NONE;
    size_t capacity = lifted->count;
    if (!grow_array(&lifted->blocks, lifted->count + 1, &capacity, sizeof *lifted->blocks)) {
        free(added.operations);
        return GOLF_NONE;
    }
    lifted->blocks[lifted->count] = added;
    return (uint16_t)lifted->count++;
}

/* ---- what comes before what ---- */

bool block_asks_zero(const struct golf_block *block)
{
    return block->end == GOLF_BRANCH &&
           (block->condition == JUMP_ZERO || block->condition == JUMP_NOT_ZERO);
}

bool block_has_taken(const struct golf_block *block)
{
    return block->end == GOLF_GO || block->end == GOLF_BRANCH || block->end == GOLF_CALLS;
}

bool block_has_other(const struct golf_block *block)
{
    return block->end == GOLF_BRANCH || block->end == GOLF_CALLS;
}

void blocks_of_subroutine(const struct golf_lifted *lifted, uint16_t first, struct block_set *set)
{
    memset(set, 0, sizeof *set);
    set->has[first] = true;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++) {
            const struct golf_block *block = &lifted->blocks[i];
            bool goes = block->end == GOLF_GO || block->end == GOLF_BRANCH;
            if (!set->has[i])
                continue;
            is_changed |= goes && !set->has[block->taken];
            is_changed |= block_has_other(block) && !set->has[block->other];
            if (goes)
                set->has[block->taken] = true;
            if (block_has_other(block))
                set->has[block->other] = true;
        }
    }
}

void blocks_before(const struct golf_lifted *lifted, uint16_t block, struct block_set *set)
{
    struct block_set called;
    memset(set, 0, sizeof *set);
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *before = &lifted->blocks[i];
        set->has[i] |= block_has_taken(before) && before->taken == block;
        set->has[i] |= before->end == GOLF_BRANCH && before->other == block;
        if (before->end != GOLF_CALLS || before->other != block)
            continue;
        blocks_of_subroutine(lifted, before->taken, &called);
        for (size_t k = 0; k < lifted->count; k++)
            set->has[k] |= called.has[k] && lifted->blocks[k].end == GOLF_RETURNS;
    }
}

/* ---- values ---- */

static void each_need(struct golf_need *needs, size_t count,
                      void (*act)(struct golf_value *value, void *context), void *context)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            act(&needs[i].values[k], context);
}

void block_each_value(struct golf_block *block,
                      void (*act)(struct golf_value *value, void *context), void *context)
{
    for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
        act(&block->at_start[reg], context);
    for (size_t i = 0; i < block->count; i++) {
        struct golf_operation *operation = &block->operations[i];
        each_need(operation->needs, operation->need_count, act, context);
        for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
            act(&operation->after[reg], context);
    }
    each_need(block->needs, block->need_count, act, context);
}

static void note_highest(struct golf_value *value, void *context)
{
    uint64_t *highest = context;
    if (value->kind == GOLF_OPAQUE && value->number > *highest)
        *highest = value->number;
}

uint64_t blocks_fresh(const struct golf_lifted *lifted)
{
    uint64_t highest = 0;
    for (size_t i = 0; i < lifted->count; i++)
        block_each_value(&lifted->blocks[i], note_highest, &highest);
    return highest + 1;
}

/* ---- tidying up ---- */

static void drop_unreached(struct golf_lifted *lifted)
{
    struct block_set reached = {.has = {true}};
    uint16_t number[BLOCKS], count = 0;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++) {
            const struct golf_block *block = &lifted->blocks[i];
            uint16_t next[2] = {block_has_taken(block) ? block->taken : (uint16_t)i,
                                block_has_other(block) ? block->other : (uint16_t)i};
            for (size_t k = 0; k < 2 && reached.has[i]; k++) {
                is_changed |= !reached.has[next[k]];
                reached.has[next[k]] = true;
            }
        }
    }
    for (size_t i = 0; i < lifted->count; i++) {
        number[i] = count;
        if (reached.has[i])
            lifted->blocks[count++] = lifted->blocks[i];
        else
            free(lifted->blocks[i].operations);
    }
    lifted->count = count;
    for (size_t i = 0; i < count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        block->taken = block_has_taken(block) ? number[block->taken] : block->taken;
        block->other = block_has_other(block) ? number[block->other] : block->other;
    }
}

/* Whether a block does nothing, and what is needed after it is what it begins with. */
static bool passes_on(const struct golf_block *block)
{
    if (block->count || block->end != GOLF_GO)
        return false;
    for (size_t i = 0; i < block->need_count; i++) {
        const struct golf_value *begins = &block->at_start[block->needs[i].reg];
        if (begins->kind == GOLF_UNKNOWN || !value_is_same(&block->needs[i].values[0], begins))
            return false;
    }
    return true;
}

/* loop, loope and loopne count, wherever they go. */
static bool counts(const struct golf_block *block)
{
    return block->condition >= GOLF_LOOPNE && block->condition <= GOLF_LOOP;
}

static void thread(struct golf_lifted *lifted)
{
    for (size_t i = 1; i < lifted->count; i++) {
        const struct golf_block *empty = &lifted->blocks[i];
        if (!passes_on(empty) || empty->taken == i)
            continue;
        for (size_t k = 0; k < lifted->count; k++) {
            struct golf_block *block = &lifted->blocks[k];
            if (block_has_taken(block) && block->taken == i)
                block->taken = empty->taken;
            if (block_has_other(block) && block->other == i)
                block->other = empty->taken;
            if (block->end == GOLF_BRANCH && block->taken == block->other && !counts(block))
                block->end = GOLF_GO, block->flags_live = 0;
        }
    }
}

struct looking {
    uint64_t number;
    bool is_found;
};

static void look(const struct golf_need *needs, size_t count, struct looking *looking)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            looking->is_found |= needs[i].values[k].kind == GOLF_OPAQUE &&
                                 needs[i].values[k].number == looking->number;
}

/* Forgets registers that a block begins with and does not use. */
static bool forget_unused(struct golf_block *block)
{
    bool is_changed = false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        struct looking looking = {.number = block->at_start[reg].number};
        if (block->at_start[reg].kind != GOLF_OPAQUE)
            continue;
        for (size_t i = 0; i < block->count; i++)
            look(block->operations[i].needs, block->operations[i].need_count, &looking);
        look(block->needs, block->need_count, &looking);
        if (looking.is_found)
            continue;
        block->at_start[reg] = (struct golf_value){.kind = GOLF_UNKNOWN};
        is_changed = true;
    }
    return is_changed;
}

/* Drops what a block needs at its end and no block after it begins with. */
static void drop_needs(struct golf_lifted *lifted, const struct block_set *after,
                       struct golf_block *block)
{
    size_t kept = 0;
    for (size_t i = 0; i < block->need_count; i++) {
        unsigned reg = block->needs[i].reg;
        bool is_used = reg == X86_RSP || (reg == X86_RCX && block->condition >= GOLF_LOOPNE);
        for (size_t k = 0; k < lifted->count; k++)
            is_used |= after->has[k] && lifted->blocks[k].at_start[reg].kind != GOLF_UNKNOWN;
        if (is_used)
            block->needs[kept++] = block->needs[i];
    }
    block->need_count = kept;
}

static void prune(struct golf_lifted *lifted)
{
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 1; i < lifted->count; i++)
            is_changed |= forget_unused(&lifted->blocks[i]);
        for (size_t i = 0; i < lifted->count; i++) {
            struct golf_block *block = &lifted->blocks[i];
            struct block_set after = {.has = {false}}, before;
            if (block_has_taken(block))
                after.has[block->taken] = true;
            if (block_has_other(block))
                after.has[block->other] = true;
            for (size_t k = 0; k < lifted->count && block->end == GOLF_RETURNS; k++) {
                blocks_before(lifted, (uint16_t)k, &before);
                after.has[k] = before.has[i];
            }
            drop_needs(lifted, &after, block);
        }
    }
}

void blocks_tidy(struct golf_lifted *lifted)
{
    thread(lifted);
    drop_unreached(lifted);
    prune(lifted);
}

/* ---- joining ---- */

struct joining {
    const struct golf_block *first, *second;
    uint64_t fresh;
    uint16_t climbing; /* of the program */
};

/* Where the stack pointer climbs, each block counts from somewhere else. */
static void join_stack(struct golf_value *value, const struct joining *joining)
{
    const struct golf_need *need =
        need_in(joining->first->needs, joining->first->need_count, X86_RSP);
    const struct golf_value *begins = &joining->second->at_start[X86_RSP];
    if (!value->data || value->data != joining->climbing || !need ||
        need->values[0].kind != GOLF_STACK || begins->kind != GOLF_STACK)
        return;
    value->number += need->values[0].number - begins->number;
    value->data = need->values[0].data;
}

/* What a value of the second block is in the first one. */
static void join_value(struct golf_value *value, void *context)
{
    const struct joining *joining = context;
    if (value->kind == GOLF_STACK)
        join_stack(value, joining);
    if (value->kind != GOLF_OPAQUE)
        return;
    const struct golf_need *best = NULL;
    for (size_t i = 0; i < joining->first->need_count; i++) {
        const struct golf_need *need = &joining->first->needs[i];
        const struct golf_value *begins = &joining->second->at_start[need->reg];
        if (begins->kind == GOLF_OPAQUE && begins->number == value->number &&
            (!best || need->bits > best->bits))
            best = need;
    }
    if (best)
        *value = best->values[0];
    else
        value->number += joining->fresh;
}

/* A value that depends on the last call is another one after a further call. */
static bool may_join(const struct golf_block *first, const struct golf_block *second)
{
    bool has_cases = false;
    for (size_t i = 0; i < first->need_count; i++)
        has_cases |= first->needs[i].values[0].kind == GOLF_CASES;
    size_t calls = 0;
    for (size_t i = 0; i < second->count; i++)
        calls += second->operations[i].kind == GOLF_CALL;
    return !has_cases || calls == 0 ||
           (calls == 1 && second->end == GOLF_STOP &&
            second->operations[second->count - 1].kind == GOLF_CALL);
}

static bool join(struct golf_lifted *lifted, size_t at)
{
    struct golf_block *first = &lifted->blocks[at], *second = &lifted->blocks[first->taken];
    struct golf_block joined = *second;
    size_t count = first->count + second->count;
    struct golf_operation *operations = calloc(count + 1, sizeof *operations);
    if (!operations)
        return false;
    memcpy(operations + first->count, second->operations, second->count * sizeof *operations);
    joined.operations = operations + first->count;
    struct joining joining = {first, second, blocks_fresh(lifted), lifted->climbing};
    block_each_value(&joined, join_value, &joining);
    memcpy(operations, first->operations, first->count * sizeof *operations);
    joined.operations = operations;
    joined.count = count;
    memcpy(joined.at_start, first->at_start, sizeof joined.at_start);
    memcpy(joined.known, first->known, sizeof joined.known);
    joined.offset = first->offset;
    joined.size = first->size + second->size;
    free(first->operations);
    *first = joined;
    return true;
}

bool blocks_join(struct golf_lifted *lifted)
{
    for (size_t i = 0; i < lifted->count;) {
        struct block_set before;
        size_t count = 0, at = i++;
        uint16_t next = lifted->blocks[at].taken;
        if (lifted->blocks[at].end != GOLF_GO || next == 0 || next == at)
            continue;
        blocks_before(lifted, next, &before);
        for (size_t k = 0; k < lifted->count; k++)
            count += before.has[k];
        if (count != 1 || !may_join(&lifted->blocks[at], &lifted->blocks[next]))
            continue;
        if (!join(lifted, at))
            return false;
        drop_unreached(lifted);
        i = 0; /* numbers are others now */
    }
    return true;
}
