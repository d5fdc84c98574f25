/* A program as golf places it: nodes, and the bytes that lead from one to the next.
 *
 * shrink/ makes it of a lifted program, place/ chooses a way and a position for each byte. A node
 * is what holds at a moment: which operation is next, and what the registers contain. Its choices
 * are instructions, each with the node that it leads to. All ways from a block's first node to its
 * end do the same; they differ in bytes. */
#ifndef GOLF_PIECES_H
#define GOLF_PIECES_H

#include "golf/lifted.h"

enum { GOLF_CHOICE_BYTES = 16 };

/* Why a choice does what the original did: a row a kind, for reports. */
struct golf_choice {
    uint8_t bytes[GOLF_CHOICE_BYTES]; /* 0 where fields are */
    uint8_t length;
    uint8_t field_count;
    struct golf_field fields[GOLF_CHOICE_FIELDS];
    /* Data that must stand right behind it, since it pushes the address there and goes on at its
     * GOLF_NEXT_FIELD's target; GOLF_NONE: none. */
    uint16_t followed_by;
    uint32_t to;        /* a node of the same block */
    const char *reason; /* "mov: a register that is 0", static text */
};

enum golf_node_kind {
    GOLF_STEP,        /* one of its choices comes next */
    GOLF_NODE_STOP,   /* nothing comes next: whatever stands here is not executed */
    GOLF_NODE_GO,     /* the block `taken` comes next */
    GOLF_NODE_BRANCH, /* a conditional jump to `taken`, or on to `other` */
    GOLF_NODE_CALLS,  /* a call of `taken`; `other` must be right behind it, or a jump to it */
    GOLF_NODE_RETURNS /* a ret */
};
struct golf_node {
    uint8_t kind; /* enum golf_node_kind */
    uint8_t condition;
    uint16_t taken, other;     /* blocks */
    uint16_t block, operation; /* of the lifted program: which one comes next; the count of the
                                  block's: its end */
    uint32_t first, count;     /* its choices, in golf_pieces.choices */
    uint32_t least; /* the fewest bytes from here to its block's end, jumps not counted; exact or
                       less */
    uint16_t dead_registers; /* an instruction that a placer adds may change these */
    bool flags_are_dead;     /* and the flags */
};

struct golf_pieces {
    unsigned bits;
    struct golf_node *nodes;
    size_t node_count;
    struct golf_choice *choices;
    size_t choice_count;
    uint32_t *blocks; /* the first node of each */
    size_t block_count;
    bool *is_compared;            /* blocks that are at different places; NULL: none */
    const struct golf_data *data; /* of the lifted program */
    size_t data_count;
    bool is_cut; /* there may be shorter ways: not all were looked at */
};

#endif
