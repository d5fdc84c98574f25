/* The state after an instruction, and what asks for what before it: private to the moves. */
#ifndef GOLF_MOVES_PRIVATE_H
#define GOLF_MOVES_PRIVATE_H

#include "search.h"

#define OP(name) ELFGEN_X86_OP_##name

/* The state after an instruction, for whoever looks for those before it. */
struct after {
    struct search *search;
    struct state state;
    uint32_t number; /* of the state */
};

static inline bool is_64(const struct search *search)
{
    return search->lifted->bits == 64;
}
static inline uint8_t word(const struct search *search)
{
    return is_64(search) ? 8 : 4;
}
static inline unsigned register_count(const struct search *search)
{
    return is_64(search) ? GOLF_REGISTERS : GOLF_REGISTERS / 2;
}
/* Whether a register may serve besides those that are asked for. */
static inline bool may_use(const struct search *search, unsigned reg)
{
    return search->usable >> reg & 1;
}

/* ---- after.c ---- */

struct demand after_asked(const struct after *after, unsigned reg);

void after_ask(struct search *search, struct state *state, unsigned reg,
               const struct demand *demand);

/* Asks for `demand` besides what is asked of the register already. */
bool after_ask_too(struct search *search, struct state *state, unsigned reg,
                   const struct demand *demand);

/* Whether something could be in this register without being put there for it: it is asked for
 * anyway, or the block begins with it, or an operation leaves it there. */
bool after_is_at_hand(const struct after *after, unsigned reg, const struct demand *demand);

void after_add(const struct after *after, const struct state *before, const struct move *move);

/* The state before, in which nothing is asked of a register that the instruction sets. */
struct state after_without(const struct after *after, unsigned reg);

/* ---- constants.c ---- */

/* Adds the states before an instruction that makes a constant. */
void moves_to_constant(const struct after *after, unsigned reg, const struct demand *demand);

/* The same, of an instruction that sets the low byte of a constant or of an address. */
void moves_to_low_byte(const struct after *after, unsigned reg, const struct demand *demand);

/* The same, of instructions that know no other registers than eax and edx. */
void moves_to_fixed_registers(const struct after *after);

/* What the operations before need in a register, or leave there; or what the block begins with. */
struct demand moves_there_before(const struct after *after, unsigned reg);

/* The same, of a sum of another register's value and a byte. */
void moves_from_sum(const struct after *after, unsigned reg, const struct demand *demand);

/* The same, of instructions that add or subtract a constant that is asked of another register. */
void moves_from_difference(const struct after *after, unsigned reg, const struct demand *demand);

#endif
