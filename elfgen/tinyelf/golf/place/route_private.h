/* The state of a search for a route: private to it and to its steps. */
#ifndef GOLF_ROUTE_PRIVATE_H
#define GOLF_ROUTE_PRIVATE_H

#include "route.h"

enum {
    TABLE_BITS = 16,
    SHORT = 2,
    FAR = 5,
    PREFIXES_MOST = 3,
    NO_GAP = ROUTE_GAPS,
    AFTER = 1 << 30 /* of a node: its branch stands, what comes right behind it is next */
};
#define DONE UINT32_MAX /* node: the chain is placed */

struct state {
    uint32_t node, from, cost;
    uint16_t offset, mask;
    bool is_closed;
    struct route_step step; /* which led here */
};

struct gap {
    uint16_t start, end;
};

struct slot {
    uint32_t epoch, state;
};

struct route {
    struct state *states;
    size_t count, capacity;
    uint64_t *heap; /* cost and state */
    size_t heap_count, heap_capacity;
    struct slot table[1 << TABLE_BITS];
    uint32_t epoch;
    struct gap gaps[ROUTE_GAPS];
    size_t gap_count;
    uint8_t *gap_of;    /* of each cell; NO_GAP: none */
    uint16_t *fields;   /* of each choice: a bit for each byte of its fields */
    uint16_t *block_of; /* of each node */
    uint16_t *next_of;  /* of each block: the next one of the chain; GOLF_NONE */
    bool *is_opposite;  /* of each block */
    struct route_step *steps;
    size_t step_capacity;
    const struct search *search;
    const struct route_wish *wish;
    bool is_full;
};

/* What the next step starts from, and what it has taken so far. */
struct way {
    uint32_t from;
    size_t offset;
    uint8_t gap;
    uint16_t mask;
    uint32_t cost;
};

/* route_states.c: reaches a state; `from` is DONE for the first ones. */
void route_reach(struct route *route, uint32_t from, uint32_t node, size_t offset, uint16_t mask,
                 uint32_t cost, const struct route_step *step);
/* The cheapest one that was reached and not yet returned. */
uint32_t route_next(struct route *route);
/* Where a gap's code begins. */
size_t route_start_of(const struct route *route, size_t gap);

/* route_steps.c: reaches all states to which one step leads. */
void route_expand(struct route *route, uint32_t number);

#endif
