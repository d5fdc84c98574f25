/* base/: splitting a command line, reading and writing files, printable characters, the clock. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/file_parts.h"
#include "base/shellwords.h"
#include "base/signal_name.h"
#include "base/system_error.h"
#include "base_suites.h"

/* ---- words ---- */

static const struct {
    const char *text;
    const char *words[5];
} lines[] = {
    {"", {NULL}},
    {" \t\n ", {NULL}},
    {"gcc", {"gcc"}},
    {"  ccache\tgcc  -O2 ", {"ccache", "gcc", "-O2"}},
    {"'with blank/cc' -x", {"with blank/cc", "-x"}},
    {"-D'A=\"b c\"'", {"-DA=\"b c\""}},
    {"-DA=\\\"b\\ c\\\"", {"-DA=\"b c\""}},
    {"\"a\\\"b\\\\c\\d\"", {"a\"b\\c\\d"}},
    {"'' \"\" a''b", {"", "", "ab"}},
    {"'a\\' b", {"a\\", "b"}},
    {"''", {""}},
    {"'a\\\"b' 'c\\\\d'", {"a\\\"b", "c\\\\d"}},
    {"a'b'\"c\"d e", {"abcd", "e"}},
    {"\"it's\" '\"'", {"it's", "\""}},
    {"\\a\\'\\\\", {"a'\\"}},
    {"\"a\tb\nc\"", {"a\tb\nc"}},
    {"a\\\tb c", {"a\tb", "c"}},
    {"$HOME * ~ #", {"$HOME", "*", "~", "#"}},
};

/* Compares with what a shell makes of the same line. */
START_TEST(a_line_is_split_into_words_as_a_shell_splits_it)
{
    struct shellwords words = {0};
    size_t count = 0;
    ck_assert(shellwords_are_closed(lines[_i].text));
    ck_assert(shellwords_add(&words, lines[_i].text));
    for (; lines[_i].words[count]; count++) {
        ck_assert_uint_lt(count, words.count);
        ck_assert_str_eq(words.at[count], lines[_i].words[count]);
    }
    ck_assert_uint_eq(words.count, count);
    if (words.count > 0)
        ck_assert_ptr_null(words.at[words.count]);
    shellwords_free(&words);
}
END_TEST

START_TEST(a_quote_that_is_not_closed_is_refused_with_einval)
{
    static const char *const open[] = {"'",   "\"",   "a 'b", "a \"b\\\"",
                                       "a\\", "\"a'", "'a\"", "\"\\"};
    struct shellwords words = {0};
    ck_assert(!shellwords_are_closed(open[_i]));
    errno = 0;
    ck_assert(!shellwords_add(&words, open[_i]));
    ck_assert_int_eq(errno, EINVAL);
    shellwords_free(&words);
}
END_TEST

START_TEST(new_words_are_appended_to_existing_ones)
{
    struct shellwords words = {0};
    ck_assert(shellwords_add(&words, NULL));
    ck_assert_uint_eq(words.count, 0);
    ck_assert(shellwords_add(&words, "a b"));
    ck_assert(shellwords_add_word(&words, "as 'it' \\is"));
    ck_assert(shellwords_add_word(&words, ""));
    ck_assert(shellwords_add(&words, ""));
    ck_assert(shellwords_add(&words, "c"));
    ck_assert_uint_eq(words.count, 5);
    ck_assert_str_eq(words.at[1], "b");
    ck_assert_str_eq(words.at[2], "as 'it' \\is");
    ck_assert_str_eq(words.at[3], "");
    ck_assert_str_eq(words.at[4], "c");
    ck_assert_ptr_null(words.at[5]);
    shellwords_free(&words);
    ck_assert_ptr_null(words.at);
    ck_assert_uint_eq(words.count, 0);
    shellwords_free(&words);
}
END_TEST

/* Names, and how they are quoted. */
static const struct {
    const char *name, *quoted;
} quotes[] = {
    {"prog.c", "prog.c"},
    {"./a_b/c-d.s", "./a_b/c-d.s"},
    {"\xc3\xa4.c", "\xc3\xa4.c"},
    {"", "\"\""},
    {"my prog.c", "\"my prog.c\""},
    {"it's.c", "\"it's.c\""},
    {"a(b)&c;d|e<f>*?[]{}#~=^", "\"a(b)&c;d|e<f>*?[]{}#~=^\""},
    {"~x", "\"~x\""},
    {"a$b.c", "'a$b.c'"},
    {"a$'b\"!`\\", "'a$'\\''b\"!`\\'"},
    {"-x.s", "./-x.s"},
    {"- x.s", "\"./- x.s\""},
    {"a\nb\x7f'\\", "$'a\\x0ab\\x7f\\'\\\\'"},
};

START_TEST(a_files_name_is_quoted_for_a_shell_where_it_must_be)
{
    char text[200], echoed[100], command[300];
    ck_assert_str_eq(shellwords_quote_file(quotes[_i].name, text, sizeof text), quotes[_i].quoted);
    /* bash makes the same name of it. */
    snprintf(command, sizeof command, "bash -c 'printf %%s \"$0\"' %s", text);
    if (strncmp(text, "$'", 2) != 0) {
        FILE *shell = popen(command, "r");
        ck_assert_ptr_nonnull(shell);
        size_t length = fread(echoed, 1, sizeof echoed - 1, shell);
        echoed[length] = '\0';
        pclose(shell);
        const char *name_there = strncmp(echoed, "./-", 3) == 0 ? echoed + 2 : echoed;
        ck_assert_str_eq(name_there, quotes[_i].name);
    }
    /* What does not fit is cut. */
    for (size_t room = 1; room < strlen(quotes[_i].quoted); room++) {
        memset(text, 'x', sizeof text);
        shellwords_quote_file(quotes[_i].name, text, room);
        ck_assert_uint_lt(strlen(text), room);
    }
}
END_TEST

/* ---- characters, the clock ---- */

START_TEST(a_byte_that_is_not_printable_ascii_is_a_dot)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        char expected = byte >= ' ' && byte <= '~' ? (char)byte : '.';
        ck_assert_int_eq(ascii_printable((uint8_t)byte), expected);
    }
}
END_TEST

START_TEST(the_clock_counts_nanoseconds)
{
    uint64_t before = clock_now();
    usleep(2000);
    uint64_t after = clock_now();
    ck_assert_uint_ge(after - before, 2000000);
    ck_assert_uint_lt(after - before, UINT64_C(60000000000));
}
END_TEST

START_TEST(milliseconds_become_nanoseconds_that_can_be_added_without_overflow)
{
    ck_assert_uint_eq(clock_nanoseconds(0), 0);
    ck_assert_uint_eq(clock_nanoseconds(1), 1000000);
    ck_assert_uint_eq(clock_nanoseconds(86400000), UINT64_C(86400000000000));
    ck_assert_uint_eq(clock_nanoseconds(UINT64_MAX), UINT64_MAX / 2);
    ck_assert_uint_eq(clock_nanoseconds(UINT64_MAX / 1000000 + 1), UINT64_MAX / 2);
    ck_assert_uint_le(clock_nanoseconds(UINT64_MAX / 2 / 1000000), UINT64_MAX / 2);
    ck_assert_uint_eq(clock_nanoseconds(UINT64_MAX / 2 / 1000000 + 1), UINT64_MAX / 2);
}
END_TEST

static void compare_texts(const char *ours, const char *libc)
{
    ck_assert_int_eq(ours != NULL, libc != NULL);
    if (ours)
        ck_assert_str_eq(ours, libc);
}

START_TEST(errors_and_signals_have_the_names_and_texts_of_glibc)
{
    for (int number = -2; number < 1024; number++) {
        bool real = number > 0;
        compare_texts(system_error_name(number), real ? strerrorname_np(number) : NULL);
        compare_texts(system_error_description(number), real ? strerrordesc_np(number) : NULL);
        real = number > 0 && number < NSIG;
        compare_texts(signal_abbreviation(number), real ? sigabbrev_np(number) : NULL);
        compare_texts(signal_description(number), real ? sigdescr_np(number) : NULL);
    }
    ck_assert_str_eq(system_error_text(ENOENT), strerror(ENOENT));
    ck_assert_str_eq(system_error_text(9999), "Unknown error");
}
END_TEST

static Suite *base_suite(void)
{
    Suite *suite = suite_create("base");
    TCase *words = tcase_create("words");
    tcase_add_loop_test(words, a_line_is_split_into_words_as_a_shell_splits_it, 0,
                        sizeof lines / sizeof lines[0]);
    tcase_add_loop_test(words, a_files_name_is_quoted_for_a_shell_where_it_must_be, 0,
                        (int)(sizeof quotes / sizeof quotes[0]));
    tcase_add_loop_test(words, a_quote_that_is_not_closed_is_refused_with_einval, 0, 8);
    tcase_add_test(words, new_words_are_appended_to_existing_ones);
    suite_add_tcase(suite, words);
    TCase *small = tcase_create("characters and the clock");
    tcase_add_test(small, a_byte_that_is_not_printable_ascii_is_a_dot);
    tcase_add_test(small, errors_and_signals_have_the_names_and_texts_of_glibc);
    tcase_add_test(small, the_clock_counts_nanoseconds);
    tcase_add_test(small, milliseconds_become_nanoseconds_that_can_be_added_without_overflow);
    suite_add_tcase(suite, small);
    suite_add_tcase(suite, base_file_tests());
    suite_add_tcase(suite, base_memory_tests());
    suite_add_tcase(suite, base_heap_tests());
    suite_add_tcase(suite, base_maps_tests());
    suite_add_tcase(suite, base_proc_tests());
    return suite;
}

RUN_SUITE(base_suite)
