/* Follows addresses that operations need in registers into the blocks after them.
 *
 * A call leaves its pointer where it was. As long as every way into a block has it there anyway, it
 * costs nothing to go on with it, and places near to it are reached from it. */
#include "golf/lift/carried.h"

#include <stdlib.h>
#include <string.h>

#include "golf/shrink/places.h"

/* An address in a register, and what blocks do with it. */
struct carried {
    struct golf_lifted *lifted;
    unsigned reg;
    struct golf_value value;
    struct carried_block {
        bool passes;   /* what it begins with in the register is there at its end */
        bool provides; /* an operation needs the value there, and it is there at its end */
        bool uses;     /* something before the register changes uses the address */
        bool has, wants;
    } * blocks;
};

static bool is_value(const struct carried *carried, const struct golf_value *value)
{
    return value->kind == carried->value.kind && value->data == carried->value.data &&
           value->number == carried->value.number;
}

static bool has_two(const struct golf_block *block)
{
    return block->end == GOLF_BRANCH || block->end == GOLF_CALLS;
}

static bool goes_on(const struct golf_block *block)
{
    return block->end != GOLF_STOP && block->end != GOLF_RETURNS;
}

static bool leads_to(const struct golf_block *block, size_t to)
{
    return goes_on(block) && (block->taken == to || (has_two(block) && block->other == to));
}

static bool needs_value(const struct carried *carried, const struct golf_operation *operation)
{
    for (size_t i = 0; i < operation->need_count; i++)
        if (operation->needs[i].reg == carried->reg &&
            operation->needs[i].bits == carried->lifted->bits &&
            is_value(carried, &operation->needs[i].values[0]))
            return true;
    return false;
}

static void look_at(const struct carried *carried, size_t number)
{
    const struct golf_block *block = &carried->lifted->blocks[number];
    struct carried_block *here = &carried->blocks[number];
    *here = (struct carried_block){.passes = true};
    for (size_t i = 0; i < block->count; i++) {
        const struct golf_operation *operation = &block->operations[i];
        here->uses = here->uses ||
                     (here->passes && place_is_used(carried->lifted, operation, &carried->value));
        here->provides = here->provides || needs_value(carried, operation);
        if (operation->writes >> carried->reg & 1)
            here->passes = here->provides = false;
    }
    here->provides = here->provides && is_value(carried, &block->at_end[carried->reg]);
    here->has = number > 0 && is_value(carried, &block->known[carried->reg]);
}

/* Whether each way into a block has the value there. */
static bool is_there(const struct carried *carried, size_t number)
{
    bool is_entered = false;
    for (size_t i = 0; i < carried->lifted->count; i++) {
        const struct golf_block *block = &carried->lifted->blocks[i];
        const struct carried_block *before = &carried->blocks[i];
        if (!leads_to(block, number))
            continue;
        is_entered = true;
        if (block->end == GOLF_CALLS || !(before->provides || (before->has && before->passes)))
            return false;
    }
    return is_entered;
}

/* Keeps blocks that have it for sure, and finds those that want it. */
static bool settle(const struct carried *carried)
{
    bool is_changed = true, is_wanted = false;
    while (is_changed) {
        is_changed = false;
        for (size_t i = 0; i < carried->lifted->count; i++)
            if (carried->blocks[i].has && !is_there(carried, i)) {
                carried->blocks[i].has = false;
                is_changed = true;
            }
    }
    for (is_changed = true; is_changed;) {
        is_changed = false;
        for (size_t i = carried->lifted->count; i-- > 0;) {
            const struct golf_block *block = &carried->lifted->blocks[i];
            struct carried_block *here = &carried->blocks[i];
            bool leads = here->passes && goes_on(block) &&
                         (carried->blocks[block->taken].wants ||
                          (has_two(block) && carried->blocks[block->other].wants));
            if (here->has && !here->wants && (here->uses || leads))
                here->wants = is_changed = is_wanted = true;
        }
    }
    return is_wanted;
}

static void need_at_end(const struct carried *carried, struct golf_block *block)
{
    for (size_t i = 0; i < block->need_count; i++)
        if (block->needs[i].reg == carried->reg)
            return;
    block->needs[block->need_count++] = (struct golf_need){.reg = (uint8_t)carried->reg,
                                                           .bits = (uint8_t)carried->lifted->bits,
                                                           .count = 1,
                                                           .values = {carried->value}};
}

static void carry_value(const struct carried *carried)
{
    struct golf_lifted *lifted = carried->lifted;
    for (size_t i = 0; i < lifted->count; i++) {
        if (!carried->blocks[i].wants)
            continue;
        lifted->blocks[i].at_start[carried->reg] = carried->value;
        for (size_t k = 0; k < lifted->count; k++)
            if (leads_to(&lifted->blocks[k], i))
                need_at_end(carried, &lifted->blocks[k]);
    }
}

static void try_need(struct carried *carried, const struct golf_need *need)
{
    const struct golf_value *value = &need->values[0];
    if (need->reg == X86_RSP || need->count != 1 || need->bits != carried->lifted->bits ||
        !(value->kind == GOLF_ADDRESS || (value->kind == GOLF_STACK && value->data == 0)))
        return;
    carried->reg = need->reg;
    carried->value = *value;
    for (size_t i = 0; i < carried->lifted->count; i++)
        look_at(carried, i);
    if (settle(carried))
        carry_value(carried);
}

bool lift_carry(struct golf_lifted *lifted)
{
    struct carried carried = {.lifted = lifted,
                              .blocks = calloc(lifted->count + 1, sizeof *carried.blocks)};
    enum { MANY = 64 }; /* larger programs are packed, not searched */
    if (!carried.blocks)
        return false;
    for (size_t i = 0; i < lifted->count && lifted->count <= MANY; i++)
        for (size_t k = 0; k < lifted->blocks[i].count; k++) {
            const struct golf_operation *operation = &lifted->blocks[i].operations[k];
            for (size_t n = 0; n < operation->need_count; n++)
                try_need(&carried, &operation->needs[n]);
        }
    free(carried.blocks);
    return true;
}
