/* Finds the circles of a program's nodes: those that can be reached from each other (Tarjan's
 * algorithm, with a stack of its own). */
#include <stdlib.h>

#include "place_private.h"

struct walker {
    const struct golf_pieces *pieces;
    uint32_t *seen;   /* when a node was come to, from 1 on; 0: not yet */
    uint32_t *low;    /* the earliest node that it can go back to */
    uint32_t *open;   /* nodes that are in no circle yet */
    uint32_t *way;    /* nodes from the first one to the current one */
    uint32_t *next;   /* of each node: how many of its choices were followed */
    uint32_t *circle; /* the result */
    uint32_t opened, depth, time, circles;
};

static void come_to(struct walker *walker, uint32_t node)
{
    walker->seen[node] = walker->low[node] = ++walker->time;
    walker->open[walker->opened++] = node;
    walker->way[walker->depth++] = node;
}

/* The node from which nothing earlier can be reached has all that are open after it. */
static void leave(struct walker *walker, uint32_t node)
{
    walker->depth--;
    if (walker->depth > 0) {
        uint32_t before = walker->way[walker->depth - 1];
        if (walker->low[node] < walker->low[before])
            walker->low[before] = walker->low[node];
    }
    if (walker->low[node] != walker->seen[node])
        return;
    uint32_t member;
    do {
        member = walker->open[--walker->opened];
        walker->circle[member] = walker->circles;
        walker->low[member] = UINT32_MAX; /* closed */
    } while (member != node);
    walker->circles++;
}

static void walk_from(struct walker *walker, uint32_t first)
{
    come_to(walker, first);
    while (walker->depth > 0) {
        uint32_t node = walker->way[walker->depth - 1];
        const struct golf_node *is = &walker->pieces->nodes[node];
        uint32_t count = is->kind == GOLF_STEP ? is->count : 0;
        if (walker->next[node] == count) {
            leave(walker, node);
            continue;
        }
        uint32_t to = walker->pieces->choices[is->first + walker->next[node]++].to;
        if (walker->seen[to] == 0)
            come_to(walker, to);
        else if (walker->low[to] != UINT32_MAX && walker->seen[to] < walker->low[node])
            walker->low[node] = walker->seen[to];
    }
}

bool circles_find(const struct golf_pieces *pieces, uint32_t *circle_of)
{
    enum { TABLES = 5 };
    size_t count = pieces->node_count;
    uint32_t *tables = calloc(TABLES * count + 1, sizeof *tables);
    if (!tables)
        return false;
    struct walker walker = {.pieces = pieces,
                            .seen = tables,
                            .low = tables + count,
                            .open = tables + 2 * count,
                            .way = tables + 3 * count,
                            .next = tables + 4 * count,
                            .circle = circle_of};
    for (uint32_t node = 0; node < count; node++)
        if (walker.seen[node] == 0)
            walk_from(&walker, node);
    free(tables);
    return true;
}
