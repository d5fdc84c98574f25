/* What registers and the stack may hold between two instructions that stay, and how calls change
 * that. */
#ifndef GOLF_LIFT_CODE_STATE_H
#define GOLF_LIFT_CODE_STATE_H

#include "golf/lift/lift_private.h"
#include "golf/lift/verbatim/held.h"
#include "x86/flags.h"

enum {
    CODE_SLOTS = 96,       /* words of the stack that are followed */
    CODE_SLOTS_BELOW = 64, /* of them below the address that a call pushed */
    CODE_NO_FUNCTION = UINT16_MAX,
    /* what a comparison tells of which address is before which */
    CODE_ORDER_FLAGS = FLAG_CF | FLAG_PF | FLAG_AF | FLAG_SF | FLAG_OF
};

struct code_state {
    bool is_reached;
    uint16_t function;  /* the block where it begins; CODE_NO_FUNCTION: of several */
    uint32_t of_places; /* flags that depend on where code is */
    struct held registers[GOLF_REGISTERS];
    struct held slots[CODE_SLOTS];
};

/* What Linux gives a program; nothing is known if it is not `known`. */
void code_state_start(struct code_state *state, bool known);

/* Makes `into` what it was or what `from` is. Returns whether it changed. */
bool code_state_join(struct code_state *into, const struct code_state *from);

/* The slot at an offset of the stack; CODE_SLOTS: it is not followed. */
size_t code_state_slot(uint64_t offset, unsigned word);

/* Something is stored where it may be over addresses that calls pushed which have returned. */
void code_state_overwrite(struct code_state *state);

/* Sets what a function finds that is called; and what its caller finds after it, of what was before
 * the call and what is after the function's ret. */
void code_state_enter(const struct code_state *before, unsigned word, uint16_t function,
                      struct code_state *inside);
void code_state_leave(const struct code_state *before, const struct code_state *end, unsigned word,
                      struct code_state *after);

#endif
