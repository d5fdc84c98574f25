/* Numbers from outside as intervals: sums, products and parts of them. */
#include "golf/lift/sizes/given.h"

#include "golf/lift/values.h"
#include "x86/known_bits.h"

enum { WORD = 64 };

int64_t lift_given_least(const struct lift_given *given)
{
    return (given->scale < 0 ? given->most : given->least) * given->scale + given->distance;
}

int64_t lift_given_most(const struct lift_given *given)
{
    return (given->scale < 0 ? given->least : given->most) * given->scale + given->distance;
}

/* 2^bits - 1, for fewer than 64. */
static int64_t ones(unsigned bits)
{
    return (int64_t)bits_ones(bits);
}

struct lift_given lift_given_any(unsigned bits)
{
    return (struct lift_given){.bits = (uint8_t)bits,
                               .least = bits < WORD ? 0 : INT64_MIN,
                               .most = bits < WORD ? ones(bits) : INT64_MAX,
                               .scale = 1};
}

bool lift_given_fits(int64_t least, int64_t most, unsigned bits)
{
    if (bits >= WORD)
        return true;
    return least >= 0 ? most <= ones(bits) : least >= -ones(bits - 1) - 1 && most <= ones(bits - 1);
}

struct lift_given lift_given_range(unsigned bits, int64_t least, int64_t most)
{
    if (!lift_given_fits(least, most, bits))
        return lift_given_any(bits);
    return (struct lift_given){.bits = (uint8_t)bits, .least = least, .most = most, .scale = 1};
}

/* Sets *result to a * b + c. Returns false if that is too much. */
static bool multiply(int64_t a, int64_t b, int64_t c, int64_t *result)
{
    return !__builtin_mul_overflow(a, b, result) && !__builtin_add_overflow(*result, c, result);
}

struct lift_given lift_given_affine(const struct lift_given *given, int64_t scale, int64_t distance,
                                    unsigned bits)
{
    struct lift_given result = *given;
    int64_t one, other;
    if (given->bits == 0 || given->is_low)
        return (struct lift_given){0};
    const bool is_number =
        given->bits >= bits && multiply(given->scale, scale, 0, &result.scale) &&
        multiply(given->distance, scale, distance, &result.distance) &&
        multiply(given->least, result.scale, result.distance, &one) &&
        multiply(given->most, result.scale, result.distance, &other) &&
        lift_given_fits(one < other ? one : other, one < other ? other : one, bits);
    if (!is_number)
        result = lift_given_any(bits);
    result.bits = (uint8_t)bits;
    result.joins = 0;
    result.of_call = given->of_call;
    return result;
}

/* What is below 0 becomes what its bits are as a number without a sign. */
static struct lift_given without_sign(const struct lift_given *given, unsigned bits)
{
    const int64_t least = lift_given_least(given), most = lift_given_most(given);
    struct lift_given result = *given;
    result.bits = (uint8_t)bits;
    if (least >= 0 || given->bits >= bits)
        return result;
    const int64_t all = ones(given->bits);
    result = most < 0 ? lift_given_range(bits, least + all + 1, most + all + 1)
                      : lift_given_range(bits, 0, all);
    result.of_call = given->of_call;
    return result;
}

struct lift_given lift_given_part(const struct lift_given *given, unsigned bits)
{
    struct lift_given result = *given;
    if (given->bits == 0 || (given->is_low && given->bits < bits))
        return (struct lift_given){0};
    result.is_low = false;
    if (given->bits <= bits)
        return without_sign(&result, bits);
    if (!lift_given_fits(lift_given_least(given), lift_given_most(given), bits))
        result = lift_given_any(bits);
    result.bits = (uint8_t)bits;
    result.of_call = given->of_call;
    return result;
}

struct lift_given lift_given_of(const struct lift_value *value, unsigned bits)
{
    if (value->kind == LIFT_OPAQUE)
        return lift_given_part(&value->given, bits);
    if (value->kind != LIFT_KNOWN || bits == 0)
        return (struct lift_given){0};
    const int64_t one = lift_signed(value->known[0].value, bits),
                  other = lift_signed(value->known[1].value, bits);
    struct lift_given given =
        lift_given_range(bits, one < other ? one : other, one < other ? other : one);
    given.of_call = one != other;
    return given;
}

/* a / b, rounded up or down. */
static int64_t divide(int64_t a, int64_t b, bool is_up)
{
    const int64_t result = a / b;
    const bool is_more = a % b != 0 && (a % b < 0) == (b < 0);
    const bool is_less = a % b != 0 && !is_more;
    return result + (is_up && is_more) - (!is_up && is_less);
}

void lift_given_leave(struct lift_given *given, int64_t least, int64_t most)
{
    int64_t one, other;
    if (least > most || given->scale == 0 || __builtin_sub_overflow(least, given->distance, &one) ||
        __builtin_sub_overflow(most, given->distance, &other))
        return;
    const bool turns = given->scale < 0;
    const int64_t low = divide(turns ? other : one, given->scale, true),
                  high = divide(turns ? one : other, given->scale, false);
    if (low > high)
        return;
    given->least = low > given->least ? low : given->least;
    given->most = high < given->most ? high : given->most;
}

/* Makes both numbers of the same count of bits. */
static void align(struct lift_given *a, struct lift_given *b)
{
    if (a->bits == b->bits)
        return;
    struct lift_given *less = a->bits < b->bits ? a : b, *more = a->bits < b->bits ? b : a;
    const unsigned bits = less->bits;
    /* A number that is not negative is the same with fewer bits. */
    if (lift_given_least(more) >= 0 && lift_given_most(more) <= ones(bits - 1))
        more->bits = (uint8_t)bits;
    else
        *less = without_sign(less, more->bits);
}

/* The same numbers without their base. */
static struct lift_given plain(const struct lift_given *given)
{
    struct lift_given result = *given;
    result.least = lift_given_least(given);
    result.most = lift_given_most(given);
    result.scale = 1, result.distance = 0, result.from = 0;
    return result;
}

struct lift_given lift_given_either(const struct lift_given *into, const struct lift_given *other)
{
    enum { JOINS = 3 };
    struct lift_given a = *into, b = *other;
    if (a.bits == 0 || b.bits == 0 || a.is_low != b.is_low || (a.is_low && a.bits != b.bits))
        return (struct lift_given){0};
    align(&a, &b);
    if (a.from == 0 || a.from != b.from || a.scale != b.scale || a.distance != b.distance) {
        a = plain(&a);
        b = plain(&b);
    }
    a.joins = (uint8_t)(into->joins + (b.least < a.least || b.most > a.most));
    a.least = b.least < a.least ? b.least : a.least;
    a.most = b.most > a.most ? b.most : a.most;
    a.of_call = a.of_call || b.of_call;
    if (a.joins > JOINS || !lift_given_fits(lift_given_least(&a), lift_given_most(&a), a.bits))
        return (struct lift_given){0};
    return a;
}

bool lift_given_is_same(const struct lift_given *a, const struct lift_given *b)
{
    return a->bits == b->bits &&
           (a->bits == 0 ||
            (a->least == b->least && a->most == b->most && a->from == b->from &&
             a->scale == b->scale && a->distance == b->distance && a->is_low == b->is_low));
}
