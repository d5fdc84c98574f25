/* Finds the cheapest way through a chain of blocks and the gaps of a board: Dijkstra over what
 * comes next, where, and which gaps were used. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "route_private.h"

/* Numbers each node with its block: the one from whose first node it can be reached. */
static void find_blocks(struct route *route, const struct golf_pieces *pieces)
{
    memset(route->block_of, 0xff, pieces->node_count * sizeof *route->block_of);
    memset(route->next_of, 0xff, pieces->block_count * sizeof *route->next_of);
    for (size_t block = 0; block < pieces->block_count; block++)
        route->block_of[pieces->blocks[block]] = (uint16_t)block;
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t node = 0; node < pieces->node_count; node++) {
            const struct golf_node *at = &pieces->nodes[node];
            for (uint32_t i = at->first; i < at->first + at->count; i++) {
                uint16_t *block = &route->block_of[pieces->choices[i].to];
                if (route->block_of[node] == GOLF_NONE || *block != GOLF_NONE)
                    continue;
                *block = route->block_of[node];
                changed = true;
            }
        }
    }
}

struct route *route_open(const struct search *search)
{
    const struct golf_pieces *pieces = search->pieces;
    struct route *route = calloc(1, sizeof *route);
    if (!route)
        return NULL;
    route->gap_of = calloc(search->board.capacity + 1, 1);
    route->fields = calloc(pieces->choice_count + 1, sizeof *route->fields);
    route->block_of = calloc(pieces->node_count + 1, sizeof *route->block_of);
    route->next_of = calloc(pieces->block_count + 1, sizeof *route->next_of);
    route->is_opposite = calloc(pieces->block_count + 1, sizeof *route->is_opposite);
    if (!route->gap_of || !route->fields || !route->block_of || !route->next_of ||
        !route->is_opposite) {
        route_close(route);
        return NULL;
    }
    find_blocks(route, pieces);
    for (size_t i = 0; i < pieces->choice_count; i++)
        for (size_t j = 0; j < pieces->choices[i].field_count; j++) {
            const struct golf_field *field = &pieces->choices[i].fields[j];
            route->fields[i] |= (uint16_t)(((1u << field->length) - 1) << field->offset);
        }
    return route;
}

void route_close(struct route *route)
{
    if (!route)
        return;
    free(route->states);
    free(route->heap);
    free(route->gap_of);
    free(route->fields);
    free(route->block_of);
    free(route->next_of);
    free(route->is_opposite);
    free(route->steps);
    free(route);
}

/* ---- gaps ---- */

/* Runs of free bytes: the last one, and the longest of the others, in their order. */
static void find_gaps(struct route *route)
{
    const struct board *board = &route->search->board;
    memset(route->gap_of, NO_GAP, board->size + 1);
    route->gap_count = 0;
    for (size_t cell = 0; cell < board->size;) {
        if (!board_is_plain(board, cell)) {
            cell++;
            continue;
        }
        size_t end = cell;
        while (board_is_plain(board, end))
            end++;
        if ((end - cell > SHORT || end == board->size) &&
            (!route->wish->only_tail || end == board->size)) {
            size_t at = route->gap_count;
            if (at == ROUTE_GAPS) { /* the shortest one goes */
                at = 0;
                for (size_t i = 1; i < ROUTE_GAPS; i++)
                    if (route->gaps[i].end - route->gaps[i].start <
                        route->gaps[at].end - route->gaps[at].start)
                        at = i;
            } else {
                route->gap_count++;
            }
            route->gaps[at] = (struct gap){(uint16_t)cell, (uint16_t)end};
        }
        cell = end;
    }
    for (size_t i = 0; i < route->gap_count; i++)
        memset(route->gap_of + route->gaps[i].start, (int)i,
               (size_t)route->gaps[i].end - route->gaps[i].start);
}

/* ---- the search ---- */

static void begin(struct route *route, size_t offset)
{
    uint16_t block = route->wish->chain[0].block;
    uint8_t gap = route->gap_of[offset];
    if (gap != NO_GAP && route->wish->avoid >> gap & 1)
        return;
    route_reach(
        route, DONE, route->search->pieces->blocks[block], offset,
        (uint16_t)(gap == NO_GAP ? 0 : 1u << gap), 0,
        &(struct route_step){.kind = ROUTE_BLOCK, .offset = (uint16_t)offset, .target = block});
}

static void begin_all(struct route *route)
{
    const struct route_wish *wish = route->wish;
    if (wish->entry_low == wish->entry_high) {
        begin(route, wish->entry_low);
        return;
    }
    for (size_t gap = 0; gap < route->gap_count; gap++) {
        size_t start = route_start_of(route, gap);
        if (wish->entry_low > wish->entry_high ||
            (start >= wish->entry_low && start <= wish->entry_high))
            begin(route, start);
    }
}

static bool tell(struct route *route, uint32_t last, const struct route_step **steps, size_t *count)
{
    *count = 0;
    for (uint32_t at = last;; at = route->states[at].from) {
        ++*count;
        if (route->states[at].from == at)
            break;
    }
    if (!grow_array(&route->steps, *count, &route->step_capacity, sizeof *route->steps))
        return false;
    size_t i = *count;
    for (uint32_t at = last; i > 0; at = route->states[at].from)
        route->steps[--i] = route->states[at].step;
    *steps = route->steps;
    return true;
}

static void set_chain(struct route *route, bool is_set)
{
    const struct route_wish *wish = route->wish;
    for (size_t i = 0; i < wish->count; i++) {
        uint16_t block = wish->chain[i].block;
        route->next_of[block] =
            is_set && i + 1 < wish->count ? wish->chain[i + 1].block : (uint16_t)GOLF_NONE;
        route->is_opposite[block] = is_set && wish->chain[i].is_opposite;
    }
}

bool route_find(struct route *route, const struct search *search, const struct route_wish *wish,
                const struct route_step **steps, size_t *count, uint64_t *nodes)
{
    bool is_found = false;
    route->search = search;
    route->wish = wish;
    route->count = route->heap_count = 0;
    route->is_full = false;
    route->epoch++;
    find_gaps(route);
    set_chain(route, true);
    begin_all(route);
    while (route->heap_count > 0 && !route->is_full && !is_found) {
        uint32_t number = route_next(route);
        if (route->states[number].is_closed)
            continue;
        route->states[number].is_closed = true;
        ++*nodes;
        if (route->states[number].node == DONE)
            is_found = tell(route, number, steps, count);
        else if (route->states[number].offset <= search->board.size)
            route_expand(route, number);
    }
    set_chain(route, false);
    return is_found;
}
