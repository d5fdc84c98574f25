/* Makes blocks of operations: how they follow each other, and what is needed at their ends. */
#include "golf/lift/build.h"

#include <stdlib.h>

#include "base/no_memory.h"
#include "golf/lift/carried.h"
#include "golf/lift/counters.h"
#include "golf/lift/lift.h"
#include "golf/lift/live.h"
#include "golf/lift/memory.h"
#include "golf/lift/addresses/moved.h"
#include "golf/lift/addresses/numbers.h"
#include "golf/lift/objects.h"
#include "golf/lift/operations.h"
#include "golf/lift/stack_data.h"
#include "golf/lift/values.h"

enum { NOT_YET = UINT16_MAX };

static bool no_memory(struct lift *lift)
{
    lift->failed = true;
    return error_no_memory(lift->error);
}

/* ---- blocks ---- */

static size_t operation_count(const struct lift *lift, const struct lift_block *block)
{
    size_t count = 0;
    for (size_t i = 0; i < block->count; i++)
        count += lift_is_operation(lift->instructions[block->instructions[i]]);
    return count;
}

/* Whether a block reads a register, and does not know that it has this constant. */
static bool is_lost_in(const struct lift_block *block, unsigned reg, const struct lift_value *value)
{
    return block->live_in.bits[reg] != 0 && !lift_is_same(value, &block->in.registers[reg]);
}

/* Whether a constant at the end is not one any more in a block after it. */
static bool is_lost(const struct lift *lift, const struct lift_block *block, unsigned reg)
{
    const struct lift_value *value = &block->out.registers[reg];
    bool has_other = block->end == GOLF_BRANCH || block->end == GOLF_CALLS;
    return block->end == GOLF_RETURNS || is_lost_in(lift->blocks[block->taken], reg, value) ||
           (has_other && is_lost_in(lift->blocks[block->other], reg, value));
}

/* What is in registers at the start and at the end, and what must be. */
static bool build_ends(const struct lift_build *build, const struct lift_block *block,
                       struct golf_block *result)
{
    struct lift *lift = build->lift;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct lift_value *in = &block->in.registers[reg], *out = &block->out.registers[reg];
        bool is_address = block->live_in.addresses >> reg & 1;
        struct golf_value value = lift_golf_value(lift, in, is_address, lift_number(in));
        result->known[reg] = value;
        if (block->live_in.bits[reg] != 0 || result == build->lifted->blocks)
            result->at_start[reg] = value;
        is_address = block->live_out.addresses >> reg & 1;
        value = lift_golf_value(lift, out, is_address, lift_number(out));
        result->at_end[reg] = value;
        if (block->live_out.bits[reg] == 0)
            continue;
        if (value.kind == GOLF_ADDRESS && is_lost(lift, block, reg) &&
            !lift_use(lift, value.number, 0, false))
            return false;
        lift_add_need(result->needs, &result->need_count, reg, block->live_out.bits[reg], value);
    }
    return true;
}

/* loop and jrcxz read rcx, which is as it was before them. */
static bool build_counter(const struct lift_build *build, const struct lift_block *block,
                          struct golf_block *result)
{
    const struct lift_instruction *last =
        build->lift->instructions[block->instructions[block->count - 1]];
    size_t kept = 0;
    for (size_t i = 0; i < result->need_count; i++)
        if (result->needs[i].reg != X86_RCX)
            result->needs[kept++] = result->needs[i];
    result->need_count = kept;
    lift_add_need(result->needs, &result->need_count, X86_RCX, (uint8_t)build->lift->bits,
                  lift_golf_value(build->lift, &last->before[X86_RCX], false, 0));
    return !lift_shows_address(build->lift, last) && !lift_shows_moved(build->lift, last);
}

static bool build_block(const struct lift_build *build, const struct lift_block *block,
                        struct golf_block *result)
{
    struct lift *lift = build->lift;
    size_t count = operation_count(lift, block);
    result->operations = calloc(count + 1, sizeof *result->operations);
    if (!result->operations)
        return no_memory(lift);
    result->end = block->end;
    result->condition = block->condition;
    if (block->end == GOLF_GO || block->end == GOLF_BRANCH || block->end == GOLF_CALLS)
        result->taken = lift->blocks[block->taken]->number;
    if (block->end == GOLF_BRANCH || block->end == GOLF_CALLS)
        result->other = lift->blocks[block->other]->number;
    result->flags_live = block->live_out.flags;
    for (size_t i = 0; i < block->count; i++) {
        const struct lift_instruction *instruction = lift->instructions[block->instructions[i]];
        const struct lift_value *after =
            i + 1 < block->count ? lift->instructions[block->instructions[i + 1]]->before
                                 : block->out.registers;
        result->size += instruction->zydis.length;
        if (i == 0)
            result->offset = instruction->offset;
        if (instruction->is_folded && instruction->kind == LIFT_PLAIN &&
            !lift_use_folded(lift, lift_number(&instruction->address_read),
                             instruction->effects.reads[0].size))
            return false;
        if (lift_is_operation(instruction) &&
            !lift_build_operation(build, instruction, after, &result->operations[result->count++]))
            return false;
    }
    if (!build_ends(build, block, result))
        return false;
    if (block->end == GOLF_BRANCH && block->condition >= GOLF_LOOPNE)
        return build_counter(build, block, result);
    return true;
}

/* ---- addresses ---- */

/* Notes that what has an address is used, in whichever way, if that is not known. */
static void use_value(const struct lift_build *build, struct golf_value *value)
{
    struct lift *lift = build->lift;
    if (value->kind != GOLF_ADDRESS)
        return;
    for (size_t i = 0; i < lift->use_count; i++)
        if (value->failed - lift->uses[i].address <= lift->uses[i].size)
            return;
    lift_use(lift, value->failed, 0, false);
}

/* Makes an address one of an object. */
static void place_value(const struct lift_build *build, struct golf_value *value)
{
    if (value->kind != GOLF_ADDRESS)
        return;
    uint16_t object = lift_object_at(build->lifted, value->failed);
    uint64_t number = value->number;
    *value = (struct golf_value){.kind = GOLF_CONSTANT, .number = number};
    if (object == GOLF_NONE && build->lift->addresses)
        lift_refuse(build->lift, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                    "it counts from an address outside of its memory");
    if (object == GOLF_NONE)
        return;
    value->kind = GOLF_ADDRESS;
    value->data = object;
    value->number = number - build->lifted->data[object].address;
}

typedef void for_value(const struct lift_build *build, struct golf_value *value);

static void each_need(const struct lift_build *build, struct golf_need *needs, size_t count,
                      for_value *act)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            act(build, &needs[i].values[k]);
}

static void each_value(const struct lift_build *build, for_value *act)
{
    for (size_t i = 0; i < build->lifted->count; i++) {
        struct golf_block *block = &build->lifted->blocks[i];
        each_need(build, block->needs, block->need_count, act);
        for (size_t reg = 0; reg < GOLF_REGISTERS; reg++) {
            act(build, &block->at_start[reg]);
        }
        for (size_t k = 0; k < block->count; k++) {
            struct golf_operation *operation = &block->operations[k];
            each_need(build, operation->needs, operation->need_count, act);
            act(build, &operation->refers);
        }
    }
}

/* What is known besides, if there is an object. */
static void place_known(const struct lift_build *build, struct golf_value values[GOLF_REGISTERS])
{
    for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
        if (values[reg].kind == GOLF_ADDRESS &&
            lift_object_at(build->lifted, values[reg].failed) == GOLF_NONE)
            values[reg] = (struct golf_value){.kind = GOLF_UNKNOWN};
        else
            place_value(build, &values[reg]);
}

static void place_values(const struct lift_build *build)
{
    each_value(build, place_value);
    for (size_t i = 0; i < build->lifted->count; i++) {
        struct golf_block *block = &build->lifted->blocks[i];
        place_known(build, block->known);
        place_known(build, block->at_end);
        for (size_t k = 0; k < block->count; k++)
            place_known(build, block->operations[k].after);
    }
}

/* ---- all blocks ---- */

/* Numbers the blocks that are reached, in the order in which they follow each other. */
static size_t number_blocks(struct lift *lift, uint16_t *order)
{
    size_t count = 0, depth = 0;
    uint16_t *stack = order + GOLF_LIFT_BLOCKS;
    for (size_t i = 0; i < lift->block_count; i++)
        lift->blocks[i]->number = NOT_YET;
    stack[depth++] = 0;
    while (depth > 0) {
        struct lift_block *block = lift->blocks[stack[--depth]];
        if (block->number != NOT_YET)
            continue;
        block->number = (uint16_t)count;
        order[count++] = stack[depth];
        if (block->end != GOLF_STOP && block->end != GOLF_RETURNS)
            stack[depth++] = block->taken;
        if (block->end == GOLF_BRANCH || block->end == GOLF_CALLS)
            stack[depth++] = block->other;
    }
    return count;
}

/* Whether an end is reached from every block; sets the error that none is. */
static bool ends(struct lift *lift, const struct golf_lifted *lifted)
{
    bool *reaches = calloc(lifted->count + 1, sizeof *reaches), changed = true;
    if (!reaches)
        return no_memory(lift);
    while (changed) {
        changed = false;
        for (size_t i = lifted->count; i-- > 0;) {
            const struct golf_block *block = &lifted->blocks[i];
            bool is_end = block->end == GOLF_STOP || block->end == GOLF_RETURNS ||
                          reaches[block->taken] || (block->end != GOLF_GO && reaches[block->other]);
            changed = changed || is_end != reaches[i];
            reaches[i] = is_end;
        }
    }
    for (size_t i = 0; i < lifted->count && !lift->failed; i++)
        if (!reaches[i]) {
            lift_refuse(lift, ELFGEN_UNSUPPORTED, lifted->blocks[i].offset,
                        "it never ends: no way leads from here to an end");
            lift->does_other = true;
        }
    free(reaches);
    return !lift->failed;
}

/* Whether some block leads to the first one. */
static bool is_start_reached_again(const struct lift *lift, const uint16_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct lift_block *block = lift->blocks[order[i]];
        bool has_two = block->end == GOLF_BRANCH || block->end == GOLF_CALLS;
        if ((block->end == GOLF_GO || has_two) && block->taken == 0)
            return true;
        if (has_two && block->other == 0)
            return true;
    }
    return false;
}

/* A block before the first one, so that what Linux gives a program holds in it: later, what is in
 * registers may be something else. */
static bool build_start(const struct lift_build *build, const struct lift_block *first,
                        struct golf_block *result)
{
    struct lift_block start = {.address = first->address, .end = GOLF_GO};
    lift_state_start(&start.in);
    start.out = start.in;
    start.live_out = first->live_in;
    if (!build_block(build, &start, result))
        return false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        result->at_start[reg] = result->known[reg];
    return true;
}

static bool move_to_stack(struct lift *lift, struct golf_lifted *lifted)
{
    bool *marked = calloc(lifted->count, sizeof *marked);
    size_t *numbers = calloc(lifted->count, sizeof *numbers);
    bool is_done = marked && numbers;
    if (is_done && !lift->keeps_stack)
        lift_stack_data(lifted, lift->narrows_addresses, marked, numbers);
    free(marked);
    free(numbers);
    return (is_done && lift_carry(lifted)) || no_memory(lift);
}

bool lift_build(struct lift *lift, struct golf_lifted *lifted)
{
    const struct lift_build build = {lift, lifted};
    uint16_t order[3 * GOLF_LIFT_BLOCKS + 1];
    size_t count = number_blocks(lift, order), added = 0;
    if (is_start_reached_again(lift, order, count)) {
        added = 1;
        for (size_t i = 0; i < count; i++)
            lift->blocks[order[i]]->number++;
    }
    lifted->bits = lift->bits;
    lifted->has_writable_code = lift->has_writable_code;
    lifted->blocks = calloc(count + added + 1, sizeof *lifted->blocks);
    if (!lifted->blocks)
        return no_memory(lift);
    lifted->count = count + added;
    if (added && !build_start(&build, lift->blocks[0], &lifted->blocks[0]))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!build_block(&build, lift->blocks[order[i]], &lifted->blocks[i + added]))
            return false;
    if (lift->addresses)
        each_value(&build, use_value);
    if (lift->failed || !lift_folds_hold(lift) || !ends(lift, lifted) ||
        !lift_objects(lift, lifted))
        return false;
    place_values(&build);
    if (!lift->failed && !lift_counters(lifted))
        return no_memory(lift);
    return !lift->failed && move_to_stack(lift, lifted);
}
