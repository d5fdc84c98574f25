/* Words that the stack pointer climbs over when they are loaded. */
#include "climb_pops.h"

#include <string.h>

#include "counter_jumps.h"
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

static void find_cares(const struct golf_lifted *lifted, bool cares[BLOCKS])
{
    for (size_t i = 0; i < lifted->count; i++)
        for (size_t k = 0; k < lifted->blocks[i].count; k++) {
            const struct golf_operation *operation = &lifted->blocks[i].operations[k];
            const struct golf_need *need =
                need_in(operation->needs, operation->need_count, X86_RSP);
            cares[i] |= need && climbs(lifted, &need->values[0]);
        }
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++)
            for (unsigned way = 0; way < 2; way++) {
                uint16_t next = next_of(&lifted->blocks[i], way);
                if (cares[i] || next == GOLF_NONE || !cares[next] ||
                    !climbs(lifted, &lifted->blocks[next].at_start[X86_RSP]))
                    continue;
                cares[i] = is_changed = true;
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
    find_cares(lifted, further.cares);
    if (!find_further(&further) || !pops_make(operation, place, further.after) ||
        !move_block(&further, number, at + 1))
        return false;
    for (size_t i = 0; i < lifted->count; i++)
        if (further.begins[i] && !move_block(&further, i, 0))
            return false;
    return true;
}

/* ---- words that are compared with 0 ---- */

bool climb_pops_may_test(const struct golf_lifted *lifted, size_t number)
{
    const struct golf_block *block = &lifted->blocks[number];
    const struct golf_value *end = end_of(block);
    if (!lifted->climbing || !end || !counter_jumps_may_end(block))
        return false;
    const struct golf_operation *last = &block->operations[block->count - 1];
    const struct elfgen_x86_operand *operands = last->instruction.operands;
    const struct golf_need *need = need_in(last->needs, last->need_count, X86_RSP);
    return last->kind == GOLF_KEPT && last->instruction.mnemonic == ELFGEN_X86_OP_cmp &&
           pops_place(lifted, last) == &operands[0] && operands[0].size * 8 == lifted->bits &&
           operands[0].value >= 0 && !operands[0].index && !operands[0].segment &&
           !operands[0].symbolic && operands[1].kind == ELFGEN_X86_IMMEDIATE &&
           operands[1].value == 0 && last->refers.kind != GOLF_ADDRESS && need &&
           need->count == 1 && need->values[0].kind == GOLF_STACK &&
           need->values[0].data == end->data && (climbs(lifted, end) || end->data == 0);
}

/* Whether nothing from a block on uses words by the stack pointer, or moves it further. */
static bool is_behind(const struct golf_lifted *lifted, uint16_t first)
{
    bool cares[BLOCKS] = {false};
    struct block_set after;
    find_cares(lifted, cares);
    blocks_of_subroutine(lifted, first, &after);
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        const struct golf_value *end = end_of(block);
        const bool moves = end && climbs(lifted, end) && (int64_t)end->number > 0;
        if (after.has[i] && (cares[i] || moves || block->end == GOLF_RETURNS))
            return false;
    }
    return true;
}

/* Makes the comparison a pop of `word`. */
static bool pop_word(const struct golf_lifted *lifted, struct golf_operation *operation,
                     const struct golf_value *word)
{
    const int64_t place =
        (int64_t)need_in(operation->needs, operation->need_count, X86_RSP)->values[0].number +
        operation->instruction.operands[0].value;
    operation->instruction.operands[0] = (struct elfgen_x86_operand){
        .kind = ELFGEN_X86_REGISTER_OPERAND, .reg = golf_full_class(lifted) + X86_RCX};
    operation->writes |= 1u << X86_RCX;
    operation->after[X86_RCX] = *word;
    operation->flags_set = 0;
    operation->tells_equal = false;
    return pops_make(operation, place, place + lifted->bits / 8);
}

/* An operation that puts a word back. */
static bool push_word(const struct golf_lifted *lifted, struct golf_operation *operation,
                      const struct golf_value *word)
{
    const uint8_t bits = (uint8_t)lifted->bits;
    const struct golf_value stack = {.kind = GOLF_STACK, .data = lifted->climbing};
    *operation = (struct golf_operation){
        .kind = GOLF_KEPT,
        .instruction = {.mnemonic = ELFGEN_X86_OP_push,
                        .mode = bits,
                        .operands = {{.kind = ELFGEN_X86_REGISTER_OPERAND,
                                      .reg = golf_full_class(lifted) + X86_RCX}}},
        .refers_operand = UINT8_MAX,
        .needs = {{.reg = X86_RSP, .bits = bits, .count = 1, .values = {stack}},
                  {.reg = X86_RCX, .bits = bits, .count = 1, .values = {*word}}},
        .need_count = 2,
        .writes = 1u << X86_RSP,
        .reads = 1u << X86_RSP | 1u << X86_RCX,
        .implied = 1u << X86_RSP,
        .reason = "a word that is not 0 goes back"};
    operation->after[X86_RSP] = stack;
    operation->after[X86_RSP].number -= bits / 8;
    return golf_change_instruction(operation, &operation->instruction);
}

/* Adds a block that puts a word back and goes on with `next`: what that begins with is passed on,
 * in as many bits as the block before it has. */
static uint16_t add_push(struct golf_lifted *lifted, const struct golf_block *before, uint16_t next)
{
    const struct golf_block *begins = &lifted->blocks[next];
    const struct golf_value word = {.kind = GOLF_OPAQUE, .number = blocks_fresh(lifted)};
    struct golf_operation push;
    struct golf_block block = {.operations = &push,
                               .count = 1,
                               .end = GOLF_GO,
                               .taken = next,
                               .flags_live = before->flags_live,
                               .offset = begins->offset};
    if (!push_word(lifted, &push, &word))
        return GOLF_NONE;
    push.offset = before->operations[before->count - 1].offset;
    memcpy(block.known, begins->known, sizeof block.known);
    memcpy(block.at_end, begins->known, sizeof block.at_end);
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct golf_need *need = need_in(before->needs, before->need_count, reg);
        if (begins->at_start[reg].kind == GOLF_UNKNOWN || !need || reg == X86_RSP)
            continue;
        block.at_start[reg] = begins->at_start[reg];
        block.needs[block.need_count] = *need;
        block.needs[block.need_count].count = 1;
        block.needs[block.need_count++].values[0] = begins->at_start[reg];
    }
    block.needs[block.need_count++] = (struct golf_need){
        .reg = X86_RSP, .bits = (uint8_t)lifted->bits, .count = 1, .values = {push.after[X86_RSP]}};
    block.at_start[X86_RSP] = push.needs[0].values[0];
    block.at_start[X86_RCX] = word;
    block.known[X86_RSP].kind = block.known[X86_RCX].kind = GOLF_UNKNOWN;
    block.at_end[X86_RSP].kind = block.at_end[X86_RCX].kind = GOLF_UNKNOWN;
    return blocks_add(lifted, &block);
}

bool climb_pops_test(struct golf_lifted *lifted, size_t number, bool *has_memory)
{
    struct golf_block *block = &lifted->blocks[number];
    struct golf_operation *last = &block->operations[block->count - 1];
    const struct golf_value word = {.kind = GOLF_OPAQUE, .number = blocks_fresh(lifted)};
    *has_memory = true;
    if (need_in(block->needs, block->need_count, X86_RCX) || block->need_count == GOLF_REGISTERS ||
        !pop_word(lifted, last, &word))
        return false;
    counter_jumps_end(lifted, block, &word);
    block->at_end[X86_RCX].kind = GOLF_UNKNOWN;
    struct golf_need *end = need_of(block->needs, block->need_count, X86_RSP);
    if ((int64_t)end->values[0].number >= (int64_t)last->after[X86_RSP].number)
        return true;
    /* It has not passed the word that it points to. */
    if (end->values[0].number !=
            need_in(last->needs, last->need_count, X86_RSP)->values[0].number ||
        !climbs(lifted, &lifted->blocks[block->other].at_start[X86_RSP]) ||
        !is_behind(lifted, block->taken))
        return false;
    end->values[0] = last->after[X86_RSP];
    const uint16_t push = add_push(lifted, block, block->other);
    *has_memory = push != GOLF_NONE;
    lifted->blocks[number].other = push;
    return *has_memory;
}
