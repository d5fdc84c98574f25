/* Values and states: equality, places of the stack. */
#include "golf/lift/values.h"

#include <string.h>

#include "x86/known_bits.h"
#include "x86/x86.h"

/* Numbers of opaque values: of places at a block's start, of instructions' results, and of what was
 * in registers where a subroutine began. */
enum { FIRST_MADE = 1 << 16, AT_ENTRY = 1 << 24 };

struct lift_value lift_constant(uint64_t number)
{
    return (struct lift_value){.kind = LIFT_KNOWN,
                               .bits = 64,
                               .origin = LIFT_NO_INSTRUCTION,
                               .known = {bits_constant(number), bits_constant(number)}};
}

struct lift_value lift_stack(uint16_t frame, int64_t offset)
{
    return (struct lift_value){.kind = LIFT_STACK,
                               .bits = 64,
                               .frame = frame,
                               .origin = LIFT_NO_INSTRUCTION,
                               .number = (uint64_t)offset};
}

bool lift_is_constant(const struct lift_value *value)
{
    return value->kind == LIFT_KNOWN && value->known[0].value == value->known[1].value;
}

bool lift_is_same(const struct lift_value *a, const struct lift_value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == LIFT_KNOWN)
        return a->known[0].value == b->known[0].value && a->known[1].value == b->known[1].value;
    return a->number == b->number && a->frame == b->frame && a->bits == b->bits;
}

struct lift_value lift_fresh(uint32_t index, unsigned reg)
{
    return (struct lift_value){.kind = LIFT_OPAQUE,
                               .bits = 64,
                               .origin = index,
                               .number = FIRST_MADE + (uint64_t)index * GOLF_REGISTERS + reg};
}

uint32_t lift_maker(const struct lift_value *value)
{
    if (value->kind != LIFT_OPAQUE || value->number < FIRST_MADE || value->number >= AT_ENTRY)
        return LIFT_NO_INSTRUCTION;
    return (uint32_t)((value->number - FIRST_MADE) / GOLF_REGISTERS);
}

struct lift_value lift_at_entry(uint16_t frame, unsigned reg)
{
    return (struct lift_value){.kind = LIFT_OPAQUE,
                               .bits = 64,
                               .origin = LIFT_NO_INSTRUCTION,
                               .number = AT_ENTRY + (uint64_t)frame * GOLF_REGISTERS + reg};
}

bool lift_is_at_entry(const struct lift_value *value)
{
    return value->kind == LIFT_OPAQUE && value->bits == 64 && value->number >= AT_ENTRY;
}

unsigned lift_entry_register(const struct lift_value *value, uint16_t frame)
{
    uint64_t first = AT_ENTRY + (uint64_t)frame * GOLF_REGISTERS;
    if (!lift_is_at_entry(value) || value->number - first >= GOLF_REGISTERS)
        return GOLF_REGISTERS;
    return (unsigned)(value->number - first);
}

int64_t lift_signed(uint64_t number, unsigned bits)
{
    uint64_t sign = UINT64_C(1) << (bits - 1);
    return (int64_t)((x86_low_bits(number, bits) ^ sign) - sign);
}

struct elfgen_bits lift_either(const struct lift_value *value)
{
    return bits_either(value->known[0], value->known[1]);
}

void lift_state_start(struct lift_state *state)
{
    memset(state, 0, sizeof *state);
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        state->registers[i] = lift_constant(0);
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        state->registers[i].is_number = true;
    state->registers[X86_RSP] = lift_stack(0, 0);
    for (size_t i = 0; i < LIFT_WORLDS; i++)
        state->flags[i] = (struct elfgen_bits){0, X86_CLEARED_FLAGS};
}

/* ---- places of the stack ---- */

static bool overlaps(const struct lift_slot *slot, uint16_t frame, int64_t offset, int64_t end)
{
    return slot->frame == frame && slot->offset < end && offset < slot->offset + slot->size;
}

const struct lift_value *lift_slot_find(const struct lift_state *state, uint16_t frame,
                                        int64_t offset, uint16_t size)
{
    for (size_t i = 0; i < state->slot_count; i++)
        if (state->slots[i].frame == frame && state->slots[i].offset == offset &&
            state->slots[i].size == size)
            return &state->slots[i].value;
    return NULL;
}

void lift_slots_forget(struct lift_state *state, uint16_t frame, int64_t offset, int64_t end)
{
    size_t kept = 0;
    for (size_t i = 0; i < state->slot_count; i++)
        if (!overlaps(&state->slots[i], frame, offset, end))
            state->slots[kept++] = state->slots[i];
    state->slot_count = kept;
}

void lift_slot_set(struct lift_state *state, uint16_t frame, int64_t offset, uint16_t size,
                   const struct lift_value *value)
{
    struct lift_slot slot = {.frame = frame, .size = size, .offset = offset, .value = *value};
    lift_slots_forget(state, frame, offset, offset + size);
    /* Without room the oldest one is forgotten that is not a return address. */
    if (state->slot_count == LIFT_SLOTS) {
        size_t oldest = 0;
        while (oldest + 1 < LIFT_SLOTS && state->slots[oldest].value.kind == LIFT_RETURN)
            oldest++;
        memmove(&state->slots[oldest], &state->slots[oldest + 1],
                (LIFT_SLOTS - oldest - 1) * sizeof slot);
        state->slot_count--;
    }
    state->slots[state->slot_count++] = slot;
}
