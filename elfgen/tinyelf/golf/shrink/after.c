/* The state after an instruction, and what it asks for. */
#include "moves_private.h"

struct demand after_asked(const struct after *after, unsigned reg)
{
    return *search_demand(after->search, after->state.registers[reg]);
}

void after_ask(struct search *search, struct state *state, unsigned reg,
               const struct demand *demand)
{
    state->registers[reg] = demand->mask ? search_number(search, demand) : 0;
}

/* Asks for `demand` besides what is asked of the register already. */
bool after_ask_too(struct search *search, struct state *state, unsigned reg,
                   const struct demand *demand)
{
    struct demand both = *search_demand(search, state->registers[reg]);
    if (!demand_merge(&both, demand))
        return false;
    after_ask(search, state, reg, &both);
    return true;
}

/* Whether something could be in this register without being put there for it: it is asked for
 * anyway, or the block begins with it, or an operation leaves it there. */
bool after_is_at_hand(const struct after *after, unsigned reg, const struct demand *demand)
{
    const struct search *search = after->search;
    struct demand both = after_asked(after, reg);
    if (both.mask && demand_merge(&both, demand))
        return true;
    if (demand_is_met(demand, &search->block->at_start[reg]))
        return true;
    for (size_t i = 0; i < after->state.position && i < search->block->count; i++) {
        const struct golf_operation *operation = &search->block->operations[i];
        if (operation->writes & 1u << reg && demand_is_met(demand, &operation->after[reg]))
            return true;
    }
    return false;
}

void after_add(const struct after *after, const struct state *before, const struct move *move)
{
    search_add(after->search, before, after->number, move);
}

/* The state before, in which nothing is asked of a register that the instruction sets. */
struct state after_without(const struct after *after, unsigned reg)
{
    struct state before = after->state;
    before.registers[reg] = 0;
    return before;
}
