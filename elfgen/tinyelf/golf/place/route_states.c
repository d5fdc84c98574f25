/* The states of a search for a route: which were reached, at what cost, and which is next. */
#include "base/grow.h"
#include "route_private.h"

/* A table that is full has no end of a search for a slot. */
enum { TABLE_MOST = 3 << (TABLE_BITS - 2) };

static bool push_heap(struct route *route, uint32_t cost, uint32_t state)
{
    if (!grow_array(&route->heap, route->heap_count + 1, &route->heap_capacity,
                    sizeof *route->heap))
        return false;
    size_t at = route->heap_count++;
    uint64_t entry = (uint64_t)cost << 32 | state;
    while (at > 0 && route->heap[(at - 1) / 2] > entry) {
        route->heap[at] = route->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    route->heap[at] = entry;
    return true;
}

uint32_t route_next(struct route *route)
{
    uint64_t top = route->heap[0], last = route->heap[--route->heap_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < route->heap_count; at = child) {
        if (child + 1 < route->heap_count && route->heap[child + 1] < route->heap[child])
            child++;
        if (route->heap[child] >= last)
            break;
        route->heap[at] = route->heap[child];
    }
    route->heap[at] = last;
    return (uint32_t)top;
}

static struct slot *slot_of(struct route *route, uint32_t node, uint16_t offset, uint16_t mask)
{
    uint64_t hash = memo_mix(((uint64_t)node << 32 | (uint64_t)offset << 16 | mask) + 0x9e3779b9);
    for (size_t at = (size_t)hash;; at++) {
        struct slot *slot = &route->table[at & ((1u << TABLE_BITS) - 1)];
        if (slot->epoch != route->epoch)
            return slot;
        const struct state *state = &route->states[slot->state];
        if (state->node == node && state->offset == offset && state->mask == mask)
            return slot;
    }
}

void route_reach(struct route *route, uint32_t from, uint32_t node, size_t offset, uint16_t mask,
                 uint32_t cost, const struct route_step *step)
{
    if (node == DONE)
        offset = mask = 0;
    struct slot *slot = slot_of(route, node, (uint16_t)offset, mask);
    uint32_t at = slot->state;
    if (slot->epoch == route->epoch) {
        if (route->states[at].is_closed || route->states[at].cost <= cost)
            return;
    } else {
        if (route->count >= route->wish->states || route->count >= TABLE_MOST ||
            !grow_array(&route->states, route->count + 1, &route->capacity,
                        sizeof *route->states)) {
            route->is_full = true;
            return;
        }
        at = (uint32_t)route->count++;
        *slot = (struct slot){route->epoch, at};
    }
    route->states[at] = (struct state){.node = node,
                                       .from = from == DONE ? at : from,
                                       .cost = cost,
                                       .offset = (uint16_t)offset,
                                       .mask = mask,
                                       .step = *step};
    if (!push_heap(route, cost, at))
        route->is_full = true;
}

size_t route_start_of(const struct route *route, size_t gap)
{
    size_t start = (size_t)route->gaps[gap].start + route->wish->shift[gap];
    return start < route->gaps[gap].end ? start : route->gaps[gap].start;
}
