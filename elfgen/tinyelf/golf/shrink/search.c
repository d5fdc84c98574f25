/* The search through states: cheapest first, from a block's end to its beginning. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "needed.h"
#include "search.h"

enum {
    FIRST_TABLE = 1 << 12,
    DEFAULT_STATES = 600000,

    FIRST_WIDTH = 400, /* states before an operation that are looked at first */
    EDGES = 16,
    ASKED = 1 << 10
};

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
    search->needed[search->demand_count] = needed_of(search, demand);
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

/* ---- the queues: states before each operation, by weight ---- */

static bool enter(struct search *search, uint32_t number, uint32_t whole)
{
    struct queue *queue = &search->queues[search->states[number].position];
    if (!grow_array(&queue->buckets, whole + 1, &queue->capacity, sizeof *queue->buckets))
        return false;
    while (queue->count <= whole)
        queue->buckets[queue->count++] = (struct bucket){0};
    struct bucket *bucket = &queue->buckets[whole];
    if (!grow_array(&bucket->states, bucket->count + 1, &bucket->capacity, sizeof *bucket->states))
        return false;
    bucket->states[bucket->count++] = number;
    return true;
}

/* What a way weighs at most. */
static unsigned limit(const struct search *search)
{
    unsigned best = search->best;
    return best > search->most - search->options->slack ? search->most
                                                        : best + search->options->slack;
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
    unsigned whole = cost + needed_before(search, before);
    if (search->has_no_memory || whole > limit(search))
        return;
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
    /* What is known of the weight before may be less than it was after. */
    if (before->position == search->states[after].position && whole < search->whole)
        whole = search->whole;
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

/* Registers that the block mentions or begins with a value in, and of those below r8, which need no
 * prefix, two more. */
static uint16_t find_usable(const struct golf_block *block, bool int80)
{
    enum { SPARE = 2, OF_INT80 = 0xef /* rax to rdi */ };
    uint16_t usable = (uint16_t)(1u << X86_RSP | (int80 ? OF_INT80 : 0u));
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
                        .flags = state_flags(golf_flags_of_end(block) | block->flags_live)};
    search->usable = find_usable(block, search->options->int80);
    search->best = UINT32_MAX;
    search->queues = calloc(block->count + 1, sizeof *search->queues);
    if (!search->queues || !begin_demands(search))
        return false;
    for (size_t i = 0; i < block->need_count; i++) {
        struct demand demand = demand_of(&block->needs[i].values[0], block->needs[i].bits);
        end.registers[block->needs[i].reg] = demand.mask ? search_number(search, &demand) : 0;
    }
    uint32_t number = state_number(search, &end);
    if (number == UINT32_MAX)
        return false;
    search->costs[number] = 0;
    return enter(search, number, 0);
}

static bool visit(struct search *search, uint32_t number)
{
    struct state state = search->states[number];
    if (search->visited++ % ASKED == 0 && search->options->is_interrupted &&
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

/* Looks at states before an operation, the lightest ways first: at most `*width`, of which it
 * leaves what it did not need. */
static bool look(struct search *search, const struct queue *queue, size_t *width)
{
    for (search->whole = 0; search->whole < queue->count && search->whole <= limit(search);
         search->whole++)
        for (size_t i = 0; i < queue->buckets[search->whole].count; i++) {
            uint32_t number = queue->buckets[search->whole].states[i];
            if (search->is_done[number])
                continue;
            if (!*width || search->edge_count > EDGES * search->states_most) {
                search->is_full = true;
                return true;
            }
            --*width;
            if (!visit(search, number))
                return false;
        }
    return true;
}

/* Goes back from the block's end, from one operation to the one before: `width` states of each go
 * on, so that many operations take as many times as long, not as many powers of it. */
static bool run(struct search *search, size_t width)
{
    if (!begin(search))
        return false;
    size_t left = 0;
    for (size_t position = search->block->count + 1; position-- > 0;) {
        left += width;
        if (!look(search, &search->queues[position], &left))
            return false;
    }
    return true;
}

/* Forgets what a run found, but for the demands. */
static void forget(struct search *search)
{
    for (size_t k = 0; search->queues && k <= search->block->count; k++) {
        for (size_t i = 0; i < search->queues[k].count; i++)
            free(search->queues[k].buckets[i].states);
        free(search->queues[k].buckets);
    }
    free(search->queues);
    search->queues = NULL;
    search->state_count = search->edge_count = search->entry_count = 0;
    if (search->table)
        memset(search->table, 0, search->table_size * sizeof *search->table);
}

/* How many states are looked at: fewer for each block of a program that has many. */
static size_t states_of(const struct search *search)
{
    enum { MANY = 12, LEAST = 1 << 13 };
    size_t count = search->lifted->count, states = search->options->states;
    states = states ? states : DEFAULT_STATES;
    if (count <= MANY || states <= LEAST)
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

/* Looks again, at ways that weigh at most `most`. Returns whether there is one. */
static bool look_again(struct search *search, unsigned simple, unsigned most, size_t width)
{
    forget(search);
    search->simple = simple;
    search->most = most;
    search->is_full = false;
    if (search->has_no_memory || search->is_interrupted)
        return false;
    if (!run(search, width))
        search->has_no_memory = !search->is_interrupted;
    return !search->has_no_memory && !search->is_interrupted && search->best != UINT32_MAX;
}

/* Finds some way, in one order of the instructions. Returns what it weighs; UINT32_MAX: none. */
static unsigned find_some(struct search *search, size_t width, unsigned *simple)
{
    unsigned most = heaviest(search->block);
    for (*simple = ORDERED; *simple <= SIMPLEST; ++*simple)
        for (size_t narrow = width < FIRST_WIDTH ? width : FIRST_WIDTH;; narrow = width) {
            if (look_again(search, *simple, most, narrow))
                return search->best;
            if (narrow == width || !search->is_full)
                break;
        }
    *simple = SIMPLEST;
    return UINT32_MAX;
}

/* With a limit that rises, so that the first way is the least if nothing was left out. What ways
 * weigh that are too dear is not known before, and they are many. */
static bool find_least(struct search *search, unsigned simple, size_t width, unsigned most)
{
    for (unsigned rising = search->before[search->block->count]; rising <= most; rising++) {
        if (look_again(search, simple, rising, width))
            return search->options->slack == 0 ||
                   look_again(search, simple, search->best + search->options->slack, width);
        if (search->is_full || search->has_no_memory || search->is_interrupted)
            return false;
    }
    return false;
}

/* Keeps of the ways that weigh the least those of one order, if there are such. */
static bool keep_few(struct search *search, size_t width)
{
    unsigned least = search->best;
    bool is_full = search->is_full;
    for (unsigned simple = ORDERED; simple + 1 > ALL_MOVES; simple--)
        if (look_again(search, simple, least + search->options->slack, width)) {
            search->is_full = is_full;
            return true;
        }
    return false;
}

bool search_block(struct search *search)
{
    unsigned simple, some, most = heaviest(search->block), slack = search->options->slack;
    search->states_most = states_of(search);
    size_t width = search->states_most / (search->block->count + 1) + 1;
    if (!needed_open(search)) {
        search->has_no_memory = true;
        return false;
    }
    some = find_some(search, width, &simple);
    most = some < most ? some : most;
    if (find_least(search, ALL_MOVES, width, most))
        return !search->options->has_few || keep_few(search, width);
    bool is_found = find_least(search, NEEDED, width, most) ||
                    look_again(search, NEEDED, most + slack, width) ||
                    (some != UINT32_MAX && look_again(search, simple, most + slack, width));
    search->is_full |= is_found;
    return is_found;
}

void search_free(struct search *search)
{
    forget(search);
    free(search->before);
    free(search->there);
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
