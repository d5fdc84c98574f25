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

static bool needs_in(const struct golf_operation *operation, unsigned reg,
                     const struct demand *demand)
{
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].reg == reg && demand_is_met(demand, &operation->needs[i].values[0]))
            return true;
    return false;
}

/* Registers that the block neither reads nor writes: the first two may keep a value for a while. */
static bool is_spare(const struct search *search, unsigned reg)
{
    enum { SPARES = 2 };
    uint32_t used = 1u << X86_RSP;
    for (size_t i = 0; i < search->block->count; i++) {
        const struct golf_operation *operation = &search->block->operations[i];
        used |= operation->writes;
        for (size_t k = 0; k < operation->need_count; k++)
            used |= 1u << operation->needs[k].reg;
    }
    for (size_t i = 0; i < search->block->need_count; i++)
        used |= 1u << search->block->needs[i].reg;
    unsigned count = search->lifted->bits == 64 ? GOLF_REGISTERS : GOLF_REGISTERS / 2, before = 0;
    for (unsigned i = 0; i < reg; i++)
        before += !(used >> i & 1);
    return reg < count && !(used >> reg & 1) && before < SPARES;
}

/* Whether something is worth keeping after an operation that needs it: among headers, and where one
 * block is all, a constant, too, but for 0, which is made as soon. */
static bool may_be_kept(const struct search *search, const struct demand *demand)
{
    bool is_constant = demand->kind == GOLF_CONSTANT && demand->number == demand->failed;
    return demand->kind == GOLF_OPAQUE ||
           (is_constant && demand->number && search->weights && search->weights->is_straight);
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
        if (may_be_kept(search, demand) && !(operation->writes & 1u << reg) &&
            needs_in(operation, reg, demand))
            return true;
    }
    return search->simple == SIMPLEST && demand->kind == GOLF_OPAQUE && is_spare(search, reg);
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
