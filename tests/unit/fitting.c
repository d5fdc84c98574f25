/* base/width, base/fold and base/table: lines that fit the output. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/fold.h"
#include "base/table.h"
#include "base/visible.h"
#include "base/width.h"
#include "room.h"

static char printed[1 << 16];
static struct elfgen_text out;

static void begin(void)
{
    out = (struct elfgen_text){.bytes = printed, .capacity = sizeof printed - 1};
}

static const char *end(void)
{
    ck_assert(!out.cut);
    printed[out.length] = '\0';
    return printed;
}

/* ---- the width ---- */

static const struct {
    const char *columns; /* NULL: not set */
    size_t width;
} environments[] = {
    {NULL, WIDTH_WIDE}, {"", WIDTH_WIDE},   {"0", WIDTH_WIDE},
    {"x", WIDTH_WIDE},  {"-5", WIDTH_WIDE}, {"80x", WIDTH_WIDE},
    {"7", 7},           {"120", 120},       {"18446744073709551616", 9999},
};

START_TEST(a_file_has_the_wide_form_unless_columns_says_more)
{
    int file = open("/dev/null", O_WRONLY);
    ck_assert_int_ge(dup2(file, STDOUT_FILENO), 0);
    if (environments[_i].columns)
        setenv("COLUMNS", environments[_i].columns, 1);
    else
        unsetenv("COLUMNS");
    ck_assert_uint_eq(width_of_output(), environments[_i].width);
}
END_TEST

START_TEST(a_terminal_s_size_comes_before_columns_and_80_after)
{
    struct winsize size = {.ws_row = 24, .ws_col = 52};
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        return; /* this machine cannot open a terminal */
    int other = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(dup2(other, STDOUT_FILENO), 0);
    ck_assert_int_eq(ioctl(terminal, TIOCSWINSZ, &size), 0);
    setenv("COLUMNS", "60", 1);
    ck_assert_uint_eq(width_of_output(), 52);
    size.ws_col = 0; /* not known */
    ck_assert_int_eq(ioctl(terminal, TIOCSWINSZ, &size), 0);
    ck_assert_uint_eq(width_of_output(), 60);
    unsetenv("COLUMNS");
    ck_assert_uint_eq(width_of_output(), WIDTH_USUAL);
}
END_TEST

/* ---- columns of characters ---- */

static const struct {
    const char *text;
    size_t columns;
} characters[] = {
    {"", 0},
    {"abc", 3},
    {"\xc3\xa4", 1},                         /* a with diaeresis */
    {"a\xcc\x88", 1},                        /* the same in two characters */
    {"\xe6\xbc\xa2\xe5\xad\x97", 4},         /* two ideographs */
    {"\xf0\x9f\x90\xa7", 2},                 /* a penguin */
    {"\xff\xff", 2},                         /* not UTF-8 */
    {"\33[38;5;28m#\33[0m", 1},              /* colours */
    {"\33[", 0},                             /* the begin of one */
    {"\xe2\x80\xa6\xef\xbd\x81\xef\xbb", 5}, /* an ellipsis, a fullwidth a, half a character */
};

START_TEST(a_text_has_as_many_columns_as_on_a_terminal)
{
    const char *text = characters[_i].text;
    size_t length = strlen(text), columns = characters[_i].columns;
    ck_assert_uint_eq(visible_columns(text, length), columns);
    ck_assert_uint_eq(visible_fitting(text, length, columns), length);
    for (size_t room = 0; room < columns; room++)
        ck_assert_uint_le(visible_columns(text, visible_fitting(text, length, room)), room);
}
END_TEST

/* ---- sentences ---- */

static const char *folded(const char *text, size_t width, size_t hang)
{
    struct fold fold;
    begin();
    fold_open(&fold, &out, width, hang);
    elfgen_text_string(&fold.text, text);
    fold_close(&fold);
    return end();
}

START_TEST(a_line_is_broken_between_words_and_goes_on_behind_its_indentation)
{
    static const char text[] = "a.out: one two three\n  practice: four five six\n\nend";
    ck_assert_str_eq(folded(text, 0, 0), text);
    ck_assert_str_eq(folded(text, 25, 0), text);
    ck_assert_str_eq(folded(text, 20, 0),
                     "a.out: one two three\n  practice: four\n    five six\n\nend");
    ck_assert_str_eq(folded(text, 18, 6),
                     "a.out: one two\n  three\n  practice: four\n      five six\n\nend");
}
END_TEST

START_TEST(a_word_that_is_wider_than_a_line_is_broken_and_nothing_of_it_is_lost)
{
    ck_assert_str_eq(folded("at /a/very/long/path\n", 10, 0), "at\n  /a/very/\n  long/pat\n  h\n");
    ck_assert_str_eq(folded("\xe6\xbc\xa2\xe5\xad\x97\n", 3, 0), "\xe6\xbc\xa2\n \xe5\xad\x97\n");
    ck_assert_str_eq(folded("\xe6\xbc\xa2\n", 1, 0), "\xe6\xbc\xa2\n");
}
END_TEST

START_TEST(no_line_is_too_wide_at_any_width_and_all_words_are_there)
{
    char text[3000];
    size_t length = 0;
    for (size_t i = 0; length + 40 < sizeof text; i++) {
        for (size_t j = 0; j < i * 7 % 31; j++)
            text[length++] = (char)('a' + i % 26);
        text[length++] = i % 11 == 0 ? '\n' : ' ';
    }
    text[length++] = '\n';
    for (size_t width = 4; width < 90; width++) {
        struct fold fold;
        size_t words = 0, wanted = 0, at = 0;
        begin();
        fold_open(&fold, &out, width, width % 9);
        for (size_t i = 0; i < length; i += 5) /* in pieces */
            elfgen_text_bytes(&fold.text, text + i, length - i < 5 ? length - i : 5);
        fold_close(&fold);
        for (size_t i = 0; i < out.length; i++) {
            at = printed[i] == '\n' ? 0 : at + 1;
            ck_assert_msg(at <= width, "%zu", width);
            words += printed[i] != ' ' && printed[i] != '\n';
        }
        for (size_t i = 0; i < length; i++)
            wanted += text[i] != ' ' && text[i] != '\n';
        ck_assert_uint_eq(words, wanted);
    }
}
END_TEST

/* ---- tables ---- */

enum { NAME, BYTES, WORDS, READER, COLUMN_COUNT };
static const struct table_column columns[COLUMN_COUNT] = {
    [NAME] = {.wide = 20, .least = 10, .shrink = 1},
    [BYTES] = {.gap = 1, .wide = 16, .least = 8, .shrink = 1, .step = 4, .optional = true},
    [WORDS] = {.gap = 2, .wide = 40, .least = 10, .shrink = 2, .grow = 1},
    [READER] = {.gap = 1, .wide = 7},
};

START_TEST(a_table_fits_where_its_least_does_and_the_wide_form_is_as_declared)
{
    struct table_place places[COLUMN_COUNT];
    enum { WIDE = 20 + 1 + 16 + 2 + 40 + 1 + 7, LEAST = 10 + 2 + 10 + 1 + 7 };
    ck_assert_uint_eq(table_fit(columns, COLUMN_COUNT, 0, places), WIDE);
    ck_assert_uint_eq(places[BYTES].at, 21);
    ck_assert_uint_eq(places[WORDS].at, 39);
    ck_assert_uint_eq(places[READER].at, 80);
    for (size_t width = 1; width < 200; width++) {
        size_t all = table_fit(columns, COLUMN_COUNT, width, places), at = 0;
        ck_assert_uint_eq(all, width < LEAST ? LEAST : width);
        for (size_t i = 0; i < COLUMN_COUNT; i++) {
            at += places[i].gap;
            ck_assert_uint_eq(places[i].at, at);
            at += places[i].size;
        }
        ck_assert_uint_eq(at, all);
        ck_assert_uint_eq(places[READER].size, 7);
        ck_assert(places[BYTES].size % 4 == 0 && places[BYTES].size != 4);
        ck_assert_uint_ge(places[NAME].size, 10);
    }
    table_fit(columns, COLUMN_COUNT, WIDE + 30, places);
    ck_assert_uint_eq(places[WORDS].size, 70);
    table_fit(columns, COLUMN_COUNT, LEAST, places);
    ck_assert_uint_eq(places[BYTES].size + places[BYTES].gap, 0);
}
END_TEST

static const struct {
    unsigned alignment;
    const char *text, *cell;
} cells[] = {
    {TABLE_LEFT, "abc", "  abc   |"},
    {TABLE_RIGHT, "abc", "     abc|"},
    {TABLE_LAST, "abc", "  abc|"},
    {TABLE_LEFT, "abcdef", "  abcdef|"},
    {TABLE_LEFT, "abcdefg", "  abc...|"},
    {TABLE_RIGHT | TABLE_END, "abcdefg", "  ...efg|"},
    {TABLE_LAST | TABLE_END, "abcdefg", "  ...efg|"},
    {TABLE_LEFT, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97", "  \xe6\xbc\xa2... |"},
    {TABLE_END, "\xe6\xbc\xa2\xe5\xad\x97\xe6\xbc\xa2\xe5\xad\x97", "  ...\xe5\xad\x97 |"},
};

START_TEST(a_cell_has_its_columns_and_what_does_not_fit_has_dots)
{
    static const struct table_place place = {2, 2, 6}, none = {2, 2, 0};
    begin();
    table_put_string(&out, &none, TABLE_LEFT, "abc");
    ck_assert_str_eq(end(), "");
    table_put_string(&out, &place, cells[_i].alignment, cells[_i].text);
    elfgen_text_char(&out, '|');
    ck_assert_str_eq(end(), cells[_i].cell);
}
END_TEST

START_TEST(words_go_on_below_in_their_column)
{
    static const struct table_place place = {1, 3, 8};
    static const char text[] = "ENOEXEC, SIGSEGV and-a-long-one";
    begin();
    elfgen_text_string(&out, "ab");
    table_words(&out, &place, text, strlen(text));
    ck_assert_str_eq(end(), "ab ENOEXEC,\n   SIGSEGV\n   and-a-lo\n   ng-one");
}
END_TEST

START_TEST(a_line_is_cut_to_its_columns)
{
    for (size_t most = 0; most < 12; most++) {
        begin();
        elfgen_text_string(&out, "0123456789");
        table_cut(&out, most);
        ck_assert_uint_eq(strlen(end()), most < 10 ? most : 10);
        ck_assert(most >= 10 || most < 3 || strcmp(end() + most - 3, "...") == 0);
    }
}
END_TEST

static Suite *fitting_suite(void)
{
    Suite *suite = suite_create("fitting");
    TCase *width = tcase_create("width"), *text = tcase_create("text"),
          *table = tcase_create("table");
    tcase_add_loop_test(width, a_file_has_the_wide_form_unless_columns_says_more, 0,
                        sizeof environments / sizeof environments[0]);
    tcase_add_test(width, a_terminal_s_size_comes_before_columns_and_80_after);
    tcase_add_loop_test(text, a_text_has_as_many_columns_as_on_a_terminal, 0,
                        sizeof characters / sizeof characters[0]);
    tcase_add_test(text, a_line_is_broken_between_words_and_goes_on_behind_its_indentation);
    tcase_add_test(text, a_word_that_is_wider_than_a_line_is_broken_and_nothing_of_it_is_lost);
    tcase_add_test(text, no_line_is_too_wide_at_any_width_and_all_words_are_there);
    tcase_add_test(table, a_table_fits_where_its_least_does_and_the_wide_form_is_as_declared);
    tcase_add_loop_test(table, a_cell_has_its_columns_and_what_does_not_fit_has_dots, 0,
                        sizeof cells / sizeof cells[0]);
    tcase_add_test(table, words_go_on_below_in_their_column);
    tcase_add_test(table, a_line_is_cut_to_its_columns);
    suite_add_tcase(suite, width);
    suite_add_tcase(suite, text);
    suite_add_tcase(suite, table);
    return suite;
}

RUN_SUITE(fitting_suite)
