/* base/columns: rows of a label, two cells, and the change from the first to the second. */
#include <string.h>

#include "base/columns.h"
#include "room.h"

static char printed[400];
static struct elfgen_text out;
static struct columns columns;
enum { LABEL = 22, CELL = 30, LINE = 100 }; /* of the wide form */

static void begin_in(size_t width)
{
    out = (struct elfgen_text){.bytes = printed, .capacity = sizeof printed - 1};
    columns_open(&columns, &out, width);
}

static void begin(void)
{
    begin_in(0);
}

static const char *end(void)
{
    ck_assert(!out.cut);
    printed[out.length] = '\0';
    return printed;
}

/* Every cell is a space and 30 characters, the last of which are `text`. */
static void assert_cell(const char *text)
{
    char expected[CELL + 2];
    snprintf(expected, sizeof expected, " %*s", CELL, text);
    ck_assert_str_eq(end(), expected);
}

/* ---- cells ---- */

static const struct {
    const char *text, *cell, *as_file;
} texts[] = {
    {"", "", ""},
    {"a", "a", "a"},
    {"123456789012345678901234567890", "123456789012345678901234567890",
     "123456789012345678901234567890"},
    {"1234567890123456789012345678901", "123456789012345678901234567...",
     "...567890123456789012345678901"},
    {"/a/folder/with/a/name/of/some/length/file", "/a/folder/with/a/name/of/so...",
     ".../a/name/of/some/length/file"},
    {"a\tb\n\x1b[31m\xc3\xa4\x7f", "a.b..[31m...", "a.b..[31m..."},
};

START_TEST(a_text_that_does_not_fit_ends_in_dots_and_a_file_name_begins_with_them)
{
    begin();
    columns_word(&columns, texts[_i].text);
    assert_cell(texts[_i].cell);
    begin();
    columns_string(&columns, texts[_i].text, strlen(texts[_i].text));
    assert_cell(texts[_i].cell);
    begin();
    columns_end_of(&columns, texts[_i].text, strlen(texts[_i].text));
    assert_cell(texts[_i].as_file);
}
END_TEST

START_TEST(the_bytes_of_a_string_need_no_nul_and_may_be_unprintable)
{
    begin();
    columns_string(&columns, "a\0b", 3);
    assert_cell("a.b");
    begin();
    columns_string(&columns, "abc", 2);
    assert_cell("ab");
}
END_TEST

START_TEST(a_number_is_never_cut_and_a_missing_one_is_n_a)
{
    begin();
    columns_number(&columns, true, 0);
    assert_cell("0");
    begin();
    columns_number(&columns, true, UINT64_MAX);
    assert_cell("18446744073709551615");
    begin();
    columns_number(&columns, false, 7);
    assert_cell("n/a");
}
END_TEST

START_TEST(a_label_is_indented_and_fills_its_column)
{
    char expected[60];
    for (unsigned indent = 0; indent < 4; indent++) {
        begin();
        columns_label(&columns, indent, "label");
        snprintf(expected, sizeof expected, "%*s%-*s", (int)(2 * indent), "",
                 LABEL - (int)(2 * indent), "label");
        ck_assert_str_eq(end(), expected);
        ck_assert_uint_eq(out.length, LABEL);
    }
    /* A longer label is printed whole. */
    begin();
    columns_label(&columns, 1, "a label of more than twenty characters");
    ck_assert_str_eq(end(), "  a label of more than twenty characters");
}
END_TEST

/* ---- what comes after the cells ---- */

static const struct {
    uint64_t a, b;
    const char *text;
} changes[] = {
    {0, 0, ""},
    {7, 7, ""},
    {UINT64_MAX, UINT64_MAX, ""},
    {0, 1, "  +1"},
    {1, 0, "  -1"},
    {100, 199, "  +99"},
    {199, 100, "  -99"},
    {100, 200, "  2.0 times"},
    {200, 100, "  1/2.0"},
    {100, 225, "  2.3 times"}, /* 2.25 */
    {100, 224, "  2.2 times"},
    {100, 296, "  3.0 times"},
    {1, 99, "  99.0 times"},
    {1, 100, "  100 times"},
    {100, 9994, "  99.9 times"},
    {100, 9995, "  100 times"}, /* 99.95 */
    {9995, 100, "  1/100"},
    {2, 201, "  100 times"}, /* 100.5: a half is not more than a half */
    {1000, 100501, "  101 times"},
    {1, 99999998, "  99999998 times"},
    {10, 999999989, "  99999999 times"},
    {1, 99999999, "  +99999998"},
    {9999999999, 1, "  1/9999999999"},
    {1, 10000000000, "  +9999999999"},
    {1, 100000000000, "  +99999999999"},
    {1, 100000000001, ""}, /* neither fits in a line */
    {0, 99999999999, "  +99999999999"},
    {0, 100000000000, ""},
    {UINT64_MAX, 1, ""},
    {UINT64_MAX - 5, UINT64_MAX, "  +5"},
    {UINT64_MAX / 2, UINT64_MAX, "  2.0 times"},
    {UINT64_MAX / 10, UINT64_MAX, "  10.0 times"},
    {UINT64_C(1) << 62, UINT64_C(5) << 61, "  2.5 times"},
    {UINT64_C(10) << 60, UINT64_C(4) << 60, "  1/2.5"},
};

START_TEST(a_change_is_a_factor_from_two_times_on_and_a_difference_below)
{
    begin();
    columns_change(&columns, changes[_i].a, changes[_i].b);
    ck_assert_str_eq(end(), changes[_i].text);
}
END_TEST

START_TEST(a_factor_has_one_decimal_place_below_100)
{
    static const struct {
        uint64_t large, small;
        const char *text;
    } factors[] = {
        {0, 1, "0.0"},
        {1, 1, "1.0"},
        {1, 3, "0.3"},
        {2, 3, "0.7"},
        {999, 10, "99.9"},
        {9994, 100, "99.9"},
        {9996, 100, "100"},
        {1000, 10, "100"},
        {1004, 10, "100"},
        {1006, 10, "101"},
        {UINT64_MAX, 1, "18446744073709551615"},
        {UINT64_MAX, UINT64_MAX, "1.0"},
        {UINT64_MAX, UINT64_MAX / 10 + 1, "10.0"},
        {UINT64_MAX, UINT64_MAX / 4 * 3, "1.3"},
        {UINT64_MAX / 4, UINT64_MAX, "0.2"}, /* slightly less than 0.25 */
    };
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++) {
        begin();
        columns_times_of(&out, factors[i].large, factors[i].small);
        ck_assert_str_eq(end(), factors[i].text);
    }
}
END_TEST

/* ---- lines ---- */

START_TEST(a_row_has_both_numbers_and_a_change_if_neither_is_missing)
{
    static const bool second[2] = {false, true}, first[2] = {true, false}, neither[2];
    ck_assert(columns_both[0] && columns_both[1]);
    begin();
    columns_row(&columns, 0, "bytes", 100, 178);
    ck_assert_str_eq(end(), "bytes                 "
                            "                            100"
                            "                            178  +78\n");
    begin();
    columns_row_where(&columns, 1, "bytes", second, 100, 178);
    ck_assert_str_eq(end(), "  bytes               "
                            "                            n/a"
                            "                            178\n");
    begin();
    columns_row_where(&columns, 0, "bytes", first, 100, 178);
    ck_assert_str_eq(end(), "bytes                 "
                            "                            100"
                            "                            n/a\n");
    begin();
    columns_row_where(&columns, 0, "bytes", neither, 100, 178);
    ck_assert_str_eq(end(), "bytes                 "
                            "                            n/a"
                            "                            n/a\n");
}
END_TEST

START_TEST(a_row_of_some_is_omitted_if_both_are_0)
{
    begin();
    columns_row_of_some(&columns, 0, "some", 0, 0);
    ck_assert_uint_eq(out.length, 0);
    columns_row_of_some(&columns, 0, "some", 0, 1);
    ck_assert_uint_gt(out.length, 0);
    begin();
    columns_row_of_some(&columns, 0, "some", 1, 0);
    ck_assert_uint_gt(out.length, 0);
    begin();
    columns_row(&columns, 0, "some", 0, 0);
    ck_assert_uint_gt(out.length, 0);
}
END_TEST

START_TEST(a_missing_word_is_unknown)
{
    begin();
    columns_words(&columns, "class", "ELF64", NULL);
    ck_assert_str_eq(end(), "class                 "
                            "                          ELF64"
                            "                        unknown\n");
    begin();
    columns_words(&columns, "class", NULL, "ELF32");
    ck_assert_ptr_nonnull(strstr(end(), "unknown"));
}
END_TEST

START_TEST(no_row_is_longer_than_a_line)
{
    static const uint64_t values[] = {
        0, 1, 99, 100, 9999999999, 10000000000, 100000000000, UINT64_MAX / 2, UINT64_MAX};
    enum { COUNT = sizeof values / sizeof values[0] };
    for (size_t a = 0; a < COUNT; a++)
        for (size_t b = 0; b < COUNT; b++)
            for (unsigned indent = 0; indent < 3; indent++) {
                begin();
                columns_row(&columns, indent, "a label", values[a], values[b]);
                ck_assert_uint_le(out.length, LINE + 1);
                ck_assert_int_eq(end()[out.length - 1], '\n');
            }
}
END_TEST

/* ---- widths ---- */

static const size_t widths[] = {44, 60, 72, 80, 99, 100, 120, 200};

START_TEST(no_row_is_wider_than_the_output_and_no_number_is_cut_that_has_room)
{
    static const uint64_t values[] = {0, 1, 99, 1234567, 99999999999, UINT64_MAX};
    enum { COUNT = sizeof values / sizeof values[0] };
    for (size_t a = 0; a < COUNT; a++)
        for (size_t b = 0; b < COUNT; b++) {
            begin_in(widths[_i]);
            columns_row(&columns, 1, "a label", values[a], values[b]);
            ck_assert_uint_le(out.length, widths[_i] + 1);
            /* Numbers of 20 digits have room from 80 columns on, those of 11 from 60 on. */
            const uint64_t most = values[a] > values[b] ? values[a] : values[b];
            const bool fits = widths[_i] >= 80 || (widths[_i] >= 60 && most < UINT64_MAX);
            ck_assert(!fits || !strstr(end(), "..."));
        }
}
END_TEST

START_TEST(a_long_label_takes_room_of_the_first_cell_and_the_second_stays)
{
    static const char label[] = "sched_get_priority_max";
    begin_in(60);
    columns_row(&columns, 1, "open", 1, 2);
    const size_t usual = out.length;
    const char *second = strrchr(end(), '2');
    const size_t at = (size_t)(second - printed);
    begin_in(60);
    columns_row(&columns, 1, label, 1, 2);
    ck_assert_uint_eq(out.length, usual);
    ck_assert_ptr_nonnull(strstr(end(), label));
    ck_assert_int_eq(printed[at], '2');
    begin_in(60);
    columns_row(&columns, 1, "a label of many, many, and yet more characters", 1, 2);
    ck_assert_ptr_nonnull(strstr(end(), "... "));
    ck_assert_int_eq(printed[at], '2');
    ck_assert_uint_eq(out.length, usual);
}
END_TEST

static Suite *columns_suite(void)
{
    Suite *suite = suite_create("columns");
    TCase *cells = tcase_create("cells");
    tcase_add_loop_test(cells,
                        a_text_that_does_not_fit_ends_in_dots_and_a_file_name_begins_with_them, 0,
                        sizeof texts / sizeof texts[0]);
    tcase_add_test(cells, the_bytes_of_a_string_need_no_nul_and_may_be_unprintable);
    tcase_add_test(cells, a_number_is_never_cut_and_a_missing_one_is_n_a);
    tcase_add_test(cells, a_label_is_indented_and_fills_its_column);
    suite_add_tcase(suite, cells);
    TCase *relative = tcase_create("changes");
    tcase_add_loop_test(relative, a_change_is_a_factor_from_two_times_on_and_a_difference_below, 0,
                        sizeof changes / sizeof changes[0]);
    tcase_add_test(relative, a_factor_has_one_decimal_place_below_100);
    suite_add_tcase(suite, relative);
    TCase *rows = tcase_create("rows");
    tcase_add_test(rows, a_row_has_both_numbers_and_a_change_if_neither_is_missing);
    tcase_add_test(rows, a_row_of_some_is_omitted_if_both_are_0);
    tcase_add_test(rows, a_missing_word_is_unknown);
    tcase_add_test(rows, no_row_is_longer_than_a_line);
    suite_add_tcase(suite, rows);
    TCase *fitted = tcase_create("widths");
    tcase_add_loop_test(fitted, no_row_is_wider_than_the_output_and_no_number_is_cut_that_has_room,
                        0, sizeof widths / sizeof widths[0]);
    tcase_add_test(fitted, a_long_label_takes_room_of_the_first_cell_and_the_second_stays);
    suite_add_tcase(suite, fitted);
    return suite;
}

RUN_SUITE(columns_suite)
