/* The search through states: cheapest first, from a block's end to its beginning. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "places.h"
#include "search.h"

/* How many bytes more than the cheapest way to an operation are still looked at: what is dearer
 * there may ask for less before. */
enum {
    ALLOWANCE = 4,
    SIMPLE_ALLOWANCE = 24,
    SIMPLEST = 2,
    FIRST_TABLE = 1 << 12,
    DEFAULT_STATES = 1200000,
    EDGES = 8,
    ASKED = 1 << 10,
    ANOTHER_ADDRESS = 2,
    MOST_NEEDED = 100
};

const struct demand *search_demand(const struct search *search, uint16_t number)
{
    return &search->demands[number];
}

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
    if (is_given || !search->weights)
        return ANOTHER_ADDRESS;
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

/* The least weight of instructions that put a value into a register of its own: exchanges only move
 * values, so each needs to be made, or copied. */
static struct needed needed_before(const struct search *search, const struct demand *demand)
{
    bool is_zero = demand->kind == GOLF_CONSTANT && !demand->number && !demand->failed;
    /* cdq, a shift, and in 32-bit code inc and dec may make it in a byte. */
    bool is_short = search->lifted->bits == 32 || demand->number != demand->failed ||
                    !((demand->number ^ LOW_32) & demand->mask & LOW_32);
    if (is_zero || (demand->kind != GOLF_CONSTANT && demand->kind != GOLF_ADDRESS) ||
        is_given(search, demand))
        return (struct needed){0};
    if (demand->kind == GOLF_ADDRESS)
        return (struct needed){.is_address = true,
                               .plain = (uint8_t)address_needed(search, demand)};
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

/* The least weight from the block's beginning to what is asked here. Bytes of the headers count for
 * one instruction only; one address can be copied. */
static unsigned weight_before(const struct search *search, const struct state *state)
{
    unsigned weight = search->before[state->position], address = 0;
    uint32_t taken = state->taken;
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct needed *needed = &search->needed[state->registers[reg]];
        if (needed->is_address) {
            weight += address ? ANOTHER_ADDRESS : 0;
            address = needed->plain > address ? needed->plain : address;
        } else if (needed->with < needed->plain && !(needed->takes & taken)) {
            weight += needed->with;
            taken |= needed->takes;
        } else {
            weight += needed->plain;
        }
    }
    for (unsigned i = 0; i < state->depth; i++)
        weight += search->needed[state->stack[i]].plain ? 1 : 0;
    return weight + address;
}

static size_t demand_hash(const struct demand *demand)
{
    uint64_t value = (demand->number + demand->kind) * 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 32 ^ demand->mask ^ demand->data) * 0x9e3779b97f4a7c15u;
    value = (value ^ value >> 32 ^ demand->failed) * 0x9e3779b97f4a7c15u;
    return (size_t)(value ^ value >> 32);
}

static bool enlarge_demand_table(struct search *search)
{
    size_t size = 2 * search->demand_table_size;
    if (!size)
        size = FIRST_TABLE;
    uint16_t *table = calloc(size, sizeof *table);
    if (!table)
        return false;
    for (size_t i = 1; i < search->demand_count; i++) {
        size_t at = demand_hash(&search->demands[i]) & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = (uint16_t)i;
    }
    free(search->demand_table);
    search->demand_table = table;
    search->demand_table_size = size;
    return true;
}

uint16_t search_number(struct search *search, const struct demand *demand)
{
    if (2 * search->demand_count >= search->demand_table_size && !enlarge_demand_table(search)) {
        search->has_no_memory = true;
        return 0;
    }
    size_t at = demand_hash(demand) & (search->demand_table_size - 1);
    for (; search->demand_table[at]; at = (at + 1) & (search->demand_table_size - 1))
        if (demand_is_same(&search->demands[search->demand_table[at]], demand))
            return search->demand_table[at];
    if (search->demand_count >= UINT16_MAX ||
        !grow_array(&search->needed, search->demand_count + 1, &search->needed_capacity,
                    sizeof *search->needed) ||
        !grow_array(&search->demands, search->demand_count + 1, &search->demand_capacity,
                    sizeof *search->demands)) {
        search->has_no_memory = true;
        return 0;
    }
    search->needed[search->demand_count] = needed_before(search, demand);
    search->demands[search->demand_count] = *demand;
    search->demand_table[at] = (uint16_t)search->demand_count;
    return (uint16_t)search->demand_count++;
}

static uint32_t hash(const struct state *state)
{
    uint64_t value = 14695981039346656037u;
    const uint16_t *registers = state->registers;
    value =
        (value ^ (state->position | (uint64_t)state->depth << 16 | (uint64_t)state->flags << 24)) *
        1099511628211u;
    value = (value ^ state->taken) * 1099511628211u;
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        value = (value ^ registers[i]) * 1099511628211u;
    for (size_t i = 0; i < STACK_DEPTH; i++)
        value = (value ^ state->stack[i]) * 1099511628211u;
    return (uint32_t)(value ^ value >> 32);
}

static bool is_same(const struct state *a, const struct state *b)
{
    return a->position == b->position && a->depth == b->depth && a->flags == b->flags &&
           a->taken == b->taken && !memcmp(a->registers, b->registers, sizeof a->registers) &&
           !memcmp(a->stack, b->stack, sizeof a->stack);
}

static bool enlarge_table(struct search *search)
{
    size_t size = 2 * search->table_size;
    if (!size)
        size = FIRST_TABLE;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table)
        return false;
    for (size_t i = 0; i < search->state_count; i++) {
        size_t at = hash(&search->states[i]) & (size - 1);
        while (table[at])
            at = (at + 1) & (size - 1);
        table[at] = (uint32_t)i + 1;
    }
    free(search->table);
    search->table = table;
    search->table_size = size;
    return true;
}

/* The number of a state, which is added if it is new; UINT32_MAX: no memory. */
static uint32_t state_number(struct search *search, const struct state *state)
{
    if (2 * (search->state_count + 1) > search->table_size && !enlarge_table(search))
        return UINT32_MAX;
    size_t at = hash(state) & (search->table_size - 1);
    for (; search->table[at]; at = (at + 1) & (search->table_size - 1))
        if (is_same(&search->states[search->table[at] - 1], state))
            return search->table[at] - 1;
    size_t count = search->state_count;
    if (!grow_array(&search->states, count + 1, &search->state_capacity, sizeof *search->states) ||
        !grow_array(&search->costs, count + 1, &search->cost_capacity, sizeof *search->costs) ||
        !grow_array(&search->is_done, count + 1, &search->done_capacity, sizeof *search->is_done))
        return UINT32_MAX;
    search->states[count] = *state;
    search->costs[count] = UINT32_MAX;
    search->is_done[count] = false;
    search->table[at] = (uint32_t)++search->state_count;
    return (uint32_t)count;
}

/* ---- the queue: states by cost ---- */

static bool enter(struct search *search, uint32_t number, uint32_t cost)
{
    if (!grow_array(&search->buckets, cost + 1, &search->bucket_capacity, sizeof *search->buckets))
        return false;
    while (search->bucket_count <= cost)
        search->buckets[search->bucket_count++] = (struct bucket){0};
    struct bucket *bucket = &search->buckets[cost];
    if (!grow_array(&bucket->states, bucket->count + 1, &bucket->capacity, sizeof *bucket->states))
        return false;
    bucket->states[bucket->count++] = number;
    return true;
}

static unsigned limit(const struct search *search, unsigned position)
{
    unsigned least = position ? search->least[position - 1] : search->best;
    unsigned allowance = search->simple == SIMPLEST ? SIMPLE_ALLOWANCE : ALLOWANCE;
    unsigned more = search->options->slack + (position ? allowance : 0);
    return least > UINT32_MAX - more ? UINT32_MAX : least + more;
}

/* move_weigh(), which encodes; most moves are asked for many times. */
static const struct weighing *known_weight(struct search *search, const struct move *move)
{
    uint64_t value = (uint64_t)move->number * 0x9e3779b97f4a7c15u;
    value ^= move->mnemonic * 31u + move->registers[0] * 7u + move->registers[1] * 257u +
             move->size * 1031u + move->form * 4099u + move->data * 65537u;
    value *= 0x9e3779b97f4a7c15u;
    struct weighed *known = &search->weighed[(value ^ value >> 32) % SEARCH_WEIGHED];
    const struct move *last = &known->move;
    if (!known->is_known || last->mnemonic != move->mnemonic || last->form != move->form ||
        last->number != move->number || last->size != move->size || last->data != move->data ||
        last->registers[0] != move->registers[0] || last->registers[1] != move->registers[1]) {
        known->is_known = true;
        known->move = *move;
        move_weigh(search, move, &known->weighing);
    }
    return &known->weighing;
}

/* Adds the state before an instruction that weighs so much. */
static void add_weighed(struct search *search, const struct state *before, uint32_t after,
                        const struct move *move, unsigned weight, uint32_t takes)
{
    unsigned cost = search->costs[after] + weight;
    unsigned whole = cost + weight_before(search, before);
    if (search->has_no_memory || cost > limit(search, before->position) || whole > limit(search, 0))
        return;
    if (whole > search->most) {
        search->is_cut = true;
        return;
    }
    uint32_t number = state_number(search, before);
    if (number == UINT32_MAX || !grow_array(&search->edges, search->edge_count + 1,
                                            &search->edge_capacity, sizeof *search->edges)) {
        search->has_no_memory = true;
        return;
    }
    search->edges[search->edge_count++] =
        (struct edge){number, after, (uint8_t)weight, takes, *move};
    if (cost >= search->costs[number])
        return;
    search->costs[number] = cost;
    search->is_done[number] = false;
    if (cost < search->least[before->position])
        search->least[before->position] = cost;
    if (!enter(search, number, whole))
        search->has_no_memory = true;
}

void search_add(struct search *search, const struct state *before, uint32_t after,
                const struct move *move)
{
    const struct weighing weighing = *known_weight(search, move);
    for (size_t i = 0; i < weighing.count; i++) {
        struct state taken = *before;
        if (taken.taken & weighing.takes[i])
            continue;
        taken.taken |= weighing.takes[i];
        add_weighed(search, &taken, after, move, weighing.cost[i], weighing.takes[i]);
    }
}

static bool is_entry(const struct search *search, const struct state *state)
{
    if (state->position || state->depth)
        return false;
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        if (!demand_is_met(search_demand(search, state->registers[i]), &search->block->at_start[i]))
            return false;
    return true;
}

static bool note_entry(struct search *search, uint32_t number)
{
    if (!grow_array(&search->entries, search->entry_count + 1, &search->entry_capacity,
                    sizeof *search->entries))
        return false;
    search->entries[search->entry_count++] = number;
    if (search->costs[number] < search->best)
        search->best = search->costs[number];
    return true;
}

/* Whether the block's end depends on the flags: loop and jrcxz do not. */
static bool reads_flags(const struct golf_block *block)
{
    enum { LOOP = 0xe2 };
    return block->end == GOLF_BRANCH && block->condition < LOOP;
}

/* The first demand asks for nothing. */
static bool begin_demands(struct search *search)
{
    if (search->demand_count)
        return true;
    if (!grow_array(&search->needed, 1, &search->needed_capacity, sizeof *search->needed) ||
        !grow_array(&search->demands, 1, &search->demand_capacity, sizeof *search->demands))
        return false;
    search->needed[0] = (struct needed){0};
    search->demands[search->demand_count++] = (struct demand){0};
    return true;
}

static unsigned weight_of_operation(const struct search *search, size_t number)
{
    const struct move move = {.form = MOVE_OPERATION, .number = (int64_t)number};
    struct weighing weighing;
    move_weigh(search, &move, &weighing);
    unsigned least = weighing_least(&weighing, UINT32_MAX), other = least;
    struct place place;
    if (place_of(search->lifted, &search->block->operations[number], &place)) {
        enum { RBX = 3 };
        const struct move by_register = {
            .form = MOVE_PLACE, .registers = {RBX, NOTHING}, .data = (uint16_t)number};
        other = least_of(search, by_register, NULL);
    }
    return other < least ? other : least;
}

/* Registers that the block mentions or begins with a value in, and of those below r8, which need no
 * prefix, two more. */
static uint16_t find_usable(const struct golf_block *block, bool int80)
{
    enum { SPARE = 2, RSP = 4, OF_INT80 = 0xef /* rax to rdi */ };
    uint16_t usable = (uint16_t)(1u << RSP | (int80 ? OF_INT80 : 0u));
    for (unsigned reg = 0; reg < GOLF_REGISTERS; reg++) {
        const struct golf_value *value = &block->at_start[reg];
        bool has_value =
            value->kind != GOLF_UNKNOWN && (value->kind != GOLF_CONSTANT || value->number != 0);
        usable |= (uint16_t)((unsigned)has_value << reg);
    }
    for (size_t i = 0; i < block->need_count; i++)
        usable |= (uint16_t)(1u << block->needs[i].reg);
    for (size_t k = 0; k < block->count; k++) {
        const struct golf_operation *operation = &block->operations[k];
        bool is_call = operation->kind == GOLF_CALL; /* which only leaves them undefined */
        usable |= (uint16_t)(operation->reads | (is_call ? 1u : operation->writes));
        for (size_t i = 0; i < operation->need_count; i++)
            usable |= (uint16_t)(1u << operation->needs[i].reg);
    }
    static const uint8_t spare[] = {3, 1, 5, 0, 2, 6, 7}; /* rbx, rcx, rbp, .. */
    for (size_t i = 0, added = 0; i < sizeof spare && added < SPARE; i++) {
        added += !(usable >> spare[i] & 1);
        usable |= (uint16_t)(1u << spare[i]);
    }
    return usable;
}

/* What the block's end asks for. */
static bool begin(struct search *search)
{
    const struct golf_block *block = search->block;
    struct state end = {.position = (uint16_t)block->count,
                        .flags = reads_flags(block) || block->flags_live};
    search->usable = find_usable(block, search->options->int80);
    search->best = UINT32_MAX;
    search->least = malloc((block->count + 1) * sizeof *search->least);
    search->before = malloc((block->count + 1) * sizeof *search->before);
    if (!search->least || !search->before || !begin_demands(search))
        return false;
    for (size_t i = 0; i <= block->count; i++)
        search->least[i] = UINT32_MAX;
    search->before[0] = 0;
    for (size_t i = 0; i < block->count; i++)
        search->before[i + 1] = search->before[i] + weight_of_operation(search, i);
    for (size_t i = 0; i < block->need_count; i++) {
        struct demand demand = demand_of(&block->needs[i].values[0], block->needs[i].bits);
        end.registers[block->needs[i].reg] = demand.mask ? search_number(search, &demand) : 0;
    }
    uint32_t number = state_number(search, &end);
    if (number == UINT32_MAX)
        return false;
    search->costs[number] = search->least[block->count] = 0;
    return enter(search, number, 0);
}

static bool visit(struct search *search, uint32_t number, size_t most)
{
    struct state state = search->states[number];
    if (search->is_done[number] || search->costs[number] > limit(search, state.position))
        return true;
    if (search->state_count > most || search->edge_count > EDGES * most) {
        search->is_full = true;
        return true;
    }
    if (number % ASKED == 0 && search->options->is_interrupted &&
        search->options->is_interrupted(search->options->context)) {
        search->is_interrupted = true;
        return false;
    }
    search->is_done[number] = true;
    if (is_entry(search, &state) && !note_entry(search, number))
        return false;
    search->before_state(search, number);
    return !search->has_no_memory;
}

/* Looks at all states up to search->most. */
static bool run(struct search *search, size_t states)
{
    if (!begin(search))
        return false;
    for (uint32_t whole = 0; whole < search->bucket_count && whole <= limit(search, 0); whole++)
        for (size_t i = 0; i < search->buckets[whole].count; i++)
            if (!visit(search, search->buckets[whole].states[i], states))
                return false;
    return true;
}

/* Forgets what a run found, but for the demands. */
static void forget(struct search *search)
{
    for (size_t i = 0; i < search->bucket_count; i++)
        free(search->buckets[i].states);
    free(search->buckets);
    free(search->least);
    free(search->before);
    search->buckets = NULL;
    search->least = search->before = NULL;
    search->bucket_count = search->bucket_capacity = 0;
    search->state_count = search->edge_count = search->entry_count = 0;
    if (search->table)
        memset(search->table, 0, search->table_size * sizeof *search->table);
}

/* How many states are looked at: fewer for each block of a program that has many. */
static size_t states_of(const struct search *search)
{
    enum { MANY = 12, LEAST = 1 << 13 };
    size_t count = search->lifted->count, states = DEFAULT_STATES;
    if (search->options->states)
        return search->options->states;
    if (count <= MANY)
        return states;
    return states / count > LEAST ? states / count : LEAST;
}

/* More than any way weighs that is worth looking for: exchanges alone may go on for ever. */
static unsigned heaviest(const struct golf_block *block)
{
    enum { END = 64, A_NEED = 8 };
    size_t weight = END + A_NEED * block->need_count;
    for (size_t i = 0; i < block->count; i++)
        weight += block->operations[i].length + A_NEED * block->operations[i].need_count;
    return (unsigned)weight;
}

bool search_block(struct search *search)
{
    enum { STEP = 1 };
    size_t states = states_of(search);
    /* States that are too dear are many, and which are is not known before the best is: so it is
     * looked for with a limit that rises. */
    for (search->most = STEP;; search->most += STEP) {
        search->is_cut = false;
        if (!run(search, states)) {
            search->has_no_memory = !search->is_interrupted;
            return false;
        }
        if (search->best != UINT32_MAX && search->best + search->options->slack <= search->most)
            return true;
        if (search->options->is_interrupted &&
            search->options->is_interrupted(search->options->context)) {
            search->is_interrupted = true;
            return false;
        }
        bool is_over = !search->is_cut || search->is_full ||
                       (search->best == UINT32_MAX && search->most > heaviest(search->block));
        if (is_over && (search->best != UINT32_MAX || search->simple == SIMPLEST))
            return search->best != UINT32_MAX;
        if (is_over) {
            search->simple++;
            search->is_full = false;
            search->most = 0;
        }
        if (search->best != UINT32_MAX)
            search->most = search->best + search->options->slack - STEP;
        forget(search);
    }
}

void search_free(struct search *search)
{
    forget(search);
    free(search->demands);
    free(search->demand_table);
    free(search->needed);
    free(search->states);
    free(search->costs);
    free(search->is_done);
    free(search->table);
    free(search->edges);
    free(search->entries);
}
