/* How many words that may be 0 a pointer passes: forward over blocks, until nothing changes. */
#include "climb_bound.h"

#include <string.h>

enum { MOST_ZEROS = 2 };

/* Where a block begins. */
struct here {
    bool is_reached;
    bool has_word;  /* the word that the pointer points to is not 0 */
    uint32_t zeros; /* words that were passed and may be 0, at most */
};

struct bounding {
    const struct golf_lifted *lifted;
    const struct climbed *climbed;
    struct here here[BLOCKS];
    bool is_changed, is_unbounded;
};

static uint32_t bits_of(uint32_t tested)
{
    uint32_t count = 0;
    for (; tested; tested &= tested - 1)
        count++;
    return count;
}

/* On the way from one block to another one. */
static void go(struct bounding *bounding, size_t from, uint16_t to)
{
    const struct climbed *climbed = &bounding->climbed[from];
    const struct here *before = &bounding->here[from];
    struct here *after = &bounding->here[to];
    if (!bounding->climbed[to].has)
        return;
    uint32_t known = before->has_word ? 1 : 0;
    if (climbed->tested_leads == to)
        known |= climbed->is_tested;
    const uint32_t rise = climbed->is_entry ? 0 : climbed->rise;
    const uint32_t passed = known & ((UINT32_C(1) << rise) - 1);
    const uint32_t zeros = before->zeros + rise - bits_of(passed);
    const bool has_word = (known >> rise & 1) != 0;
    if (after->is_reached && after->zeros >= zeros && (has_word || !after->has_word))
        return;
    after->has_word = has_word && (!after->is_reached || after->has_word);
    after->zeros = after->zeros > zeros ? after->zeros : zeros;
    after->is_reached = bounding->is_changed = true;
    bounding->is_unbounded |= zeros > MOST_ZEROS;
}

bool climb_is_bounded(const struct golf_lifted *lifted, const struct climbed climbed[BLOCKS])
{
    struct bounding bounding = {.lifted = lifted, .climbed = climbed};
    for (size_t i = 0; i < lifted->count; i++)
        bounding.here[i].is_reached = climbed[i].is_entry;
    for (bounding.is_changed = true; bounding.is_changed && !bounding.is_unbounded;) {
        bounding.is_changed = false;
        for (size_t i = 0; i < lifted->count; i++) {
            const struct golf_block *block = &lifted->blocks[i];
            if (!bounding.here[i].is_reached)
                continue;
            if (block_has_taken(block) && block->end != GOLF_CALLS)
                go(&bounding, i, block->taken);
            if (block_has_other(block))
                go(&bounding, i, block->other);
        }
    }
    return !bounding.is_unbounded;
}
