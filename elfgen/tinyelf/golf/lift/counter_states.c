/* Follows a counter: intervals of its values, and registers that have it plus a number.
 *
 * Intervals grow until nothing changes. What a loop compares the counter with bounds them; without
 * a bound they pass MOST, and the counter is left as it is. */
#include "golf/lift/counter_states.h"

#include <string.h>

enum {
    MOST = 511, /* no byte that shows the counter has larger ones */
    BYTE = 255,
    HALF = 127,
    ALL_FLAGS = ELFGEN_X86_CF | ELFGEN_X86_PF | ELFGEN_X86_AF | ELFGEN_X86_ZF | ELFGEN_X86_SF |
                ELFGEN_X86_OF
};

/* ---- values ---- */

struct counter_part counter_part_of(const struct counter_walk *walk, const struct golf_value *value)
{
    for (size_t i = walk->count; i-- > 0 && value->kind == GOLF_OPAQUE;)
        if (walk->values[i].number == value->number)
            return walk->values[i].part;
    return (struct counter_part){0};
}

/* Notes that a value is the counter plus a number. False: there are too many. */
static bool add_value(struct counter_walk *walk, const struct golf_value *value, unsigned bits,
                      int64_t shift)
{
    if (value->kind != GOLF_OPAQUE || walk->count == COUNTER_VALUES)
        return false;
    walk->values[walk->count++] = (struct counter_value){value->number, {(uint8_t)bits, shift}};
    return true;
}

void counter_begin(const struct counter *counter, size_t block, struct counter_walk *walk)
{
    walk->state = counter->states[block];
    walk->count = 0;
    walk->decides = false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct counter_part *part = &walk->state.parts[reg];
        if (part->bits)
            add_value(walk, &counter->lifted->blocks[block].at_start[reg], part->bits, part->shift);
    }
}

/* The only register that an operation needs, if its low bits are the counter plus a number. */
static struct counter_part only_part(const struct counter_walk *walk,
                                     const struct golf_operation *operation)
{
    if (operation->need_count != 1 || operation->needs[0].count != 1)
        return (struct counter_part){0};
    return counter_part_of(walk, &operation->needs[0].values[0]);
}

static bool needs_part(const struct counter_walk *walk, const struct golf_operation *operation)
{
    for (size_t i = 0; i < operation->need_count; i++)
        for (size_t k = 0; k < operation->needs[i].count; k++)
            if (counter_part_of(walk, &operation->needs[i].values[k]).bits)
                return true;
    return false;
}

/* ---- flags ---- */

/* Whether something reads flags that an operation changes, besides the condition of the block's
 * end; *at_end: those of them. */
static bool are_flags_read(const struct golf_block *block, size_t index, uint32_t *at_end)
{
    uint32_t live = ALL_FLAGS;
    for (size_t i = index + 1; i < block->count; i++) {
        if (block->operations[i].flags_read & live)
            return true;
        live &= ~block->operations[i].flags_set;
    }
    *at_end = live & golf_flags_of_end(block);
    return (live & block->flags_live) != 0;
}

static bool are_flags_dead(const struct golf_block *block, size_t index)
{
    uint32_t at_end;
    return !are_flags_read(block, index, &at_end) && at_end == 0;
}

/* ---- what operations do ---- */

static const struct elfgen_x86_operand *operand_of(const struct golf_operation *operation,
                                                   unsigned index)
{
    return &operation->instruction.operands[index];
}

/* Whether the operands are a register or memory, of so many bytes, and a number. */
static bool has_number(const struct golf_operation *operation)
{
    return operand_of(operation, 1)->kind == ELFGEN_X86_IMMEDIATE &&
           operand_of(operation, 2)->kind == ELFGEN_X86_NO_OPERAND;
}

/* What an instruction adds to its first operand. False: it does something else. */
static bool adds(const struct golf_operation *operation, int64_t *number)
{
    bool has = has_number(operation);
    *number = operand_of(operation, 1)->value;
    switch (operation->instruction.mnemonic) {
    case ELFGEN_X86_OP_inc:
        *number = 1;
        return true;
    case ELFGEN_X86_OP_dec:
        *number = -1;
        return true;
    case ELFGEN_X86_OP_add:
        break;
    case ELFGEN_X86_OP_sub:
        has = has && *number > -MOST;
        *number = has ? -*number : 0;
        break;
    default:
        return false;
    }
    return has && *number > -MOST && *number < MOST;
}

static bool is_in(const struct counter_state *state, int64_t shift, int64_t most)
{
    return state->low + shift >= 0 && state->high + shift <= most;
}

/* The counter is so much more, and what was it plus a number is so much less. */
static bool add_to_counter(const struct counter *counter, struct counter_walk *walk, int64_t number)
{
    unsigned size = (unsigned)counter->lifted->data[counter->object].size;
    walk->state.low += number;
    walk->state.high += number;
    for (size_t i = 0; i < walk->count; i++)
        walk->values[i].part.shift -= number;
    walk->state.is_stored = walk->decides = false;
    return is_in(&walk->state, 0, size == 1 ? BYTE : MOST) &&
           (!counter->is_strict || is_in(&walk->state, counter->shift, BYTE));
}

static bool set_counter(const struct counter *counter, struct counter_walk *walk, int64_t number)
{
    walk->state.low = walk->state.high = number;
    walk->count = 0;
    return add_to_counter(counter, walk, 0);
}

/* Whether two numbers that are not negative, and so small, are compared as numbers. */
static bool compares_numbers(const struct golf_block *block)
{
    enum { BELOW = 2, ABOVE = 7, LESS = 12, GREATER = 15 };
    return (block->condition >= BELOW && block->condition <= ABOVE) ||
           (block->condition >= LESS && block->condition <= GREATER);
}

static bool is_signed(const struct golf_block *block)
{
    enum { LESS = 12 };
    return block->condition >= LESS;
}

/* The counter plus a number is compared with another number, in so many bytes. */
static bool compare(const struct counter *counter, struct counter_walk *walk,
                    const struct golf_block *block, size_t index, struct counter_step *step,
                    int64_t shift)
{
    const struct golf_operation *operation = &block->operations[index];
    unsigned size = operand_of(operation, 0)->kind == ELFGEN_X86_REGISTER_OPERAND
                        ? elfgen_x86_register_size(operand_of(operation, 0)->reg)
                        : operand_of(operation, 0)->size;
    int64_t with = operand_of(operation, 1)->value;
    uint32_t at_end;
    if (are_flags_read(block, index, &at_end))
        return false;
    *step = (struct counter_step){.act = COUNTER_GOES};
    if (!at_end)
        return true;
    if (at_end != golf_flags_of_end(block) || !compares_numbers(block) || size == 0)
        return false;
    if (size == 1 && !is_signed(block))
        with &= BYTE;
    walk->decides = true;
    walk->shift = shift;
    walk->with = with;
    *step = (struct counter_step){.act = COUNTER_DECIDES, .number = with - shift + counter->shift};
    return with > -MOST && with < MOST && (with >= 0 || is_signed(block)) &&
           is_in(&walk->state, shift, size == 1 && is_signed(block) ? HALF : MOST) &&
           (!counter->is_strict || (step->number >= 0 && step->number <= BYTE));
}

/* An operation that has the counter itself as an operand. */
static bool step_counter(const struct counter *counter, struct counter_walk *walk,
                         const struct golf_block *block, size_t index, struct counter_step *step)
{
    const struct golf_operation *operation = &block->operations[index];
    const struct elfgen_x86_operand *first = operand_of(operation, 0),
                                    *memory = operand_of(operation, operation->refers_operand);
    unsigned size = (unsigned)counter->lifted->data[counter->object].size;
    uint16_t mnemonic = operation->instruction.mnemonic;
    if (operation->refers.number != 0 || memory->kind != ELFGEN_X86_MEMORY || memory->base ||
        memory->index || memory->segment || memory->size != size || operation->need_count > 1)
        return false;
    if (first == memory && adds(operation, &step->number)) {
        step->act = COUNTER_ADDS;
        return operation->need_count == 0 && are_flags_dead(block, index) &&
               add_to_counter(counter, walk, step->number);
    }
    if (first == memory && mnemonic == ELFGEN_X86_OP_cmp && has_number(operation))
        return operation->need_count == 0 && compare(counter, walk, block, index, step, 0);
    if (first == memory && mnemonic == ELFGEN_X86_OP_mov && has_number(operation)) {
        *step =
            (struct counter_step){.act = COUNTER_SETS, .number = operand_of(operation, 1)->value};
        return step->number >= 0 && step->number <= MOST &&
               set_counter(counter, walk, step->number);
    }
    /* It is loaded. */
    unsigned reg = first->reg & X86_NUMBER;
    bool is_whole = mnemonic == ELFGEN_X86_OP_movzx || size >= 4;
    *step = (struct counter_step){.act = COUNTER_GOES};
    return first->kind == ELFGEN_X86_REGISTER_OPERAND && operation->writes == 1u << reg &&
           (mnemonic == ELFGEN_X86_OP_mov || mnemonic == ELFGEN_X86_OP_movzx) &&
           elfgen_x86_register_size(first->reg) >= size &&
           add_value(walk, &operation->after[reg], is_whole ? counter->lifted->bits : 8 * size, 0);
}

/* An operation that has an operand in the object that shows the counter. */
static bool step_shown(struct counter *counter, struct counter_walk *walk,
                       const struct golf_operation *operation, struct counter_step *step)
{
    const struct elfgen_x86_operand *memory = operand_of(operation, operation->refers_operand);
    const struct elfgen_x86_operand *source = operand_of(operation, 1);
    uint64_t at = operation->refers.number;
    struct counter_part part = only_part(walk, operation);
    if (memory->kind != ELFGEN_X86_MEMORY || memory->base || memory->index || memory->segment ||
        memory->size == 0)
        return false;
    if (at + memory->size <= counter->at || at > counter->at)
        return !needs_part(walk, operation);
    if (at != counter->at || memory->size != 1 || !part.bits ||
        operation->instruction.mnemonic != ELFGEN_X86_OP_mov || operation->refers_operand != 0 ||
        source->kind != ELFGEN_X86_REGISTER_OPERAND || (source->reg & X86_CLASS) != X86_LOW_BYTES)
        return false;
    if (!counter->has_shift)
        counter->shift = part.shift;
    counter->has_shift = true;
    step->act = COUNTER_GOES;
    walk->state.is_stored = true;
    return part.shift == counter->shift;
}

/* Whether an operation is the address of a register plus a number, in another one. */
static bool is_sum(const struct golf_operation *operation)
{
    const struct elfgen_x86_operand *sum = operand_of(operation, 1);
    return operation->instruction.mnemonic == ELFGEN_X86_OP_lea && !sum->index && !sum->segment &&
           !sum->relative &&
           ((sum->base & X86_CLASS) == X86_DOUBLEWORDS ||
            (sum->base & X86_CLASS) == X86_QUADWORDS) &&
           (sum->base & X86_NUMBER) == operation->needs[0].reg && sum->value > -MOST &&
           sum->value < MOST && elfgen_x86_register_size(operand_of(operation, 0)->reg) >= 4;
}

/* An operation that has the counter plus a number in a register. */
static bool step_value(const struct counter *counter, struct counter_walk *walk,
                       const struct golf_block *block, size_t index, struct counter_step *step)
{
    const struct golf_operation *operation = &block->operations[index];
    const struct elfgen_x86_operand *first = operand_of(operation, 0);
    struct counter_part part = only_part(walk, operation);
    unsigned reg = first->reg & X86_NUMBER, size = elfgen_x86_register_size(first->reg);
    int64_t number = operand_of(operation, 1)->value;
    if (operation->kind != GOLF_KEPT || !part.bits || operation->refers.kind == GOLF_ADDRESS ||
        first->kind != ELFGEN_X86_REGISTER_OPERAND || part.bits < 8 * size ||
        (size == 1 && (first->reg & X86_CLASS) != X86_LOW_BYTES))
        return false;
    bool is_other = is_sum(operation), is_there = operation->needs[0].reg == reg;
    if (is_there && operation->instruction.mnemonic == ELFGEN_X86_OP_cmp && has_number(operation))
        return compare(counter, walk, block, index, step, part.shift);
    if (operation->writes != 1u << reg ||
        !(is_other || (is_there && adds(operation, &number) && are_flags_dead(block, index))))
        return false;
    step->act = COUNTER_GOES;
    bool is_whole = size >= 4 || (is_in(&walk->state, part.shift, BYTE) &&
                                  is_in(&walk->state, part.shift + number, BYTE));
    part.shift += number;
    int64_t low = walk->state.low + part.shift;
    if (size == 1)
        part.shift += (low & BYTE) - low;
    return (size == 1 || is_in(&walk->state, part.shift, MOST)) &&
           add_value(walk, &operation->after[reg], is_whole ? part.bits : 8 * size, part.shift);
}

/* Whether a call has the address of the object that shows the counter. */
static bool shows(const struct counter *counter, const struct golf_operation *operation)
{
    for (size_t i = 0; i < operation->need_count; i++)
        for (size_t k = 0; k < operation->needs[i].count; k++) {
            const struct golf_value *value = &operation->needs[i].values[k];
            if (value->kind == GOLF_ADDRESS && value->data == counter->shown)
                return true;
        }
    return false;
}

bool counter_step(struct counter *counter, struct counter_walk *walk,
                  const struct golf_block *block, size_t index, struct counter_step *step)
{
    const struct golf_operation *operation = &block->operations[index];
    *step = (struct counter_step){.act = COUNTER_STAYS};
    bool refers = operation->refers.kind == GOLF_ADDRESS;
    if (refers && (operation->instruction.prefixes || operation->instruction.mnemonic == 0))
        return operation->refers.data != counter->object &&
               operation->refers.data != counter->shown && !needs_part(walk, operation);
    if (refers && operation->refers.data == counter->object)
        return step_counter(counter, walk, block, index, step);
    if (refers && operation->refers.data == counter->shown)
        return step_shown(counter, walk, operation, step);
    if (needs_part(walk, operation))
        return step_value(counter, walk, block, index, step);
    return !counter->is_strict || !shows(counter, operation) || walk->state.is_stored;
}

/* ---- from block to block ---- */

/* What is left of an interval where the condition holds, or does not. False: nothing. */
static bool narrow(const struct counter_walk *walk, const struct golf_block *block, bool holds,
                   struct counter_state *state)
{
    enum { BELOW = 1, EQUAL = 2, BELOW_OR_EQUAL = 3, LESS = 6, LESS_OR_EQUAL = 7 };
    int64_t with = walk->with - walk->shift;
    bool is = holds == !(block->condition & 1);
    if (!walk->decides)
        return true;
    switch (block->condition / 2) {
    case EQUAL:
        if (is && with >= state->low && with <= state->high)
            state->low = state->high = with;
        else if (is)
            return false;
        else if (with == state->low)
            state->low++;
        else if (with == state->high)
            state->high--;
        break;
    case BELOW:
    case LESS:
        with--;
        /* fall through */
    case BELOW_OR_EQUAL:
    case LESS_OR_EQUAL:
        if (is && state->high > with)
            state->high = with;
        if (!is && state->low <= with)
            state->low = with + 1;
        break;
    default:
        break;
    }
    return state->low <= state->high;
}

/* Adds what is known at an end to what is known where it leads to. Returns whether that changed. */
static bool merge(const struct golf_block *next, struct counter_state *into,
                  const struct counter_state *from)
{
    struct counter_state before = *into;
    bool is_first = !into->is_reached;
    into->is_reached = true;
    into->is_stored = from->is_stored && (is_first || into->is_stored);
    into->low = is_first || from->low < into->low ? from->low : into->low;
    into->high = is_first || from->high > into->high ? from->high : into->high;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        struct counter_part part = from->parts[reg], *known = &into->parts[reg];
        if (next->at_start[reg].kind != GOLF_OPAQUE ||
            (!is_first && (known->bits == 0 || known->shift != part.shift)))
            part.bits = 0;
        if (!is_first && part.bits > known->bits)
            part.bits = known->bits;
        *known = part.bits ? part : (struct counter_part){0};
    }
    bool is_same = before.is_reached && before.is_stored == into->is_stored &&
                   before.low == into->low && before.high == into->high;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        is_same = is_same && before.parts[reg].bits == into->parts[reg].bits;
    return !is_same;
}

/* Makes the registers of a walk's state those at the block's end. */
static void end_walk(const struct golf_block *block, struct counter_walk *walk)
{
    memset(walk->state.parts, 0, sizeof walk->state.parts);
    for (size_t i = 0; i < block->need_count; i++) {
        const struct golf_need *need = &block->needs[i];
        if (need->count == 1)
            walk->state.parts[need->reg] = counter_part_of(walk, &need->values[0]);
    }
}

/* Goes on from a block's end. Returns whether something changed. */
static bool lead_on(struct counter *counter, const struct golf_block *block,
                    struct counter_walk *walk)
{
    const struct golf_lifted *lifted = counter->lifted;
    bool is_changed = false;
    end_walk(block, walk);
    struct counter_state taken = walk->state, other = walk->state;
    if (block->end == GOLF_GO || block->end == GOLF_CALLS ||
        (block->end == GOLF_BRANCH && narrow(walk, block, true, &taken)))
        is_changed = merge(&lifted->blocks[block->taken], &counter->states[block->taken], &taken);
    if (block->end == GOLF_BRANCH && narrow(walk, block, false, &other))
        is_changed |= merge(&lifted->blocks[block->other], &counter->states[block->other], &other);
    /* A subroutine returns to whoever called one. */
    for (size_t i = 0; i < lifted->count && block->end == GOLF_RETURNS; i++) {
        uint16_t back = lifted->blocks[i].other;
        if (lifted->blocks[i].end == GOLF_CALLS)
            is_changed |= merge(&lifted->blocks[back], &counter->states[back], &other);
    }
    return is_changed;
}

bool counter_follow(struct counter *counter)
{
    const struct golf_lifted *lifted = counter->lifted;
    struct counter_walk walk;
    struct counter_step step;
    memset(counter->states, 0, lifted->count * sizeof *counter->states);
    counter->states[0] = (struct counter_state){.is_reached = true,
                                                .is_stored = counter->is_stored,
                                                .low = counter->first,
                                                .high = counter->first};
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = 0; i < lifted->count; i++) {
            const struct golf_block *block = &lifted->blocks[i];
            if (!counter->states[i].is_reached)
                continue;
            counter_begin(counter, i, &walk);
            for (size_t k = 0; k < block->count; k++)
                if (!counter_step(counter, &walk, block, k, &step))
                    return false;
            is_changed |= lead_on(counter, block, &walk);
        }
    }
    return true;
}
