/* States of a search as numbers. */
#include "place_private.h"

/* What is known of the conditions that a jump could have on this board. */
static uint64_t conditions_of(const struct search *search, struct place_flags flags)
{
    uint64_t conditions = 0, any = UINT64_C(1) << 32;
    for (uint8_t i = 0; i < 16; i++) {
        bool holds = true;
        if (!fillers_holds(i, flags, &holds))
            continue;
        if (search->jumps >> i & 1)
            conditions |= UINT64_C(1) << (2 * i + holds);
        conditions |= holds ? 0 : any; /* among free bytes, one that does not hold will do */
    }
    return conditions;
}

/* A number that waits for its block. */
static uint64_t hash_of(const struct search_pending *pending)
{
    const struct golf_field *field = &pending->field;
    uint64_t hash = memo_mix(pending->cell | (uint64_t)pending->end << 16 |
                             (uint64_t)field->target << 32 | (uint64_t)field->kind << 48 |
                             (uint64_t)field->length << 52 | (uint64_t)field->is_signed << 56);
    return memo_mix(hash + (uint64_t)field->addend);
}

uint64_t search_key(const struct search *search, const struct search_at *at)
{
    uint64_t key = search->salt ^ search->board.hash ^ search->block_hash;
    for (size_t i = 0; i < search->pending_count; i++)
        if (search->block_at[search->pending[i].field.target] == SEARCH_NOWHERE)
            key = memo_mix(key ^ hash_of(&search->pending[i]));
    key = memo_mix(key ^ search->circle_path[search->circle_of[at->node]]);
    key = memo_mix(key + at->node * UINT64_C(0x9e3779b97f4a7c15));
    return memo_mix(key + (at->offset | conditions_of(search, at->flags) << 16 |
                           (uint64_t)at->is_adrift << 49 | (uint64_t)at->is_landing << 50));
}
