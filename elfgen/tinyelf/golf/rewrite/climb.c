/* A pointer to words of the stack, one after the other, that becomes the stack pointer. */
#include "climb.h"

#include <stdlib.h>
#include <string.h>

#include "climb_bound.h"
#include "pops.h"
#include "rename.h"
#include "web.h"

enum {
    PLACES = 16,
    /* Words of the stack at the start below which the pointer begins: there are at least as many,
     * with the auxiliary vector's. */
    FIRST_WORDS = 8
};

struct climbing {
    struct golf_lifted *lifted;
    uint8_t reg;
    uint16_t frame; /* golf_lifted.climbing */
    struct web web;
    struct block_set after; /* the blocks that come after the pointer has its first value */
    struct climbed climbed[BLOCKS];
};

/* A value, and the place on the stack that it is, or was loaded from. */
struct known_place {
    uint64_t value; /* of GOLF_OPAQUE */
    int64_t place;
};

/* In a block: places are counted from where the pointer is when it begins; in one that gives it its
 * first value, from the stack pointer at the program's start. */
struct within {
    struct climbing *climbing;
    struct golf_block *block;
    struct climbed *climbed;
    struct known_place pointers[PLACES], loads[PLACES];
    size_t pointer_count, load_count;
    int64_t now;     /* where the pointer is */
    bool has_tested; /* the last instruction so far compares a word with 0: */
    int64_t tested;  /* where that is */
};

static int64_t word_size(const struct golf_lifted *lifted)
{
    return lifted->bits / 8;
}

static bool is_start_stack(const struct golf_value *value)
{
    return value->kind == GOLF_STACK && value->data == 0;
}

static bool find_place(const struct known_place *places, size_t count,
                       const struct golf_value *value, int64_t *place)
{
    for (size_t i = 0; i < count && value->kind == GOLF_OPAQUE; i++)
        if (places[i].value == value->number) {
            *place = places[i].place;
            return true;
        }
    return false;
}

static bool add_place(struct known_place places[PLACES], size_t *count,
                      const struct golf_value *value, int64_t place)
{
    if (*count == PLACES || value->kind != GOLF_OPAQUE)
        return false;
    places[(*count)++] = (struct known_place){value->number, place};
    return true;
}

/* Whether a value is the pointer's, and where that is. */
static bool is_pointer_at(const struct within *within, const struct golf_value *value,
                          int64_t *place)
{
    if (!within->climbed->is_entry)
        return find_place(within->pointers, within->pointer_count, value, place);
    *place = (int64_t)value->number;
    return is_start_stack(value);
}

/* Whether another register has what the pointer has. */
static bool is_elsewhere(const struct within *within, const struct golf_need *needs, size_t count)
{
    int64_t place;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            if (needs[i].reg != within->climbing->reg && needs[i].reg != X86_RSP &&
                is_pointer_at(within, &needs[i].values[k], &place))
                return true;
    return false;
}

static struct golf_value stack_at(const struct within *within, int64_t place)
{
    const uint16_t frame = within->climbed->is_entry ? 0 : within->climbing->frame;
    return (struct golf_value){.kind = GOLF_STACK, .data = frame, .number = (uint64_t)place};
}

/* ---- what moves it ---- */

/* Whether nothing reads the flags that an operation sets. */
static bool are_flags_idle(const struct golf_block *block, size_t number)
{
    uint32_t read = golf_flags_of_end(block) | block->flags_live;
    for (size_t i = block->count; i-- > number + 1;)
        read = (read & ~block->operations[i].flags_set) | block->operations[i].flags_read;
    return (read & block->operations[number].flags_set) == 0;
}

/* By how many bytes an operation moves the register up; 0: it does not, or does something else. */
static int64_t rise_of(const struct climbing *climbing, const struct golf_operation *operation)
{
    const struct elfgen_x86_operand *operands = operation->instruction.operands;
    const uint8_t reg = (uint8_t)(golf_full_class(climbing->lifted) + climbing->reg);
    if (operation->kind != GOLF_KEPT || operands[0].kind != ELFGEN_X86_REGISTER_OPERAND ||
        operands[0].reg != reg || operation->refers.kind == GOLF_ADDRESS)
        return 0;
    const bool is_number = operands[1].kind == ELFGEN_X86_IMMEDIATE && !operands[1].symbolic;
    switch (operation->instruction.mnemonic) {
    case ELFGEN_X86_OP_add:
        return is_number ? operands[1].value : 0;
    case ELFGEN_X86_OP_sub:
        return is_number ? -operands[1].value : 0;
    case ELFGEN_X86_OP_lea:
        return operands[1].base == reg && !operands[1].index && !operands[1].segment
                   ? operands[1].value
                   : 0;
    default:
        return 0;
    }
}

static bool rises(struct within *within, size_t number)
{
    const struct golf_operation *operation = &within->block->operations[number];
    const int64_t rise = rise_of(within->climbing, operation),
                  word = word_size(within->climbing->lifted);
    if (within->climbed->is_entry || rise <= 0 || rise % word || rise >= CLIMB_WORDS * word ||
        !are_flags_idle(within->block, number))
        return false;
    within->now += rise;
    return add_place(within->pointers, &within->pointer_count,
                     &operation->after[within->climbing->reg], within->now);
}

/* ---- what is at it ---- */

/* The operand of an operation that loads or compares a word, or part of one, at the pointer; NULL:
 * it does something else with it. */
static struct elfgen_x86_operand *place_at(const struct climbing *climbing,
                                           struct golf_operation *operation)
{
    struct elfgen_x86_operand *found = NULL;
    const uint8_t reg = (uint8_t)(golf_full_class(climbing->lifted) + climbing->reg);
    const uint16_t mnemonic = operation->instruction.mnemonic;
    if (!rename_is_possible(operation, climbing->reg) || mnemonic == ELFGEN_X86_OP_lea)
        return NULL;
    for (size_t i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        struct elfgen_x86_operand *operand = &operation->instruction.operands[i];
        const bool is_compared = mnemonic == ELFGEN_X86_OP_cmp || mnemonic == ELFGEN_X86_OP_test;
        if (operand->kind == ELFGEN_X86_REGISTER_OPERAND &&
            ((operand->reg & X86_NUMBER) == climbing->reg ||
             (operand->reg & X86_NUMBER) == X86_RSP))
            return NULL;
        if (operand->kind != ELFGEN_X86_MEMORY)
            continue;
        if (found || operand->base != reg || operand->index || operand->segment ||
            operand->symbolic || operand->value < 0 || (i == 0 && !is_compared))
            return NULL;
        found = operand;
    }
    return found;
}

/* What a load leaves, and what a comparison tells. */
static bool note_word(struct within *within, const struct golf_operation *operation, int64_t place)
{
    const struct elfgen_x86_operand *operands = operation->instruction.operands;
    const uint8_t full = golf_full_class(within->climbing->lifted);
    const int64_t word = word_size(within->climbing->lifted);
    within->tested = place;
    within->has_tested = operation->instruction.mnemonic == ELFGEN_X86_OP_cmp &&
                         operands[0].kind == ELFGEN_X86_MEMORY && operands[0].size == word &&
                         operands[1].kind == ELFGEN_X86_IMMEDIATE && operands[1].value == 0;
    const bool is_load = operation->instruction.mnemonic == ELFGEN_X86_OP_mov &&
                         (operands[0].reg & X86_CLASS) == full;
    const struct golf_value *loaded = &operation->after[operands[0].reg & X86_NUMBER];
    return !is_load || loaded->kind != GOLF_OPAQUE ||
           add_place(within->loads, &within->load_count, loaded, place);
}

/* Makes the place of an operation one from the stack pointer. */
static bool make_climb(struct within *within, struct golf_operation *operation,
                       struct golf_need *need, int64_t now)
{
    const struct golf_lifted *lifted = within->climbing->lifted;
    struct elfgen_x86_operand *operand = place_at(within->climbing, operation);
    if (!operand || need_in(operation->needs, operation->need_count, X86_RSP) ||
        operation->refers.kind == GOLF_ADDRESS ||
        !note_word(within, operation, now + operand->value))
        return false;
    operand->base = (uint8_t)(golf_full_class(lifted) + X86_RSP);
    operand->displacement_size = 0;
    need->reg = X86_RSP;
    need->values[0] = stack_at(within, now);
    operation->reads &= (uint16_t) ~(1u << within->climbing->reg);
    operation->reads |= 1u << X86_RSP;
    return golf_change_instruction(operation, &operation->instruction);
}

/* ---- blocks ---- */

/* An operation; *is_gone: nothing is left of it. */
static bool climb_operation(struct within *within, size_t number, bool *is_gone)
{
    struct golf_operation *operation = &within->block->operations[number];
    const unsigned reg = within->climbing->reg;
    struct golf_need *need = need_of(operation->needs, operation->need_count, reg);
    int64_t place;
    within->has_tested = *is_gone = false;
    if (is_elsewhere(within, operation->needs, operation->need_count))
        return false;
    if (!need || !is_pointer_at(within, &need->values[0], &place))
        return within->climbed->is_entry || !rename_mentions(operation, reg);
    if (need->count != 1 || need->bits != within->climbing->lifted->bits || place < within->now)
        return false;
    within->now = place;
    *is_gone = operation->writes >> reg & 1;
    return *is_gone ? rises(within, number) : make_climb(within, operation, need, place);
}

/* Which words the block's end tells not to be 0, on one of its ways. */
static void note_test(struct within *within)
{
    const struct golf_block *block = within->block;
    const int64_t word = word_size(within->climbing->lifted),
                  first = within->climbed->is_entry ? within->now : 0;
    int64_t place = within->tested;
    bool is_told = within->has_tested;
    if (!block_asks_zero(block) || block->count == 0 || block->taken == block->other)
        return;
    const struct golf_operation *last = &block->operations[block->count - 1];
    const struct golf_need *need = need_in(last->needs, last->need_count, last->equal_register);
    if (last->tells_equal && last->equal_to == 0 && need && need->count == 1 &&
        !(last->writes >> last->equal_register & 1))
        is_told |= find_place(within->loads, within->load_count, &need->values[0], &place);
    place -= first;
    if (!is_told || place < 0 || place % word || place >= CLIMB_WORDS * word)
        return;
    within->climbed->is_tested = UINT32_C(1) << (place / word);
    within->climbed->tested_leads = block->condition == JUMP_ZERO ? block->other : block->taken;
}

/* Where the pointer is at the end: there the stack pointer has to be. */
static bool climb_end(struct within *within)
{
    struct golf_block *block = within->block;
    const unsigned reg = within->climbing->reg;
    struct golf_need *stack = need_of(block->needs, block->need_count, X86_RSP);
    const struct golf_need *need = need_in(block->needs, block->need_count, reg);
    const int64_t word = word_size(within->climbing->lifted);
    int64_t place;
    if (is_elsewhere(within, block->needs, block->need_count))
        return false;
    if (need) {
        if (!stack || stack->count != 1 || !is_start_stack(&stack->values[0]) ||
            !is_pointer_at(within, &need->values[0], &place) || place < within->now ||
            (int64_t)stack->values[0].number > place || place % word)
            return false;
        within->now = place;
    } else if (within->climbed->is_entry || (stack && !is_start_stack(&stack->values[0])) ||
               (stack && stack->values[0].number != 0)) {
        return false;
    }
    if (within->climbed->is_entry && within->now > FIRST_WORDS * word)
        return false;
    within->climbed->rise = within->climbed->is_entry ? 0 : (uint32_t)(within->now / word);
    if (stack)
        stack->values[0] = stack_at(within, within->now);
    note_test(within);
    return within->climbed->rise < CLIMB_WORDS;
}

/* A block of the program itself that has the pointer. */
static bool climb_block(struct climbing *climbing, size_t number, bool is_entry)
{
    struct within within = {.climbing = climbing,
                            .block = &climbing->lifted->blocks[number],
                            .climbed = &climbing->climbed[number]};
    struct golf_block *block = within.block;
    within.climbed->has = true;
    within.climbed->is_entry = is_entry;
    if (!is_entry &&
        !add_place(within.pointers, &within.pointer_count, &block->at_start[climbing->reg], 0))
        return false;
    for (size_t i = 0; i < block->count; i++) {
        bool is_gone;
        if (!climb_operation(&within, i, &is_gone))
            return false;
        if (is_gone) {
            memmove(&block->operations[i], &block->operations[i + 1],
                    (block->count - i - 1) * sizeof *block->operations);
            block->count--;
            i--;
        }
    }
    return climb_end(&within);
}

/* A block of a subroutine, to whose caller it passes the pointer on. */
static bool only_passes(const struct climbing *climbing, const struct golf_block *block)
{
    const struct golf_value *begins = &block->at_start[climbing->reg];
    for (size_t i = 0; i < block->count; i++) {
        if (rename_mentions(&block->operations[i], climbing->reg))
            return false;
        for (size_t k = 0; k < block->operations[i].need_count; k++)
            if (value_is_same(&block->operations[i].needs[k].values[0], begins))
                return false;
    }
    for (size_t i = 0; i < block->need_count; i++)
        if ((block->needs[i].reg == climbing->reg) !=
            value_is_same(&block->needs[i].values[0], begins))
            return false;
    return true;
}

/* ---- the whole program ---- */

/* Marks what comes after the blocks that give the pointer its first value. */
static void mark_after_entries(struct climbing *climbing)
{
    const struct golf_lifted *lifted = climbing->lifted;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++) {
            const struct golf_block *block = &lifted->blocks[i];
            uint16_t next[2] = {block_has_taken(block) ? block->taken : GOLF_NONE,
                                block_has_other(block) ? block->other : GOLF_NONE};
            for (size_t k = 0; k < 2; k++) {
                if (next[k] == GOLF_NONE || climbing->after.has[next[k]] ||
                    !(climbing->after.has[i] || climbing->climbed[i].is_entry))
                    continue;
                climbing->after.has[next[k]] = is_changed = true;
            }
        }
    }
}

/* The blocks that have the pointer. */
static bool climb_web(struct climbing *climbing)
{
    struct golf_lifted *lifted = climbing->lifted;
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        const struct golf_need *need = need_in(block->needs, block->need_count, climbing->reg);
        const struct golf_value *stack = &block->at_start[X86_RSP];
        const bool begins = climbing->web.begins.has[i];
        if (!climbing->web.inside.has[i])
            continue;
        /* A call from elsewhere, after which it is not used, may pass on anything. */
        if (!begins && need && block->end == GOLF_CALLS && !is_start_stack(&need->values[0]) &&
            !climbing->web.begins.has[block->other])
            continue;
        if (begins && stack->kind == GOLF_STACK && stack->data != 0) {
            if (!only_passes(climbing, block))
                return false;
        } else if ((begins && !is_start_stack(stack)) || !climb_block(climbing, i, !begins)) {
            return false;
        }
    }
    return true;
}

static bool makes_address(const struct golf_need *needs, size_t count, bool is_after)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < needs[i].count; k++)
            if (is_start_stack(&needs[i].values[k]) && (needs[i].reg != X86_RSP || is_after))
                return true;
    return false;
}

/* Whether an operation makes no address of the stack, and reaches nothing there but by the pointer,
 * or before that has its first value. */
static bool leaves_stack(const struct climbing *climbing, const struct golf_operation *operation,
                         bool is_after)
{
    const struct golf_need *stack = need_in(operation->needs, operation->need_count, X86_RSP);
    if (makes_address(operation->needs, operation->need_count, is_after) ||
        pops_has_pointer(operation))
        return false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        if (operation->writes >> reg & 1 && operation->after[reg].kind == GOLF_STACK)
            return false;
    if (!stack)
        return true;
    const struct elfgen_x86_operand *place = pops_place(climbing->lifted, operation);
    const bool is_climbing =
        stack->values[0].kind == GOLF_STACK && stack->values[0].data == climbing->frame;
    return stack->count == 1 && (is_climbing || is_start_stack(&stack->values[0])) && place &&
           !place->index && operation->instruction.mnemonic != ELFGEN_X86_OP_lea &&
           !(operation->implied >> X86_RSP & 1);
}

static bool only_climbs(const struct climbing *climbing)
{
    const struct golf_lifted *lifted = climbing->lifted;
    for (size_t i = 0; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        const bool is_after = climbing->after.has[i];
        if (makes_address(block->needs, block->need_count, false) || (is_after && i == 0) ||
            (is_after && climbing->climbed[i].is_entry))
            return false;
        for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
            if (reg != X86_RSP && is_start_stack(&block->at_start[reg]))
                return false;
        for (size_t k = 0; k < block->count; k++)
            if (!leaves_stack(climbing, &block->operations[k], is_after))
                return false;
    }
    return true;
}

/* What is said of a stack pointer is from where it has climbed to. */
static bool climb_value(const struct climbing *climbing, struct golf_value *value)
{
    if (!is_start_stack(value))
        return true;
    value->data = climbing->frame;
    return value->number == 0;
}

/* Blocks after it: those without the pointer, too, begin with the stack pointer somewhere. */
static bool climb_rest(const struct climbing *climbing)
{
    for (size_t i = 0; i < climbing->lifted->count; i++) {
        struct golf_block *block = &climbing->lifted->blocks[i];
        if (climbing->web.inside.has[i]) {
            block->known[climbing->reg].kind = block->at_end[climbing->reg].kind = GOLF_UNKNOWN;
            block_drop_need(block, climbing->reg);
        }
        if (climbing->web.begins.has[i])
            block->at_start[climbing->reg].kind = GOLF_UNKNOWN;
        if (climbing->climbed[i].is_entry)
            block->at_end[X86_RSP].kind = GOLF_UNKNOWN;
        if (!climbing->after.has[i])
            continue;
        struct golf_need *stack = need_of(block->needs, block->need_count, X86_RSP);
        if (!climb_value(climbing, &block->at_start[X86_RSP]) ||
            !climb_value(climbing, &block->known[X86_RSP]) ||
            (stack && !climb_value(climbing, &stack->values[0])))
            return false;
        if (is_start_stack(&block->at_end[X86_RSP]))
            block->at_end[X86_RSP].kind = GOLF_UNKNOWN;
    }
    return true;
}

static void note_frame(struct golf_value *value, void *context)
{
    uint16_t *highest = context;
    if (value->kind == GOLF_STACK && value->data > *highest)
        *highest = value->data;
}

/* Makes a block that begins with the stack pointer at the program's start need that: nothing there
 * asked for it. */
static bool need_start_stack(struct golf_lifted *lifted, uint16_t number)
{
    const struct golf_value stack = lifted->blocks[number].known[X86_RSP];
    struct block_set before;
    lifted->blocks[number].at_start[X86_RSP] = stack;
    blocks_before(lifted, number, &before);
    for (size_t i = 0; i < lifted->count; i++) {
        struct golf_block *block = &lifted->blocks[i];
        const bool calls = block->end == GOLF_CALLS && block->other == number;
        if ((!before.has[i] && !calls) || need_in(block->needs, block->need_count, X86_RSP))
            continue;
        if (!value_is_same(&block->at_end[X86_RSP], &stack) || block->need_count == GOLF_REGISTERS)
            return false;
        block->needs[block->need_count++] = (struct golf_need){
            .reg = X86_RSP, .bits = (uint8_t)lifted->bits, .count = 1, .values = {stack}};
    }
    return true;
}

static bool need_start_stacks(struct golf_lifted *lifted)
{
    for (size_t i = 1; i < lifted->count; i++) {
        const struct golf_block *block = &lifted->blocks[i];
        if (block->at_start[X86_RSP].kind == GOLF_UNKNOWN &&
            is_start_stack(&block->known[X86_RSP]) && block->known[X86_RSP].number == 0 &&
            !need_start_stack(lifted, (uint16_t)i))
            return false;
    }
    return true;
}

static bool climb_all(struct climbing *climbing)
{
    struct golf_lifted *lifted = climbing->lifted;
    if (!need_start_stacks(lifted))
        return false;
    for (size_t i = 0; i < lifted->count; i++)
        block_each_value(&lifted->blocks[i], note_frame, &climbing->frame);
    if (climbing->frame == UINT16_MAX)
        return false;
    climbing->frame++;
    if (!climb_web(climbing))
        return false;
    mark_after_entries(climbing);
    lifted->climbing = climbing->frame;
    return climb_is_bounded(lifted, climbing->climbed) && climb_rest(climbing) &&
           only_climbs(climbing);
}

bool climb_is_pointer(const struct golf_lifted *lifted, uint16_t number, unsigned reg)
{
    const struct golf_block *block = &lifted->blocks[number];
    const uint8_t base = (uint8_t)(golf_full_class(lifted) + reg);
    if (number == 0 || reg == X86_RSP || block->at_start[reg].kind != GOLF_OPAQUE ||
        lifted->climbing || lifted->uses_red_zone)
        return false;
    for (size_t i = 0; i < block->count; i++)
        for (size_t k = 0; k < ELFGEN_X86_OPERANDS; k++) {
            const struct elfgen_x86_operand *operand =
                &block->operations[i].instruction.operands[k];
            if (operand->kind == ELFGEN_X86_MEMORY && operand->base == base)
                return true;
        }
    return false;
}

bool climb(struct golf_lifted *lifted, uint16_t block, unsigned reg)
{
    struct climbing *climbing = calloc(1, sizeof *climbing);
    if (!climbing)
        return false;
    climbing->lifted = lifted;
    climbing->reg = (uint8_t)reg;
    web_find(lifted, block, reg, &climbing->web);
    const bool is_right = climb_all(climbing);
    free(climbing);
    return is_right;
}
