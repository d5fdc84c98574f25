/* Numbers from outside as intervals: sums, products and parts of them. */
#ifndef GOLF_LIFT_GIVEN_H
#define GOLF_LIFT_GIVEN_H

#include "golf/lift/lift_private.h"

/* The least and the most that it may be. */
int64_t lift_given_least(const struct lift_given *given);
int64_t lift_given_most(const struct lift_given *given);

/* Any number of so many bits, and each from `least` to `most`: any, if those need more bits. */
struct lift_given lift_given_any(unsigned bits);
struct lift_given lift_given_range(unsigned bits, int64_t least, int64_t most);

/* Whether the low bits of an interval's numbers have its order, without or with a sign. */
bool lift_given_fits(int64_t least, int64_t most, unsigned bits);

/* A number times `scale` plus `distance`, as both are known to be in so many bits. */
struct lift_given lift_given_affine(const struct lift_given *given, int64_t scale, int64_t distance,
                                    unsigned bits);

/* The low bits of it, or those with zeros above: as a number of so many bits. */
struct lift_given lift_given_part(const struct lift_given *given, unsigned bits);

/* Which numbers the low bits of a value may be; of 0 bits nothing is known. */
struct lift_given lift_given_of(const struct lift_value *value, unsigned bits);

/* Leaves of its base what makes it a number from `least` to `most`. */
void lift_given_leave(struct lift_given *given, int64_t least, int64_t most);

/* Either of two. It becomes wider a few times only, so that it does not for ever in loops. */
struct lift_given lift_given_either(const struct lift_given *into, const struct lift_given *other);

bool lift_given_is_same(const struct lift_given *a, const struct lift_given *b);

#endif
