/* A variable in memory that is followed through a lifted program: which values it may have, and
 * which other values are it plus a number. */
#ifndef GOLF_LIFT_COUNTER_STATES_H
#define GOLF_LIFT_COUNTER_STATES_H

#include "golf/lifted.h"

/* A value whose low `bits` are the counter plus `shift`; bits 0: it is not known to be that. */
struct counter_part {
    uint8_t bits;
    int64_t shift;
};

/* What is known where a block begins. */
struct counter_state {
    bool is_reached;
    bool is_stored; /* the byte that shows the counter has it now */
    int64_t low, high;
    struct counter_part parts[GOLF_REGISTERS];
};

/* An object of 1, 2, 4 or 8 bytes whose address nobody has, and a byte of another object, in which
 * the program stores it plus a number. */
struct counter {
    const struct golf_lifted *lifted;
    uint16_t object, shown;
    uint64_t at;   /* of the byte, in `shown` */
    int64_t first; /* what the counter is at the start */
    bool has_shift;
    int64_t shift;                /* that number */
    bool is_stored;               /* the byte has it at the start */
    bool is_strict;               /* all is checked that depends on the shift */
    struct counter_state *states; /* a block */
};

/* What an operation becomes if the counter is kept in the byte that shows it. */
enum counter_act {
    COUNTER_STAYS,    /* it has nothing to do with it */
    COUNTER_GOES,     /* nothing */
    COUNTER_ADDS,     /* `number` is added to it */
    COUNTER_SETS,     /* it becomes `number` */
    COUNTER_COMPARES, /* it is compared with `number` */
    COUNTER_DECIDES   /* the same, and the block's end depends on it */
};
struct counter_step {
    uint8_t act; /* enum counter_act */
    int64_t number;
};

/* A way through a block. */
enum { COUNTER_VALUES = 48 };
struct counter_walk {
    struct counter_state state;
    struct counter_value {
        uint64_t number; /* of GOLF_OPAQUE */
        struct counter_part part;
    } values[COUNTER_VALUES];
    size_t count;
    bool decides; /* the end compares the counter plus `shift` with `with` */
    int64_t shift, with;
};

/* Begins a walk with what is known at a block's start. */
void counter_begin(const struct counter *counter, size_t block, struct counter_walk *walk);

/* Follows the counter through operation `index` of a block. Returns false if that does something
 * with it that a byte, or another place, cannot have. */
bool counter_step(struct counter *counter, struct counter_walk *walk,
                  const struct golf_block *block, size_t index, struct counter_step *step);

/* What a value is in the walk: bits 0 if it has nothing to do with the counter. */
struct counter_part counter_part_of(const struct counter_walk *walk,
                                    const struct golf_value *value);

/* Sets the states of all blocks, which begin with none. Returns false as counter_step() does, or if
 * the counter's values have no bounds. */
bool counter_follow(struct counter *counter);

#endif
