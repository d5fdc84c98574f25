/* Finds blocks: walks from each block's start, along jumps and calls that lead to nowhere else,
 * until nothing new is learnt. */
#include "golf/lift/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/no_memory.h"
#include "golf/lift/addresses/address_parts.h"
#include "golf/lift/calls.h"
#include "golf/lift/sizes/cells.h"
#include "golf/lift/sizes/compared.h"
#include "golf/lift/decode.h"
#include "golf/lift/lift.h"
#include "golf/lift/meet.h"
#include "golf/lift/memory.h"
#include "golf/lift/sizes/sizes.h"
#include "golf/lift/transfer.h"
#include "golf/lift/values.h"
#include "x86/flags.h"

enum { NO_BLOCK = UINT16_MAX, RETURNED = 0x400, OF_FRAME = 0x800 };

/* A walk through a block. */
struct walk {
    struct lift *lift;
    uint32_t block;
    struct lift_state state;
    uint64_t address;
    bool is_over;
};

static bool no_memory(struct lift *lift)
{
    lift->failed = true;
    return error_no_memory(lift->error);
}

/* ---- blocks ---- */

/* Ends a block before an instruction that is in the middle of it. */
static void end_before(struct lift *lift, struct lift_block *block, uint32_t index)
{
    size_t at = 0;
    while (at < block->count && block->instructions[at] != index)
        at++;
    for (size_t i = at; i < block->count; i++)
        lift->instructions[block->instructions[i]]->owner = LIFT_NO_INSTRUCTION;
    block->count = at;
    block->is_dirty = true;
}

/* The block that begins at an address; NO_BLOCK after setting the error. */
static uint16_t block_at(struct lift *lift, uint64_t address)
{
    uint32_t index;
    struct lift_instruction *first = lift_instruction_at(lift, address, &index);
    if (!first)
        return NO_BLOCK;
    if (first->leads != LIFT_NO_INSTRUCTION)
        return (uint16_t)first->leads;
    if (lift->block_count == GOLF_LIFT_BLOCKS) {
        lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE, "it has more than 1024 blocks");
        return NO_BLOCK;
    }
    struct lift_block *block = calloc(1, sizeof *block);
    if (!block || !grow_array(&lift->blocks, lift->block_count + 1, &lift->block_capacity,
                              sizeof(struct lift_block *))) {
        free(block);
        no_memory(lift);
        return NO_BLOCK;
    }
    block->address = address;
    if (first->owner != LIFT_NO_INSTRUCTION)
        end_before(lift, lift->blocks[first->owner], index);
    first->leads = (uint32_t)lift->block_count;
    lift->blocks[lift->block_count] = block;
    return (uint16_t)lift->block_count++;
}

/* ---- subroutines that jump to others ---- */

/* The innermost place with the address that a call pushed; NULL: there is none. */
static const struct lift_slot *innermost_call(const struct lift_state *state)
{
    const struct lift_value *stack = &state->registers[X86_RSP];
    const struct lift_slot *found = NULL;
    for (size_t i = 0; i < state->slot_count; i++) {
        const struct lift_slot *slot = &state->slots[i];
        if (slot->is_call && slot->called != 0 && slot->frame == stack->frame &&
            slot->offset >= (int64_t)stack->number && (!found || slot->offset < found->offset))
            found = slot;
    }
    return found;
}

static void share(struct lift *lift, const struct lift_slot *slot)
{
    if (!slot || lift->subroutines[slot->called].is_shared)
        return;
    lift->subroutines[slot->called].is_shared = lift->restart = true;
}

static void join_frames(struct lift *lift, uint16_t kept, uint16_t other)
{
    for (size_t i = 1; i < lift->subroutine_count; i++)
        if (lift->subroutines[i].frame == other)
            lift->subroutines[i].frame = kept;
    lift->restart = true;
}

/* Where a subroutine jumps to code of another one, both have one frame, and none of them is part of
 * its caller. Returns whether something was learnt: follow again then. */
static bool frames_join(struct lift *lift, const struct lift_state *a, const struct lift_state *b)
{
    const struct lift_value *first = &a->registers[X86_RSP];
    const struct lift_value *second = &b->registers[X86_RSP];
    if (first->kind != LIFT_STACK || second->kind != LIFT_STACK)
        return false;
    const struct lift_slot *here = innermost_call(a), *there = innermost_call(b);
    bool is_in_frame = first->frame != 0 && second->frame != 0;
    if ((here && there && !lift_is_same(&here->value, &there->value)) ||
        (!here != !there && (here ? second : first)->frame != 0)) {
        share(lift, here);
        share(lift, there);
    } else if (is_in_frame && first->frame != second->frame && first->number == second->number) {
        join_frames(lift, first->frame, second->frame);
    }
    return lift->restart;
}

static void reach(struct lift *lift, uint16_t index, const struct lift_state *state)
{
    if (index == NO_BLOCK)
        return;
    struct lift_block *block = lift->blocks[index];
    if (lift->joins_frames && block->is_reached && frames_join(lift, &block->in, state))
        return;
    if (lift_state_merge(lift, &block->in, state, !block->is_reached))
        block->is_dirty = true;
    block->is_reached = true;
}

void lift_forget_blocks(struct lift *lift)
{
    for (size_t i = 0; i < lift->block_count; i++) {
        free(lift->blocks[i]->instructions);
        free(lift->blocks[i]);
    }
    lift->block_count = 0;
    for (size_t i = 0; i < lift->instruction_count; i++) {
        struct lift_instruction *instruction = lift->instructions[i];
        instruction->owner = instruction->walk = instruction->leads = LIFT_NO_INSTRUCTION;
        instruction->is_for_flags = instruction->is_dead = false;
    }
}

static void end(struct walk *walk, enum golf_end_kind kind, uint16_t taken, uint16_t other)
{
    struct lift_block *block = walk->lift->blocks[walk->block];
    block->end = (uint8_t)kind;
    block->taken = taken;
    block->other = other;
    block->out = walk->state;
    walk->is_over = true;
}

/* ---- subroutines ---- */

/* The subroutine at an address, called by an instruction; 0 after setting the error. */
static uint16_t subroutine_at(struct lift *lift, uint64_t address, uint32_t site)
{
    for (size_t i = 1; i < lift->subroutine_count; i++) {
        struct lift_subroutine *subroutine = &lift->subroutines[i];
        if (subroutine->address != address)
            continue;
        if (subroutine->site != site && !subroutine->is_shared)
            subroutine->is_shared = lift->restart = true;
        return (uint16_t)i;
    }
    if (lift->subroutine_count == LIFT_SUBROUTINES) {
        lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE, "it has more than 255 functions");
        return 0;
    }
    lift->subroutines[lift->subroutine_count] = (struct lift_subroutine){
        .address = address, .site = site, .frame = (uint16_t)lift->subroutine_count};
    return (uint16_t)lift->subroutine_count++;
}

static void call_sites_change(struct lift *lift, uint16_t subroutine)
{
    for (size_t i = 0; i < lift->block_count; i++)
        if (lift->blocks[i]->end == GOLF_CALLS && lift->blocks[i]->subroutine == subroutine &&
            lift->blocks[i]->count > 0)
            lift->blocks[i]->is_dirty = true;
}

static void note_writes(struct lift *lift, uint16_t frame, uint16_t writes)
{
    if (frame == 0 || frame == LIFT_NO_FRAME)
        return;
    struct lift_subroutine *subroutine = &lift->subroutines[frame];
    if (writes & ~subroutine->writes) {
        subroutine->writes |= writes;
        call_sites_change(lift, frame);
    }
}

/* Whether another caller of a subroutine that begins with `first` has an address where this one has
 * none. */
static bool has_other_address(const struct lift *lift, const struct lift_block *first,
                              const struct lift_state *before)
{
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (lift_part_of(lift, &first->in.registers[reg]) == LIFT_ADDRESS &&
            lift_part_of(lift, &before->registers[reg]) != LIFT_ADDRESS)
            return true;
    return false;
}

/* What is known where a subroutine returns to that begins with `first`: what it writes is as at its
 * end, the rest as at the call. */
static void returned(const struct lift *lift, uint16_t index, const struct lift_block *first,
                     const struct lift_state *before, struct lift_state *state)
{
    const struct lift_subroutine *subroutine = &lift->subroutines[index];
    *state = *before;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        if (reg == X86_RSP || !(subroutine->writes >> reg & 1))
            continue;
        struct lift_value *value = &state->registers[reg];
        *value = subroutine->after.registers[reg];
        unsigned source = lift_entry_register(value, index);
        if (source < GOLF_REGISTERS)
            *value = before->registers[source];
        else if (value->kind == LIFT_STACK && value->frame == index) {
            *value = lift_fresh(LIFT_NO_INSTRUCTION, 0);
            value->number = OF_FRAME + reg;
            value->origin = LIFT_NO_INSTRUCTION;
        } else if (value->kind == LIFT_OPAQUE) {
            /* What another caller had there is not what this one has. */
            if (lift_maker(value) == LIFT_NO_INSTRUCTION &&
                lift_part_of(lift, &before->registers[reg]) != LIFT_ADDRESS &&
                has_other_address(lift, first, before)) {
                value->of_address = false;
                value->traits &= (uint8_t)~LIFT_IS_MOVED;
            }
            value->number += RETURNED;
        }
    }
    memcpy(state->flags, subroutine->after.flags, sizeof state->flags);
    lift_give_returned(state, &subroutine->after, subroutine->writes);
    if (lift->keeps_stack)
        lift_forget_stored(state);
}

/* ---- calls and returns ---- */

/* A stack pointer or a return address is not known: unless it was tried, subroutines that jump to
 * each other get one frame. */
static bool try_joining(struct lift *lift, const struct lift_instruction *instruction,
                        const char *text)
{
    if (lift->joins_frames)
        return lift_refuse_at(lift, instruction, text);
    lift->joins_frames = lift->restart = true;
    return true;
}

static bool stack_at(struct walk *walk, const struct lift_instruction *instruction,
                     struct lift_value *stack)
{
    *stack = walk->state.registers[X86_RSP];
    return stack->kind == LIFT_STACK ||
           try_joining(walk->lift, instruction,
                       "it calls or returns with a stack pointer that is not known: all ways "
                       "to here have to push and pop as much");
}

/* Names what registers have where a subroutine begins, but for what all its callers agree on: so it
 * is seen which ones are as they were when it returns. */
static void name_entries(struct lift *lift, uint16_t frame, uint16_t index,
                         struct lift_state *state)
{
    const struct lift_block *block = lift->blocks[index];
    struct lift_subroutine *subroutine = &lift->subroutines[frame];
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        struct lift_value *value = &state->registers[reg];
        const struct lift_value *known = &block->in.registers[reg];
        if (reg == X86_RSP)
            continue;
        bool differs =
            value->kind == LIFT_OPAQUE || (block->is_reached && !lift_is_same(value, known));
        if (differs && !(subroutine->named >> reg & 1)) {
            lift->restart = lift->restart || block->is_reached;
            subroutine->named |= (uint16_t)(1u << reg);
        }
        if (!(subroutine->named >> reg & 1))
            continue;
        struct lift_value name = lift_at_entry(frame, reg);
        name.given = value->given;
        lift_copy_parts(lift, value, &name);
        if (value->kind != LIFT_STACK)
            name.known[0] = name.known[1] = lift_either(value);
        *value = name;
    }
}

/* A call that was made with the stack pointer above the first one wrote over an argument. */
static void note_overwritten(struct walk *walk, uint32_t index, int64_t offset)
{
    const struct lift_value pushed = lift_fresh(index, X86_RSP);
    if (walk->state.registers[X86_RSP].frame != 0 || offset < 0)
        return;
    lift_slot_set(&walk->state, 0, offset, (uint16_t)(walk->lift->bits / 8), &pushed);
    walk->state.slots[walk->state.slot_count - 1].is_call = true;
}

static bool enter(struct walk *walk, struct lift_instruction *instruction, uint32_t index,
                  uint64_t target)
{
    struct lift *lift = walk->lift;
    struct lift_value stack, back = lift_constant(instruction->address + instruction->zydis.length);
    unsigned word = lift->bits / 8;
    uint16_t which = subroutine_at(lift, target, index);
    if (which == 0 || !stack_at(walk, instruction, &stack))
        return false;
    if (lift->restart)
        return true;
    instruction->writes = 0;
    if (!lift->subroutines[which].is_shared) {
        int64_t offset = (int64_t)stack.number - word;
        lift_slot_set(&walk->state, stack.frame, offset, (uint16_t)word, &back);
        walk->state.slots[walk->state.slot_count - 1].is_call = true;
        walk->state.slots[walk->state.slot_count - 1].called = which;
        walk->state.registers[X86_RSP] = lift_stack(stack.frame, offset);
        walk->address = target;
        return true;
    }
    which = lift->subroutines[which].frame;
    struct lift_state state = walk->state;
    struct lift_value marker = {.kind = LIFT_RETURN, .frame = which};
    state.frame = which;
    state.slot_count = 0;
    lift_cells_enter(&state, stack.frame, (int64_t)stack.number - word, which);
    state.registers[X86_RSP] = lift_stack(which, 0);
    lift_slot_set(&state, which, 0, (uint16_t)word, &marker);
    uint16_t taken = block_at(lift, target);
    uint16_t other = block_at(lift, back.known[0].value);
    if (taken == NO_BLOCK || other == NO_BLOCK)
        return false;
    lift->blocks[walk->block]->subroutine = which;
    end(walk, GOLF_CALLS, taken, other);
    note_writes(lift, walk->state.frame, lift->subroutines[which].writes);
    name_entries(lift, which, taken, &state);
    reach(lift, taken, &state);
    if (lift->subroutines[which].returns) {
        note_overwritten(walk, index, (int64_t)stack.number - word);
        returned(lift, which, lift->blocks[taken], &walk->state, &state);
        reach(lift, other, &state);
    }
    return true;
}

static bool leave(struct walk *walk, struct lift_instruction *instruction)
{
    struct lift *lift = walk->lift;
    struct lift_value stack;
    unsigned word = lift->bits / 8;
    if (!stack_at(walk, instruction, &stack))
        return false;
    if (lift->restart)
        return true;
    const struct lift_value *back =
        lift_slot_find(&walk->state, stack.frame, (int64_t)stack.number, (uint16_t)word);
    instruction->writes = 0;
    uint64_t more = instruction->zydis.raw.imm[0].size ? instruction->zydis.raw.imm[0].value.u : 0;
    if (back && lift_is_constant(back)) {
        walk->address = back->known[0].value;
        walk->state.registers[X86_RSP] =
            lift_stack(stack.frame, (int64_t)(stack.number + word + more));
        return true;
    }
    bool is_end = back && back->kind == LIFT_RETURN && back->frame == walk->state.frame &&
                  stack.number == 0 && more == 0;
    if (!is_end)
        return try_joining(lift, instruction, lift_why_not_back(back, more));
    struct lift_subroutine *subroutine = &lift->subroutines[back->frame];
    uint16_t which = back->frame;
    lift->blocks[walk->block]->subroutine = which;
    end(walk, GOLF_RETURNS, 0, 0);
    walk->state.slot_count = 0;
    lift_cells_leave(&walk->state);
    if (lift_state_merge(lift, &subroutine->after, &walk->state, !subroutine->returns))
        call_sites_change(lift, which);
    subroutine->returns = true;
    return true;
}

/* Where a jump or call leads. Returns false after setting the error. */
static bool target_of(struct walk *walk, const struct lift_instruction *instruction,
                      uint64_t *target)
{
    const ZydisDecodedOperand *operand = &instruction->operands[0];
    uint8_t bits, reg = lift_register(operand, &bits);
    if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        *target = instruction->address + instruction->zydis.length + operand->imm.value.u;
        if (walk->lift->bits == 32)
            *target &= UINT32_MAX;
        return instruction->zydis.operand_width != 16 ||
               lift_refuse_at(walk->lift, instruction, "it jumps by 16 bits");
    }
    if (reg != EFFECTS_NONE && lift_is_constant(&walk->state.registers[reg])) {
        *target = walk->state.registers[reg].known[0].value;
        return true;
    }
    return lift_refuse_at(walk->lift, instruction,
                          "it jumps to an address that it computes: labels can be followed");
}

/* ---- branches ---- */

static bool branch(struct walk *walk, struct lift_instruction *instruction, uint32_t index)
{
    struct lift *lift = walk->lift;
    struct elfgen_bits conditions[LIFT_WORLDS];
    uint64_t target, next = instruction->address + instruction->zydis.length;
    if (!target_of(walk, instruction, &target))
        return false;
    for (size_t i = 0; i < LIFT_WORLDS; i++) {
        struct elfgen_registers registers;
        lift_world(&walk->state, i, &registers);
        conditions[i] = x86_condition(&instruction->zydis, &registers);
    }
    lift_transfer(lift, index, &walk->state);
    note_writes(lift, walk->state.frame, instruction->writes);
    struct lift_state taken = walk->state, other = walk->state;
    ZydisMnemonic mnemonic = instruction->zydis.mnemonic;
    bool is_taken = lift_take_way(&taken, conditions, true, mnemonic == ZYDIS_MNEMONIC_JZ);
    bool is_other = lift_take_way(&other, conditions, false, mnemonic == ZYDIS_MNEMONIC_JNZ);
    lift_give_ways(&taken, &other, instruction);
    bool is_counted = lift_is_counted(instruction);
    if (!is_taken || !is_other) {
        walk->state = is_taken ? taken : other;
        walk->address = is_taken ? target : next;
        /* What loop leaves is then a constant, or an instruction of its own. */
        return !instruction->stays ||
               lift_refuse_at(lift, instruction, "it counts by a loop that is never repeated");
    }
    if (is_counted && instruction->zydis.address_width != lift->bits)
        return lift_refuse_at(lift, instruction, "it counts by a part of a register");
    if (!is_counted && instruction->zydis.opcode_map != ZYDIS_OPCODE_MAP_0F &&
        instruction->zydis.opcode >> 4 != 7)
        return lift_refuse_at(lift, instruction, "it branches in a way that is not known");
    uint16_t to = block_at(lift, target), on = block_at(lift, next);
    if (to == NO_BLOCK || on == NO_BLOCK)
        return false;
    struct lift_block *block = lift->blocks[walk->block];
    block->condition = is_counted ? instruction->zydis.opcode : instruction->zydis.opcode & 15;
    block->branch_flags = instruction->flags_read;
    end(walk, GOLF_BRANCH, to, on);
    reach(lift, to, &taken);
    reach(lift, on, &other);
    return true;
}

/* ---- walks ---- */

static bool add_instruction(struct lift *lift, struct lift_block *block, uint32_t index)
{
    if (!grow_array(&block->instructions, block->count + 1, &block->capacity,
                    sizeof *block->instructions))
        return no_memory(lift);
    block->instructions[block->count++] = index;
    return true;
}

static bool act(struct walk *walk, struct lift_instruction *instruction, uint32_t index)
{
    struct lift *lift = walk->lift;
    uint64_t target = 0;
    walk->address = instruction->address + instruction->zydis.length;
    memcpy(instruction->before, walk->state.registers, sizeof instruction->before);
    switch (instruction->kind) {
    case LIFT_JUMP:
        return target_of(walk, instruction, &walk->address);
    case LIFT_BRANCH:
        return branch(walk, instruction, index);
    case LIFT_CALLS:
        return target_of(walk, instruction, &target) && enter(walk, instruction, index, target);
    case LIFT_RETURNS:
        return leave(walk, instruction);
    case LIFT_SYSTEM:
        if (!lift_call(lift, index, &walk->state))
            return false;
        break;
    case LIFT_FAULT:
        instruction->stays = instruction->ends = true;
        instruction->writes = 0;
        break;
    default:
        lift_transfer(lift, index, &walk->state);
        break;
    }
    note_writes(lift, walk->state.frame, instruction->writes);
    if (instruction->ends)
        end(walk, GOLF_STOP, 0, 0);
    return !lift->failed;
}

/* Forgets what was found when a block was walked before. */
static void forget_walk(struct lift *lift, uint32_t index)
{
    struct lift_block *block = lift->blocks[index];
    for (size_t i = 0; i < block->count; i++) {
        struct lift_instruction *instruction = lift->instructions[block->instructions[i]];
        if (instruction->owner == index)
            instruction->owner = LIFT_NO_INSTRUCTION;
    }
    block->count = 0;
    block->is_dirty = false;
}

/* Walks a block. Returns false after setting the error. */
static bool walk_block(struct lift *lift, uint32_t index)
{
    struct lift_block *block = lift->blocks[index];
    struct walk walk = {
        .lift = lift, .block = index, .state = block->in, .address = block->address};
    forget_walk(lift, index);
    lift->walk++;
    while (!walk.is_over && !lift->restart) {
        uint32_t at;
        struct lift_instruction *instruction = lift_instruction_at(lift, walk.address, &at);
        if (!instruction)
            return false;
        bool is_other = instruction->owner != LIFT_NO_INSTRUCTION && instruction->owner != index;
        bool is_again = instruction->walk == lift->walk;
        uint16_t leads = (uint16_t)instruction->leads;
        if (instruction->leads == LIFT_NO_INSTRUCTION && (is_other || is_again))
            leads = block_at(lift, walk.address);
        else if (instruction->leads == LIFT_NO_INSTRUCTION ||
                 (instruction->leads == index && block->count == 0))
            leads = NO_BLOCK;
        if (leads != NO_BLOCK) {
            end(&walk, GOLF_GO, leads, 0);
            reach(lift, leads, &walk.state);
            break;
        }
        if (++lift->steps > LIFT_STEPS)
            return lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                               "following its values takes too long");
        instruction->owner = index;
        instruction->walk = lift->walk;
        if (lift->failed || !add_instruction(lift, block, at) || !act(&walk, instruction, at))
            return false;
    }
    return !lift->failed;
}

static bool follow_once(struct lift *lift)
{
    struct lift_state start;
    lift_forget_blocks(lift);
    for (size_t i = 1; i < lift->subroutine_count; i++) {
        lift->subroutines[i].returns = false;
        lift->subroutines[i].writes = 0;
    }
    lift->restart = false;
    lift_state_start(&start);
    uint16_t first = block_at(lift, lift->entry);
    if (first == NO_BLOCK)
        return false;
    reach(lift, first, &start);
    bool is_done = false;
    while (!is_done) {
        is_done = true;
        for (size_t i = 0; i < lift->block_count && !lift->restart; i++) {
            if (!lift->blocks[i]->is_dirty || !lift->blocks[i]->is_reached)
                continue;
            is_done = false;
            if (!walk_block(lift, (uint32_t)i))
                return false;
        }
    }
    return true;
}

bool lift_follow(struct lift *lift)
{
    do {
        if (++lift->restarts > LIFT_RESTARTS)
            return lift_refuse(lift, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                               "following its values takes too long");
        if (!follow_once(lift))
            return false;
    } while (lift->restart);
    return true;
}
