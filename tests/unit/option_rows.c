/* cli/: reading a command line by its rows, --help in several widths, the list for programs. */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/help.h"
#include "room.h"

/* ---- a command with rows of each kind ---- */

enum { OPTION_ALL, OPTION_FORM, OPTION_OUTPUT, OPTION_SIDE };

static const struct option_choice forms[] = {
    {"text", 10, "lines of words (the default)"},
    {"json", 11, "one object"},
    {NULL, 0, NULL},
};

static const struct option_choice sides[] = {
    {"left", -1, NULL},
    {"middle", 0, NULL},
    {"right", 1, NULL},
    {NULL, 0, NULL},
};

static const struct option_row rows[] = {
    {-1, 0, OPTION_VALUE_ANY, NULL, NULL, NULL, "First:"},
    {OPTION_ALL, 'a', OPTION_VALUE_ANY, "all", NULL, NULL, "print all"},
    {OPTION_FORM, 0, OPTION_VALUE_ANY, "form", "NAME", forms, "how it is printed:"},
    {-1, 0, OPTION_VALUE_ANY, NULL, NULL, NULL, "Second:"},
    {OPTION_OUTPUT, 'o', OPTION_VALUE_ANY, "output-of-what-was-found", "FILE", NULL,
     "where to write"},
    {OPTION_SIDE, 's', OPTION_VALUE_ANY, "side", "SIDE", sides,
     "begin at the {} side of the line and go on from there"},
};

static const struct option_foreign foreign[] = {
    {"-Mar", false, "first"},        {"-M", true, "say --take '{2}' for {}"},
    {"-M", false, "none"},           {"-a", true, "this is never said, as -a is ours"},
    {"-ab", true, "as ours begins"}, {NULL, false, NULL},
};

static const struct command_options command = {
    .name = "find",
    .foreign = foreign,
    .usage = "[OPTIONS] FILE\n--all",
    .about = "Finds what is in a file.\n\nA file is anything that can be read, from its begin to "
             "its end.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
    .notes = "It is never changed.",
    .exit_status = "0 if it was found, 1 if not.",
};

/* Options before the first operand alone. */
static const struct command_options starter = {
    .name = "start",
    .usage = "PROGRAM",
    .about = "Starts.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
    .stops_at_operand = true,
};

/* ---- what is printed ---- */

static FILE *redirect(int descriptor)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    fflush(stdout);
    fflush(stderr);
    ck_assert_int_ge(dup2(fileno(file), descriptor), 0);
    return file;
}

static const char *text_of(FILE *file)
{
    static char text[8000];
    fflush(stdout);
    fflush(stderr);
    ssize_t length = pread(fileno(file), text, sizeof text - 1, 0);
    text[length < 0 ? 0 : length] = '\0';
    return text;
}

/* ---- reading ---- */

/* The options that were handled, as "id=value:choice" with a blank after each. */
static char seen[500];

static int note(void *context, const struct option_given *given)
{
    ck_assert_str_eq(context, "context");
    size_t used = strlen(seen);
    snprintf(seen + used, sizeof seen - used, "%d=%s:%d ", given->id,
             given->value ? given->value : "", given->choice);
    return given->value && strcmp(given->value, "bad") == 0 ? EXIT_USAGE : EXIT_YES;
}

/* Reads a line of words. */
static int read_line(const struct command_options *options, const char *line)
{
    static char copy[200];
    static char *words[20];
    static char context[] = "context";
    int count = 0;
    seen[0] = '\0';
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
        words[count++] = word;
    words[count] = NULL;
    optind = 0; /* getopt begins again */
    return options_read(options, count, words, note, context);
}

static const struct {
    const char *line, *seen;
    int operand; /* the first operand's index */
} good[] = {
    {"find", "", 1},
    {"find a b", "", 1},
    {"find --all a", "0=:0 ", 2},
    {"find -a -a", "0=:0 0=:0 ", 3},
    {"find --al a", "0=:0 ", 2}, /* an abbreviation */
    {"find -o x a", "2=x:0 ", 3},
    {"find -ox a", "2=x:0 ", 2},
    {"find -ao x", "0=:0 2=x:0 ", 3},
    {"find --output-of-what-was-found=x", "2=x:0 ", 2},
    {"find --output-of-what-was-found x", "2=x:0 ", 3},
    {"find --form=json --side left", "1=json:11 3=left:-1 ", 4},
    {"find -s left", "3=left:-1 ", 3},
    {"find a --all", "0=:0 ", 2}, /* operands go to the end */
    {"find a -- --all", "", 2},
    {"find a -- -static", "", 2},
    {"find -o -static a", "2=-static:0 ", 3}, /* a value */
    {"find -o-all a", "2=-all:0 ", 2},
    {"find -aao -Mar a", "0=:0 0=:0 2=-Mar:0 ", 3},
    {"find -", "", 1},
};

START_TEST(each_option_given_is_handled_once_with_its_value_and_choice)
{
    ck_assert_int_eq(read_line(&command, good[_i].line), OPTIONS_READ);
    ck_assert_str_eq(seen, good[_i].seen);
    ck_assert_int_eq(optind, good[_i].operand);
}
END_TEST

START_TEST(options_after_the_first_operand_can_belong_to_a_program)
{
    ck_assert_int_eq(read_line(&starter, "start -a program --all --help"), OPTIONS_READ);
    ck_assert_str_eq(seen, "0=:0 ");
    ck_assert_int_eq(optind, 2);
}
END_TEST

static const struct {
    const char *line, *error;
} bad[] = {
    {"find --al1", "unknown option '--al1': did you mean '--all'?"},
    {"find --al1=5", "unknown option '--al1': did you mean '--all'?"},
    {"find --hlep", "unknown option '--hlep': did you mean '--help'?"},
    {"find --what", "unknown option '--what'"},
    {"find -x", "unknown option '-x'"},
    {"find -ax", "unknown option '-x' in '-ax'"},
    {"find --all -xa", "unknown option '-xa'"},
    {"find a -aax b", "unknown option '-x' in '-aax'"},
    {"find a -a -xyz=1 b", "unknown option '-xyz=1'"},
    {"find -all", "unknown option '-all': did you mean '--all'?"},
    {"find -side=left", "unknown option '-side=left': did you mean '--side'?"},
    {"find -version", "unknown option '-version': did you mean 'tinyelf --version'?"},
    {"find -help", "unknown option '-help': did you mean '--help'?"},
    {"find -output-of-what-was-found x",
     "unknown option '-output-of-what-was-found': did you mean '--output-of-what-was-found'?"},
    {"find -Mfoo", "unknown option '-Mfoo': say --take 'foo' for -Mfoo"},
    {"find -a -M", "unknown option '-M': none"},
    {"find -Mar", "unknown option '-Mar': first"},
    {"find -about", "unknown option '-about': as ours begins"},
    {"find --all=1", "option '--all' takes no value"},
    {"find --help=1", "option '--help' takes no value"},
    {"find -o", "option '-o' needs a value"},
    {"find --form", "option '--form' needs a value: text or json"},
    {"find --side", "option '--side' needs a value: left, middle or right"},
    {"find -s", "option '-s' needs a value: left, middle or right"},
    {"find --form xml", "--form 'xml': it must be text or json"},
    {"find --form jsn", "--form 'jsn': it must be text or json: did you mean 'json'?"},
    {"find --form=", "--form '': it must be text or json"},
    {"find --side Left", "--side 'Left': it must be left, middle or right: did you mean 'left'?"},
    {"find -s north", "--side 'north': it must be left, middle or right"},
    {"find --form json a --form=json", "option '--form' is given twice: 'json', then 'json'"},
    {"find --output-of=x -oy", "option '-o' is given twice: 'x', then 'y'"},
    {"find -o x --output y", "option '--output-of-what-was-found' is given twice: 'x', then 'y'"},
};

START_TEST(a_usage_error_says_what_is_wrong_and_suggests_the_nearest)
{
    char all[300];
    FILE *errors = redirect(STDERR_FILENO);
    ck_assert_int_eq(read_line(&command, bad[_i].line), EXIT_USAGE);
    snprintf(all, sizeof all, "tinyelf: find: error: %s\nTry: tinyelf find --help\n",
             bad[_i].error);
    ck_assert_str_eq(text_of(errors), all);
}
END_TEST

START_TEST(values_of_lists_and_of_words_add_up)
{
    static const struct option_row adding[] = {
        {1, 0, OPTION_VALUE_LIST, "list", "FORMS", forms, "forms"},
        {2, 'w', OPTION_VALUE_WORDS, "words", "WORDS", NULL, "words"},
    };
    static const struct command_options adds = {
        .name = "add", .rows = adding, .count = sizeof adding / sizeof adding[0]};
    ck_assert_int_eq(read_line(&adds, "add -w a --list json --words b --list text,json"),
                     OPTIONS_READ);
    ck_assert_str_eq(seen, "2=a:0 1=json:11 2=b:0 1=text:10 1=json:11 ");
}
END_TEST

START_TEST(reading_ends_with_the_first_option_that_its_command_refuses)
{
    ck_assert_int_eq(read_line(&command, "find -o bad --all"), EXIT_USAGE);
    ck_assert_str_eq(seen, "2=bad:0 ");
}
END_TEST

START_TEST(an_option_has_a_name)
{
    ck_assert_str_eq(option_name(&command, OPTION_SIDE), "side");
    ck_assert_ptr_null(option_name(&command, 77));
}
END_TEST

/* ---- help ---- */

static const char in_80[] =
    "Usage: tinyelf find [OPTIONS] FILE\n"
    "       tinyelf find --all\n"
    "Finds what is in a file.\n"
    "\n"
    "A file is anything that can be read, from its begin to its end.\n"
    "\n"
    "First:\n"
    "  -a, --all        print all\n"
    "      --form NAME  how it is printed:\n"
    "                     text  lines of words (the default)\n"
    "                     json  one object\n"
    "\n"
    "Second:\n"
    "  -o, --output-of-what-was-found FILE\n"
    "                   where to write\n"
    "  -s, --side SIDE  begin at the left, middle or right side of the line and go on\n"
    "                   from there\n"
    "  -h, --help       print this text\n"
    "\n"
    "It is never changed.\n"
    "\n"
    "Exit status: 0 if it was found, 1 if not.\n";

static const char in_40[] = "Usage: tinyelf find [OPTIONS] FILE\n"
                            "       tinyelf find --all\n"
                            "Finds what is in a file.\n"
                            "\n"
                            "A file is anything that can be read,\n"
                            "from its begin to its end.\n"
                            "\n"
                            "First:\n"
                            "  -a, --all\n"
                            "          print all\n"
                            "      --form NAME\n"
                            "          how it is printed:\n"
                            "            text  lines of words (the\n"
                            "                  default)\n"
                            "            json  one object\n"
                            "\n"
                            "Second:\n"
                            "  -o, --output-of-what-was-found FILE\n"
                            "          where to write\n"
                            "  -s, --side SIDE\n"
                            "          begin at the left, middle or\n"
                            "          right side of the line and go\n"
                            "          on from there\n"
                            "  -h, --help\n"
                            "          print this text\n"
                            "\n"
                            "It is never changed.\n"
                            "\n"
                            "Exit status: 0 if it was found, 1 if\n"
                            "not.\n";

START_TEST(help_is_wrapped_to_the_width_with_texts_below_one_another)
{
    FILE *output = redirect(STDOUT_FILENO);
    unsetenv("COLUMNS");
    ck_assert_int_eq(read_line(&command, "find --help"), EXIT_YES);
    ck_assert_str_eq(text_of(output), in_80);
    output = redirect(STDOUT_FILENO);
    setenv("COLUMNS", "40", 1);
    ck_assert_int_eq(read_line(&command, "find -a --help --what"), EXIT_YES);
    ck_assert_str_eq(text_of(output), in_40);
    static const char *const short_help[] = {"find -h", "find -ah", "find a -h"};
    for (size_t i = 0; i < sizeof short_help / sizeof short_help[0]; i++) {
        output = redirect(STDOUT_FILENO);
        ck_assert_int_eq(read_line(&command, short_help[i]), EXIT_YES);
        ck_assert_str_eq(text_of(output), in_40);
    }
}
END_TEST

START_TEST(no_line_of_help_is_wider_than_the_width_unless_it_is_one_word)
{
    for (size_t width = 1; width <= 120; width++) {
        char columns[20];
        size_t most = width < 20 ? 20 : width > 100 ? 100 : width;
        FILE *output = redirect(STDOUT_FILENO);
        snprintf(columns, sizeof columns, "%zu", width);
        setenv("COLUMNS", columns, 1);
        ck_assert_int_eq(read_line(&command, "find --help"), EXIT_YES);
        for (const char *line = text_of(output); *line; line += strcspn(line, "\n") + 1) {
            size_t length = strcspn(line, "\n");
            size_t first = strspn(line, " ");
            size_t word = strcspn(line + first, " \n");
            bool is_label = strncmp(line + first, "-", 1) == 0 || strncmp(line, "Usage", 5) == 0;
            ck_assert_msg(length <= most || first + word == length || is_label ||
                              strstr(line, "tinyelf find"),
                          "%zu: %.*s", width, (int)length, line);
            ck_assert_msg(length == 0 || line[length - 1] != ' ', "%zu: a blank at the end", width);
        }
        fclose(output);
    }
}
END_TEST

static const struct {
    const char *columns; /* NULL: not set */
    size_t width;
} widths[] = {
    {NULL, 80},
    {"", 80},
    {"0", 80},
    {"wide", 80},
    {"-5", 80},
    {"1", 20},
    {"20", 20},
    {"72", 72},
    {"100", 100},
    {"101", 100},
    {"18446744073709551615", 100},
};

START_TEST(the_width_is_columns_from_20_to_100_and_80_without)
{
    redirect(STDOUT_FILENO);
    if (widths[_i].columns)
        setenv("COLUMNS", widths[_i].columns, 1);
    else
        unsetenv("COLUMNS");
    ck_assert_uint_eq(help_open().width, widths[_i].width);
}
END_TEST

START_TEST(on_a_terminal_the_width_is_the_terminal_s)
{
    struct winsize size = {.ws_row = 24, .ws_col = 52};
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        return; /* this machine cannot open a terminal */
    int other = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    ck_assert_int_ge(dup2(other, STDOUT_FILENO), 0);
    ck_assert_int_eq(ioctl(terminal, TIOCSWINSZ, &size), 0);
    unsetenv("COLUMNS");
    ck_assert_uint_eq(help_open().width, 52);
    setenv("COLUMNS", "60", 1); /* may be older than the terminal's size */
    ck_assert_uint_eq(help_open().width, 52);
    size.ws_col = 0; /* not known */
    ck_assert_int_eq(ioctl(terminal, TIOCSWINSZ, &size), 0);
    ck_assert_uint_eq(help_open().width, 60);
    unsetenv("COLUMNS");
    ck_assert_uint_eq(help_open().width, 80);
}
END_TEST

START_TEST(programs_read_a_record_a_line_with_tabs_between_fields)
{
    FILE *output = redirect(STDOUT_FILENO);
    options_print(&command, "find things");
    ck_assert_str_eq(
        text_of(output),
        "command\tfind\tfind things\n"
        "usage\tfind\t[OPTIONS] FILE\n"
        "usage\tfind\t--all\n"
        "about\tfind\tFinds what is in a file.\n"
        "about\tfind\tA file is anything that can be read, from its begin to its end.\n"
        "heading\tfind\tFirst:\n"
        "option\tfind\t-a\t--all\t-\tprint all\t-\n"
        "option\tfind\t-\t--form\tNAME\thow it is printed:\tchoice\n"
        "choice\tfind\t--form\ttext\tlines of words (the default)\n"
        "choice\tfind\t--form\tjson\tone object\n"
        "heading\tfind\tSecond:\n"
        "option\tfind\t-o\t--output-of-what-was-found\tFILE\twhere to write\tany\n"
        "option\tfind\t-s\t--side\tSIDE\tbegin at the left, middle or right side of the line "
        "and go on from there\tchoice\n"
        "choice\tfind\t--side\tleft\t-\n"
        "choice\tfind\t--side\tmiddle\t-\n"
        "choice\tfind\t--side\tright\t-\n"
        "option\tfind\t-h\t--help\t-\tprint this text\t-\n"
        "note\tfind\tIt is never changed.\n"
        "status\tfind\t0 if it was found, 1 if not.\n");
}
END_TEST

static Suite *option_rows_suite(void)
{
    Suite *suite = suite_create("option_rows");
    TCase *reading = tcase_create("reading");
    tcase_add_loop_test(reading, each_option_given_is_handled_once_with_its_value_and_choice, 0,
                        sizeof good / sizeof good[0]);
    tcase_add_test(reading, options_after_the_first_operand_can_belong_to_a_program);
    tcase_add_loop_test(reading, a_usage_error_says_what_is_wrong_and_suggests_the_nearest, 0,
                        sizeof bad / sizeof bad[0]);
    tcase_add_test(reading, values_of_lists_and_of_words_add_up);
    tcase_add_test(reading, reading_ends_with_the_first_option_that_its_command_refuses);
    tcase_add_test(reading, an_option_has_a_name);
    suite_add_tcase(suite, reading);
    TCase *help = tcase_create("help");
    tcase_add_test(help, help_is_wrapped_to_the_width_with_texts_below_one_another);
    tcase_add_test(help, no_line_of_help_is_wider_than_the_width_unless_it_is_one_word);
    tcase_add_loop_test(help, the_width_is_columns_from_20_to_100_and_80_without, 0,
                        sizeof widths / sizeof widths[0]);
    tcase_add_test(help, on_a_terminal_the_width_is_the_terminal_s);
    tcase_add_test(help, programs_read_a_record_a_line_with_tabs_between_fields);
    suite_add_tcase(suite, help);
    return suite;
}

RUN_SUITE(option_rows_suite)
