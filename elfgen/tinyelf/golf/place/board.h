/* A file that is being filled: which bytes stand, which are free, and which must be the same. */
#ifndef GOLF_BOARD_H
#define GOLF_BOARD_H

#include "golf/overlap.h"
#include "place.h"

enum { BOARD_CELLS = GOLF_PLACE_LARGEST, BOARD_SETS = 256 };

enum board_state {
    BOARD_KNOWN = 1,    /* it has a value */
    BOARD_SPECIAL = 2,  /* it is bound to another byte, or has a set of values */
    BOARD_GIVEN = 4,    /* known before the first instruction: header and data */
    BOARD_LOCKED = 8,   /* nothing else may use it: the program writes to it */
    BOARD_RESERVED = 16 /* it will have a value that is not known yet */
};

struct board_set {
    uint64_t bits[4]; /* a bit for each allowed value */
};

struct board_change {
    uint8_t kind;
    uint16_t cell, other;
};

struct board {
    size_t size, capacity;
    uint8_t *value, *state;
    uint16_t *leader; /* of the cells with the same value */
    uint16_t *next;   /* the next one of them, in a circle */
    uint16_t *set;    /* of a leader: its set plus 1; 0: any value */
    struct board_set sets[BOARD_SETS];
    size_t set_count;
    uint64_t *free; /* a bit for each cell that has no value */
    /* Of what was filled since board_give(), and of all that a later step may see of it: which
     * cells are taken or bound, and the values of those that are bound or that `counts` has. */
    uint64_t hash;
    struct board_change *trail;
    size_t changes, trail_capacity;
    uint16_t base_at; /* cells of the base's bytes, above the first two */
    uint8_t word;     /* 8 or 4: bytes of an address */
    bool has_random_base;
    bool is_full;            /* something was refused for want of room alone */
    bool is_coarse;          /* no value counts in `hash` */
    struct board_set counts; /* values of bytes that instructions may share */
};

/* Gets memory for files of up to `capacity` bytes, at most 64 KiB; false: there is none. */
bool board_make(struct board *board, size_t capacity);
void board_free(struct board *board);

/* Fills the board with an overlap's cells and free ones up to `size`. Returns false if they
 * contradict each other. */
bool board_open(struct board *board, const struct golf_overlap *overlap, size_t size);

/* Each returns false if that is impossible; the board is then partly changed, and the caller
 * undoes. */
bool board_put(struct board *board, size_t cell, uint8_t value);
bool board_allow(struct board *board, size_t cell, const struct board_set *set);

/* Puts a number of `length` bytes, or an address: the base plus `offset`, 0 to 4095. */
bool board_put_number(struct board *board, size_t cell, size_t length, uint64_t number);
bool board_put_address(struct board *board, size_t cell, size_t length, bool is_signed,
                       int64_t offset);

/* Puts the file's size into the fields that an overlap leaves to the placer; or keeps their bytes
 * for it. */
bool board_put_sizes(struct board *board, const struct golf_overlap *overlap, size_t size);
bool board_reserve_sizes(struct board *board, const struct golf_overlap *overlap);

/* Holds the base so low that addresses have at most 31 bits. */
bool board_limit_base(struct board *board);

/* Puts the address of the first instruction into the field at `cell`. */
bool board_put_entry(struct board *board, size_t cell, uint16_t offset);

/* Keeps bytes for a number that is not known yet; and gives them free for it. */
bool board_reserve(struct board *board, size_t cell, size_t length);
bool board_release(struct board *board, size_t cell, size_t length);

/* Takes back all but the first `changes` changes. */
void board_undo(struct board *board, size_t changes);

/* Whether the cell exists, has no value, and may get any one without consequence elsewhere. */
static inline bool board_is_plain(const struct board *board, size_t cell)
{
    return cell < board->size &&
           !(board->state[cell] & (BOARD_KNOWN | BOARD_SPECIAL | BOARD_RESERVED));
}

static inline bool board_is_known(const struct board *board, size_t cell)
{
    return cell < board->size && board->state[cell] & BOARD_KNOWN;
}

static inline bool board_set_has(const struct board_set *set, uint8_t value)
{
    return set->bits[value / 64] >> value % 64 & 1;
}

/* Whether a byte could stand there. */
static inline bool board_may_be(const struct board *board, size_t cell, uint8_t value)
{
    if (cell >= board->size || board->state[cell] & (BOARD_LOCKED | BOARD_RESERVED))
        return false;
    if (board->state[cell] & BOARD_KNOWN)
        return board->value[cell] == value;
    uint16_t set = board->set[board->leader[cell]];
    return set == 0 || board_set_has(&board->sets[set - 1], value);
}

static inline bool board_is_free(const struct board *board, size_t cell)
{
    return cell < board->size && board->free[cell / 64] >> cell % 64 & 1;
}

/* Marks all that stands as given: it does not count in `hash` any more. */
void board_give(struct board *board);

#endif
