/* What a program costs: its blocks by themselves, and the jumps between them. */
#include "cost.h"

#include <string.h>

#include "blocks.h"

enum {
    JUMP = 2,
    CALL = 5,
    RETURN = 1,
    /* A loop or jrcxz has no opposite and reaches 128 bytes: the placer finds less for it. */
    TIED = 1
};

/* ---- blocks ---- */

static void add(uint64_t *hash, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ at[i]) * UINT64_C(0x100000001b3);
}

static void add_number(uint64_t *hash, uint64_t number)
{
    for (unsigned i = 0; i < 64; i += 8) {
        const uint8_t byte = (uint8_t)(number >> i);
        add(hash, &byte, 1);
    }
}

static void add_value(uint64_t *hash, const struct golf_value *value)
{
    add_number(hash, value->kind);
    add_number(hash, value->data);
    add_number(hash, value->number);
    add_number(hash, value->failed);
}

static void add_needs(uint64_t *hash, const struct golf_need *needs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t numbers[] = {needs[i].reg, needs[i].bits, needs[i].count};
        add(hash, numbers, sizeof numbers);
        for (size_t k = 0; k < needs[i].count; k++)
            add_value(hash, &needs[i].values[k]);
    }
    add(hash, &count, sizeof count);
}

static uint64_t hash_of(const struct golf_block *block)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
        add_value(&hash, &block->at_start[reg]);
    add_value(&hash, &block->known[X86_RSP]);
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        const uint32_t numbers[] = {operation->kind,   operation->ends,     operation->keeps_below,
                                    operation->length, operation->writes,   operation->flags_read,
                                    operation->reads,  operation->flags_set};
        add(&hash, numbers, sizeof numbers);
        add(&hash, operation->bytes, operation->length);
        add(&hash, &operation->instruction, sizeof operation->instruction);
        add_value(&hash, &operation->refers);
        add_needs(&hash, operation->needs, operation->need_count);
        for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
            add_value(&hash, &operation->after[reg]);
    }
    add_needs(&hash, block->needs, block->need_count);
    const uint32_t numbers[] = {block->end, block->condition, block->flags_live,
                                block->keeps_below};
    add(&hash, numbers, sizeof numbers);
    return hash | 1;
}

/* Asks for a block alone, which ends as it does, wherever that leads. */
static unsigned ask(const struct costs *costs, const struct golf_lifted *lifted, size_t block)
{
    struct golf_block alone = lifted->blocks[block];
    struct golf_lifted one = *lifted;
    alone.taken = alone.other = 0;
    one.blocks = &alone;
    one.count = 1;
    return costs->options->cost(&one, costs->options->context);
}

static unsigned cost_of_block(struct costs *costs, const struct golf_lifted *lifted, size_t block)
{
    uint64_t hash = hash_of(&lifted->blocks[block]);
    size_t at = (size_t)(hash >> 32) % COSTS;
    while (costs->hashes[at] && costs->hashes[at] != hash)
        at = (at + 1) % COSTS;
    if (costs->hashes[at])
        return costs->of[at];
    if (costs->count >= COSTS / 2)
        return GOLF_REWRITE_NEVER;
    costs->count++;
    costs->hashes[at] = hash;
    costs->of[at] = (uint16_t)ask(costs, lifted, block);
    return costs->of[at];
}

/* ---- jumps ---- */

struct chains {
    uint16_t top[BLOCKS]; /* of the chain that a block is in */
    bool has_before[BLOCKS], has_after[BLOCKS];
};

/* Whether one block may be right behind another one, besides those that were chosen. */
static bool follow(struct chains *chains, size_t count, size_t before, size_t after)
{
    if (after == 0 || chains->has_after[before] || chains->has_before[after] ||
        chains->top[before] == chains->top[after])
        return false;
    uint16_t from = chains->top[after], to = chains->top[before];
    for (size_t i = 0; i < count; i++)
        chains->top[i] = chains->top[i] == from ? to : chains->top[i];
    chains->has_after[before] = chains->has_before[after] = true;
    return true;
}

/* Jumps besides those of conditions: each block follows one that leads to it, if that is free. */
static uint32_t jumps_of(const struct golf_lifted *lifted)
{
    struct chains chains = {.has_before = {true}};
    uint32_t jumps = 0;
    for (size_t i = 0; i < lifted->count; i++)
        chains.top[i] = (uint16_t)i;
    for (unsigned pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < lifted->count; i++) {
            const struct golf_block *block = &lifted->blocks[i];
            bool has_two = block_has_other(block),
                 has_choice = block->end == GOLF_BRANCH && block->condition < GOLF_LOOPNE;
            if (pass != has_choice || !block_has_taken(block))
                continue;
            bool is_next =
                follow(&chains, lifted->count, i, has_two ? block->other : block->taken) ||
                (has_choice && follow(&chains, lifted->count, i, block->taken));
            jumps += !is_next;
        }
    return jumps;
}

uint32_t cost_of_blocks(struct costs *costs, const struct golf_lifted *lifted)
{
    uint32_t sum = 0;
    if (lifted->count > BLOCKS)
        return UINT32_MAX;
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        unsigned cost = cost_of_block(costs, lifted, i);
        if (cost >= GOLF_REWRITE_NEVER)
            return UINT32_MAX;
        sum += cost;
        sum += block->end == GOLF_BRANCH && block->condition >= GOLF_LOOPNE ? TIED : 0;
        sum += block->end == GOLF_BRANCH    ? JUMP
               : block->end == GOLF_CALLS   ? CALL
               : block->end == GOLF_RETURNS ? RETURN
                                            : 0;
    }
    return sum + JUMP * jumps_of(lifted);
}
