/* golf's shrink: numbers that stand in headers are parts of instructions. */
#include "golf_made_run.h"

/* Where 05 and the number of write stand, `add eax, 1` costs nothing, and `mov` does not fit. */
START_TEST(a_number_that_stands_is_added_to_eax_as_well)
{
    enum { SIZE = 64, AT = 20 };
    static struct golf_overlap overlap = {.bits = 64, .size = SIZE};
    for (unsigned i = 0; i < SIZE; i++)
        overlap.cells[i] = (struct golf_cell){.kind = GOLF_CELL_FREE};
    static const uint8_t stands[] = {0x05, 1, 0, 0, 0};
    for (unsigned i = 0; i < sizeof stands; i++)
        overlap.cells[AT + i] = (struct golf_cell){.kind = GOLF_CELL_FIXED, .value = stands[i]};
    struct program program;
    struct golf_pieces pieces;
    struct elfgen_error error;
    struct golf_shrink_options options = {
        .slack = 1, .states = 20000, .overlaps = &overlap, .overlap_count = 1};
    hello(&program, 64);
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(has_bytes(&pieces, stands, sizeof stands));
    run_some_ways(&pieces);
    golf_pieces_free(&pieces);
    options.overlap_count = 0;
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(!has_bytes(&pieces, stands, sizeof stands));
    golf_pieces_free(&pieces);
}
END_TEST

/* Before 38 00 01 00, which has no bit of 1, `and edi` costs two bytes and leads past four. */
START_TEST(a_number_that_stands_clears_a_register)
{
    enum { SIZE = 64, AT = 20 };
    static struct golf_overlap overlap = {.bits = 64, .size = SIZE};
    for (unsigned i = 0; i < SIZE; i++)
        overlap.cells[i] = (struct golf_cell){.kind = GOLF_CELL_FREE};
    static const uint8_t clears[] = {0x81, 0xe7, 0x38, 0, 1, 0}, no_clears[] = {0x81, 0xe7, 0x39};
    for (unsigned odd = 0; odd < 2; odd++) {
        for (unsigned i = 2; i < sizeof clears; i++)
            overlap.cells[AT + i] = (struct golf_cell){
                .kind = GOLF_CELL_FIXED, .value = (uint8_t)(clears[i] + (i == 2) * odd)};
        struct program program;
        struct golf_pieces pieces;
        struct elfgen_error error;
        const struct golf_shrink_options options = {
            .slack = 1, .states = 20000, .overlaps = &overlap, .overlap_count = 1};
        hello(&program, 64);
        ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
        ck_assert(has_bytes(&pieces, clears, sizeof clears) == !odd);
        ck_assert(!has_bytes(&pieces, no_clears, sizeof no_clears));
        if (!odd)
            run_some_ways(&pieces);
        golf_pieces_free(&pieces);
    }
}
END_TEST

/* i386's exit is 1, which edi has after the write. */
START_TEST(among_headers_a_constant_is_taken_from_where_it_was_needed)
{
    enum { SIZE = 64 };
    static const uint8_t exchange[] = {0x97}; /* of eax and edi */
    static struct golf_overlap overlap = {.bits = 64, .size = SIZE};
    for (unsigned i = 0; i < SIZE; i++)
        overlap.cells[i] = (struct golf_cell){.kind = GOLF_CELL_FREE};
    struct program program;
    struct golf_pieces pieces;
    struct elfgen_error error;
    const struct golf_shrink_options options = {
        .states = 20000, .int80 = true, .overlaps = &overlap, .overlap_count = 1};
    hello(&program, 64);
    ck_assert_msg(golf_shrink(&program.lifted, &options, &pieces, &error), "%s", error.text);
    ck_assert(has_bytes(&pieces, exchange, sizeof exchange));
    run_some_ways(&pieces);
    golf_pieces_free(&pieces);
}
END_TEST

static Suite *suite(void)
{
    Suite *all = suite_create("golf_shrink_headers");
    TCase *cases = tcase_create("headers");
    tcase_add_test(cases, a_number_that_stands_is_added_to_eax_as_well);
    tcase_add_test(cases, a_number_that_stands_clears_a_register);
    tcase_add_test(cases, among_headers_a_constant_is_taken_from_where_it_was_needed);
    suite_add_tcase(all, cases);
    return all;
}

RUN_SUITE(suite)
