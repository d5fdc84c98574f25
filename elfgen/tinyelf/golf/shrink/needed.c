/* What must come before at least: a bound for the search, which looks at the lightest ways first.
 */
#include <stdlib.h>

#include "needed.h"
#include "places.h"

enum { ANOTHER_ADDRESS = 2, MOST_NEEDED = 100, COPY = 2, FAR = 3 };

/* Whether the block begins with this constant in a register, or an operation leaves it in one. */
static bool is_given(const struct search *search, const struct demand *demand)
{
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        if (demand_is_met(demand, &search->block->at_start[reg]))
            return true;
        for (size_t i = 0; i < search->block->count; i++)
            if (search->block->operations[i].writes & 1u << reg &&
                demand_is_met(demand, &search->block->operations[i].after[reg]))
                return true;
    }
    return false;
}

static unsigned least_of(const struct search *search, struct move move, uint32_t *takes)
{
    struct weighing weighing;
    move_weigh(search, &move, &weighing);
    unsigned least = weighing_least(&weighing, UINT32_MAX);
    for (size_t i = 0; i < weighing.count && takes; i++)
        if (weighing.cost[i] == least)
            *takes = weighing.takes[i];
    return least ? least : MOST_NEEDED;
}

static bool is_next(const struct demand *demand, const struct golf_value *value)
{
    return value->kind == GOLF_ADDRESS && value->data == demand->data &&
           (value->number == demand->number + 1 || value->number + 1 == demand->number);
}

/* Whether the address of a byte next to this one is in a register somewhere in the block. */
static bool has_next(const struct search *search, const struct demand *demand)
{
    const struct golf_block *block = search->block;
    bool has = false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
        has |= is_next(demand, &block->at_start[reg]);
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++)
            has |= is_next(demand, &operation->after[reg]);
        for (size_t k = 0; k < operation->need_count; k++)
            has |= is_next(demand, &operation->needs[k].values[0]);
    }
    for (size_t i = 0; i < block->need_count; i++)
        has |= is_next(demand, &block->needs[i].values[0]);
    return has;
}

/* The weight of inc and dec. */
static unsigned weight_of_step(const struct search *search)
{
    return search->lifted->bits == 32 ? 1 : 2;
}

/* The least weight of instructions that put an address into a register. */
static unsigned address_needed(const struct search *search, const struct demand *demand)
{
    enum { POP = 1, LOW_BYTE = 2 };
    const struct golf_block *block = search->block;
    bool is_given = false;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        is_given |= block->at_start[reg].kind == GOLF_ADDRESS;
        for (size_t i = 0; i < block->count; i++)
            is_given |= block->operations[i].after[reg].kind == GOLF_ADDRESS;
    }
    if (is_given)
        return has_next(search, demand) ? weight_of_step(search) : ANOTHER_ADDRESS;
    struct move move = {.registers = {NOTHING, NOTHING}, .form = MOVE_CALL_OVER};
    unsigned around = least_of(search, move, NULL) + POP, least = around;
    if (demand->data == GOLF_NONE)
        return least;
    least += LOW_BYTE;
    move = (struct move){.mnemonic = ELFGEN_X86_OP_mov,
                         .registers = {0, NOTHING},
                         .size = 4,
                         .form = MOVE_ADDRESS,
                         .data = demand->data,
                         .number = (int64_t)demand->number};
    bool is_64 = search->lifted->bits == 64;
    unsigned other = MOST_NEEDED;
    if (!is_64 || search->options->small_addresses)
        other = least_of(search, move, NULL);
    least = other < least ? other : least;
    if (is_64) {
        move.mnemonic = ELFGEN_X86_OP_lea, move.form = MOVE_RELATIVE, move.size = 8;
        other = least_of(search, move, NULL);
        least = other < least ? other : least;
    }
    move.form = MOVE_CALL, move.registers[0] = NOTHING;
    other = !demand->number && search->lifted->data[demand->data].bytes
                ? least_of(search, move, NULL) + POP
                : MOST_NEEDED;
    return other < least ? other : least;
}

/* Whether inc and dec make it. */
static bool is_near(const struct demand *demand)
{
    int32_t number = (int32_t)demand->number;
    return number >= -FAR && number <= FAR;
}

static unsigned least_zero(const struct search *search, uint64_t mask)
{
    const struct demand zero = demand_constant(0, mask);
    return mask && !is_given(search, &zero); /* cdq */
}

/* A small number, from one next to it. */
static unsigned least_neighbour(const struct search *search, const struct demand *demand)
{
    unsigned step = search->lifted->bits == 32 ? 1 : 2, least = MOST_NEEDED;
    int32_t number = (int32_t)demand->number;
    for (int to = -1; to <= 1; to += 2) {
        struct demand next = demand_constant(demand->number + (uint64_t)(int64_t)to, demand->mask);
        bool is_zero = number + to == 0;
        unsigned weight = is_zero                   ? least_zero(search, demand->mask)
                          : is_given(search, &next) ? 0
                                                    : 1;
        least = step + weight < least ? step + weight : least;
    }
    return least;
}

/* Whether a value is such a constant in the bits that are asked for, but not in its low byte. */
static bool is_beside(const struct demand *demand, const struct demand *upper,
                      const struct golf_value *value)
{
    return demand_is_met(upper, value) && !demand_is_met(demand, value);
}

/* Whether a constant that differs in its low byte alone is at hand, or asked for. */
static bool has_beside(const struct search *search, const struct demand *demand,
                       const struct demand *upper)
{
    const struct golf_block *block = search->block;
    bool has = is_given(search, upper);
    for (size_t i = 0; i < block->count; i++)
        for (size_t k = 0; k < block->operations[i].need_count; k++)
            has |= is_beside(demand, upper, &block->operations[i].needs[k].values[0]);
    for (size_t i = 0; i < block->need_count; i++)
        has |= is_beside(demand, upper, &block->needs[i].values[0]);
    return has;
}

/* Whether only a mov of eight bytes makes a constant: no number of four bytes does, sign or not. */
static bool is_long(const struct demand *demand)
{
    const uint64_t sign = (uint64_t)(int64_t)(int32_t)demand->number;
    return !demand_fits_32(demand, false) && (demand->number ^ sign) & demand->mask;
}

/* The least weight of instructions that make a constant in a register, where no headers are known.
 * An exchange only moves it; a copy of it is for weight_before(). */
static unsigned least_constant(const struct search *search, const struct demand *demand)
{
    enum { LOW_BYTE = 2, SUM = 3, LONG = 10 };
    struct demand upper = *demand;
    upper.mask &= ~LOW_8, upper.number &= ~LOW_8, upper.failed = upper.number;
    if (is_long(demand))
        return has_beside(search, demand, &upper) ? LOW_BYTE : LONG;
    unsigned least = SUM;
    if (!((demand->number ^ LOW_32) & demand->mask & LOW_32))
        return 1; /* cdq */
    unsigned low = LOW_BYTE + (upper.number ? 0 : least_zero(search, upper.mask));
    if (is_near(demand)) {
        unsigned next = least_neighbour(search, demand);
        least = next < least ? next : least;
    }
    return low < least ? low : least;
}

/* The least weight of instructions that put a value into a register of its own: exchanges only move
 * values, so each needs to be made, or copied. */
struct needed needed_of(const struct search *search, const struct demand *demand)
{
    bool is_zero = demand->kind == GOLF_CONSTANT && !demand->number && !demand->failed;
    /* cdq, a shift, and in 32-bit code inc and dec may make it in a byte. */
    bool is_short = search->lifted->bits == 32 || demand->number != demand->failed ||
                    !((demand->number ^ LOW_32) & demand->mask & LOW_32);
    if ((demand->kind != GOLF_CONSTANT && demand->kind != GOLF_ADDRESS) || is_given(search, demand))
        return (struct needed){0};
    if (is_zero)
        return (struct needed){.plain = 1, .with = 1};
    if (demand->kind == GOLF_ADDRESS)
        return (struct needed){.is_address = true,
                               .has_next = has_next(search, demand),
                               .plain = (uint8_t)address_needed(search, demand)};
    if (!search->weights && demand->number == demand->failed) {
        uint8_t least = (uint8_t)least_constant(search, demand);
        bool is_low = least == COPY && !is_near(demand);
        return (struct needed){.plain = least, .with = least, .is_low = is_low};
    }
    if (is_short)
        return (struct needed){.plain = 1, .with = 1};
    struct needed needed = {.plain = 2, .with = 2};
    const struct move move = {.mnemonic = ELFGEN_X86_OP_mov,
                              .registers = {0, NOTHING},
                              .size = 4,
                              .form = MOVE_IMMEDIATE,
                              .number = (int64_t)demand->number};
    if (search->weights && least_of(search, move, &needed.takes) == 1)
        needed.with = 1;
    return needed;
}

static bool may_be_same(const struct demand *a, const struct demand *b)
{
    return a->kind == b->kind && !((a->number ^ b->number) & a->mask & b->mask);
}

/* Whether one of the registers before this one asks for what may be the same. */
static bool is_asked(const struct search *search, const struct state *state, unsigned count,
                     const struct demand *demand)
{
    for (unsigned i = 0; i < count; i++)
        if (state->registers[i] && may_be_same(search_demand(search, state->registers[i]), demand))
            return true;
    return false;
}

/* The least weight of pushes of what is still to be popped. */
static unsigned weight_of_stack(const struct search *search, const struct state *state)
{
    enum { PUSH_CONSTANT = 2, PUSH_ADDRESS = 3 /* of a register that is given another low byte */ };
    const unsigned push_next = 1 + weight_of_step(search);
    unsigned weight = 0;
    for (unsigned i = 0; i < state->depth; i++) {
        const struct demand *demand = search_demand(search, state->stack[i]);
        bool is_made = search->needed[state->stack[i]].plain >= PUSH_CONSTANT && !search->weights &&
                       !is_asked(search, state, GOLF_REGISTERS, demand);
        weight += !is_made                                   ? 1
                  : demand->kind == GOLF_CONSTANT            ? PUSH_CONSTANT
                  : search->needed[state->stack[i]].has_next ? push_next
                  : demand->data != GOLF_NONE                ? PUSH_ADDRESS
                                                             : 1;
    }
    return weight;
}

/* Whether a value that is somewhere is not in its register; or a constant's upper bytes are not, of
 * which an instruction sets the lowest byte. */
static bool is_misplaced(const struct search *search, const struct needed *needed,
                         const struct demand *demand, const struct golf_value *there)
{
    struct demand upper = *demand;
    if (!needed->plain)
        return !demand_is_met(demand, there);
    if (!needed->is_low || search->weights)
        return false;
    upper.mask &= ~LOW_8;
    return !demand_is_met(&upper, there);
}

/* Addresses that are asked of registers: after the dearest one, each takes a copy, or another low
 * byte, which has a byte more where it is not that of eax, ecx, edx or ebx, or a step from the one
 * next to it. */
struct addresses {
    unsigned dearest, next, near, far;
};

static void add_address(const struct search *search, const struct state *state, unsigned reg,
                        struct addresses *addresses)
{
    enum { WITH_SHORT_LOW_BYTE = 4 };
    const struct needed *needed = &search->needed[state->registers[reg]];
    const struct demand *demand = search_demand(search, state->registers[reg]);
    bool is_far = reg >= WITH_SHORT_LOW_BYTE && !search->weights && demand->data != GOLF_NONE &&
                  !is_asked(search, state, reg, demand);
    addresses->next += needed->has_next;
    addresses->far += is_far && !needed->has_next;
    addresses->near += !is_far && !needed->has_next;
    if (needed->plain > addresses->dearest)
        addresses->dearest = needed->plain;
}

static unsigned weight_of_addresses(const struct search *search, const struct addresses *addresses)
{
    const unsigned step = weight_of_step(search);
    unsigned weight = addresses->near * ANOTHER_ADDRESS + addresses->far * (ANOTHER_ADDRESS + 1) +
                      addresses->next * step;
    if (!weight)
        return 0;
    return addresses->dearest + weight -
           (addresses->far    ? ANOTHER_ADDRESS + 1
            : addresses->near ? ANOTHER_ADDRESS
                              : step);
}

unsigned needed_before(const struct search *search, const struct state *state)
{
    unsigned weight = search->before[state->position], misplaced = 0;
    struct addresses addresses = {0};
    uint32_t taken = state->taken;
    const struct golf_value *const *there =
        search->there + (size_t)GOLF_REGISTERS * state->position;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct needed *needed = &search->needed[state->registers[reg]];
        if (!state->registers[reg])
            continue;
        const struct demand *demand = search_demand(search, state->registers[reg]);
        if (needed->is_address) {
            add_address(search, state, reg, &addresses);
        } else if (needed->with < needed->plain && !(needed->takes & taken)) {
            weight += needed->with;
            taken |= needed->takes;
        } else if (needed->plain > COPY && is_asked(search, state, reg, demand)) {
            weight += COPY;
        } else {
            weight += needed->plain;
            misplaced += reg != STACK_POINTER && is_misplaced(search, needed, demand, there[reg]);
        }
    }
    /* An exchange puts two into their places. */
    return weight + weight_of_addresses(search, &addresses) + (misplaced + 1) / 2 +
           weight_of_stack(search, state);
}

/* What an operation needs in a register that is not what was there; NULL: there is no such need. */
static const struct golf_value *changed_for(const struct golf_operation *operation, unsigned reg,
                                            const struct golf_value *there)
{
    for (size_t i = 0; i < operation->need_count && reg != STACK_POINTER; i++) {
        const struct golf_need *need = &operation->needs[i];
        struct demand both = demand_of(&need->values[0], need->bits);
        const struct demand given = demand_of(there, need->bits);
        if (need->reg == reg)
            return need->count == 1 && !demand_merge(&both, &given) ? &need->values[0] : NULL;
    }
    return NULL;
}

/* What each register has at each position, if nothing but what operations need changes it in
 * between. */
static bool find_there(struct search *search)
{
    const struct golf_block *block = search->block;
    search->there = malloc((block->count + 1) * GOLF_REGISTERS * sizeof(void *));
    for (unsigned reg = 0; reg < GOLF_REGISTERS && search->there; reg++) {
        const struct golf_value *value = &block->at_start[reg];
        for (size_t i = 0; i <= block->count; i++) {
            search->there[i * GOLF_REGISTERS + reg] = value;
            if (i == block->count)
                break;
            const struct golf_value *changed = changed_for(&block->operations[i], reg, value);
            value = block->operations[i].writes >> reg & 1 ? &block->operations[i].after[reg]
                    : changed                              ? changed
                                                           : value;
        }
    }
    return search->there;
}

static unsigned weight_of_operation(const struct search *search, size_t number)
{
    const struct move move = {.form = MOVE_OPERATION, .number = (int64_t)number};
    struct weighing weighing;
    move_weigh(search, &move, &weighing);
    unsigned least = weighing_least(&weighing, UINT32_MAX), other = least;
    struct place place;
    if (place_in_memory(search->lifted, &search->block->operations[number], &place)) {
        const struct move by_register = {
            .form = MOVE_PLACE, .registers = {X86_RBX, NOTHING}, .data = (uint16_t)number};
        other = least_of(search, by_register, NULL);
    }
    return other < least ? other : least;
}

bool needed_open(struct search *search)
{
    const struct golf_block *block = search->block;
    search->before = malloc((block->count + 1) * sizeof *search->before);
    if (!search->before || !find_there(search))
        return false;
    search->before[0] = 0;
    for (size_t i = 0; i < block->count; i++)
        search->before[i + 1] = search->before[i] + weight_of_operation(search, i);
    return true;
}
