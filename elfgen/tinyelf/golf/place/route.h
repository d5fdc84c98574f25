/* The cheapest way to place a chain of blocks among the free bytes of a board. */
#ifndef GOLF_ROUTE_H
#define GOLF_ROUTE_H

#include "place_private.h"

enum route_kind {
    ROUTE_BLOCK,  /* the block `target` begins at `offset` */
    ROUTE_CHOICE, /* the choice `which` */
    ROUTE_PREFIX, /* `length` bytes that stand there, before the choice `which` */
    ROUTE_FILLER, /* `length` bytes, of which `head` ones are `bytes` */
    ROUTE_JUMP,   /* to `target`, by `length` bytes */
    ROUTE_NEXT,   /* the choice `which`, a jump to `target` */
    ROUTE_GO,     /* a jump to the block `target`, opcode in `bytes`; length 0: it is right here */
    ROUTE_BRANCH, /* of the node `which`: opcode `bytes`, `head` of them, and a distance to the
                     block `target` */
    ROUTE_RETURN,
    ROUTE_STOP
};
struct route_step {
    uint8_t kind; /* enum route_kind */
    uint8_t length, head, bytes[2];
    uint16_t offset, target;
    uint32_t which;
};

enum { ROUTE_GAPS = 16, ROUTE_BYTE = 16 }; /* what a byte costs in front of the file's end */

/* A block of a chain, which goes on with the next one of the chain. */
struct route_link {
    uint16_t block;
    bool is_opposite; /* its conditional jump is the opposite of the original's */
};

/* What a block needs since a jump was too short. */
enum route_reach {
    ROUTE_FAR = 1,   /* its jumps ahead have distances of 4 bytes */
    ROUTE_BEHIND = 2 /* a loop or jrcxz leads to it: it is behind the headers */
};

/* What is wanted, and where it may be. */
struct route_wish {
    const struct route_link *chain;
    size_t count;
    size_t entry_low, entry_high; /* where it may begin; low > high: at the beginning of any gap */
    size_t tail;                  /* bytes from here on make the file larger */
    unsigned price;               /* of each of them, in 1/ROUTE_BYTE of the others' */
    uint16_t avoid;               /* gaps where it may not begin: a bit for each */
    uint8_t shift[ROUTE_GAPS];    /* bytes of each gap that are skipped */
    const uint8_t *reach;         /* of each block: bits of enum route_reach */
    size_t states;                /* at most that many are looked at */
    bool only_tail;               /* nothing goes into gaps before the tail */
};

struct route;

struct route *route_open(const struct search *search);
void route_close(struct route *route);

/* Finds the steps, in their order. They are the route's, until the next call. Returns false if
 * there is no way, or too many states. *nodes grows by the states that were seen. */
bool route_find(struct route *route, const struct search *search, const struct route_wish *wish,
                const struct route_step **steps, size_t *count, uint64_t *nodes);

/* Puts steps on the board. Jumps that turn out to be too short set reach[] of their block, or of
 * that to which they lead, and *grew, and are left out. Returns false if the steps disturb each
 * other, or such a jump has no longer form; the board is then partly changed. */
bool route_put(struct search *search, const struct route_step *steps, size_t count, uint8_t *reach,
               bool *grew);

#endif
