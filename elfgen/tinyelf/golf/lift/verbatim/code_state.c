/* States of registers and stack, counted from where a function's return address is. */
#include "golf/lift/verbatim/code_state.h"

enum { FIRST_SLOT = GOLF_REGISTERS + 1 }; /* as an origin */

void code_state_start(struct code_state *state, bool known)
{
    *state = (struct code_state){.is_reached = true};
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        state->registers[i] = known ? held_number(0) : held_anything();
    for (size_t i = 0; i < CODE_SLOTS; i++)
        state->slots[i] = known && i >= CODE_SLOTS_BELOW ? held_outer() : held_anything();
    state->function = known ? 0 : CODE_NO_FUNCTION;
    if (known) {
        state->registers[X86_RSP].kind = HELD_STACK;
        state->registers[X86_RSP].low = 1;
    }
}

static bool join_value(struct held *into, const struct held *from)
{
    struct held joined = held_either(into, from);
    bool changed =
        joined.kind != into->kind || joined.origin != into->origin || joined.other != into->other ||
        joined.is_label != into->is_label || joined.section != into->section ||
        joined.low != into->low || joined.high != into->high || joined.is_outer != into->is_outer ||
        joined.traits != into->traits || joined.number != into->number || joined.step != into->step;
    *into = joined;
    return changed;
}

bool code_state_join(struct code_state *into, const struct code_state *from)
{
    if (!into->is_reached) {
        *into = *from;
        return true;
    }
    bool changed = false;
    if (into->function != from->function && into->function != CODE_NO_FUNCTION) {
        into->function = CODE_NO_FUNCTION;
        changed = true;
    }
    changed = changed || from->of_places & ~into->of_places;
    into->of_places |= from->of_places;
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        changed = join_value(&into->registers[i], &from->registers[i]) || changed;
    for (size_t i = 0; i < CODE_SLOTS; i++)
        changed = join_value(&into->slots[i], &from->slots[i]) || changed;
    return changed;
}

size_t code_state_slot(uint64_t offset, unsigned word)
{
    int64_t at = (int64_t)offset, size = (int64_t)word;
    int64_t slot = (at >= 0 ? at / size : -((size - 1 - at) / size)) + CODE_SLOTS_BELOW;
    return slot >= 0 && slot < CODE_SLOTS ? (size_t)slot : CODE_SLOTS;
}

/* What is no return address stays, and so does what the caller knows of it. */
static void overwrite(struct held *value)
{
    const uint8_t origin = value->origin;
    if (value->kind != HELD_RETURN && !(value->traits & HELD_IS_RETURN))
        return;
    if (value->kind == HELD_RETURN)
        *value = held_anything();
    value->origin = origin;
    value->traits = (value->traits & (uint8_t)~HELD_IS_RETURN) | HELD_IS_OVERWRITTEN;
}

void code_state_overwrite(struct code_state *state)
{
    for (size_t i = 0; i < CODE_SLOTS; i++)
        if (i != CODE_SLOTS_BELOW)
            overwrite(&state->slots[i]);
}

/* Counts a place of the stack from another one. */
static struct held moved(const struct held *value, const struct held *by, uint64_t sign)
{
    struct held result = *value;
    struct held distance = held_product(by, sign);
    if (value->kind != HELD_STACK)
        return result;
    result = held_sum(value, &distance);
    result.high -= distance.number;
    result.traits = value->traits;
    if (distance.step != 0)
        result.low = result.high = 0;
    return result;
}

/* How far the return address is from where the caller's was, as a number. */
static struct held distance_of(const struct code_state *before, unsigned word)
{
    struct held distance = before->registers[X86_RSP];
    if (distance.kind != HELD_STACK)
        return held_anything();
    distance.kind = HELD_NUMBER;
    distance.origin = 0;
    distance.number -= word;
    if (distance.step != 0)
        distance.number &= distance.step - 1;
    return distance;
}

void code_state_enter(const struct code_state *before, unsigned word, uint16_t function,
                      struct code_state *inside)
{
    struct held distance = distance_of(before, word);
    code_state_start(inside, false);
    inside->function = function;
    inside->of_places = before->of_places;
    for (size_t i = 0; i < GOLF_REGISTERS; i++) {
        inside->registers[i] = moved(&before->registers[i], &distance, UINT64_MAX);
        inside->registers[i].origin = (uint8_t)(i + 1);
    }
    for (size_t i = 0; i < CODE_SLOTS; i++) {
        uint64_t offset = ((uint64_t)i - CODE_SLOTS_BELOW) * word;
        size_t slot = i > CODE_SLOTS_BELOW && distance.step == 0
                          ? code_state_slot(offset + distance.number, word)
                          : CODE_SLOTS;
        if (slot < CODE_SLOTS)
            inside->slots[i] = moved(&before->slots[slot], &distance, UINT64_MAX);
        inside->slots[i].origin = (uint8_t)(FIRST_SLOT + i);
    }
    inside->slots[CODE_SLOTS_BELOW] =
        (struct held){.kind = HELD_RETURN, .section = HELD_NO_SECTION};
    inside->registers[X86_RSP] = held_number(0);
    inside->registers[X86_RSP].kind = HELD_STACK;
    if (distance.step == 0 && before->registers[X86_RSP].low != 0) {
        inside->registers[X86_RSP].low = 1;
        inside->registers[X86_RSP].high = distance.number + before->registers[X86_RSP].high;
    }
}

/* What a value of the called function is to its caller. */
static struct held resolved(const struct code_state *before, const struct held *value,
                            const struct held *distance, unsigned word)
{
    if (value->origin > 0 && value->origin < FIRST_SLOT)
        return before->registers[value->origin - 1];
    struct held result = moved(value, distance, 1);
    if (value->origin >= FIRST_SLOT && distance->step == 0) {
        uint64_t offset = ((uint64_t)value->origin - FIRST_SLOT - CODE_SLOTS_BELOW) * word;
        size_t slot = code_state_slot(offset + distance->number, word);
        result = slot < CODE_SLOTS ? before->slots[slot] : result;
        if (value->traits & HELD_IS_OVERWRITTEN && slot != CODE_SLOTS_BELOW)
            overwrite(&result);
    } else {
        result.origin = 0;
    }
    return result;
}

void code_state_leave(const struct code_state *before, const struct code_state *end, unsigned word,
                      struct code_state *after)
{
    struct held distance = distance_of(before, word);
    *after = *before;
    after->of_places = end->of_places;
    for (size_t i = 0; i < GOLF_REGISTERS; i++)
        after->registers[i] = resolved(before, &end->registers[i], &distance, word);
    for (size_t i = 0; i < CODE_SLOTS && distance.step == 0; i++) {
        uint64_t offset = ((uint64_t)i - CODE_SLOTS_BELOW) * word - distance.number;
        size_t slot = code_state_slot(offset, word);
        if ((int64_t)offset < 0)
            after->slots[i] = held_anything();
        else if (slot < CODE_SLOTS)
            after->slots[i] = resolved(before, &end->slots[slot], &distance, word);
    }
}
