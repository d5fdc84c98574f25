/* Two variables that differ by a number become one.
 *
 * A program counts in memory, and stores the counter plus a number, the digit of it, in a byte that
 * a call then reads. If the byte has the counter at each such call, the counter can be kept there:
 * what is added to one is added to the other, and what it is compared with is so much larger. All
 * values of the counter must be known to fit. */
#include "golf/lift/counters.h"

#include <stdlib.h>
#include <string.h>

#include "golf/lift/counter_states.h"
#include "golf/lift/stack_data.h"

enum { MANY_BLOCKS = 96, BYTE = 255 };

/* A counter, and the store to the byte that shows it. */
struct merging {
    struct counter counter;
    const struct golf_lifted *lifted;
    struct golf_operation store;
};

/* ---- who has an address ---- */

static bool has_address(const struct golf_need *needs, size_t count, uint16_t object)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            if (needs[i].values[k].kind == GOLF_ADDRESS && needs[i].values[k].data == object)
                return true;
    return false;
}

/* Whether a block's end passes an address on as something that is not known to be it. */
static bool loses_address(const struct golf_lifted *lifted, const struct golf_block *block,
                          uint16_t object)
{
    for (size_t i = 0; i < block->need_count; i++) {
        const struct golf_need *need = &block->needs[i];
        const uint16_t next[2] = {block->taken,
                                  block->end == GOLF_BRANCH ? block->other : block->taken};
        if (!has_address(need, 1, object))
            continue;
        if (block->end != GOLF_GO && block->end != GOLF_BRANCH)
            return true;
        for (size_t k = 0; k < 2; k++) {
            const struct golf_value *begins = &lifted->blocks[next[k]].at_start[need->reg];
            if (begins->kind != GOLF_UNKNOWN &&
                (begins->kind != GOLF_ADDRESS || begins->data != object))
                return true;
        }
    }
    return false;
}

/* Whether no operation but a call has the address of an object in a register, and so nothing but
 * operands that name it use it. */
static bool is_private(const struct golf_lifted *lifted, uint16_t object, bool by_calls)
{
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        for (size_t k = 0; k < block->count; k++) {
            const struct golf_operation *operation = &block->operations[k];
            if (has_address(operation->needs, operation->need_count, object) &&
                !(by_calls && operation->kind == GOLF_CALL))
                return false;
            for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
                if (operation->writes >> reg & 1 && operation->after[reg].kind == GOLF_ADDRESS &&
                    operation->after[reg].data == object)
                    return false;
        }
        if (loses_address(lifted, block, object))
            return false;
    }
    return true;
}

static bool is_variable(const struct golf_data *data)
{
    return data->is_written && !data->is_filled && !data->is_code && data->reference_count == 0;
}

/* ---- the rewrite ---- */

/* Makes an instruction that has the byte and a number as operands. */
static bool make(const struct merging *merging, const struct golf_operation *from,
                 unsigned mnemonic, bool has_number, int64_t number, struct golf_operation *result)
{
    struct golf_operation made = merging->store;
    struct elfgen_x86_operand *operand = &made.instruction.operands[1];
    made.instruction.mnemonic = (uint16_t)mnemonic;
    *operand = (struct elfgen_x86_operand){.kind = ELFGEN_X86_NO_OPERAND};
    if (has_number)
        *operand = (struct elfgen_x86_operand){.kind = ELFGEN_X86_IMMEDIATE,
                                               .value = (int8_t)(uint8_t)number};
    made.need_count = 0;
    made.reads = made.implied = 0;
    made.flags_read = 0;
    made.flags_set = mnemonic == ELFGEN_X86_OP_mov ? 0 : from->flags_set;
    made.tells_equal = false;
    made.offset = from->offset;
    made.keeps_below = from->keeps_below;
    if (!golf_change_instruction(&made, &made.instruction))
        return false;
    *result = made;
    return true;
}

/* What stays of an operation. False: it cannot be said. */
static bool change(const struct merging *merging, const struct counter_step *step,
                   struct golf_operation *operation)
{
    int64_t number = step->number;
    switch (step->act) {
    case COUNTER_ADDS:
        if (number == 1 || number == -1)
            return make(merging, operation, number > 0 ? ELFGEN_X86_OP_inc : ELFGEN_X86_OP_dec,
                        false, 0, operation);
        return make(merging, operation, ELFGEN_X86_OP_add, true, number, operation);
    case COUNTER_SETS:
        return make(merging, operation, ELFGEN_X86_OP_mov, true, number + merging->counter.shift,
                    operation);
    case COUNTER_DECIDES:
        return make(merging, operation, ELFGEN_X86_OP_cmp, true, number, operation);
    default:
        return true;
    }
}

/* Numbers that are not negative are compared without a sign. */
static void compare_unsigned(struct golf_block *block)
{
    enum { LESS = 12, BELOW = 2, EQUAL_TOO = 2 };
    if (block->condition >= LESS)
        block->condition = (uint8_t)(block->condition - LESS >= EQUAL_TOO
                                         ? block->condition - LESS + BELOW + EQUAL_TOO
                                         : block->condition - LESS + BELOW);
}

/* Whether what follows a block knows that a register has the counter plus a number. */
static bool is_known_after(const struct merging *merging, const struct golf_block *block,
                           unsigned reg)
{
    const struct golf_lifted *lifted = merging->lifted;
    for (size_t i = 0; i < lifted->count; i++) {
        bool follows = block->end == GOLF_RETURNS
                           ? lifted->blocks[i].end == GOLF_CALLS
                           : i == block->taken || (block->end == GOLF_BRANCH && i == block->other);
        size_t next = block->end == GOLF_RETURNS ? lifted->blocks[i].other : i;
        if (follows && merging->counter.states[next].is_reached &&
            lifted->blocks[next].at_start[reg].kind != GOLF_UNKNOWN &&
            merging->counter.states[next].parts[reg].bits == 0)
            return false;
    }
    return true;
}

/* Walks through a block; with `changes`, makes of it what stays. False: it cannot be. */
static bool walk_block(struct merging *merging, size_t index, struct golf_block *changes)
{
    const struct golf_block *block = &merging->lifted->blocks[index];
    struct counter_walk walk;
    size_t kept = 0, needs = 0;
    counter_begin(&merging->counter, index, &walk);
    for (size_t i = 0; i < block->count; i++) {
        struct golf_operation operation = block->operations[i];
        struct counter_step step;
        if (!counter_step(&merging->counter, &walk, block, i, &step) ||
            !change(merging, &step, &operation))
            return false;
        if (changes && step.act != COUNTER_GOES)
            changes->operations[kept++] = operation;
    }
    for (size_t i = 0; i < block->need_count; i++) {
        const struct golf_need *need = &block->needs[i];
        bool is_part = counter_part_of(&walk, &need->values[0]).bits != 0;
        if (is_part && !is_known_after(merging, block, need->reg))
            return false;
        if (changes && !is_part)
            changes->needs[needs++] = *need;
    }
    if (!changes)
        return true;
    changes->count = kept;
    changes->need_count = needs;
    if (walk.decides)
        compare_unsigned(changes);
    return true;
}

/* Forgets that registers have the counter, since it is not loaded any more. */
static void forget(const struct merging *merging, struct golf_lifted *lifted)
{
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
            if (merging->counter.states[i].parts[reg].bits)
                block->at_start[reg].kind = GOLF_UNKNOWN;
            if (block->known[reg].kind == GOLF_OPAQUE)
                block->known[reg].kind = GOLF_UNKNOWN;
            if (block->at_end[reg].kind == GOLF_OPAQUE)
                block->at_end[reg].kind = GOLF_UNKNOWN;
        }
    }
}

static uint8_t byte_at(const struct golf_data *data, uint64_t at)
{
    return at < data->file_size ? data->bytes[at] : 0;
}

/* Sets the byte at the start, if the file has something else there. False: no memory. */
static bool set_first(const struct merging *merging, struct golf_lifted *lifted)
{
    const struct counter *counter = &merging->counter;
    struct golf_block *block = &lifted->blocks[0];
    if (counter->is_stored)
        return true;
    struct golf_operation *operations = calloc(block->count + 2, sizeof *operations);
    if (!operations)
        return false;
    memcpy(operations + 1, block->operations, block->count * sizeof *operations);
    free(block->operations);
    block->operations = operations;
    block->count++;
    make(merging, &merging->store, ELFGEN_X86_OP_mov, true, counter->first + counter->shift,
         &operations[0]);
    return true;
}

/* Whether the byte has the counter at the start, or the first block can set it. */
static bool begins_stored(struct merging *merging)
{
    struct counter *counter = &merging->counter;
    struct golf_operation set;
    int64_t first = counter->first + counter->shift;
    counter->is_stored = first == byte_at(&merging->lifted->data[counter->shown], counter->at);
    return first >= 0 && first <= BYTE &&
           make(merging, &merging->store, ELFGEN_X86_OP_mov, true, first, &set);
}

/* Whether the counter can be kept in the byte. */
static bool may_merge(struct merging *merging)
{
    struct counter *counter = &merging->counter;
    if (!counter_follow(counter) || !counter->has_shift || !begins_stored(merging))
        return false;
    counter->is_strict = true;
    if (!counter_follow(counter))
        return false;
    for (size_t i = 0; i < merging->lifted->count; i++) {
        const struct golf_block *block = &merging->lifted->blocks[i];
        if (counter->states[i].is_reached && !walk_block(merging, i, NULL))
            return false;
        for (size_t k = 0; k < block->count && !counter->states[i].is_reached; k++)
            if (block->operations[k].refers.kind == GOLF_ADDRESS &&
                block->operations[k].refers.data == counter->object)
                return false;
    }
    return true;
}

/* ---- which ones ---- */

/* What an object has at the start. */
static uint64_t number_in(const struct golf_data *data)
{
    uint64_t number = 0;
    for (size_t i = 0; i < data->size && i < data->file_size; i++)
        number |= (uint64_t)data->bytes[i] << 8 * i;
    return number;
}

/* Tries to keep a counter in the byte to which an operation stores. Returns whether it is; the
 * object of the counter is then gone. */
static bool try_merge(struct golf_lifted *lifted, uint16_t object,
                      const struct golf_operation *store, struct counter_state *states,
                      bool *has_memory)
{
    uint16_t shown = store->refers.data;
    struct merging merging = {.lifted = lifted, .store = *store};
    merging.counter = (struct counter){.lifted = lifted,
                                       .object = object,
                                       .shown = shown,
                                       .at = store->refers.number,
                                       .first = (int64_t)number_in(&lifted->data[object]),
                                       .states = states};
    if (merging.counter.first < 0 || merging.counter.first > BYTE ||
        !is_private(lifted, shown, true) || !may_merge(&merging))
        return false;
    for (size_t i = 0; i < lifted->count; i++)
        if (states[i].is_reached)
            walk_block(&merging, i, &lifted->blocks[i]);
    forget(&merging, lifted);
    *has_memory = set_first(&merging, lifted);
    lift_drop_object(lifted, object);
    return true;
}

/* Whether an operation stores a register in a byte of an object. */
static bool is_store(const struct golf_lifted *lifted, const struct golf_operation *operation)
{
    const struct elfgen_x86_operand *operands = operation->instruction.operands;
    return operation->kind == GOLF_KEPT && operation->refers.kind == GOLF_ADDRESS &&
           operation->refers_operand == 0 && operation->instruction.mnemonic == ELFGEN_X86_OP_mov &&
           operands[0].kind == ELFGEN_X86_MEMORY && operands[0].size == 1 &&
           operands[1].kind == ELFGEN_X86_REGISTER_OPERAND &&
           is_variable(&lifted->data[operation->refers.data]);
}

/* Keeps a counter in one of the bytes to which something is stored. */
static bool merge_object(struct golf_lifted *lifted, uint16_t object, struct counter_state *states,
                         bool *has_memory)
{
    const struct golf_data *data = &lifted->data[object];
    bool is_number = data->size == 1 || data->size == 2 || data->size == 4 || data->size == 8;
    if (!is_number || !is_variable(data) || !is_private(lifted, object, false))
        return false;
    for (size_t i = 0; i < lifted->count; i++)
        for (size_t k = 0; k < lifted->blocks[i].count; k++) {
            const struct golf_operation *store = &lifted->blocks[i].operations[k];
            if (is_store(lifted, store) && store->refers.data != object &&
                try_merge(lifted, object, store, states, has_memory))
                return true;
        }
    return false;
}

bool lift_counters(struct golf_lifted *lifted)
{
    bool has_memory = true;
    if (lifted->count > MANY_BLOCKS)
        return true;
    struct counter_state *states = calloc(lifted->count + 1, sizeof *states);
    if (!states)
        return false;
    for (size_t i = 0; i < lifted->data_count && has_memory;)
        i = merge_object(lifted, (uint16_t)i, states, &has_memory) ? 0 : i + 1;
    free(states);
    return has_memory;
}
