/* What a placer takes, of the states and instructions that the search kept. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/no_memory.h"
#include "search.h"

/* The least bytes from a block's beginning to each state; edges sorted by the state before. */
struct ways {
    uint32_t *from_start;
    uint32_t *first_edge; /* by state; one more at the end */
    uint32_t *edges;
    uint32_t *nodes; /* the node of each state; UINT32_MAX: it is on no way that is kept */
    uint32_t *next;  /* another state of the same node; 0: none */
};

static void ways_free(struct ways *ways)
{
    free(ways->from_start);
    free(ways->first_edge);
    free(ways->edges);
    free(ways->nodes);
    free(ways->next);
}

static bool sort_edges(const struct search *search, struct ways *ways)
{
    size_t states = search->state_count;
    ways->first_edge = calloc(states + 2, sizeof *ways->first_edge);
    ways->edges = malloc((search->edge_count + 1) * sizeof *ways->edges);
    ways->from_start = malloc(states * sizeof *ways->from_start);
    ways->nodes = malloc(states * sizeof *ways->nodes);
    if (!ways->first_edge || !ways->edges || !ways->from_start || !ways->nodes)
        return false;
    uint32_t *next = ways->first_edge + 1; /* counted one further, so that filling moves it back */
    for (size_t i = 0; i < search->edge_count; i++)
        next[search->edges[i].before + 1]++;
    for (size_t i = 1; i <= states; i++)
        next[i] += next[i - 1];
    for (size_t i = 0; i < search->edge_count; i++)
        ways->edges[next[search->edges[i].before]++] = (uint32_t)i;
    memset(ways->from_start, UINT8_MAX, states * sizeof *ways->from_start);
    memset(ways->nodes, UINT8_MAX, states * sizeof *ways->nodes);
    return true;
}

/* Whether a way that begins with `from_start` bytes and has this edge is short enough. */
static bool is_kept(const struct search *search, uint32_t from_start, const struct edge *edge)
{
    return from_start + edge->weight + search->costs[edge->after] <=
           search->best + search->options->slack;
}

/* Distances of at most best + slack: by sweeps, as few instructions are on a way. */
static bool measure(const struct search *search, struct ways *ways)
{
    uint32_t *queue = NULL;
    size_t count = 0, capacity = 0;
    bool is_done = true;
    for (size_t i = 0; i < search->entry_count && is_done; i++) {
        uint32_t entry = search->entries[i];
        if (search->costs[entry] > search->best + search->options->slack)
            continue;
        ways->from_start[entry] = 0;
        is_done = grow_array(&queue, count + 1, &capacity, sizeof *queue);
        if (is_done)
            queue[count++] = entry;
    }
    for (size_t at = 0; at < count && is_done; at++) {
        uint32_t state = queue[at];
        for (uint32_t i = ways->first_edge[state]; i < ways->first_edge[state + 1]; i++) {
            const struct edge *edge = &search->edges[ways->edges[i]];
            uint32_t length = ways->from_start[state] + edge->weight;
            if (length >= ways->from_start[edge->after] ||
                !is_kept(search, ways->from_start[state], edge))
                continue;
            ways->from_start[edge->after] = length;
            is_done = grow_array(&queue, count + 1, &capacity, sizeof *queue);
            if (!is_done)
                break;
            queue[count++] = edge->after;
        }
    }
    free(queue);
    return is_done;
}

/* ---- nodes and choices ---- */

struct capacities {
    size_t nodes, choices;
};

struct adding {
    struct golf_pieces *pieces;
    struct capacities *capacities;
    const struct search *search;
    uint32_t first, to;
    uint16_t mnemonic; /* of the move */
    /* By length: 1 plus the mnemonic of a choice that shares nothing with headers or data, and
     * leads to `to`. */
    uint32_t plain[GOLF_CHOICE_BYTES + 1];
    bool has_no_memory;
};

static bool is_same_choice(const struct golf_choice *a, const struct golf_choice *b)
{
    if (a->to != b->to || a->length != b->length || a->field_count != b->field_count ||
        a->followed_by != b->followed_by || memcmp(a->bytes, b->bytes, a->length) != 0)
        return false;
    for (size_t i = 0; i < a->field_count; i++) {
        const struct golf_field *f = &a->fields[i], *g = &b->fields[i];
        if (f->kind != g->kind || f->offset != g->offset || f->length != g->length ||
            f->target != g->target || f->addend != g->addend)
            return false;
    }
    return true;
}

/* Of choices that share no byte with headers or data one of a length is as good as all. */
static bool is_superfluous(struct adding *adding, const struct golf_choice *choice)
{
    const struct golf_lifted *lifted = adding->search->lifted;
    uint32_t *plain = &adding->plain[choice->length], is = adding->mnemonic + 1u;
    if (!adding->search->weights ||
        weights_may_share(adding->search->weights, choice, lifted->data, lifted->data_count))
        return false;
    bool is_there = *plain == is;
    *plain = is;
    return is_there;
}

static bool add_choice(const struct golf_choice *choice, void *context)
{
    struct adding *adding = context;
    struct golf_pieces *pieces = adding->pieces;
    struct golf_choice added = *choice;
    added.to = adding->to;
    for (size_t i = adding->first; i < pieces->choice_count; i++)
        if (is_same_choice(&pieces->choices[i], &added))
            return true;
    if (is_superfluous(adding, choice))
        return true;
    if (!grow_array(&pieces->choices, pieces->choice_count + 1, &adding->capacities->choices,
                    sizeof *pieces->choices)) {
        adding->has_no_memory = true;
        return false;
    }
    pieces->choices[pieces->choice_count++] = added;
    return true;
}

static uint32_t add_node(struct golf_pieces *pieces, struct capacities *capacities,
                         const struct golf_node *node)
{
    if (!grow_array(&pieces->nodes, pieces->node_count + 1, &capacities->nodes,
                    sizeof *pieces->nodes))
        return UINT32_MAX;
    pieces->nodes[pieces->node_count] = *node;
    return (uint32_t)pieces->node_count++;
}

static struct golf_node node_of(const struct search *search, uint32_t number)
{
    const struct state *state = &search->states[number];
    struct golf_node node = {.kind = GOLF_STEP,
                             .taken = GOLF_NONE,
                             .other = GOLF_NONE,
                             .block = (uint16_t)(search->block - search->lifted->blocks),
                             .operation = state->position,
                             .least = search->costs[number],
                             .flags_are_dead = !state->flags};
    unsigned registers = search->lifted->bits == 64 ? GOLF_REGISTERS : GOLF_REGISTERS / 2;
    for (unsigned i = 0; i < registers; i++)
        if (!state->registers[i] && i != 4) /* the stack pointer: pushes go below it */
            node.dead_registers = (uint16_t)(node.dead_registers | 1u << i);
    if (number)
        return node;
    /* The first state is the end. */
    static const uint8_t kinds[] = {[GOLF_STOP] = GOLF_NODE_STOP,
                                    [GOLF_GO] = GOLF_NODE_GO,
                                    [GOLF_BRANCH] = GOLF_NODE_BRANCH,
                                    [GOLF_CALLS] = GOLF_NODE_CALLS,
                                    [GOLF_RETURNS] = GOLF_NODE_RETURNS};
    node.kind = kinds[search->block->end];
    node.condition = search->block->condition;
    node.taken = search->block->taken;
    node.other = search->block->other;
    return node;
}

/* States that are the same but for what is taken of the headers are one node. */
static uint32_t hash_of(struct state state)
{
    uint64_t value = state.position | (uint64_t)state.depth << 16 | (uint64_t)state.flags << 24;
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        value = (value ^ state.registers[i]) * 1099511628211u;
    for (size_t i = 0; i < STACK_DEPTH; i++)
        value = (value ^ state.stack[i]) * 1099511628211u;
    return (uint32_t)(value ^ value >> 32);
}

static bool is_same_but_taken(const struct state *a, const struct state *b)
{
    return a->position == b->position && a->depth == b->depth && a->flags == b->flags &&
           !memcmp(a->registers, b->registers, sizeof a->registers) &&
           !memcmp(a->stack, b->stack, sizeof a->stack);
}

static bool add_nodes(const struct search *search, struct ways *ways, struct golf_pieces *pieces,
                      struct capacities *capacities)
{
    size_t size = 2;
    while (size < 2 * search->state_count)
        size *= 2;
    uint32_t *table = calloc(size, sizeof *table); /* states plus 1 */
    ways->next = calloc(search->state_count + 1, sizeof *ways->next);
    bool is_done = table && ways->next;
    for (uint32_t i = 0; i < search->state_count && is_done; i++) {
        if (ways->from_start[i] == UINT32_MAX)
            continue;
        size_t at = hash_of(search->states[i]) & (size - 1);
        while (table[at] && !is_same_but_taken(&search->states[table[at] - 1], &search->states[i]))
            at = (at + 1) & (size - 1);
        if (table[at]) {
            ways->nodes[i] = ways->nodes[table[at] - 1];
            ways->next[i] = ways->next[table[at] - 1];
            ways->next[table[at] - 1] = i;
            continue;
        }
        table[at] = i + 1;
        struct golf_node node = node_of(search, i);
        ways->nodes[i] = add_node(pieces, capacities, &node);
        pieces->nodes[ways->nodes[i] == UINT32_MAX ? 0 : ways->nodes[i]].first = UINT32_MAX;
        is_done = ways->nodes[i] != UINT32_MAX;
    }
    free(table);
    return is_done;
}

static bool add_choices_of(const struct search *search, const struct ways *ways, uint32_t state,
                           struct adding *adding)
{
    for (uint32_t k = ways->first_edge[state]; k < ways->first_edge[state + 1]; k++) {
        const struct edge *edge = &search->edges[ways->edges[k]];
        if (ways->nodes[edge->after] == UINT32_MAX)
            continue;
        unsigned rest = ways->from_start[state] + search->costs[edge->after];
        unsigned most = search->best + search->options->slack;
        if (adding->to != ways->nodes[edge->after])
            memset(adding->plain, 0, sizeof adding->plain);
        adding->to = ways->nodes[edge->after];
        adding->mnemonic = edge->move.mnemonic;
        if (rest < most)
            move_choices(search, &edge->move, most - rest, edge->takes, add_choice, adding);
        if (adding->has_no_memory)
            return false;
    }
    return true;
}

static bool add_choices(const struct search *search, const struct ways *ways,
                        struct golf_pieces *pieces, struct capacities *capacities)
{
    for (uint32_t i = 0; i < search->state_count; i++) {
        struct golf_node *node = &pieces->nodes[ways->nodes[i] == UINT32_MAX ? 0 : ways->nodes[i]];
        if (ways->nodes[i] == UINT32_MAX || node->first != UINT32_MAX)
            continue;
        node->first = (uint32_t)pieces->choice_count;
        if (node->kind != GOLF_STEP)
            continue;
        struct adding adding = {.pieces = pieces,
                                .capacities = capacities,
                                .search = search,
                                .first = (uint32_t)pieces->choice_count};
        /* The first state of a node leads to all others of it. */
        for (uint32_t state = i, next = UINT32_MAX; next != 0; state = next) {
            next = ways->next[state];
            if (!add_choices_of(search, ways, state, &adding))
                return false;
        }
        node->count = (uint32_t)pieces->choice_count - adding.first;
    }
    return true;
}

/* The block's first node: it leads to all states that its beginning meets. */
static bool add_entry(const struct search *search, const struct ways *ways,
                      struct golf_pieces *pieces, struct capacities *capacities, size_t block)
{
    struct golf_node node = {.kind = GOLF_STEP,
                             .taken = GOLF_NONE,
                             .other = GOLF_NONE,
                             .block = (uint16_t)block,
                             .least = search->best,
                             .first = (uint32_t)pieces->choice_count};
    uint32_t number = add_node(pieces, capacities, &node);
    if (number == UINT32_MAX)
        return false;
    for (size_t i = 0; i < search->entry_count; i++) {
        uint32_t state = ways->nodes[search->entries[i]];
        struct adding adding = {.pieces = pieces,
                                .capacities = capacities,
                                .search = search,
                                .first = node.first,
                                .to = state};
        struct golf_choice nothing = {.followed_by = GOLF_NONE, .reason = "the block's beginning"};
        if (state != UINT32_MAX && !add_choice(&nothing, &adding))
            return false;
    }
    pieces->nodes[number].count = (uint32_t)pieces->choice_count - node.first;
    pieces->blocks[block] = number;
    return true;
}

/* The fewest bytes from each node to the end of its block. */
static void measure_least(struct golf_pieces *pieces, size_t first_node)
{
    for (size_t i = first_node; i < pieces->node_count; i++)
        pieces->nodes[i].least = pieces->nodes[i].kind == GOLF_STEP ? UINT16_MAX : 0;
    for (bool is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = first_node; i < pieces->node_count; i++) {
            struct golf_node *node = &pieces->nodes[i];
            for (uint32_t k = node->first; k < node->first + node->count; k++) {
                const struct golf_choice *choice = &pieces->choices[k];
                uint32_t least = pieces->nodes[choice->to].least + choice->length;
                if (least < node->least)
                    node->least = least, is_changed = true;
            }
        }
    }
}

static bool add_block(const struct search *search, struct golf_pieces *pieces,
                      struct capacities *capacities, size_t block)
{
    struct ways ways = {0};
    size_t first_node = pieces->node_count;
    bool is_done = sort_edges(search, &ways) && measure(search, &ways) &&
                   add_nodes(search, &ways, pieces, capacities) &&
                   add_choices(search, &ways, pieces, capacities) &&
                   add_entry(search, &ways, pieces, capacities, block);
    if (is_done)
        measure_least(pieces, first_node);
    ways_free(&ways);
    return is_done;
}

/* Adds the pieces of one block. False: *error says why, or the search was interrupted. */
static bool shrink_block(const struct golf_lifted *lifted,
                         const struct golf_shrink_options *options, const struct weights *weights,
                         size_t block, struct golf_pieces *pieces, struct capacities *capacities,
                         struct elfgen_error *error)
{
    struct search *search = calloc(1, sizeof *search);
    if (!search)
        return error_no_memory(error);
    search->lifted = lifted;
    search->block = &lifted->blocks[block];
    search->options = options;
    search->weights = weights;
    search->before_state = moves_before;
    bool is_found = search_block(search);
    bool is_done = is_found && add_block(search, pieces, capacities, block);
    if (!is_found && !search->has_no_memory && !search->is_interrupted)
        elfgen_error_set(error, search->is_full ? ELFGEN_DOES_NOT_FIT : ELFGEN_UNSUPPORTED,
                         search->block->offset,
                         search->is_full
                             ? "there are too many ways to provide what the code here needs"
                             : "no known instructions provide what the code here needs");
    else if (!is_done)
        error_no_memory(error);
    pieces->is_cut |= search->is_full;
    search_free(search);
    free(search);
    return is_done;
}

bool golf_shrink(const struct golf_lifted *lifted, const struct golf_shrink_options *options,
                 struct golf_pieces *pieces, struct elfgen_error *error)
{
    struct capacities capacities = {0};
    struct weights *weights = options->overlap_count ? malloc(sizeof *weights) : NULL;
    *pieces = (struct golf_pieces){.bits = lifted->bits,
                                   .data = lifted->data,
                                   .data_count = lifted->data_count,
                                   .block_count = lifted->count};
    pieces->blocks = calloc(lifted->count, sizeof *pieces->blocks);
    bool is_done = pieces->blocks && (weights || !options->overlap_count);
    if (!is_done)
        error_no_memory(error);
    else if (weights)
        weights_open(weights, options->overlaps, options->overlap_count, lifted);
    for (size_t i = 0; i < lifted->count && is_done; i++)
        is_done = shrink_block(lifted, options, weights, i, pieces, &capacities, error);
    free(weights);
    if (!is_done)
        golf_pieces_free(pieces);
    return is_done;
}

size_t golf_pieces_least_code(const struct golf_pieces *pieces)
{
    size_t least = 0;
    for (size_t i = 0; i < pieces->block_count; i++)
        least += pieces->nodes[pieces->blocks[i]].least;
    return least;
}

size_t golf_pieces_low_bytes(const struct golf_pieces *pieces)
{
    size_t size = golf_pieces_least_code(pieces);
    bool is_set = false;
    for (size_t i = 0; i < pieces->data_count; i++)
        size += pieces->data[i].file_size;
    for (size_t i = 0; i < pieces->choice_count; i++)
        for (size_t k = 0; k < pieces->choices[i].field_count; k++)
            is_set |= pieces->choices[i].fields[k].kind == GOLF_ABSOLUTE_FIELD &&
                      pieces->choices[i].fields[k].length == 1;
    return is_set ? size : 0;
}

void golf_pieces_free(struct golf_pieces *pieces)
{
    free(pieces->nodes);
    free(pieces->choices);
    free(pieces->blocks);
    free(pieces->is_compared);
    *pieces = (struct golf_pieces){0};
}
