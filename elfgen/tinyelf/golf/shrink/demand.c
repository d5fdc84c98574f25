/* Demands: values of which some bits matter. */
#include "demand.h"

struct demand demand_of(const struct golf_value *value, unsigned bits)
{
    struct demand demand = {value->kind, value->data, value->number,
                            bits >= 64 ? ALL_BITS : ((uint64_t)1 << bits) - 1};
    if (value->kind == GOLF_UNKNOWN)
        return (struct demand){0};
    if (value->kind != GOLF_ADDRESS)
        demand.data = GOLF_NONE;
    if (value->kind == GOLF_CONSTANT)
        demand.number &= demand.mask;
    return demand;
}

static bool is_anywhere(const struct demand *demand)
{
    return demand->kind == GOLF_ADDRESS && demand->data == GOLF_NONE;
}

bool demand_merge(struct demand *into, const struct demand *other)
{
    if (!other->mask)
        return true;
    if (!into->mask) {
        *into = *other;
        return true;
    }
    if (into->kind != other->kind)
        return false;
    if (into->kind == GOLF_CONSTANT) {
        if ((into->number ^ other->number) & into->mask & other->mask)
            return false;
        into->number |= other->number;
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
    if (!demand->mask)
        return true;
    if (demand->kind != value->kind)
        return false;
    switch (demand->kind) {
    case GOLF_CONSTANT:
        return !((demand->number ^ value->number) & demand->mask);
    case GOLF_ADDRESS:
        return demand->data == GOLF_NONE ||
               (demand->data == value->data && demand->number == value->number);
    default:
        return demand->number == value->number;
    }
}

bool demand_fits_32(const struct demand *demand, bool small_addresses)
{
    if (demand->kind == GOLF_CONSTANT)
        return !(demand->number >> 32);
    return demand->mask <= LOW_32 || (demand->kind == GOLF_ADDRESS && small_addresses);
}

struct demand demand_low_32(struct demand demand)
{
    demand.mask &= LOW_32;
    if (demand.kind == GOLF_CONSTANT)
        demand.number &= LOW_32;
    return demand.mask ? demand : (struct demand){0};
}
