/* A search in one overlap, at one size, with the data in place: what it keeps. */
#ifndef GOLF_PLACE_PRIVATE_H
#define GOLF_PLACE_PRIVATE_H

#include "board.h"
#include "fillers.h"
#include "jobs.h"
#include "memo.h"
#include "paths.h"
#include "place.h"

enum {
    SEARCH_ITEMS = 512,
    SEARCH_PENDING = 128,
    SEARCH_NOWHERE = UINT16_MAX,
    SEARCH_NEVER = 9999,
    SEARCH_MISFIT = UINT8_MAX,
    OPCODE_RETURN = 0xc3,
    SEARCH_REFUSED =
        64 /* candidates of a board that are all looked at with the states around them */
};

/* A number that waits until its block has a place. */
struct search_pending {
    struct golf_field field;
    uint16_t cell, end;
    uint16_t from; /* the block that has it; 0 unless search.from is set */
};

/* Choices with the same bytes. */
struct search_pattern {
    uint32_t choice; /* the first of them */
    uint8_t length;
    uint8_t next, next_length; /* where its GOLF_NEXT_FIELD is, if it has one */
    bool is_last;              /* nothing is executed after one of them */
};

struct search_frame;
struct search {
    const struct golf_pieces *pieces;
    bool small_addresses;     /* as in struct golf_place_program */
    bool has_small_addresses; /* of this overlap: they may have 31 bits */
    const struct golf_overlap *overlap;
    const struct golf_place_options *options;
    struct fillers *fillers;
    golf_candidate *candidate;
    struct place_flag_effect *flag_effects; /* of each choice */
    struct board board;
    uint64_t *failed, salt; /* states that failed, and what tells this board from others */
    uint16_t *data_at, *block_at;
    const struct search_frame *frames[BOARD_CELLS]; /* at each offset: the innermost one */
    bool *is_on_path; /* of each node: whether the search came through it */
    /* Of each node: which nodes can be reached from it and lead back to it, as a number; and of
     * each number: a hash of those of them that are on the path. */
    uint32_t *circle_of;
    uint64_t *circle_path;
    uint16_t *need;  /* free bytes that a node needs at least, up to its block's end */
    uint16_t *takes; /* of each choice: the fewest free bytes that it takes anywhere */
    struct search_pattern *patterns;
    size_t pattern_count;
    uint32_t *pattern_of; /* of each choice */
    uint16_t *pattern_takes;
    uint8_t *fits; /* free bytes that a pattern takes at an offset: a row a pattern */
    /* The same on the board without data, and how that is. */
    uint8_t *plain_fits, plain_states[BOARD_CELLS];
    uint16_t plain_sets[BOARD_CELLS];
    bool is_alive[BOARD_CELLS + GOLF_CHOICE_BYTES]; /* an instruction could begin here */
    /* Bytes that it costs to go on behind a run of free bytes that ends before a given one. */
    uint8_t leave[BOARD_CELLS + 1];
    uint16_t jumps;         /* conditions of jumps that bytes which stand, or are bound, could be */
    size_t unplaced;        /* blocks without a place */
    uint32_t unplaced_need; /* and what they need */
    uint64_t block_hash;
    struct golf_item *items;
    size_t item_count, item_capacity;
    struct search_pending *pending;
    size_t pending_count, pending_capacity;
    uint16_t entry;
    uint16_t from;         /* the block that is being placed, if the caller says so */
    uint64_t nodes, limit; /* of this board; limit 0: any number */
    uint64_t deadline;
    bool is_stopped, is_found;
    bool is_given_up; /* this board */
    uint64_t refused; /* candidates of this board */
    bool has_skipped; /* something on this board, so that it is not sure that it has no file */
    bool takes_any;   /* the caller is not asked about candidates */
    bool has_paths;   /* they are of this board */
    struct paths *paths;
    struct paths_room room; /* of the state that was looked at last */
    struct jobs *jobs;
    size_t task; /* of them, if this is one of their processes */
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

/* A state that is being searched, and the one around it that is at the same offset. */
struct search_frame {
    const struct search_at *at;
    size_t changes; /* of the board, when it was come to */
    const struct search_frame *around;
};

/* Of a search, what a step changes. */
struct search_mark {
    size_t changes, items, pending;
};

/* open.c: gets what a search needs, in files of up to `capacity` bytes. Returns false if there is
 * no memory; it is closed in any case. */
bool search_open(struct search *search, const struct golf_place_program *program,
                 const struct golf_place_options *options, golf_candidate *candidate,
                 size_t capacity);
void search_close(struct search *search);

/* circles.c: numbers nodes so that those which can be reached from each other have the same number,
 * less than how many nodes there are. Returns false if there is no memory. */
bool circles_find(const struct golf_pieces *pieces, uint32_t *circle_of);

/* bound.c: computes `need` and `leave` for a board on which header and data stand. Returns false if
 * a block has no room. */
bool bound_open(struct search *search);

/* fits.c: looks at the board without data; and with them. */
void fits_open(struct search *search);
void fits_find(struct search *search);
/* Whether this overlap's addresses may be written in a choice. */
bool bound_may_stand(const struct search *search, const struct golf_choice *choice);
/* Whether code could go on behind the run of free bytes that has `offset`. */
bool bound_may_go_on(const struct search *search, size_t offset);
/* Whether the free bytes may suffice from here on. */
bool bound_allows(const struct search *search, const struct search_at *at);
/* Whether a cell is one of the addresses that the headers have. */
bool bound_is_of_address(const struct search *search, size_t cell);
/* The first free byte from a cell on, and the end of the run of free bytes that begins with one. */
size_t bound_next_free(const struct board *board, size_t cell);
size_t bound_end_of(const struct board *board, size_t cell);
/* What it costs to leave the run that ends before `end`. */
size_t bound_leave_at(const struct search *search, size_t end);

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
void search_forget_blocks(struct search *search);
/* Whether a field is about a datum that is in a segment of its own, since it is written. */
static inline bool search_is_apart(const struct search *search, const struct golf_field *field)
{
    return search->overlap->written_at && !field->is_block && field->kind != GOLF_NEXT_FIELD &&
           search->pieces->data[field->target].is_written;
}

/* Whether the overlap's segment has what a datum needs. */
bool search_may_have(const struct search *search, const struct golf_data *data);
/* The overlap that is tried as the n-th one. */
static inline size_t search_nth_overlap(const struct golf_place_options *options, size_t n)
{
    return options->order ? options->order[n] : n;
}

/* The first offset from this one on at which data may be, by their alignment. */
static inline size_t search_aligned(const struct golf_data *data, size_t offset)
{
    size_t align = data->align ? data->align : 1;
    return offset + ((data->address - offset) & (align - 1));
}

/* Whether zeros can be at an offset behind the file. */
bool search_zeros_fit(const struct search *search, const struct golf_data *data, size_t offset);
/* Whether addresses may have at most 31 bits here; holds them to it, if the program needs that.
 * Returns false if the program is not right here. */
bool search_limit_addresses(struct search *search);
/* Whether one of these bytes stands, or is bound to others. */
bool search_touches(const struct search *search, size_t offset, size_t length);
/* Whether one of them is part of an instruction that was placed, and is not bound. */
bool search_is_code(const struct search *search, size_t offset, size_t length);
/* Whether a choice may share bytes with other instructions: with the last one of a program, which
 * others may jump to. */
bool search_may_share(const struct search *search, uint32_t which);
/* Whether one of them is bound to others. */
bool search_is_bound(const struct search *search, size_t offset, size_t length);

/* finish.c: chooses the bytes of the base that nothing depends on: the lowest one that Linux takes.
 */
bool search_put_base(struct search *search);
/* Fills what is left, asks the kernel's model and the caller. Returns whether the file is
 * accepted. */
bool search_finish(struct search *search);

/* keys.c: all that the search from a state on depends on, so that states with the same key have the
 * same files: what is taken and what may be shared of it (board.h), where blocks are, what waits in
 * its order, and the nodes to which a circle could lead back. */
uint64_t search_key(const struct search *search, const struct search_at *at);

/* search.c: tries everything on the board. */
bool search_is_late(struct search *search);
void search_run(struct search *search);

#endif
