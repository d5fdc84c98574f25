/* Words that the stack pointer climbs over when they are loaded. */
#include "climb_pops.h"

#include "pops.h"

static bool climbs(const struct golf_lifted *lifted, const struct golf_value *value)
{
    return value->kind == GOLF_STACK && value->data == lifted->climbing && value->data != 0;
}

/* What a block needs the stack pointer to be when it ends. */
static const struct golf_value *end_of(const struct golf_block *block)
{
    const struct golf_need *need = need_in(block->needs, block->need_count, X86_RSP);
    return need && need->count == 1 && need->values[0].kind == GOLF_STACK ? &need->values[0] : NULL;
}

bool climb_pops_may_load(const struct golf_lifted *lifted, size_t number, size_t at)
{
    const struct golf_block *block = &lifted->blocks[number];
    const struct golf_operation *operation = &block->operations[at];
    const struct golf_value *end = end_of(block);
    if (!lifted->climbing || !end || !pops_loads(lifted, operation))
        return false;
    const struct golf_need *need = need_in(operation->needs, operation->need_count, X86_RSP);
    const int64_t after = (int64_t)need->values[0].number +
                          operation->instruction.operands[1].value + lifted->bits / 8;
    return need->values[0].data == end->data && operation->instruction.operands[1].value >= 0 &&
           (climbs(lifted, end) || (end->data == 0 && (int64_t)end->number >= after));
}

/* ---- how much further it is, from block to block ---- */

struct further {
    struct golf_lifted *lifted;
    bool cares[BLOCKS];     /* it, or what comes after it, uses words by the stack pointer */
    int64_t begins[BLOCKS]; /* how much further the stack pointer is where a block begins, */
    int64_t ends[BLOCKS];   /* and where it ends */
    size_t block;           /* that of the load */
    int64_t after;          /* the stack pointer after it */
};

/* The block that has the stack pointer that a block ends with. */
static uint16_t next_of(const struct golf_block *block, unsigned way)
{
    if (way == 0)
        return block->end == GOLF_GO || block->end == GOLF_BRANCH ? block->taken : GOLF_NONE;
    return block_has_other(block) ? block->other : GOLF_NONE;
}

static void find_cares(struct further *further)
{
    const struct golf_lifted *lifted = further->lifted;
    for (size_t i = 0; i < lifted->count; i++)
        for (size_t k = 0; k < lifted->blocks[i].count; k++) {
            const struct golf_operation *operation = &lifted->blocks[i].operations[k];
            const struct golf_need *need =
                need_in(operation->needs, operation->need_count, X86_RSP);
            further->cares[i] |= need && climbs(lifted, &need->values[0]);
        }
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++)
            for (unsigned way = 0; way < 2; way++) {
                uint16_t next = next_of(&lifted->blocks[i], way);
                if (further->cares[i] || next == GOLF_NONE || !further->cares[next] ||
                    !climbs(lifted, &lifted->blocks[next].at_start[X86_RSP]))
                    continue;
                further->cares[i] = is_changed = true;
            }
    }
}

/* How much further a block ends, if nothing in it has to be moved back. */
static int64_t end_further(const struct further *further, size_t number)
{
    const struct golf_value *end = end_of(&further->lifted->blocks[number]);
    if (!end)
        return 0;
    const int64_t least = number == further->block ? further->after : further->begins[number];
    return (int64_t)end->number >= least ? 0 : least - (int64_t)end->number;
}

static bool find_further(struct further *further)
{
    const struct golf_lifted *lifted = further->lifted;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++) {
            further->ends[i] = end_further(further, i);
            for (unsigned way = 0; way < 2 && further->ends[i]; way++) {
                uint16_t next = next_of(&lifted->blocks[i], way);
                if (next == GOLF_NONE || !further->cares[next] ||
                    further->begins[next] == further->ends[i])
                    continue;
                if (further->begins[next] || next == further->block)
                    return false;
                further->begins[next] = further->ends[i];
                is_changed = true;
            }
        }
    }
    for (size_t i = 0; i < lifted->count; i++)
        for (unsigned way = 0; way < 2; way++) {
            uint16_t next = next_of(&lifted->blocks[i], way);
            if (next != GOLF_NONE && further->cares[next] &&
                climbs(lifted, &lifted->blocks[next].at_start[X86_RSP]) &&
                further->begins[next] != further->ends[i])
                return false;
        }
    return true;
}

/* ---- the change ---- */

/* An operation where the stack pointer is at `least` at least, and what it is is counted from
 * `begins` further. */
static bool move_operation(const struct golf_lifted *lifted, struct golf_operation *operation,
                           int64_t begins, int64_t least)
{
    struct golf_need *need = need_of(operation->needs, operation->need_count, X86_RSP);
    const struct elfgen_x86_operand *place = pops_place(lifted, operation);
    const bool pops = operation->writes >> X86_RSP & 1;
    if (!need)
        return !pops;
    const int64_t stack = (int64_t)need->values[0].number - begins;
    const int64_t to = stack < least ? least : stack;
    if (need->values[0].kind != GOLF_STACK || (pops && to != stack) || (!pops && !place))
        return false;
    need->values[0].number = (uint64_t)to;
    if (pops) {
        operation->after[X86_RSP].number -= (uint64_t)begins;
        return !place;
    }
    const int64_t value = place->value + stack - to;
    return to == stack || (value >= 0 && pops_move_place(lifted, operation, value));
}

static bool move_block(const struct further *further, size_t number, size_t first)
{
    struct golf_block *block = &further->lifted->blocks[number];
    const bool is_first = number == further->block;
    const int64_t begins = further->begins[number], least = is_first ? further->after : 0;
    struct golf_need *end = need_of(block->needs, block->need_count, X86_RSP);
    for (size_t i = first; i < block->count; i++)
        if (!move_operation(further->lifted, &block->operations[i], begins, least))
            return false;
    if (end)
        end->values[0].number += (uint64_t)(further->ends[number] - begins);
    return true;
}

bool climb_pops_load(struct golf_lifted *lifted, size_t number, size_t at)
{
    struct golf_operation *operation = &lifted->blocks[number].operations[at];
    const struct golf_need *need = need_in(operation->needs, operation->need_count, X86_RSP);
    const int64_t place =
        (int64_t)need->values[0].number + operation->instruction.operands[1].value;
    struct further further = {.lifted = lifted, .block = number, .after = place + lifted->bits / 8};
    find_cares(&further);
    if (!find_further(&further) || !pops_make(operation, place, further.after) ||
        !move_block(&further, number, at + 1))
        return false;
    for (size_t i = 0; i < lifted->count; i++)
        if (further.begins[i] && !move_block(&further, i, 0))
            return false;
    return true;
}
