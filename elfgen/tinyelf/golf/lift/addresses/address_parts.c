/* Addresses as parts of values: where ways meet, what may be one stays so. */
#include "golf/lift/addresses/address_parts.h"

#include "golf/lift/memory.h"

enum lift_part lift_part_of_number(const struct lift *lift, uint64_t number, bool is_number)
{
    if (is_number || number < ELFGEN_PAGE || !lift_is_address(lift, number))
        return LIFT_NO_ADDRESS;
    return lift->addresses ? LIFT_ADDRESS : LIFT_LIKE_AN_ADDRESS;
}

enum lift_part lift_part_of(const struct lift *lift, const struct lift_value *value)
{
    if (value->kind == LIFT_OPAQUE)
        return value->of_address ? LIFT_ADDRESS : value->is_outer ? LIFT_NO_ADDRESS : LIFT_ANYTHING;
    if (value->kind != LIFT_KNOWN)
        return LIFT_ANYTHING;
    if (value->known[0].value != value->known[1].value)
        return LIFT_NO_ADDRESS;
    return lift_part_of_number(lift, value->known[0].value, value->is_number);
}

uint64_t lift_near(const struct lift *lift, const struct lift_value *value)
{
    if (value->kind == LIFT_OPAQUE)
        return value->of_address && value->near_too == 0 ? value->near : 0;
    return lift_part_of(lift, value) >= LIFT_LIKE_AN_ADDRESS ? value->known[0].value : 0;
}

bool lift_are_together(const struct lift *lift, uint64_t a, uint64_t b)
{
    const uint64_t low = a < b ? a : b, high = a < b ? b : a;
    const struct lift_segment *segment = lift_segment_of(lift, low);
    if (a == b || !segment)
        return a == b;
    /* What is right after a section may be meant as its end. */
    for (size_t i = 0; lift->addresses && i < lift->addresses->bound_count; i++)
        if (low < lift->addresses->bounds[i] && lift->addresses->bounds[i] < high)
            return false;
    return high - segment->address <= segment->memory_size;
}

uint8_t lift_traits(const struct lift_value *value)
{
    if (value->kind == LIFT_STACK && value->frame == 0 && (int64_t)value->number >= 0)
        return LIFT_IS_UPWARDS;
    return value->kind == LIFT_OPAQUE ? value->traits : 0;
}

void lift_set_near(const struct lift *lift, uint64_t near, uint64_t far, struct lift_value *value)
{
    value->near = value->near_too = 0;
    if (near == 0 || far == 0)
        return;
    value->near = near < far ? near : far;
    if (!lift_are_together(lift, near, far))
        value->near_too = near < far ? far : near;
}

static void copy_near(const struct lift *lift, const struct lift_value *from,
                      struct lift_value *value)
{
    const bool has_two = from->kind == LIFT_OPAQUE && from->of_address && from->near_too != 0;
    value->near = has_two ? from->near : lift_near(lift, from);
    value->near_too = has_two ? from->near_too : 0;
}

/* Where ways meet, or come once more: the memory is that of either way. */
static void join_near(const struct lift *lift, const struct lift_value *a,
                      const struct lift_value *b, struct lift_value *value)
{
    struct lift_value one = {.kind = LIFT_OPAQUE}, other = {.kind = LIFT_OPAQUE};
    copy_near(lift, a, &one);
    copy_near(lift, b, &other);
    if (one.near_too == 0 && other.near_too == 0) {
        lift_set_near(lift, one.near, other.near, value);
        return;
    }
    const struct lift_value *two = one.near_too != 0 ? &one : &other;
    const uint64_t near = two == &one ? other.near : one.near;
    const bool is_same = one.near_too != 0 && other.near_too != 0
                             ? one.near == other.near && one.near_too == other.near_too
                             : near != 0 && (lift_are_together(lift, near, two->near) ||
                                             lift_are_together(lift, near, two->near_too));
    value->near = is_same ? two->near : 0;
    value->near_too = is_same ? two->near_too : 0;
}

void lift_copy_parts(const struct lift *lift, const struct lift_value *from,
                     struct lift_value *value)
{
    const enum lift_part part = lift_part_of(lift, from);
    value->of_address = part == LIFT_ADDRESS;
    value->is_outer = part == LIFT_NO_ADDRESS;
    copy_near(lift, from, value);
    value->traits = lift_traits(from);
}

void lift_join_parts(const struct lift *lift, const struct lift_value *a,
                     const struct lift_value *b, struct lift_value *value)
{
    const enum lift_part one = lift_part_of(lift, a), other = lift_part_of(lift, b);
    value->is_outer = one == LIFT_NO_ADDRESS && other == LIFT_NO_ADDRESS;
    value->of_address = one == LIFT_ADDRESS || other == LIFT_ADDRESS ||
                        (one == LIFT_LIKE_AN_ADDRESS && other == LIFT_LIKE_AN_ADDRESS);
    value->traits = lift_traits(a) | lift_traits(b);
    if (one < LIFT_LIKE_AN_ADDRESS || other < LIFT_LIKE_AN_ADDRESS)
        copy_near(lift, one > other ? a : b, value);
    else
        join_near(lift, a, b, value);
}
