/* What is known at a place of the program: of registers, of the stack, of flags. */
#include "golf/lift/state.h"

#include <string.h>

#include "golf/lift/values.h"

void lift_world(const struct lift_state *state, size_t world, struct elfgen_registers *registers)
{
    memset(registers, 0, sizeof *registers);
    for (size_t i = 0; i < GOLF_REGISTERS; i++) {
        const struct lift_value *value = &state->registers[i];
        if (value->kind == LIFT_KNOWN || value->kind == LIFT_OPAQUE)
            registers->general[i] = value->known[world];
    }
    registers->flags = state->flags[world];
}

bool lift_is_private(const struct lift_value *address)
{
    return address->kind == LIFT_STACK && (address->frame != 0 || (int64_t)address->number < 0);
}

bool lift_is_argc(const struct lift *lift, const struct lift_value *address)
{
    return address->kind == LIFT_STACK && address->frame == 0 && address->number < lift->bits / 8;
}

bool lift_has_pushed(const struct lift *lift, const struct lift_state *state, uint16_t frame,
                     int64_t offset, int64_t size)
{
    for (size_t i = 0; i < state->slot_count; i++) {
        const struct lift_slot *slot = &state->slots[i];
        if (slot->is_call && slot->frame == frame && slot->offset < offset + size &&
            offset < slot->offset + slot->size)
            return true;
    }
    return frame != 0 && offset < lift->bits / 8 && offset + size > 0;
}

static void forget(struct lift_state *state, bool keeps_saved)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->slot_count; i++)
        if (state->slots[i].value.kind == LIFT_RETURN || state->slots[i].is_call ||
            (keeps_saved && state->slots[i].is_saved))
            state->slots[kept++] = state->slots[i];
    state->slot_count = kept;
}

void lift_forget_memory(struct lift_state *state)
{
    forget(state, false);
}

void lift_forget_stored(struct lift_state *state)
{
    forget(state, true);
}

bool lift_take_way(struct lift_state *state, const struct elfgen_bits conditions[LIFT_WORLDS],
                   bool way, bool tells_equal)
{
    bool may[LIFT_WORLDS];
    for (size_t i = 0; i < LIFT_WORLDS; i++)
        may[i] = !(conditions[i].known & 1) || (conditions[i].value & 1) == way;
    if (!may[0] && !may[1])
        return false;
    for (size_t i = 0; i < LIFT_WORLDS; i++) {
        if (may[i])
            continue;
        for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
            state->registers[reg].known[i] = state->registers[reg].known[1 - i];
        for (size_t slot = 0; slot < state->slot_count; slot++)
            state->slots[slot].value.known[i] = state->slots[slot].value.known[1 - i];
        state->flags[i] = state->flags[1 - i];
    }
    const struct lift_value equal = state->registers[state->equal_register];
    if (!tells_equal || !state->has_equal || equal.kind != LIFT_OPAQUE || equal.bits != 64)
        return true;
    for (size_t reg = 0; reg < GOLF_REGISTERS; reg++)
        if (lift_is_same(&state->registers[reg], &equal))
            state->registers[reg] = lift_constant(state->equal_to);
    return true;
}
