/* Calls of a subroutine that need the same: it begins by making that. */
#include "entries.h"

#include <string.h>

/* What a call needs in a register, if that may be made in what it calls. */
static const struct golf_value *value_of(const struct golf_block *block, unsigned reg)
{
    const struct golf_need *need =
        block->end == GOLF_CALLS ? need_in(block->needs, block->need_count, reg) : NULL;
    if (!need || need->count != 1 || reg == X86_RSP ||
        (need->values[0].kind != GOLF_CONSTANT && need->values[0].kind != GOLF_ADDRESS))
        return NULL;
    return &need->values[0];
}

static bool is_same_call(const struct golf_block *block, uint16_t called, unsigned reg,
                         const struct golf_value *value)
{
    const struct golf_value *needed = value_of(block, reg);
    return needed && block->taken == called && value_is_same(needed, value);
}

/* What the new beginning passes on, in as many bits as a call has of it. */
static bool pass(const struct golf_lifted *lifted, uint16_t called, unsigned reg,
                 struct golf_need made, struct golf_block *entry)
{
    const struct golf_block *begins = &lifted->blocks[called];
    for (unsigned i = 0; i < GOLF_REGISTERS; i++) {
        const struct golf_value *value = &begins->at_start[i];
        struct golf_need need = {
            .reg = (uint8_t)i, .bits = (uint8_t)lifted->bits, .count = 1, .values = {*value}};
        if (value->kind == GOLF_UNKNOWN)
            continue;
        for (size_t k = 0; k < lifted->count; k++) {
            const struct golf_block *block = &lifted->blocks[k];
            const struct golf_need *given = need_in(block->needs, block->need_count, i);
            if (block->end == GOLF_CALLS && block->taken == called && given)
                need.bits = given->bits < need.bits ? given->bits : need.bits;
        }
        entry->needs[entry->need_count++] = i == reg ? made : need;
        entry->at_start[i] = i == reg ? (struct golf_value){.kind = GOLF_UNKNOWN} : *value;
    }
    return need_in(entry->needs, entry->need_count, reg) != NULL;
}

bool entries_add(struct golf_lifted *lifted, uint16_t caller, unsigned reg, bool *has_memory)
{
    const struct golf_block *block = &lifted->blocks[caller];
    const uint16_t called = block->taken;
    struct golf_block entry = {.end = GOLF_GO, .taken = called};
    struct block_set callers = {.has = {false}};
    size_t count = 0;
    *has_memory = true;
    const struct golf_value *value = value_of(block, reg);
    if (!value)
        return false;
    struct golf_need made = *need_in(block->needs, block->need_count, reg);
    for (size_t i = 0; i < lifted->count; i++) {
        callers.has[i] = is_same_call(&lifted->blocks[i], called, reg, value);
        if (!callers.has[i])
            continue;
        count++;
        const uint8_t bits =
            need_in(lifted->blocks[i].needs, lifted->blocks[i].need_count, reg)->bits;
        made.bits = bits > made.bits ? bits : made.bits;
    }
    memcpy(entry.known, lifted->blocks[called].known, sizeof entry.known);
    memset(&entry.known[reg], 0, sizeof entry.known[reg]);
    entry.offset = lifted->blocks[called].offset;
    if (count < 2 || !pass(lifted, called, reg, made, &entry))
        return false;
    const uint16_t number = blocks_add(lifted, &entry);
    *has_memory = number != GOLF_NONE;
    for (size_t i = 0; i < lifted->count && *has_memory; i++) {
        if (!callers.has[i])
            continue;
        lifted->blocks[i].taken = number;
        block_drop_need(&lifted->blocks[i], reg);
    }
    return *has_memory;
}
