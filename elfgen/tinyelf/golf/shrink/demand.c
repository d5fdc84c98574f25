/* Demands: values of which some bits matter. */
#include "demand.h"

struct demand demand_cases(uint64_t number, uint64_t failed, uint64_t mask)
{
    return (struct demand){GOLF_CONSTANT, GOLF_NONE, number & mask, mask, {failed & mask}};
}

struct demand demand_constant(uint64_t number, uint64_t mask)
{
    return demand_cases(number, number, mask);
}

bool demand_is_constant(const struct demand *demand)
{
    return demand->kind == GOLF_CONSTANT && demand->number == demand->failed;
}

bool demand_is_same(const struct demand *a, const struct demand *b)
{
    return a->kind == b->kind && a->data == b->data && a->number == b->number &&
           a->mask == b->mask && a->failed == b->failed;
}

struct demand demand_of(const struct golf_value *value, unsigned bits)
{
    uint64_t mask = bits >= 64 ? ALL_BITS : ((uint64_t)1 << bits) - 1;
    switch (value->kind) {
    case GOLF_UNKNOWN:
        return (struct demand){0};
    case GOLF_CONSTANT:
        return demand_constant(value->number, mask);
    case GOLF_CASES:
        return demand_cases(value->number, value->failed, mask);
    case GOLF_OPAQUE:
        return (struct demand){GOLF_OPAQUE, GOLF_NONE, value->number, mask, {value->zeros}};
    case GOLF_BYTE:
        return demand_constant(0, mask & ~LOW_8);
    default:
        return (struct demand){value->kind, value->data, value->number, mask, {0}};
    }
}

static bool is_anywhere(const struct demand *demand)
{
    return demand->kind == GOLF_ADDRESS && demand->data == GOLF_NONE;
}

/* Whether a constant asks only for bits that are 0 in a value anyway. */
static bool is_zero_in(const struct demand *demand, uint64_t zeros)
{
    return demand->kind == GOLF_CONSTANT && !demand->number && !demand->failed &&
           !(demand->mask & ~zeros);
}

/* The same of a value that is asked for, too. */
static bool is_in_opaque(const struct demand *demand, const struct demand *opaque)
{
    return opaque->kind == GOLF_OPAQUE && is_zero_in(demand, opaque->zeros);
}

bool demand_merge(struct demand *into, const struct demand *other)
{
    if (!other->mask)
        return true;
    if (!into->mask) {
        *into = *other;
        return true;
    }
    if (is_in_opaque(into, other) || is_in_opaque(other, into)) {
        const uint64_t mask = into->mask | other->mask;
        *into = into->kind == GOLF_OPAQUE ? *into : *other;
        into->mask = mask;
        return true;
    }
    if (into->kind != other->kind)
        return false;
    if (into->kind == GOLF_CONSTANT) {
        uint64_t both = into->mask & other->mask;
        if ((into->number ^ other->number) & both || (into->failed ^ other->failed) & both)
            return false;
        into->number |= other->number;
        into->failed |= other->failed;
    } else if (is_anywhere(into) != is_anywhere(other)) {
        /* An address of data is one within the file. */
        uint64_t mask = into->mask | other->mask;
        *into = is_anywhere(into) ? *other : *into;
        into->mask = mask;
        return true;
    } else if (into->data != other->data || into->number != other->number) {
        return false;
    }
    into->mask |= other->mask;
    return true;
}

bool demand_is_met(const struct demand *demand, const struct golf_value *value)
{
    struct demand given = demand_of(value, 64);
    if (!demand->mask)
        return true;
    if (value->kind == GOLF_BYTE || (value->kind == GOLF_OPAQUE && demand->kind == GOLF_CONSTANT))
        return is_zero_in(demand, value->kind == GOLF_BYTE ? ~LOW_8 : value->zeros);
    if (demand->kind != given.kind)
        return false;
    switch (demand->kind) {
    case GOLF_CONSTANT:
        return !((demand->number ^ given.number) & demand->mask) &&
               !((demand->failed ^ given.failed) & demand->mask);
    case GOLF_ADDRESS:
        return demand->data == GOLF_NONE ||
               (demand->data == given.data && demand->number == given.number);
    default:
        return demand->data == given.data && demand->number == given.number;
    }
}

bool demand_fits_32(const struct demand *demand, bool small_addresses)
{
    if (demand->kind == GOLF_CONSTANT)
        return !((demand->number | demand->failed) >> 32);
    if (demand->kind == GOLF_OPAQUE)
        return (demand->mask & ~demand->zeros) <= LOW_32;
    return demand->mask <= LOW_32 || (demand->kind == GOLF_ADDRESS && small_addresses);
}

struct demand demand_low_32(struct demand demand)
{
    demand.mask &= LOW_32;
    if (demand.kind == GOLF_CONSTANT)
        demand.number &= LOW_32, demand.failed &= LOW_32;
    return demand.mask ? demand : (struct demand){0};
}
