/* The graph of states that lead to a block's end: private to shrink/. */
#ifndef GOLF_SEARCH_H
#define GOLF_SEARCH_H

#include "demand.h"
#include "shrink.h"
#include "weights.h"

enum { STACK_DEPTH = 2, STACK_POINTER = 4, NOTHING = UINT8_MAX };

/* What is asked at a moment, as numbers of interned demands; 0: nothing. */
struct state {
    uint16_t position; /* the operation that comes next; the block's count: its end */
    uint8_t depth;     /* values that were pushed and are still to be popped */
    uint8_t flags;     /* those that matter, as state_flags() has them */
    uint32_t taken;    /* bytes of headers that instructions after it take for themselves, as in
                          struct weighing */
    uint16_t registers[GOLF_REGISTERS];
    uint16_t stack[STACK_DEPTH]; /* the last one is on top */
};

/* Of bits of enum elfgen_x86_flag those that instructions change that may be added: the overflow
 * flag has the place of one that there is not. */
static inline uint8_t state_flags(uint32_t flags)
{
    const uint32_t low =
        ELFGEN_X86_CF | ELFGEN_X86_PF | ELFGEN_X86_AF | ELFGEN_X86_ZF | ELFGEN_X86_SF;
    return (uint8_t)((flags & low) | (flags & ELFGEN_X86_OF ? 2 : 0));
}

/* An instruction that is added, or (`operation`) one of the block's. */
struct move {
    uint16_t mnemonic;    /* enum elfgen_x86_mnemonic */
    uint8_t registers[2]; /* operands, numbers in the encoding; NOTHING: none */
    uint8_t size;         /* bytes of operands in registers: 1, 4, 8 */
    uint8_t form;         /* enum move_form */
    uint16_t data;        /* of `number`, if that is an address */
    int64_t number;
    const char *reason; /* static text */
};
enum move_form {
    MOVE_REGISTERS, /* one or two registers */
    MOVE_IMMEDIATE, /* and an immediate, `number` */
    MOVE_ADDRESS,   /* and an immediate, the address of `number` in `data`, in 4 bytes */
    MOVE_WIDE,      /* the same, in 8 bytes */
    MOVE_LOW,       /* its low byte */
    MOVE_MEMORY,    /* registers[0] becomes registers[1] + `number` (lea) */
    MOVE_RELATIVE,  /* registers[0] becomes the address, relative to the instruction's end (lea) */
    MOVE_CALL,      /* a call that pushes the address of `data`, which follows it */
    MOVE_CALL_OVER, /* a call that pushes some address of the file */
    MOVE_INT80,     /* the operation `number`, a system call, by int 0x80: other_door() */
    MOVE_OPERATION, /* the operation `number` itself */
    MOVE_PLACE      /* the operation `data`, its place in memory being registers[0] + `number` */
};

struct edge {
    uint32_t before, after; /* states, in the order of execution */
    uint8_t weight;         /* of its lightest encoding, move_weigh() */
    uint32_t takes;         /* bytes of headers, as in struct weighing */
    struct move move;
};

/* States of ways that weigh the same. */
struct bucket {
    uint32_t *states;
    size_t count, capacity;
};

/* States before an operation, by the weight of a way through them. */
struct queue {
    struct bucket *buckets;
    size_t count, capacity;
};

/* A move whose weights are known. */
struct weighed {
    bool is_known;
    struct move move;
    struct weighing weighing;
};
enum { SEARCH_WEIGHED = 1 << 14 };

/* What instructions weigh at least that put a value into a register: `with` if they may take those
 * bytes of headers. */
struct needed {
    bool is_address, is_low; /* is_low: by an instruction that sets the low byte alone */
    bool has_next;           /* an address, and the block has that of a byte next to it, too */
    uint8_t plain, with;
    uint32_t takes;
};

/* Which instructions are looked at: all, or fewer as there are too many ways. */
enum search_simple {
    ALL_MOVES,
    NEEDED,  /* those that put a value into a register that does not have it, what was pushed first
              */
    ORDERED, /* for one register after the other */
    SIMPLEST /* with registers besides that keep values, as there is no way otherwise */
};

struct search {
    const struct golf_lifted *lifted;
    const struct golf_block *block;
    const struct golf_shrink_options *options;
    const struct weights *weights; /* of options->overlaps; NULL: none are known */
    /* Adds all states before a state that differ by one instruction: moves_before(). */
    void (*before_state)(struct search *search, uint32_t after);
    uint16_t usable;        /* registers that instructions may use: others are as good as these */
    struct demand *demands; /* [0]: nothing */
    struct needed *needed;  /* by demand: what must come before at least */
    size_t demand_count, demand_capacity, needed_capacity;
    uint16_t *demand_table; /* numbers of demands by hash; 0: empty */
    size_t demand_table_size;
    struct state *states;
    uint32_t *costs; /* the least weight from each state to the end */
    bool *is_done;
    size_t state_count, state_capacity, cost_capacity, done_capacity;
    uint32_t *table; /* states by hash, plus 1; 0: empty */
    size_t table_size;
    struct edge *edges;
    size_t edge_count, edge_capacity;
    uint32_t *entries; /* states that the block's beginning meets */
    size_t entry_count, entry_capacity;
    struct queue *queues; /* by position: states by cost, and what must come before them at least */
    uint32_t whole;       /* of the state that is looked at */
    uint32_t *before;     /* by position: bytes of the operations before it */
    const struct golf_value *
        *there;    /* by position and register: what it has if it is not changed */
    uint32_t best; /* from the best entry to the end; UINT32_MAX: none was found */
    uint32_t most; /* states on ways that weigh more are left out */
    size_t states_most, visited;
    bool has_no_memory, is_interrupted;
    bool is_full;    /* there are more states than were looked at: the best may not be the least */
    unsigned simple; /* enum search_simple */
    struct weighed weighed[SEARCH_WEIGHED];
};

/* Fills the search's states, edges and entries: all ways that weigh at most `slack` more than the
 * best, or some of them where there are too many states (is_full). False: no memory
 * (has_no_memory), interrupted, or there is no way. */
bool search_block(struct search *search);
void search_free(struct search *search);

/* ---- for moves_before() ---- */

/* The demand of a register of a state. */
static inline const struct demand *search_demand(const struct search *search, uint16_t number)
{
    return &search->demands[number];
}

/* The number of a demand. */
uint16_t search_number(struct search *search, const struct demand *demand);

/* Adds the state before an instruction that leads to state `after`. */
void search_add(struct search *search, const struct state *before, uint32_t after,
                const struct move *move);

/* Adds all states before state `after` that differ by one instruction. */
void moves_before(struct search *search, uint32_t after);

/* ---- encodings.c ---- */

/* What a move's encodings weigh: free bytes among the headers; or bytes. No ways: there is no
 * encoding. */
void move_weigh(const struct search *search, const struct move *move, struct weighing *weighing);

/* Calls `found` for each encoding that weighs at most `heaviest` while it takes nothing but `takes`
 * of the headers. Returns false if `found` did. */
bool move_choices(const struct search *search, const struct move *move, unsigned heaviest,
                  uint32_t takes, bool (*found)(const struct golf_choice *choice, void *context),
                  void *context);

#endif
