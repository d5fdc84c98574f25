/* golf's ranges: whatever numbers two operands have, in four bits all of them are tried. */
#include "golf/rewrite/range.h"
#include "room.h"

enum { BITS = 4, END = 1 << BITS, MOST = END - 1, SIGN = END / 2, CONDITIONS = 16 };

/* Calls `check` for each two ranges. */
static void each_two(void (*check)(struct range a, struct range b))
{
    for (unsigned a = 0; a < END * END; a++)
        for (unsigned b = 0; b < END * END; b++)
            if (a / END <= a % END && b / END <= b % END)
                check((struct range){BITS, a / END, a % END},
                      (struct range){BITS, b / END, b % END});
}

static bool has(struct range range, uint64_t number)
{
    return range.bits == BITS && range.low <= number && number <= range.high;
}

static void check_arithmetic(struct range a, struct range b)
{
    const struct range sum = range_sum(a, b, BITS), difference = range_difference(a, b, BITS),
                       product = range_product(a, b, BITS), either = range_either(a, b);
    for (uint64_t x = a.low; x <= a.high; x++) {
        ck_assert(has(either, x) && !(x & range_zeros(a)));
        for (uint64_t y = b.low; y <= b.high; y++)
            ck_assert_msg(has(sum, (x + y) & MOST) && has(difference, (x - y) & MOST) &&
                              has(product, (x * y) & MOST) && has(either, y),
                          "%u and %u", (unsigned)x, (unsigned)y);
    }
}

START_TEST(what_two_numbers_give_is_in_the_range)
{
    each_two(check_arithmetic);
}
END_TEST

/* Whether a jump is taken after `cmp x, y`, as the processor's manuals have it. */
static bool holds(unsigned x, unsigned y, unsigned condition)
{
    const unsigned difference = (x - y) & MOST;
    const bool below = x < y, equal = x == y, sign = difference & SIGN,
               overflow = (x ^ y) & (x ^ difference) & SIGN;
    const bool is[] = {overflow,
                       below,
                       equal,
                       below || equal,
                       sign,
                       false,
                       sign != overflow,
                       equal || sign != overflow};
    return is[condition / 2] != (condition & 1);
}

static void check_conditions(struct range a, struct range b)
{
    enum { PARITY = 5 };
    for (unsigned condition = 0; condition < CONDITIONS; condition++) {
        struct range narrowed = a;
        const bool is_possible = range_narrow(&narrowed, b, BITS, condition);
        for (unsigned x = (unsigned)a.low; x <= a.high && condition / 2 != PARITY; x++)
            for (unsigned y = (unsigned)b.low; y <= b.high; y++)
                ck_assert_msg(!holds(x, y, condition) || (is_possible && has(narrowed, x)),
                              "%u and %u, condition %x", x, y, condition);
    }
}

START_TEST(behind_a_jump_is_what_the_comparison_lets_through)
{
    each_two(check_conditions);
}
END_TEST

/* Not only right: the bounds that loops and remainders need are found. */
START_TEST(bounds_are_narrow)
{
    struct range counter = {64, 0, UINT32_MAX};
    ck_assert(range_narrow(&counter, range_number(15), 32, 6)); /* jbe */
    ck_assert_uint_eq(counter.high, 15);
    ck_assert(range_narrow(&counter, range_number(3), 32, 13)); /* jge */
    ck_assert_uint_eq(counter.low, 3);
    ck_assert(!range_narrow(&counter, range_number(3), 32, 2)); /* jb */
    ck_assert_uint_eq(range_zeros((struct range){64, 1, 15}), ~UINT64_C(15));
    ck_assert_uint_eq(range_zeros((struct range){8, 1, 15}), 0xf0);
    ck_assert_uint_eq(range_zeros((struct range){0}), 0);
    ck_assert_uint_eq(range_low((struct range){64, 0, 300}, 8).high, 255);
    ck_assert_uint_eq(range_low((struct range){16, 0, 300}, 32).bits, 16);
    const struct range wide = range_widen((struct range){64, 1, 4}, (struct range){64, 0, 5});
    ck_assert(wide.low == 0 && wide.high == 7);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_range");
    TCase *cases = tcase_create("ranges");
    tcase_add_test(cases, what_two_numbers_give_is_in_the_range);
    tcase_add_test(cases, behind_a_jump_is_what_the_comparison_lets_through);
    tcase_add_test(cases, bounds_are_narrow);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
