/* Computes with what may be in registers. Steps are powers of two, so that they hold for numbers
 * that wrap around as well. */
#include "golf/lift/verbatim/held.h"

struct held held_number(uint64_t number)
{
    return (struct held){
        .kind = HELD_NUMBER, .section = HELD_NO_SECTION, .is_outer = true, .number = number};
}

struct held held_anything(void)
{
    return (struct held){.kind = HELD_NUMBER, .section = HELD_NO_SECTION, .step = 1};
}

struct held held_outer(void)
{
    return (struct held){
        .kind = HELD_NUMBER, .section = HELD_NO_SECTION, .is_outer = true, .step = 1};
}

uint8_t held_traits(const struct held *value)
{
    bool is_above = value->kind == HELD_STACK && value->step == 0 && value->low != 0 &&
                    (int64_t)(value->number + value->high) >= 0;
    return value->traits | (is_above ? HELD_IS_UPWARDS : 0);
}

bool held_is_data(const struct held *value)
{
    return value->kind == HELD_DATA && !(value->traits & HELD_IS_MIXED);
}

bool held_is_exact(const struct held *value)
{
    return value->kind == HELD_NUMBER && value->step == 0;
}

/* The largest power of two that divides it; 0 for 0. */
static uint64_t lowest_bit(uint64_t number)
{
    return number & (~number + 1);
}

static void set_step(struct held *value, uint64_t steps)
{
    value->step = lowest_bit(steps);
    if (value->step != 0)
        value->number &= value->step - 1;
}

static struct held either_code(const struct held *a, const struct held *b)
{
    struct held result = *a;
    result.other = a->other < b->other ? a->other : b->other;
    result.is_label = a->is_label && b->is_label;
    if (a->step == 0 && b->step == 0 && a->number == b->number)
        return result;
    result.low = a->low < b->low ? a->low : b->low;
    result.high = a->high > b->high ? a->high : b->high;
    if (a->step == 0 || b->step == 0) {
        result.low = 0;
        result.high = UINT64_MAX;
    }
    result.number = 0;
    result.step = 1;
    return result;
}

/* Whether a number was below 0 at some time: an index that counts up to 0. */
static bool was_negative(const struct held *value)
{
    enum { LEAST = 4096 };
    int64_t number = (int64_t)value->number;
    return value->kind == HELD_NUMBER &&
           (value->low != 0 ||
            (value->step == 0 && ((number < -1 && number >= -LEAST) ||
                                  (number <= UINT32_MAX - 1 && number > UINT32_MAX - LEAST))));
}

struct held held_either(const struct held *a, const struct held *b)
{
    bool is_a = a->kind >= b->kind;
    const bool is_return = (a->kind == HELD_RETURN) != (b->kind == HELD_RETURN);
    if (is_return)
        is_a = !is_a; /* it counts only where it is nothing else, or is loaded */
    struct held result = is_a ? *a : *b;
    const struct held *other = is_a ? b : a;
    if (a->origin != b->origin)
        result.origin = 0;
    result.is_outer = a->is_outer && b->is_outer;
    result.traits = a->traits | b->traits | (a->kind != b->kind ? HELD_IS_MIXED : 0) |
                    (is_return ? HELD_IS_RETURN : 0);
    if (other->kind == HELD_RETURN)
        return result;
    if (result.kind == HELD_CODE) {
        uint8_t origin = result.origin;
        if (other->kind == HELD_CODE)
            result = either_code(a, b);
        result.origin = origin;
        return result;
    }
    if (result.kind == other->kind) {
        if (result.kind == HELD_DATA && other->low < result.low)
            result.low = other->low;
        if (result.kind == HELD_DATA && other->high > result.high)
            result.high = other->high;
        if (result.section != other->section)
            result.section = HELD_NO_SECTION;
        if (result.kind == HELD_STACK && (a->low != b->low || a->high != b->high))
            result.low = result.high = 0;
        if (result.kind == HELD_NUMBER)
            result.low = was_negative(a) || was_negative(b);
        set_step(&result, a->step | b->step | (a->number - b->number));
        if (result.step != 0)
            result.traits |= held_traits(a) | held_traits(b);
    } else if (other->kind != HELD_NUMBER) {
        set_step(&result, 1);
        result.traits |= held_traits(a) | held_traits(b);
    }
    return result;
}

struct held held_sum(const struct held *a, const struct held *b)
{
    if (a->kind != HELD_NUMBER && b->kind != HELD_NUMBER)
        return held_anything();
    struct held result = a->kind >= b->kind ? *a : *b;
    result.origin = 0;
    if (result.kind == HELD_NUMBER)
        result.low = a->low | b->low;
    result.number = a->number + b->number;
    result.is_outer = a->is_outer && b->is_outer;
    result.traits = a->step | b->step ? held_traits(a) | held_traits(b) : 0;
    if (a->step != 0 && b->step != 0)
        result.traits &= HELD_IS_UPWARDS | HELD_IS_MIXED | (result.is_outer ? HELD_IS_FAR : 0);
    set_step(&result, a->step | b->step);
    return result;
}

struct held held_product(const struct held *value, uint64_t factor)
{
    if (value->kind != HELD_NUMBER && factor == 1)
        return *value;
    const struct held anything = held_anything();
    const struct held *number = value->kind == HELD_NUMBER ? value : &anything;
    struct held result = held_number(number->number * factor);
    result.low = number->low;
    result.is_outer = number->is_outer;
    set_step(&result, number->step * factor);
    if (number->step != 0 && result.step == 0)
        result.number = 0; /* all of it was shifted out */
    return result;
}

uint64_t held_next(const struct held *value, uint64_t from)
{
    if (value->step == 0)
        return value->number;
    return from + ((value->number - from) & (value->step - 1));
}
