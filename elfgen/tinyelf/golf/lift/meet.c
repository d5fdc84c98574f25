/* Where ways of a program meet: what is known of values and states on all of them. */
#include "golf/lift/meet.h"

#include <string.h>

#include "golf/lift/addresses/address_parts.h"
#include "golf/lift/sizes/cells.h"
#include "golf/lift/sizes/given.h"
#include "golf/lift/values.h"
#include "x86/known_bits.h"

enum { PLACES = GOLF_REGISTERS + LIFT_SLOTS };

void lift_forget_worlds(struct lift_value *value, unsigned reg)
{
    struct elfgen_bits known = lift_either(value);
    const struct lift_given given = lift_given_of(value, 64);
    if (value->kind == LIFT_KNOWN && !lift_is_constant(value)) {
        *value = lift_fresh(value->origin, reg);
        value->given = given;
    }
    value->known[0] = value->known[1] = known;
}

/* Which numbers it may be, if that is known of either. */
static void meet_given(const struct lift_value *a, const struct lift_value *b,
                       struct lift_value *result)
{
    enum { WORD = 64 };
    const unsigned bits = a->kind == LIFT_OPAQUE   ? a->given.bits
                          : b->kind == LIFT_OPAQUE ? b->given.bits
                                                   : WORD;
    const struct lift_given one = a->kind == LIFT_OPAQUE ? a->given : lift_given_of(a, bits),
                            other = b->kind == LIFT_OPAQUE ? b->given : lift_given_of(b, bits);
    result->given = lift_given_either(&one, &other);
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
    bool has_name = lift_is_at_entry(a) && lift_is_same(a, b);
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

static bool has_same_parts(const struct lift_value *a, const struct lift_value *b)
{
    return a->of_address == b->of_address && a->is_outer == b->is_outer && a->near == b->near &&
           a->near_too == b->near_too && a->traits == b->traits;
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
                  !lift_given_is_same(&value->given, &result[i].given) ||
                  memcmp(value->known, result[i].known, sizeof value->known) != 0;
        if (has[i])
            *value = result[i];
    }
    keep_slots(into, has);
    return changed;
}

static bool is_side_same(const struct lift_side *a, const struct lift_side *b)
{
    return a->reg == b->reg && a->is_cell == b->is_cell && a->is_known == b->is_known &&
           a->frame == b->frame && a->size == b->size && a->at == b->at && a->least == b->least &&
           a->most == b->most;
}

static bool is_compared_same(const struct lift_compared *a, const struct lift_compared *b)
{
    return a->bits == b->bits && a->is_sum == b->is_sum &&
           is_side_same(&a->sides[0], &b->sides[0]) && is_side_same(&a->sides[1], &b->sides[1]);
}

bool lift_state_merge(const struct lift *lift, struct lift_state *into,
                      const struct lift_state *from, bool is_first)
{
    if (is_first)
        *into = *from;
    bool changed = merge_values(lift, into, from) || is_first;
    if (lift_cells_merge(into, from))
        changed = true;
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
