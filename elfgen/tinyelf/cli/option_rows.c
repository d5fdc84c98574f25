/* Reads a command line by its rows with getopt_long, and reports usage errors. */
#include "option_rows.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "help.h"

/* What getopt_long() is given. It returns FIRST_ROW + the index of a row for a long option, and
 * the letter for a short one. */
enum { FIRST_ROW = 256, HELP = FIRST_ROW + OPTION_ROWS_MOST };
struct getopt_tables {
    struct option options[OPTION_ROWS_MOST + 2];
    char letters[2 * OPTION_ROWS_MOST + 4];
};

static void make_tables(const struct command_options *command, struct getopt_tables *tables)
{
    struct option *option = tables->options;
    char *letter = tables->letters;
    if (command->stops_at_operand)
        *letter++ = '+';
    *letter++ = ':'; /* getopt tells a missing value from an unknown option */
    for (size_t i = 0; i < command->count; i++) {
        const struct option_row *row = &command->rows[i];
        if (!row->name)
            continue;
        *option++ = (struct option){row->name, row->argument ? required_argument : no_argument,
                                    NULL, FIRST_ROW + (int)i};
        if (row->letter)
            *letter++ = row->letter;
        if (row->letter && row->argument)
            *letter++ = ':';
    }
    const struct option_row help = option_row_of_help(command);
    *option++ = (struct option){help.name, no_argument, NULL, HELP};
    if (help.letter)
        *letter++ = help.letter;
    *option = (struct option){NULL, 0, NULL, 0};
    *letter = '\0';
}

/* The row for what getopt_long() returned; NULL: it is an objection. */
static const struct option_row *find_row(const struct command_options *command, int value)
{
    if (value >= FIRST_ROW)
        return &command->rows[value - FIRST_ROW];
    for (size_t i = 0; i < command->count; i++)
        if (value != 0 && command->rows[i].letter == value)
            return &command->rows[i];
    return NULL;
}

/* The word that getopt_long() read last. Where the value of a letter is missing, musl counts one
 * word more, and moves the end of the list of words before others: it is then "". */
static const char *given_word(int argc, char **argv)
{
    return optind <= argc && argv[optind - 1] ? argv[optind - 1] : "";
}

/* Reports that an option has no value, with those that it chooses from if `row` has any. */
static int report_no_value(const struct command_options *command, const struct option_row *row,
                           const char *dashes, const char *name)
{
    enum { LIST_ROOM = 512 };
    char list[LIST_ROOM] = "";
    if (row && row->choices)
        option_list_choices(row->choices, list, sizeof list);
    return usage_error(command->name, "option '%s%s' needs a value%s%s", dashes, name,
                       *list ? ": " : "", list);
}

/* Reports what getopt_long() objected to: ':' is a missing value, '?' everything else. `cluster` is
 * the word if that has several letters; else NULL. */
static int report(const struct command_options *command, int objection, const char *given,
                  const struct option *options, const char *cluster)
{
    const char *names[OPTION_ROWS_MOST + 2] = {NULL};
    for (size_t i = 0; options[i].name; i++)
        names[i] = options[i].name;
    /* For an unknown long option, getopt leaves 0 in optopt; for a known one that is misused, its
     * value. A letter may be part of a cluster, in which case optind still points to the cluster.
     */
    bool is_long = strncmp(given, "--", 2) == 0;
    const char *name = given + (is_long ? 2 : 0);
    for (size_t i = 0; is_long && optopt && options[i].name; i++) {
        if (options[i].val != optopt)
            continue;
        return objection == ':'
                   ? report_no_value(command, find_row(command, optopt), "--", options[i].name)
                   : usage_error(command->name, "option '--%s' takes no value", options[i].name);
    }
    if (optopt && objection == ':')
        return report_no_value(command, find_row(command, optopt), "-",
                               (const char[]){(char)optopt, '\0'});
    if (optopt && cluster)
        return usage_error(command->name, "unknown option '-%c' in '%s'", optopt, cluster);
    if (optopt)
        return usage_error(command->name, "unknown option '-%c'", optopt);
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)strcspn(name, "="), name);
    const char *meant = nearest(word, names);
    return meant ? usage_error(command->name, "unknown option '--%s': did you mean '--%s'?", word,
                               meant)
                 : usage_error(command->name, "unknown option '--%s'", word);
}

int options_print_help(const struct command_options *command)
{
    struct help help = help_open();
    help_begin(&help, command);
    help_options(&help, command);
    return help_end();
}

static int take_one(const struct command_options *command, const struct option_row *row,
                    struct option_given *given, option_handler *handle, void *context)
{
    if (row->value == OPTION_VALUE_PATH && given->value && *given->value == '\0')
        return given->letter ? usage_error(command->name, "option '-%c' needs a %s, not ''",
                                           given->letter, row->argument)
                             : usage_error(command->name, "option '--%s' needs a %s, not ''",
                                           row->name, row->argument);
    if (row->choices) {
        const struct option_choice *choice =
            option_choose(command->name, row->name, row->choices, given->value);
        if (!choice)
            return EXIT_USAGE;
        given->choice = choice->value;
    }
    return handle(context, given);
}

/* Handles each of the choices that optarg lists. */
static int take_list(const struct command_options *command, const struct option_row *row,
                     option_handler *handle, void *context)
{
    char name[64];
    int status = EXIT_YES;
    const char *next = optarg;
    do {
        size_t length = strcspn(next, ",");
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1),
                 next);
        struct option_given given = {.id = row->id, .value = name};
        status = take_one(command, row, &given, handle, context);
        next += length;
    } while (status == EXIT_YES && *next++ == ',');
    return status;
}

/* The word in which getopt_long() looks for the next option, after it has read all of the one
 * before; NULL: there is none. */
static const char *next_word(const struct command_options *command, char **argv)
{
    char **word = argv + (optind ? optind : 1);
    while (*word && !command->stops_at_operand && (**word != '-' || strcmp(*word, "-") == 0))
        word++;
    return *word && strcmp(*word, "--") != 0 && **word == '-' ? *word : NULL;
}

/* Notes that the option was given. Returns EXIT_YES, or EXIT_USAGE after reporting that it has one
 * value, and got another before: `values` has a value a row, NULL for those that were not given. */
static int note_value(const struct command_options *command, const struct option_row *row,
                      const struct option_given *given, const char **values)
{
    const char **value = &values[row - command->rows];
    const char *before = *value;
    *value = given->value;
    if (!before || row->value == OPTION_VALUE_LIST || row->value == OPTION_VALUE_WORDS)
        return EXIT_YES;
    return given->letter
               ? usage_error(command->name, "option '-%c' is given twice: '%s', then '%s'",
                             given->letter, before, given->value)
               : usage_error(command->name, "option '--%s' is given twice: '%s', then '%s'",
                             row->name, before, given->value);
}

int options_read(const struct command_options *command, int argc, char **argv,
                 option_handler *handle, void *context)
{
    struct getopt_tables tables;
    const char *values[OPTION_ROWS_MOST] = {NULL};
    const char *word = NULL; /* of several letters, which is not at its end */
    int value, status = EXIT_YES;
    make_tables(command, &tables);
    opterr = 0;
    while (status == EXIT_YES) {
        if (!word && (word = next_word(command, argv)) &&
            option_one_dash(command, word) != EXIT_YES)
            return EXIT_USAGE;
        value = getopt_long(argc, argv, tables.letters, tables.options, NULL);
        if (value == -1)
            return OPTIONS_READ;
        const struct option_row *row = find_row(command, value);
        if (value == HELP || (!row && value == 'h'))
            return options_print_help(command);
        if (!row)
            return report(command, value, given_word(argc, argv), tables.options,
                          word && word[1] != '-' && word[2] ? word : NULL);
        struct option_given given = {.id = row->id, .value = row->argument ? optarg : NULL};
        if (value < FIRST_ROW)
            given.letter = (char)value;
        if (given.letter && given.value && given.value != argv[optind - 1])
            given.word = word;
        /* getopt_long() leaves optind at a word of which letters are left. */
        if (optind >= argc || argv[optind] != word)
            word = NULL;
        status = note_value(command, row, &given, values);
        if (status == EXIT_YES)
            status = row->value == OPTION_VALUE_LIST
                         ? take_list(command, row, handle, context)
                         : take_one(command, row, &given, handle, context);
    }
    return status;
}

const char *option_name(const struct command_options *command, int id)
{
    for (size_t i = 0; i < command->count; i++)
        if (command->rows[i].name && command->rows[i].id == id)
            return command->rows[i].name;
    return NULL;
}
