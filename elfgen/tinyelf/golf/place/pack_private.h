/* How a program is packed: private to packing and to its local search. */
#ifndef GOLF_PACK_PRIVATE_H
#define GOLF_PACK_PRIVATE_H

#include "route.h"

/* What decides how a program is packed. */
struct plan {
    size_t overlap;
    uint16_t price; /* of a byte behind the headers, as in struct route_wish */
    uint8_t shift[ROUTE_GAPS];
};

enum turn {
    TURN_OPPOSITE = 1, /* what a conditional jump leads to comes right behind it */
    TURN_AWAY = 2      /* what follows is elsewhere */
};

struct pack {
    struct search search;
    struct route *route;
    const struct golf_overlap *overlaps;
    size_t overlap_count;
    uint32_t *ends; /* of each block: the node with which it ends */
    uint8_t *reach; /* of each block: bits of enum route_reach */
    bool grew;      /* a jump had to become longer */
    bool only_tail; /* all code is behind the headers */
    struct route_link *chain;
    uint8_t *in_chain;
    struct plan plan;
    uint16_t *words; /* the rest of the plan: */
    size_t word_count;
    uint16_t *rank;       /* of each block: a higher one begins earlier */
    uint16_t *avoid;      /* of each block: gaps where it does not begin, a bit for each */
    uint16_t *turns;      /* of each block: bits of enum turn */
    uint16_t *data_place; /* of each datum: how many beginnings of free bytes it leaves to others */
    uint64_t nodes;       /* states that were seen */
};

/* pack.c: false: there is no memory; it is closed in any case. */
bool pack_open(struct pack *pack, const struct golf_place_program *program,
               const struct golf_overlap *overlaps, size_t count,
               const struct golf_place_options *options, golf_candidate *candidate,
               size_t capacity);
void pack_close(struct pack *pack);

/* Packs as the plan says, in at most `size` bytes. Returns the file's size; 0: that is impossible.
 */
size_t pack_once(struct pack *pack, size_t size);

/* Whether the file that pack_once() has just made starts and is accepted. */
bool pack_finish(struct pack *pack, size_t size);

#endif
