/* A search in one overlap, at one size, with the data in place: what it keeps. */
#ifndef GOLF_PLACE_PRIVATE_H
#define GOLF_PLACE_PRIVATE_H

#include "board.h"
#include "fillers.h"
#include "memo.h"
#include "place.h"

enum {
    SEARCH_ITEMS = 512,
    SEARCH_PENDING = 128,
    SEARCH_NOWHERE = UINT16_MAX,
    SEARCH_NEVER = 9999,
    SEARCH_MISFIT = UINT8_MAX
};

/* A number that waits until its block has a place. */
struct search_pending {
    struct golf_field field;
    uint16_t cell, end;
};

/* Choices with the same bytes. */
struct search_pattern {
    uint32_t choice; /* the first of them */
    uint8_t length;
    uint8_t next, next_length; /* where its GOLF_NEXT_FIELD is, if it has one */
    bool is_last;              /* nothing is executed after one of them */
};

struct search {
    const struct golf_pieces *pieces;
    const struct golf_overlap *overlap;
    const struct golf_place_options *options;
    const struct fillers *fillers;
    golf_candidate *candidate;
    const struct place_flag_effect *flag_effects; /* of each choice */
    struct board board;
    uint64_t *failed, salt; /* states that failed, and what tells this board from others */
    uint16_t *data_at, *block_at;
    bool *is_on_path; /* of each node: whether the search came through it */
    uint16_t *need;   /* free bytes that a node needs at least, up to its block's end */
    uint16_t *takes;  /* of each choice: the fewest free bytes that it takes anywhere */
    struct search_pattern *patterns;
    size_t pattern_count;
    uint32_t *pattern_of; /* of each choice */
    uint16_t *pattern_takes;
    uint8_t *fits; /* free bytes that a pattern takes at an offset: a row a pattern */
    bool is_alive[BOARD_CELLS + GOLF_CHOICE_BYTES]; /* an instruction could begin here */
    /* Bytes that it costs to go on behind a run of free bytes that ends before a given one. */
    uint8_t leave[BOARD_CELLS + 1];
    uint16_t jumps;         /* conditions of jumps that bytes which stand, or are bound, could be */
    size_t unplaced;        /* blocks without a place */
    uint32_t unplaced_need; /* and what they need */
    uint64_t block_hash;
    struct golf_item items[SEARCH_ITEMS];
    size_t item_count;
    struct search_pending pending[SEARCH_PENDING];
    size_t pending_count;
    uint16_t entry;
    uint64_t nodes, limit, deadline;
    bool is_stopped, is_found;
};

/* Where the search is: the node that comes next, at which offset. */
struct search_at {
    uint32_t node;
    uint16_t offset;
    bool is_adrift;  /* it began amid free bytes, so it has to use one that stands, or it could as
                        well have begun with the first of them */
    bool is_landing; /* a jump leads here */
    struct place_flags flags;
};

/* Of a search, what a step changes. */
struct search_mark {
    size_t changes, items, pending;
};

/* bound.c: computes `need` and `leave` for a board on which header and data stand. Returns false if
 * a block has no room. */
bool bound_open(struct search *search);
/* Whether code could go on behind the run of free bytes that has `offset`. */
bool bound_may_go_on(const struct search *search, size_t offset);
/* Whether the free bytes may suffice from here on. */
bool bound_allows(const struct search *search, const struct search_at *at);

/* moves.c: each returns false if it is impossible; the board is then partly changed. */
struct search_mark search_mark(const struct search *search);
void search_undo(struct search *search, struct search_mark mark);
bool search_note(struct search *search, enum golf_item_kind kind, size_t offset, size_t length,
                 uint32_t which);
bool search_put_choice(struct search *search, uint32_t which, size_t offset);
bool search_put_field(struct search *search, const struct golf_field *field, size_t cell,
                      size_t end);
bool search_put_relative(struct search *search, size_t cell, size_t length, size_t end,
                         size_t target);
bool search_place_block(struct search *search, size_t block, uint16_t offset);
void search_unplace_block(struct search *search, size_t block);
/* Whether one of these bytes stands, or is bound to others. */
bool search_touches(const struct search *search, size_t offset, size_t length);
/* Whether one of them is part of an instruction that was placed, and is not bound. */
bool search_is_code(const struct search *search, size_t offset, size_t length);
/* Whether one of them is bound to others. */
bool search_is_bound(const struct search *search, size_t offset, size_t length);

/* finish.c: fills what is left, asks the kernel's model and the caller. Returns whether the file is
 * accepted. */
bool search_finish(struct search *search);

/* search.c: tries everything on the board. */
void search_run(struct search *search);

#endif
