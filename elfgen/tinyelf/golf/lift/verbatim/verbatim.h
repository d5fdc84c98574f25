/* Lifts a linked program without a look at what its instructions do. */
#ifndef GOLF_LIFT_VERBATIM_H
#define GOLF_LIFT_VERBATIM_H

#include "golf/lift/lift_private.h"

/* What is known of a byte of the file: an instruction begins with it, or it is within one; a jump
 * or an address leads there; it was put on the list of those. */
enum { VERBATIM_BEGINS = 1, VERBATIM_INSIDE = 2, VERBATIM_LEADS = 4, VERBATIM_IN_LIST = 8 };

/* What is known so far. */
struct verbatim {
    struct lift *lift;
    struct golf_lifted *lifted;
    const struct golf_addresses *known;
    uint64_t base; /* an address minus its offset in the file */
    uint16_t machine;
    bool aligned, asks_alignment;
    bool copies_stack;      /* the stack pointer is in another register, too */
    bool goes_below;        /* an address is below what a register has */
    uint8_t *marks;         /* of each byte of the file */
    uint32_t *reference_at; /* the same: the reference there, from 1 on; 0: none */
    uint32_t *list;         /* offsets from which code is followed */
    size_t list_count;
    uint16_t *block_at; /* of each byte of the file: the block that begins there */
    uint16_t *data_of;  /* of each section */
    size_t reference_count;
};

/* Sets *lifted. Returns false after setting the error. */
bool lift_verbatim(struct lift *lift, const struct golf_addresses *known, bool aligned,
                   struct golf_lifted *lifted);

#endif
