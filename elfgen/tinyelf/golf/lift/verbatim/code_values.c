/* Follows addresses of code along all ways of a program: through registers, its stack and its data,
 * functions and what they return to, until nothing new is learnt. */
#include "golf/lift/verbatim/code_values.h"

#include <stdlib.h>
#include <string.h>

#include "base/no_memory.h"
#include "golf/lift/decode.h"
#include "golf/lift/memory.h"
#include "golf/lift/verbatim/code_steps.h"
#include "golf/lift/verbatim/references.h"

enum { CODE_PLACES = GOLF_REGISTERS + CODE_SLOTS };

struct code_ways {
    const struct verbatim *all;
    struct code_memory memory;
    size_t count;              /* blocks */
    uint64_t *offsets;         /* of them, in the file */
    struct code_state *states; /* at their beginnings */
    struct code_state *ends; /* after the rets of functions, which are the blocks they begin with */
    bool *is_dirty, *is_function, *is_taken; /* its address is somewhere */
    bool *is_lost;   /* it ends with a jump or call to an address that is not known */
    uint16_t *calls; /* the function that a block calls at its end */
    bool *is_mixed;  /* what some callers of a function have as an address of code, and others do
                        not: CODE_PLACES for each block */
    bool has_mixed;  /* more of that was found */
    uint64_t steps;
};

/* ---- blocks ---- */

static uint16_t block_of(const struct code_ways *ways, uint64_t address)
{
    uint64_t offset = address - ways->all->base;
    return offset < ways->all->lift->size ? ways->all->block_at[offset] : GOLF_NONE;
}

static void join_block(struct code_ways *ways, uint16_t block, const struct code_state *state)
{
    if (block != GOLF_NONE && code_state_join(&ways->states[block], state))
        ways->is_dirty[block] = true;
}

static struct held *place_of(struct code_state *state, size_t index)
{
    return index < GOLF_REGISTERS ? &state->registers[index]
                                  : &state->slots[index - GOLF_REGISTERS];
}

static void forget(struct held *value)
{
    uint8_t origin = value->origin;
    *value = held_anything();
    value->origin = origin;
}

/* Goes to where a function begins, or to what several have. What only some have there as an address
 * of code is not read: it is left over. */
static void reach_function(struct code_ways *ways, uint16_t block, struct code_state *state)
{
    struct code_state *into = block != GOLF_NONE ? &ways->states[block] : NULL;
    for (size_t i = 0; into && i < CODE_PLACES; i++) {
        bool *is_mixed = &ways->is_mixed[(size_t)block * CODE_PLACES + i];
        struct held *value = place_of(state, i), *known = place_of(into, i);
        if (into->is_reached && (known->kind == HELD_CODE) != (value->kind == HELD_CODE) &&
            !*is_mixed)
            *is_mixed = ways->has_mixed = true;
        if (*is_mixed && value->kind == HELD_CODE)
            forget(value);
    }
    join_block(ways, block, state);
}

/* Goes to a block by a jump, or on to it. */
static void reach(struct code_ways *ways, uint16_t block, const struct code_state *state)
{
    const struct code_state *into = block != GOLF_NONE ? &ways->states[block] : NULL;
    struct code_state copy = *state;
    if (into && (state->function == CODE_NO_FUNCTION ||
                 (into->is_reached && into->function != state->function)))
        reach_function(ways, block, &copy);
    else
        join_block(ways, block, state);
}

static void take(struct code_ways *ways, uint64_t address)
{
    uint16_t block = block_of(ways, address);
    if (block != GOLF_NONE)
        ways->is_taken[block] = true;
}

static uint64_t target_of(const struct code_ways *ways, const struct lift_instruction *instruction)
{
    uint64_t target =
        instruction->address + instruction->zydis.length + instruction->operands[0].imm.value.u;
    return ways->all->lift->bits == 32 ? (uint32_t)target : target;
}

static bool is_direct(const struct lift_instruction *instruction)
{
    return instruction->operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE;
}

/* Notes functions that are called by name, and code of which an address is in an instruction. */
static void note_instruction(struct code_ways *ways, const struct lift_instruction *instruction)
{
    const ZydisDecodedInstruction *zydis = &instruction->zydis;
    if (instruction->kind == LIFT_CALLS && is_direct(instruction)) {
        uint16_t called = block_of(ways, target_of(ways, instruction));
        if (called != GOLF_NONE)
            ways->is_function[called] = true;
    }
    for (size_t i = 0; i < zydis->operand_count_visible; i++) {
        const ZydisDecodedOperand *operand = &instruction->operands[i];
        if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.base == ZYDIS_REGISTER_RIP)
            take(ways, instruction->address + zydis->length + (uint64_t)operand->mem.disp.value);
    }
}

static void note_all(struct code_ways *ways)
{
    const struct verbatim *all = ways->all;
    uint32_t index;
    for (uint64_t i = 0; i < all->lift->size; i++) {
        if (all->block_at[i] != GOLF_NONE)
            ways->offsets[all->block_at[i]] = i;
        const struct lift_instruction *instruction =
            all->marks[i] & VERBATIM_BEGINS ? lift_instruction_at(all->lift, all->base + i, &index)
                                            : NULL;
        if (instruction)
            note_instruction(ways, instruction);
    }
    for (size_t i = 0; i < all->known->reference_count; i++) {
        const struct elfgen_relocation *reference = &all->known->references[i];
        if (verbatim_is_code(all, reference->symbol) &&
            !elfgen_relocation_is_relative(all->machine, reference->type))
            take(ways,
                 all->known->sections[reference->symbol].address + (uint64_t)reference->addend);
    }
}

/* ---- jumps ---- */

static void reach_either(struct code_ways *ways, uint16_t block, const struct code_state *state,
                         bool is_call)
{
    struct code_state copy = *state;
    if (is_call)
        reach_function(ways, block, &copy);
    else
        reach(ways, block, state);
}

/* Goes to all code whose address a value may be. */
static void reach_value(struct code_ways *ways, const struct held *value,
                        const struct code_state *state, bool is_call)
{
    const struct golf_addresses *known = ways->all->known;
    if (value->kind == HELD_CODE && value->step == 0) {
        reach_either(ways, block_of(ways, value->number), state, is_call);
        return;
    }
    bool is_table = value->kind == HELD_CODE && value->high != UINT64_MAX;
    for (size_t i = 0; is_table && i < known->reference_count; i++) {
        const struct elfgen_relocation *reference = &known->references[i];
        uint64_t at = known->sections[reference->section].address + reference->offset;
        if (at >= value->low && at < value->high && verbatim_is_code(ways->all, reference->symbol))
            reach_either(ways,
                         block_of(ways, known->sections[reference->symbol].address +
                                            (uint64_t)reference->addend),
                         state, is_call);
    }
    for (size_t i = 0; (!is_table || ways->memory.stores_code) && i < ways->count; i++)
        if (ways->is_taken[i])
            reach_either(ways, (uint16_t)i, state, is_call);
}

static void end_function(struct code_ways *ways, struct code_state *state)
{
    for (size_t i = 0; state->function == CODE_NO_FUNCTION && i < CODE_PLACES; i++)
        if (place_of(state, i)->kind == HELD_CODE)
            forget(place_of(state, i));
    for (size_t i = 0; i < ways->count; i++) {
        bool is_end =
            state->function == i || (state->function == CODE_NO_FUNCTION && ways->is_function[i]);
        if (!is_end || !code_state_join(&ways->ends[i], state))
            continue;
        for (size_t k = 0; k < ways->count; k++)
            ways->is_dirty[k] =
                ways->is_dirty[k] || (ways->calls[k] == i && ways->states[k].is_reached);
    }
}

static void go_back(struct code_ways *ways, const struct lift_instruction *instruction,
                    struct code_state *state)
{
    const unsigned word = ways->memory.word;
    const struct held place = state->registers[X86_RSP];
    struct held to = held_anything();
    size_t slot = place.kind == HELD_STACK && place.step == 0 ? code_state_slot(place.number, word)
                                                              : CODE_SLOTS;
    if (slot < CODE_SLOTS)
        to = state->slots[slot];
    code_step_stack(state,
                    word + (is_direct(instruction) && instruction->zydis.operand_count_visible > 0
                                ? instruction->operands[0].imm.value.u
                                : 0));
    if (to.kind == HELD_CODE)
        reach_value(ways, &to, state, false);
    if (to.kind != HELD_CODE)
        end_function(ways, state);
}

/* Calls a function; `next`: where it returns to, or GOLF_NONE if the caller returns there, too. */
static void call_function(struct code_ways *ways, size_t from, uint16_t called, uint16_t next,
                          const struct code_state *before)
{
    struct code_state other;
    ways->is_function[called] = true;
    ways->calls[from] = called;
    code_state_enter(before, ways->memory.word, called, &other);
    reach_function(ways, called, &other);
    if (!ways->ends[called].is_reached)
        return;
    code_state_leave(before, &ways->ends[called], ways->memory.word, &other);
    if (next != GOLF_NONE)
        reach(ways, next, &other);
    else
        end_function(ways, &other);
}

/* A jump to a function's beginning is a call before a ret: the function finds the stack as this one
 * did, and takes off its return address. */
static bool is_last_call(const struct code_ways *ways, uint16_t to, const struct code_state *state)
{
    const struct held *pointer = &state->registers[X86_RSP];
    return to != GOLF_NONE && ways->is_function[to] && state->function != to &&
           state->function != CODE_NO_FUNCTION && state->function != 0 &&
           pointer->kind == HELD_STACK && pointer->step == 0 && pointer->number == 0;
}

static bool leave_block(struct code_ways *ways, size_t from,
                        const struct lift_instruction *instruction, struct code_state *state)
{
    uint64_t after = instruction->address + instruction->zydis.length;
    uint16_t next = block_of(ways, after);
    struct held target;
    if (instruction->kind == LIFT_RETURNS) {
        go_back(ways, instruction, state);
        return true;
    }
    if (is_direct(instruction)) {
        uint16_t to = block_of(ways, target_of(ways, instruction));
        if (instruction->kind == LIFT_BRANCH && !code_step(&ways->memory, instruction, state))
            return false;
        if (instruction->kind == LIFT_CALLS && to != GOLF_NONE) {
            call_function(ways, from, to, next, state);
        } else if (instruction->kind == LIFT_JUMP && is_last_call(ways, to, state)) {
            code_step_stack(state, ways->memory.word);
            call_function(ways, from, to, GOLF_NONE, state);
        } else {
            reach(ways, to, state);
        }
        if (instruction->kind == LIFT_BRANCH)
            reach(ways, next, state);
        return true;
    }
    bool is_lost;
    if (!code_step_target(&ways->memory, instruction, state, &target, &is_lost))
        return false;
    ways->is_lost[from] = is_lost || target.kind < HELD_CODE;
    if (is_lost)
        return true;
    if (target.kind == HELD_RETURN && instruction->kind == LIFT_JUMP) {
        end_function(ways, state);
        return true;
    }
    if (instruction->kind == LIFT_JUMP) {
        reach_value(ways, &target, state, false);
        return true;
    }
    /* What a function leaves that is called by its address is not known. */
    struct code_state inside;
    code_state_enter(state, ways->memory.word, CODE_NO_FUNCTION, &inside);
    reach_value(ways, &target, &inside, true);
    code_state_start(&inside, false);
    inside.function = state->function;
    inside.of_places = ways->memory.compares_code ? CODE_ORDER_FLAGS : 0;
    inside.registers[X86_RSP] = state->registers[X86_RSP];
    for (size_t i = 0; i < CODE_SLOTS; i++)
        inside.slots[i] = state->slots[i];
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        inside.registers[i].origin = state->registers[i].origin;
    reach(ways, next, &inside);
    return true;
}

/* ---- all of it ---- */

static bool walk_block(struct code_ways *ways, size_t block)
{
    const struct verbatim *all = ways->all;
    struct code_state state = ways->states[block];
    uint64_t offset = ways->offsets[block];
    uint32_t index;
    ways->is_dirty[block] = ways->is_lost[block] = false;
    while (offset < all->lift->size && all->marks[offset] & VERBATIM_BEGINS) {
        if (offset > ways->offsets[block] && all->block_at[offset] != GOLF_NONE) {
            reach(ways, all->block_at[offset], &state);
            return true;
        }
        const struct lift_instruction *instruction =
            lift_instruction_at(all->lift, all->base + offset, &index);
        if (!instruction)
            return false;
        if (++ways->steps > LIFT_STEPS)
            return lift_refuse(all->lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                               "following its values takes too long");
        if (instruction->kind == LIFT_FAULT)
            return true;
        if (instruction->kind != LIFT_PLAIN && instruction->kind != LIFT_SYSTEM)
            return leave_block(ways, block, instruction, &state);
        if (!code_step(&ways->memory, instruction, &state))
            return false;
        if (!state.is_reached)
            return true;
        offset += instruction->zydis.length;
    }
    return true;
}

static bool follow_all(struct code_ways *ways)
{
    for (bool is_done = false; !is_done;) {
        is_done = true;
        for (size_t i = 0; i < ways->count; i++) {
            if (!ways->is_dirty[i])
                continue;
            is_done = false;
            if (!walk_block(ways, i))
                return false;
        }
        if (!ways->memory.has_changed)
            continue;
        ways->memory.has_changed = is_done = false;
        for (size_t i = 0; i < ways->count; i++)
            ways->is_dirty[i] = ways->states[i].is_reached;
    }
    return true;
}

static bool has_lost(const struct code_ways *ways)
{
    for (size_t i = 0; i < ways->count; i++)
        if (ways->is_lost[i])
            return true;
    return false;
}

/* Follows what is reached from where that is not known. If all of that is known, the rest never
 * runs: unused functions, and what aligns code behind calls that do not return. It would make a
 * part of the next function of the code before it. */
static bool follow_rest(struct code_ways *ways, struct code_state *start)
{
    bool is_good = true;
    for (size_t i = 0; is_good && has_lost(ways) && i < ways->count; i++) {
        if (ways->states[i].is_reached)
            continue;
        code_state_start(start, false);
        reach(ways, (uint16_t)i, start);
        is_good = follow_all(ways);
    }
    return is_good;
}

static bool follow_from_start(struct code_ways *ways, struct code_state *start)
{
    code_state_start(start, true);
    reach(ways, 0, start);
    return follow_all(ways) && follow_rest(ways, start);
}

static void start_again(struct code_ways *ways)
{
    memset(ways->states, 0, ways->count * sizeof *ways->states);
    memset(ways->ends, 0, ways->count * sizeof *ways->ends);
    for (size_t i = 0; i < ways->count; i++) {
        ways->calls[i] = GOLF_NONE;
        ways->is_dirty[i] = ways->is_lost[i] = false;
    }
    ways->has_mixed = false;
    ways->steps = 0;
    code_memory_forget(&ways->memory);
}

static bool follow(struct code_ways *ways)
{
    enum { MOST = 30 };
    struct code_state *start = malloc(sizeof *start);
    if (!start) {
        ways->all->lift->failed = true;
        return error_no_memory(ways->all->lift->error);
    }
    bool is_good;
    size_t times = 0;
    do {
        start_again(ways);
        is_good = follow_from_start(ways, start);
    } while (is_good && ways->has_mixed && ++times < MOST);
    ways->memory.is_settled = ways->memory.has_changed = true;
    is_good = is_good && follow_all(ways) && follow_rest(ways, start);
    free(start);
    ways->memory.is_final = true;
    for (size_t i = 0; is_good && i < ways->count; i++)
        is_good = !ways->states[i].is_reached || walk_block(ways, i);
    for (size_t i = 0; is_good && ways->memory.compares_code && i < ways->count; i++)
        ways->all->lifted->blocks[i].is_compared = ways->is_taken[i];
    return is_good;
}

bool verbatim_keeps_values(const struct verbatim *all)
{
    const size_t count = all->lifted->count;
    struct code_ways ways = {.all = all, .count = count};
    ways.offsets = calloc(count, sizeof *ways.offsets);
    ways.states = calloc(count, sizeof *ways.states);
    ways.ends = calloc(count, sizeof *ways.ends);
    ways.is_dirty = calloc(count, sizeof *ways.is_dirty);
    ways.is_function = calloc(count, sizeof *ways.is_function);
    ways.is_taken = calloc(count, sizeof *ways.is_taken);
    ways.is_lost = calloc(count, sizeof *ways.is_lost);
    ways.calls = calloc(count, sizeof *ways.calls);
    ways.is_mixed = calloc(count * CODE_PLACES, sizeof *ways.is_mixed);
    bool is_good = ways.offsets && ways.states && ways.ends && ways.is_dirty && ways.is_function &&
                   ways.is_taken && ways.is_lost && ways.calls && ways.is_mixed;
    if (!is_good) {
        all->lift->failed = true;
        error_no_memory(all->lift->error);
    }
    is_good = is_good && code_memory_open(&ways.memory, all);
    if (is_good)
        note_all(&ways);
    is_good = is_good && follow(&ways);
    code_memory_close(&ways.memory);
    free(ways.offsets);
    free(ways.states);
    free(ways.ends);
    free(ways.is_dirty);
    free(ways.is_function);
    free(ways.is_taken);
    free(ways.is_lost);
    free(ways.calls);
    free(ways.is_mixed);
    return is_good;
}
