/* Arithmetic of ranges: what wraps, or depends on a sign that is not known, may be anything. */
#include "range.h"

static uint64_t ones(unsigned bits)
{
    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

/* The least number of ones that is as large. */
static uint64_t cover(uint64_t number)
{
    for (unsigned step = 1; step < 64; step *= 2)
        number |= number >> step;
    return number;
}

static struct range of(uint64_t low, uint64_t high, unsigned bits)
{
    return (struct range){.bits = (uint8_t)bits, .low = low, .high = high};
}

struct range range_all(unsigned bits)
{
    return of(0, ones(bits), bits);
}

struct range range_number(uint64_t number)
{
    return of(number, number, 64);
}

struct range range_low(struct range range, unsigned bits)
{
    if (range.bits < bits)
        return range;
    if (range.high > ones(bits))
        return bits ? range_all(bits) : (struct range){0};
    range.bits = (uint8_t)bits;
    return range;
}

struct range range_either(struct range a, struct range b)
{
    a = range_low(a, b.bits);
    b = range_low(b, a.bits);
    return of(a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high, a.bits);
}

struct range range_widen(struct range before, struct range now)
{
    if (now.low < before.low)
        now.low = now.low > 0;
    if (now.high > before.high)
        now.high = cover(now.high);
    return now;
}

uint64_t range_zeros(struct range range)
{
    return range.bits ? ones(range.bits) & ~cover(range.high) : 0;
}

struct range range_sum(struct range a, struct range b, unsigned bits)
{
    const uint64_t most = ones(bits);
    if (a.high > most - b.high)
        return range_all(bits);
    return of(a.low + b.low, a.high + b.high, bits);
}

struct range range_difference(struct range a, struct range b, unsigned bits)
{
    if (a.low < b.high)
        return range_all(bits);
    return of(a.low - b.high, a.high - b.low, bits);
}

struct range range_product(struct range a, struct range b, unsigned bits)
{
    if (b.high && a.high > ones(bits) / b.high)
        return range_all(bits);
    return of(a.low * b.low, a.high * b.high, bits);
}

/* ---- conditions ---- */

enum { BELOW = 1, EQUAL, BELOW_OR_EQUAL, SIGN, LESS = 6, LESS_OR_EQUAL };

/* It is less than, or at least, another number; `or_equal`: at most, or more than. */
static bool narrow_order(struct range *range, struct range with, bool is_less, bool or_equal)
{
    if (is_less) {
        if (!or_equal && !with.high)
            return false;
        const uint64_t most = or_equal ? with.high : with.high - 1;
        range->high = range->high > most ? most : range->high;
    } else {
        if (or_equal && with.low == UINT64_MAX)
            return false;
        const uint64_t least = or_equal ? with.low + 1 : with.low;
        range->low = range->low < least ? least : range->low;
    }
    return range->low <= range->high;
}

static bool narrow_equal(struct range *range, struct range with, bool is_equal)
{
    if (is_equal) {
        range->low = range->low < with.low ? with.low : range->low;
        range->high = range->high > with.high ? with.high : range->high;
    } else if (with.low == with.high) {
        if (range->low == range->high)
            return range->low != with.low;
        range->low += range->low == with.low;
        range->high -= range->high == with.low;
    }
    return range->low <= range->high;
}

bool range_narrow(struct range *range, struct range with, unsigned bits, unsigned condition)
{
    const uint64_t positive = ones(bits) >> 1;
    const bool holds = !(condition & 1), has_sign = range->high > positive;
    unsigned order = condition / 2;
    if (order == EQUAL)
        return narrow_equal(range, with, holds);
    if (order == SIGN) /* of the difference, which is the number itself if 0 is subtracted */
        return with.high > 0 || narrow_order(range, range_number(positive), !holds, true);
    if (order == LESS || order == LESS_OR_EQUAL) {
        if (with.high > positive)
            return true;
        /* What is more than a number that is not negative is not negative either. */
        if (has_sign && holds)
            return true;
        if (has_sign)
            range->high = positive;
        order = order == LESS ? BELOW : BELOW_OR_EQUAL;
    }
    if (order != BELOW && order != BELOW_OR_EQUAL)
        return true;
    return range->low <= range->high && narrow_order(range, with, holds, order == BELOW_OR_EQUAL);
}
