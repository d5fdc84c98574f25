/* Values and states: equality, meeting, places of the stack. */
#include "golf/lift/values.h"

#include <string.h>

#include "golf/lift/address_parts.h"
#include "x86/known_bits.h"
#include "x86/x86.h"

/* Numbers of opaque values: of places at a block's start, of instructions' results, and of what was
 * in registers where a subroutine began. */
enum { FIRST_MADE = 1 << 16, AT_ENTRY = 1 << 24, PLACES = GOLF_REGISTERS + LIFT_SLOTS };

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

static bool is_at_entry(const struct lift_value *value)
{
    return value->kind == LIFT_OPAQUE && value->bits == 64 && value->number >= AT_ENTRY;
}

unsigned lift_entry_register(const struct lift_value *value, uint16_t frame)
{
    uint64_t first = AT_ENTRY + (uint64_t)frame * GOLF_REGISTERS;
    if (!is_at_entry(value) || value->number - first >= GOLF_REGISTERS)
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

void lift_forget_worlds(struct lift_value *value, unsigned reg)
{
    struct elfgen_bits known = lift_either(value);
    if (value->kind == LIFT_KNOWN && !lift_is_constant(value))
        *value = lift_fresh(value->origin, reg);
    value->known[0] = value->known[1] = known;
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

/* ---- where ways meet ---- */

/* What a value can be, given by outside or a constant, as plain numbers. */
static struct lift_given given_of(const struct lift_value *value, unsigned bits)
{
    struct lift_given given = value->given;
    given.least += given.distance, given.most += given.distance;
    if (!lift_is_constant(value) || bits < 32)
        return given;
    int64_t number = lift_signed(value->known[0].value, bits);
    return (struct lift_given){.bits = (uint8_t)bits, .least = number, .most = number};
}

static bool is_within(const struct lift_given *a, const struct lift_given *b)
{
    return a->bits == b->bits && a->least >= b->least && a->most <= b->most;
}

/* One of them, if it has all of the other one: so this ends. */
static void meet_given(const struct lift_value *a, const struct lift_value *b,
                       struct lift_value *result)
{
    const struct lift_given one = given_of(a, b->given.bits), other = given_of(b, a->given.bits);
    const bool is_same = one.from == other.from && one.distance == other.distance;
    result->given = is_within(&one, &other)   ? b->given
                    : is_within(&other, &one) ? a->given
                                              : (struct lift_given){0};
    if (!is_same)
        result->given.from = 0;
}

/* A value at a block's start: opaque ones are named after the first place that has them. */
static struct lift_value met(const struct lift *lift, const struct lift_value *a,
                             const struct lift_value *b)
{
    struct lift_value result = *a;
    result.is_number = a->is_number && b->is_number;
    bool is_kept = lift_is_same(a, b) &&
                   (a->kind == LIFT_STACK || a->kind == LIFT_RETURN || lift_is_constant(a));
    if (is_kept)
        return result;
    bool has_name = is_at_entry(a) && lift_is_same(a, b);
    result = (struct lift_value){.kind = LIFT_OPAQUE,
                                 .bits = 64,
                                 .origin = LIFT_NO_INSTRUCTION,
                                 .number = has_name ? a->number : 0};
    struct elfgen_bits known = bits_either(lift_either(a), lift_either(b));
    if (a->kind == LIFT_STACK || b->kind == LIFT_STACK)
        known = (struct elfgen_bits){0, 0};
    result.known[0] = result.known[1] = known;
    meet_given(a, b, &result);
    lift_join_parts(lift, a, b, &result);
    return result;
}

static bool is_given_same(const struct lift_given *a, const struct lift_given *b)
{
    return a->bits == b->bits &&
           (a->bits == 0 || (a->least == b->least && a->most == b->most && a->from == b->from &&
                             a->distance == b->distance));
}

static bool has_same_parts(const struct lift_value *a, const struct lift_value *b)
{
    return a->of_address == b->of_address && a->is_outer == b->is_outer && a->near == b->near &&
           a->traits == b->traits;
}

/* The values of all places: registers, then slots that both have. */
static void gather(const struct lift_state *a, const struct lift_state *b,
                   struct lift_value values[PLACES], bool has[PLACES])
{
    for (size_t i = 0; i < GOLF_REGISTERS; i++) {
        values[i] = b->registers[i];
        has[i] = true;
    }
    for (size_t i = 0; i < a->slot_count; i++) {
        const struct lift_slot *slot = &a->slots[i];
        const struct lift_value *other = lift_slot_find(b, slot->frame, slot->offset, slot->size);
        has[GOLF_REGISTERS + i] = other != NULL;
        if (other)
            values[GOLF_REGISTERS + i] = *other;
    }
}

static bool is_saved(const struct lift_state *state, const struct lift_slot *slot)
{
    for (size_t i = 0; i < state->slot_count; i++)
        if (state->slots[i].frame == slot->frame && state->slots[i].offset == slot->offset)
            return state->slots[i].is_saved;
    return false;
}

static void keep_slots(struct lift_state *state, const bool has[PLACES])
{
    size_t kept = 0;
    for (size_t i = 0; i < state->slot_count; i++)
        if (has[GOLF_REGISTERS + i])
            state->slots[kept++] = state->slots[i];
    state->slot_count = kept;
}

static bool merge_values(const struct lift *lift, struct lift_state *into,
                         const struct lift_state *from)
{
    struct lift_value mine[PLACES], theirs[PLACES], result[PLACES];
    bool has_mine[PLACES] = {false}, has[PLACES] = {false}, changed = false;
    size_t count = GOLF_REGISTERS + into->slot_count;
    gather(into, into, mine, has_mine);
    gather(into, from, theirs, has);
    for (size_t i = 0; i < count; i++) {
        if (!has[i])
            continue;
        result[i] = met(lift, &mine[i], &theirs[i]);
        if (result[i].kind != LIFT_OPAQUE || result[i].number != 0)
            continue;
        size_t first = 0;
        while (first < i &&
               !(has[first] && result[first].kind == LIFT_OPAQUE &&
                 lift_is_same(&mine[first], &mine[i]) && lift_is_same(&theirs[first], &theirs[i])))
            first++;
        result[i].number = first + 1;
    }
    for (size_t i = 0; i < into->slot_count; i++)
        into->slots[i].is_saved = into->slots[i].is_saved && is_saved(from, &into->slots[i]);
    for (size_t i = 0; i < count; i++) {
        struct lift_value *value =
            i < GOLF_REGISTERS ? &into->registers[i] : &into->slots[i - GOLF_REGISTERS].value;
        changed = changed || !has[i] || !lift_is_same(value, &result[i]) ||
                  value->is_number != result[i].is_number || !has_same_parts(value, &result[i]) ||
                  !is_given_same(&value->given, &result[i].given) ||
                  memcmp(value->known, result[i].known, sizeof value->known) != 0;
        if (has[i])
            *value = result[i];
    }
    keep_slots(into, has);
    return changed;
}

static bool is_compared_same(const struct lift_compared *a, const struct lift_compared *b)
{
    return a->bits == b->bits && a->reg == b->reg && a->is_sum == b->is_sum && a->to == b->to;
}

bool lift_state_merge(const struct lift *lift, struct lift_state *into,
                      const struct lift_state *from, bool is_first)
{
    if (is_first)
        *into = *from;
    bool changed = merge_values(lift, into, from) || is_first;
    struct elfgen_bits flags = bits_either(bits_either(into->flags[0], into->flags[1]),
                                           bits_either(from->flags[0], from->flags[1]));
    for (size_t i = 0; i < LIFT_WORLDS; i++) {
        changed = changed || memcmp(&into->flags[i], &flags, sizeof flags) != 0;
        into->flags[i] = flags;
    }
    if (into->frame != from->frame && into->frame != LIFT_NO_FRAME) {
        into->frame = LIFT_NO_FRAME;
        changed = true;
    }
    if (from->has_lost_argc && !into->has_lost_argc)
        into->has_lost_argc = changed = true;
    into->has_equal = false;
    if (into->compared.bits != 0 && !is_compared_same(&into->compared, &from->compared)) {
        into->compared.bits = 0;
        changed = true;
    }
    return changed;
}
