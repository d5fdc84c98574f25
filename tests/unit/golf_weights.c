/* golf's weights: what a choice costs among the bytes that stand in headers. */
#include "golf/shrink/weights.h"
#include "room.h"

/* What a choice weighs among headers of eight free bytes and then these, for a program of one block
 * or two. */
static struct weighing weigh_among(const uint8_t *bytes, unsigned count, unsigned blocks,
                                   const struct golf_choice *choice, bool goes_on)
{
    static struct weights weights;
    struct golf_overlap overlap = {.bits = 64, .size = (uint16_t)(8 + count)};
    struct golf_block nothing[2] = {{.count = 0}};
    struct golf_lifted lifted = {.bits = 64, .blocks = nothing, .count = blocks};
    struct weighing weighing = {0};
    for (unsigned i = 0; i < count; i++)
        overlap.cells[8 + i] = (struct golf_cell){.kind = GOLF_CELL_FIXED, .value = bytes[i]};
    weights_open(&weights, &overlap, 1, &lifted);
    weights_add(&weights, choice, goes_on, NULL, &weighing);
    return weighing;
}

/* `mov edi, 1` costs a byte before 01 00 00 00, for which it takes these four for itself. */
START_TEST(bytes_that_stand_cost_nothing)
{
    static const uint8_t bytes[] = {1, 0, 0, 0};
    struct golf_choice choice = {.bytes = {0xbf, 1}, .length = 5, .followed_by = GOLF_NONE};
    struct weighing weighing = weigh_among(bytes, sizeof bytes, 1, &choice, true);
    ck_assert_uint_eq(weighing_least(&weighing, UINT32_MAX), 1);
    ck_assert_uint_eq(weighing_least(&weighing, 0), 5);
    choice.bytes[1] = 2;
    weighing = weigh_among(bytes, sizeof bytes, 1, &choice, true);
    ck_assert_uint_eq(weighing_least(&weighing, UINT32_MAX), 5);
}
END_TEST

/* Behind them `add [rax], al` stands, before which nothing can end but the program; or `or al, 0`,
 * which leads there; or `add al, al`, which leads out. */
START_TEST(bytes_that_lead_nowhere_are_no_gain)
{
    static const uint8_t bytes[] = {1, 0, 0, 0, 0, 0}, leads[] = {1, 0, 0, 0, 0x0c, 0, 0, 0},
                         leads_out[] = {1, 0, 0, 0, 0, 0xc0};
    const struct golf_choice choice = {.bytes = {0xbf, 1}, .length = 5, .followed_by = GOLF_NONE};
    struct weighing weighing = weigh_among(bytes, sizeof bytes, 1, &choice, true);
    ck_assert_uint_eq(weighing_least(&weighing, UINT32_MAX), 5);
    weighing = weigh_among(bytes, sizeof bytes, 1, &choice, false);
    ck_assert_uint_eq(weighing_least(&weighing, UINT32_MAX), 1);
    weighing = weigh_among(leads, sizeof leads, 1, &choice, true);
    ck_assert_uint_eq(weighing_least(&weighing, UINT32_MAX), 5);
    weighing = weigh_among(leads_out, sizeof leads_out, 1, &choice, true);
    ck_assert_uint_eq(weighing_least(&weighing, UINT32_MAX), 1);
}
END_TEST

/* It is the jump from a part of the code to the next; with more blocks there may be none. Where its
 * distance stands, it leads to what stands. */
START_TEST(a_call_that_goes_on_anywhere_weighs_as_no_jump)
{
    static const uint8_t bytes[] = {1, 0, 0, 0, 0, 0, 0};
    struct golf_choice choice = {.bytes = {0xe8},
                                 .length = 5,
                                 .followed_by = GOLF_NONE,
                                 .field_count = 1,
                                 .fields = {{.kind = GOLF_NEXT_FIELD, .offset = 1, .length = 4}}};
    struct weighing weighing = weigh_among(bytes, sizeof bytes, 1, &choice, true);
    ck_assert_uint_eq(weighing_least(&weighing, 0), 3);
    ck_assert_uint_gt(weighing_least(&weighing, UINT32_MAX), 1);
    weighing = weigh_among(bytes, sizeof bytes, 2, &choice, true);
    ck_assert_uint_eq(weighing_least(&weighing, 0), 5);
    weighing = weigh_among(bytes, 4, 1, &choice, true);
    ck_assert_uint_eq(weighing_least(&weighing, UINT32_MAX), 1);
}
END_TEST

/* What four bytes that stand are as a number, each once; none that has a byte which may differ. */
START_TEST(numbers_that_stand_are_known)
{
    static const uint8_t bytes[] = {0x38, 0, 1, 0, 0, 0, 0, 0, 0x38, 0, 1, 0};
    static const uint32_t numbers[] = {0x10038, 0x100, 1, 0x38000000, 0x380000, 0x1003800};
    static struct weights weights;
    struct golf_overlap overlap = {.bits = 64, .size = 4 + sizeof bytes};
    struct golf_block nothing = {.count = 0};
    const struct golf_lifted lifted = {.bits = 64, .blocks = &nothing, .count = 1};
    for (size_t i = 0; i < sizeof bytes; i++)
        overlap.cells[4 + i] = (struct golf_cell){.kind = GOLF_CELL_FIXED, .value = bytes[i]};
    weights_open(&weights, &overlap, 1, &lifted);
    ck_assert_uint_eq(weights.number_count, sizeof numbers / sizeof *numbers);
    for (size_t i = 0; i < weights.number_count; i++)
        ck_assert_uint_eq(weights.numbers[i], numbers[i]);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_weights");
    TCase *cases = tcase_create("among headers");
    tcase_add_test(cases, bytes_that_stand_cost_nothing);
    tcase_add_test(cases, bytes_that_lead_nowhere_are_no_gain);
    tcase_add_test(cases, a_call_that_goes_on_anywhere_weighs_as_no_jump);
    tcase_add_test(cases, numbers_that_stand_are_known);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
