/* cli/: suggestions for mistyped words, values of options (numbers, sizes, seconds), messages. */
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/colour.h"
#include "elfgen/arch.h"
#include "cli_cases.h"

/* ---- the nearest name ---- */

#define LONG_32 "abcdefghijklmnopqrstuvwxyz012345"

static const struct {
    const char *word;
    const char *meant; /* NULL: none is near */
} typed[] = {
    {"build", "build"},
    {"biuld", "build"},
    {"bild", "build"},
    {"buildd", "build"},
    {"b", "build"},
    {"d", "dump"}, /* the first name that begins with it */
    {"dis", "disasm"},
    {"st", "stages"},
    {"stp", "step"},
    {"xstages", "stages"},
    {"muatte", "mutate"},
    {"new", "new"},
    {"nwe", "new"}, /* neighbours that are swapped are one slip, as for git and gcc */
    {"nxy", NULL},  /* two of three letters differ */
    {"ne2", "new"},
    {"x", NULL},
    {"xy", NULL},
    {"build-all-of-it", NULL},
    {"BUILD", "build"}, /* small and capital letters are the same */
    {"MUATTE", "mutate"},
    {"", NULL}, /* every name begins with it */
    {LONG_32, LONG_32},
    {"bcdefghijklmnopqrstuvwxyz012345", LONG_32},
    {"x" LONG_32, NULL},
    {"a name of far more than thirty-two characters, which no command has", NULL},
};

START_TEST(the_nearest_name_is_the_one_that_was_meant)
{
    static const char *const names[] = {"build", "dump",   "disasm", "stages", "step",
                                        "new",   "mutate", LONG_32,  NULL};
    const char *meant = nearest(typed[_i].word, names);
    if (typed[_i].meant)
        ck_assert_str_eq(meant ? meant : "none", typed[_i].meant);
    else
        ck_assert_msg(meant == NULL, "%s: %s", typed[_i].word, meant);
}
END_TEST

START_TEST(without_names_there_is_no_suggestion)
{
    static const char *const none[] = {NULL};
    ck_assert_ptr_null(nearest("build", none));
}
END_TEST

START_TEST(a_name_is_suggested_up_to_a_distance_of_half_the_word_s_length)
{
    static const char *const names[] = {"abcdef", NULL};
    ck_assert_ptr_nonnull(nearest("abcxyz", names));
    ck_assert_ptr_null(nearest("abwxyz", names));
    ck_assert_ptr_nonnull(nearest("abcdefghi", names));
    ck_assert_ptr_nonnull(nearest("cdef", names));
    ck_assert_ptr_null(nearest("def", names));
}
END_TEST

START_TEST(the_nearer_of_two_names_is_suggested_and_the_first_of_two_as_near)
{
    static const char *const names[] = {"colour", "color", "columns", NULL};
    ck_assert_str_eq(nearest("colr", names), "color");
    ck_assert_str_eq(nearest("colouur", names), "colour");
    ck_assert_str_eq(nearest("col", names), "colour");
    static const char *const equals[] = {"cat", "bat", NULL};
    ck_assert_str_eq(nearest("hat", equals), "cat");
}
END_TEST

/* ---- numbers ---- */

static const struct {
    const char *text;
    bool good;
    uint64_t value;
} numbers[] = {
    {"0", true, 0},
    {"7", true, 7},
    {"007", true, 7},
    {"178", true, 178},
    {"0x0", true, 0},
    {"0x1f", true, 31},
    {"0X1F", true, 31},
    {"0xAbC", true, 0xabc},
    {"18446744073709551615", true, UINT64_MAX},
    {"18446744073709551616", false, 0},
    {"99999999999999999999999", false, 0},
    {"0xffffffffffffffff", true, UINT64_MAX},
    {"0x0000000000000000000001", true, 1},
    {"0x10000000000000000", false, 0},
    {"", false, 0},
    {"0x", false, 0},
    {"0x0x1", false, 0},
    {"x1", false, 0},
    {"1f", false, 0},
    {"0xg", false, 0},
    {"-1", false, 0},
    {"+1", false, 0},
    {"0x-1", false, 0},
    {" 1", false, 0},
    {"1 ", false, 0},
    {"1\n", false, 0},
    {"1.0", false, 0},
    {"1e3", false, 0},
    {"some", false, 0},
};

START_TEST(a_number_is_decimal_or_hex_whole_and_below_2_to_the_64)
{
    uint64_t value = 0;
    ck_assert_msg(parse_number(numbers[_i].text, &value) == numbers[_i].good, "%s",
                  numbers[_i].text);
    if (numbers[_i].good)
        ck_assert_uint_eq(value, numbers[_i].value);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    uint64_t value;
    const char *rest;
} thousandths[] = {
    {"0", true, 0, ""},
    {"1", true, 1000, ""},
    {"1.", true, 1000, ""},
    {".5", true, 500, ""},
    {"0.001", true, 1, ""},
    {"0.010", true, 10, ""},
    {"1.234", true, 1234, ""},
    {"1.2345", false, 0, NULL},
    {"0.0000", false, 0, NULL},
    {"64M", true, 64000, "M"},
    {"1.5K", true, 1500, "K"},
    {"1.2.3", true, 1200, ".3"},
    {"1 2", true, 1000, " 2"},
    {"1-", true, 1000, "-"},
    {"18446744073709", true, UINT64_C(18446744073709000), ""},
    {"99999999999999999999", false, 0, NULL},
    {"", false, 0, NULL},
    {".", false, 0, NULL},
    {"K", false, 0, NULL},
    {"-1", false, 0, NULL},
    {" 1", false, 0, NULL},
};

START_TEST(thousandths_are_digits_with_at_most_three_after_the_point)
{
    const char *rest = NULL;
    uint64_t value = 0;
    ck_assert_msg(parse_thousandths(thousandths[_i].text, &rest, &value) == thousandths[_i].good,
                  "%s", thousandths[_i].text);
    if (thousandths[_i].good) {
        ck_assert_uint_eq(value, thousandths[_i].value);
        ck_assert_str_eq(rest, thousandths[_i].rest);
    }
}
END_TEST

/* ---- values of options ---- */

/* What the tested code prints on standard error. */
static FILE *errors;
static char printed[2000];

static void catch_errors(void)
{
    errors = tmpfile();
    ck_assert_ptr_nonnull(errors);
    fflush(stderr);
    ck_assert_int_ge(dup2(fileno(errors), STDERR_FILENO), 0);
}

static const char *caught(void)
{
    fflush(stderr);
    ssize_t length = pread(fileno(errors), printed, sizeof printed - 1, 0);
    printed[length > 0 ? length : 0] = '\0';
    return printed;
}

/* A usage error: the message names the option, its value and where to find help. */
static void assert_usage_error(int status, const char *option, const char *text)
{
    char start[300];
    ck_assert_int_eq(status, EXIT_USAGE);
    snprintf(start, sizeof start, "tinyelf: run: error: %s '%s': it must be ", option, text);
    ck_assert_msg(strncmp(caught(), start, strlen(start)) == 0, "%s", printed);
    ck_assert_ptr_nonnull(strstr(printed, "Try: tinyelf run --help\n"));
}

static const struct {
    const char *text;
    uint64_t bytes; /* UINT64_MAX: none */
} sizes[] = {
    {"64", 64 << 20},
    {"0.5", 512 << 10},
    {"64M", 64 << 20},
    {"512K", 512 << 10},
    {"1G", 1 << 30},
    {"1.5G", 1536 << 20},
    {"1B", 1},
    {"4095B", 4095},
    {"0.001K", 1}, /* rounded down */
    {"0.001M", 1048},
    {".5K", 512},
    {"none", 0}, /* no limit */
    {"17179869G", UINT64_C(17179869) << 30},
    {"99999999G", UINT64_MAX},
    {"99999999999999G", UINT64_MAX},
    {"0", UINT64_MAX},
    {"0K", UINT64_MAX},
    {"0.5B", UINT64_MAX},
    {"0.0001G", UINT64_MAX},
    {"", UINT64_MAX},
    {"K", UINT64_MAX},
    {"5Q", UINT64_MAX},
    {"5k", UINT64_MAX},
    {"5KB", UINT64_MAX},
    {"5 M", UINT64_MAX},
    {"-5", UINT64_MAX},
    {"0x10", UINT64_MAX},
    {"None", UINT64_MAX},
    {"nonesuch", UINT64_MAX},
};

START_TEST(a_size_is_mib_or_has_a_suffix_and_is_not_0)
{
    uint64_t bytes = 77;
    catch_errors();
    int status = option_size("run", "memory", sizes[_i].text, &bytes);
    if (sizes[_i].bytes == UINT64_MAX) {
        assert_usage_error(status, "--memory", sizes[_i].text);
        return;
    }
    ck_assert_int_eq(status, EXIT_YES);
    ck_assert_uint_eq(bytes, sizes[_i].bytes);
    ck_assert_str_eq(caught(), "");
}
END_TEST

static const struct {
    const char *text;
    uint64_t nanoseconds; /* 0: none */
} seconds[] = {
    {"5", 5000000000},
    {"0.5", 500000000},
    {".5", 500000000},
    {"5.", 5000000000},
    {"0.000000001", 1},
    {"1.123456789", 1123456789},
    {"0.0000000019", 1}, /* rounded down */
    {"00005", 5000000000},
    {"86400", 86400000000000},
    {"86399.999999999", 86399999999999},
    {"86400.000000001", 0},
    {"86401", 0},
    {"99999999999999999999", 0},
    {"18446744074", 0}, /* just above 2^64 nanoseconds */
    {"0", 0},
    {"0.0", 0},
    {"0.0000000001", 0},
    {"", 0},
    {".", 0},
    {"-1", 0},
    {"+1", 0},
    {" 1", 0},
    {"1 ", 0},
    {"1s", 0},
    {"1.2.3", 0},
    {"1e1", 0},
    {"soon", 0},
    {"inf", 0},
};

START_TEST(seconds_are_above_0_and_at_most_a_day)
{
    uint64_t nanoseconds = 77;
    catch_errors();
    int status = option_seconds("run", seconds[_i].text, &nanoseconds);
    if (seconds[_i].nanoseconds == 0) {
        assert_usage_error(status, "--time", seconds[_i].text);
        ck_assert_uint_eq(nanoseconds, 77);
        return;
    }
    ck_assert_int_eq(status, EXIT_YES);
    ck_assert_uint_eq(nanoseconds, seconds[_i].nanoseconds);
    ck_assert_str_eq(caught(), "");
}
END_TEST

/* The value of a choice; -1 after a usage error. */
static int choose(const char *option, const struct option_choice *choices, const char *name)
{
    const struct option_choice *choice = option_choose("run", option, choices, name);
    return choice ? choice->value : -1;
}

START_TEST(a_target_is_the_name_of_an_architecture)
{
    static const char *const others[] = {"", "x86", "x86_64 ", "X86_64", "amd64", "vax", "i38"};
    const struct elfgen_arch *arch;
    for (unsigned i = 0; (arch = elfgen_arch_get(i)); i++)
        ck_assert_int_eq(choose("target", option_targets, arch->name), arch->machines[0]);
    ck_assert_int_eq(choose("target", option_targets, "x86_64"), ELFGEN_EM_X86_64);
    ck_assert_int_eq(choose("target", option_targets, "i386"), ELFGEN_EM_386);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        catch_errors();
        ck_assert_ptr_null(option_choose("run", "target", option_targets, others[i]));
        assert_usage_error(EXIT_USAGE, "--target", others[i]);
    }
}
END_TEST

START_TEST(colours_are_as_requested_and_auto_has_none_without_a_terminal)
{
    static const char *const others[] = {"", "red", "Always", "yes"};
    FILE *file = tmpfile();
    ck_assert_int_ge(dup2(fileno(file), STDOUT_FILENO), 0);
    for (int without = 0; without < 2; without++) {
        if (without)
            setenv("NO_COLOR", "1", 1);
        else
            unsetenv("NO_COLOR");
        ck_assert(option_colour(choose("color", option_colours, "always")));
        ck_assert(!option_colour(choose("color", option_colours, "never")));
        ck_assert(!option_colour(choose("color", option_colours, "auto")));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        catch_errors();
        ck_assert_ptr_null(option_choose("run", "color", option_colours, others[i]));
        assert_usage_error(EXIT_USAGE, "--color", others[i]);
    }
}
END_TEST

START_TEST(a_compiler_is_a_command_whose_quotes_are_closed)
{
    static const char *const bad[] = {"", " \t\n", "gcc '", "\"gcc", "gcc\\"};
    const char *compiler = NULL;
    ck_assert_int_eq(option_compiler("run", "ccache 'my gcc' -m32", &compiler), EXIT_YES);
    ck_assert_str_eq(compiler, "ccache 'my gcc' -m32");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        catch_errors();
        ck_assert_int_eq(option_compiler("run", bad[i], &compiler), EXIT_USAGE);
        ck_assert_ptr_nonnull(strstr(caught(), "tinyelf: run: error: --cc "));
    }
}
END_TEST

START_TEST(compiler_flags_accumulate_and_an_invalid_one_changes_nothing)
{
    char *flags = NULL;
    ck_assert_int_eq(option_add_compiler_flags("run", "-O2", &flags), EXIT_YES);
    ck_assert_str_eq(flags, "-O2");
    ck_assert_int_eq(option_add_compiler_flags("run", "-g '-D A'", &flags), EXIT_YES);
    ck_assert_str_eq(flags, "-O2 -g '-D A'");
    catch_errors();
    ck_assert_int_eq(option_add_compiler_flags("run", "'-g", &flags), EXIT_USAGE);
    ck_assert_ptr_nonnull(strstr(caught(), "--cflags \"'-g\": a quote is not closed"));
    ck_assert_str_eq(flags, "-O2 -g '-D A'");
    free(flags);
}
END_TEST

/* ---- messages ---- */

START_TEST(a_message_begins_with_its_subject_and_kind_if_it_has_them)
{
    catch_errors();
    message("file", "note", "%d of %s", 2, "3");
    message(NULL, "error", "alone");
    message("file", NULL, "as it is");
    message_report(NULL, &(struct report){.severity = REPORT_NOTE,
                                          .place = place_section("a.o", ".text", 0x12),
                                          .text = "100% literal"});
    ck_assert_str_eq(caught(), "tinyelf: file: note: 2 of 3\n"
                               "tinyelf: error: alone\n"
                               "tinyelf: file: as it is\n"
                               "tinyelf: a.o:(.text+0x12): note: 100% literal\n");
}
END_TEST

static void report_in_text(const char *text, size_t size, size_t offset, const char *sentence)
{
    struct elfgen_error error;
    elfgen_error_set(&error, ELFGEN_BAD_VALUE, offset, "%s", sentence);
    message_in_text("file", text, size, &error);
}

START_TEST(an_error_in_a_file_shows_the_line_with_a_caret_below)
{
    static const char text[] = "one\n\ttwo \x01\n\nend";
    catch_errors();
    report_in_text(text, sizeof text - 1, 0, "first");
    report_in_text(text, sizeof text - 1, 6, "w");
    report_in_text(text, sizeof text - 1, 11, "empty");
    report_in_text(text, sizeof text - 1, sizeof text - 1, "end");
    ck_assert_str_eq(caught(), "tinyelf: file:1:1: error: first\n"
                               "     1 | one\n"
                               "       | ^\n"
                               "tinyelf: file:2:3: error: w\n"
                               "     2 | \ttwo ?\n"
                               "       | \t ^\n"
                               "tinyelf: file:3:1: error: empty\n"
                               "     3 | \n"
                               "       | ^\n"
                               "tinyelf: file:4:4: error: end\n"
                               "     4 | end\n"
                               "       |    ^\n");
}
END_TEST

START_TEST(only_the_surroundings_of_an_error_in_a_long_line_are_shown)
{
    char text[1001], *line;
    for (size_t i = 0; i < 1000; i++)
        text[i] = (char)('a' + i % 26);
    text[1000] = '\0';
    for (size_t place = 0; place <= 1000; place += 50) {
        catch_errors();
        report_in_text(text, 1000, place, "here");
        line = strstr(caught(), "     1 | ");
        ck_assert_ptr_nonnull(line);
        const char *caret = strstr(line, "\n       | ");
        ck_assert_ptr_nonnull(caret);
        size_t shown = (size_t)(caret - line) - 9, column = strcspn(caret + 10, "^");
        ck_assert_uint_le(shown, 200);
        ck_assert_uint_le(column, shown);
        if (place < 1000)
            ck_assert_int_eq(line[9 + column], text[place]);
        fclose(errors);
    }
}
END_TEST

static Suite *cli_suite(void)
{
    Suite *suite = suite_create("cli");
    TCase *names = tcase_create("names");
    tcase_add_loop_test(names, the_nearest_name_is_the_one_that_was_meant, 0,
                        sizeof typed / sizeof typed[0]);
    tcase_add_test(names, without_names_there_is_no_suggestion);
    tcase_add_test(names, a_name_is_suggested_up_to_a_distance_of_half_the_word_s_length);
    tcase_add_test(names, the_nearer_of_two_names_is_suggested_and_the_first_of_two_as_near);
    suite_add_tcase(suite, names);
    TCase *values = tcase_create("values");
    tcase_add_loop_test(values, a_number_is_decimal_or_hex_whole_and_below_2_to_the_64, 0,
                        sizeof numbers / sizeof numbers[0]);
    tcase_add_loop_test(values, thousandths_are_digits_with_at_most_three_after_the_point, 0,
                        sizeof thousandths / sizeof thousandths[0]);
    tcase_add_loop_test(values, a_size_is_mib_or_has_a_suffix_and_is_not_0, 0,
                        sizeof sizes / sizeof sizes[0]);
    tcase_add_loop_test(values, seconds_are_above_0_and_at_most_a_day, 0,
                        sizeof seconds / sizeof seconds[0]);
    tcase_add_test(values, a_target_is_the_name_of_an_architecture);
    tcase_add_test(values, colours_are_as_requested_and_auto_has_none_without_a_terminal);
    tcase_add_test(values, a_compiler_is_a_command_whose_quotes_are_closed);
    tcase_add_test(values, compiler_flags_accumulate_and_an_invalid_one_changes_nothing);
    suite_add_tcase(suite, values);
    suite_add_tcase(suite, cli_colour_cases());
    TCase *messages = tcase_create("messages");
    tcase_add_test(messages, a_message_begins_with_its_subject_and_kind_if_it_has_them);
    tcase_add_test(messages, an_error_in_a_file_shows_the_line_with_a_caret_below);
    tcase_add_test(messages, only_the_surroundings_of_an_error_in_a_long_line_are_shown);
    suite_add_tcase(suite, messages);
    return suite;
}

RUN_SUITE(cli_suite)
