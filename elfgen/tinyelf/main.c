/* Finds the command that is named on the command line, and runs it. */
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/shellwords.h"
#include "base/suffix.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/interrupt.h"
#include "cli/option_rows.h"
#include "commands/commands.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const struct command_options *options;
    const char *summary;
};

/* If this program has a companion, that runs the commands that are in it. */
#ifdef TINYELF_COMPANION
#define IF_true(function)   companion_run
#define RUN_APART(function) companion_run
#else
#define IF_true(function)   function
#define RUN_APART(function) function
#endif
#define IF_false(function) function
#define COMMAND(name, function, in_companion, summary)                                             \
    {name, IF_##in_companion(function), &function##_options, summary},

static const struct command commands[] = {
#include "commands/commands.def"
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

/* Options that need what the other options of their command do not: a command with one of them is
 * run by a function of its own, in the companion if there is one. */
static const struct {
    const char *command, *option;
    int (*run)(int argc, char **argv);
} apart[] = {
    {"dump", "--verify", RUN_APART(command_dump_verify)},
    {"trace", "--sandbox", RUN_APART(command_trace_sandboxed)},
};

static const struct option_row rows[] = {
    {0, 0, OPTION_VALUE_ANY, "version", NULL, NULL, "print the version"},
};

static const struct command_options tinyelf_options = {
    .usage = "COMMAND [OPTIONS] FILE...",
    .about = "The smallest programs that Linux runs, made and explained byte by byte.",
    .rows = rows,
    .count = sizeof rows / sizeof rows[0],
    .notes = "'tinyelf COMMAND --help' or 'tinyelf help COMMAND' says more.",
    .exit_status = "0 for success, 1 for bad input or the answer no, 2 for a usage error.",
};

static int help(void)
{
    struct help help = help_open();
    size_t longest = 0;
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strlen(commands[i].name) > longest)
            longest = strlen(commands[i].name);
    help_begin(&help, &tinyelf_options);
    help_paragraphs(&help, "\nCommands:");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        help_entry(&help, 2, commands[i].name, 2 + longest + 2, commands[i].summary);
    help_options(&help, &tinyelf_options);
    return help_end();
}

/* Lists all options for programs, such as those that make completions and man pages. */
static int print_options(void)
{
    stdout_open_stdio();
    options_print(&tinyelf_options, NULL);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        options_print(commands[i].options, commands[i].summary);
    return help_end();
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* Runs a command, or one of its options that has a function of its own; such options may be
 * abbreviated, as all may. --help alone is answered here, also for a command of the companion's. */
static int run_command(const struct command *command, int argc, char **argv)
{
    const char letter = option_row_of_help(command->options).letter;
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 ||
                      (letter && strcmp(argv[1], (const char[]){'-', letter, '\0'}) == 0)))
        return options_print_help(command->options);
    for (size_t i = 0; i < sizeof apart / sizeof apart[0]; i++) {
        if (strcmp(command->name, apart[i].command) != 0)
            continue;
        for (int word = 1; word < argc && strcmp(argv[word], "--") != 0; word++)
            if (strlen(argv[word]) > 2 &&
                strncmp(argv[word], apart[i].option, strlen(argv[word])) == 0)
                return apart[i].run(argc, argv);
    }
    return command->run(argc, argv);
}

static int report_unknown_command(const char *name)
{
    const char *names[COMMAND_COUNT + 2] = {"help"};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i + 1] = commands[i].name;
    const char *meant = nearest(name, names);
    char quoted[SHELLWORDS_QUOTED * PATH_MAX];
    struct stat status;
    if (meant)
        return usage_error(NULL, "unknown command '%s': did you mean '%s'?", name, meant);
    if (stat(name, &status) == 0 && S_ISREG(status.st_mode))
        return usage_error(NULL, "unknown command '%s': did you mean '%s %s'?", name,
                           suffix_of(name) == SUFFIX_OTHER ? "explain" : "build",
                           shellwords_quote_file(name, quoted, sizeof quoted));
    return usage_error(NULL, "unknown command '%s'", name);
}

static int report_unknown_option(const char *option)
{
    const char *names[] = {rows[0].name, option_row_of_help(&tinyelf_options).name, NULL};
    const char *word = option + (strncmp(option, "--", 2) == 0 ? 2 : 1);
    const char *meant = word[0] && (word[1] || option[1] == '-') ? nearest(word, names) : NULL;
    return meant ? usage_error(NULL, "unknown option '%s': did you mean '--%s'?", option, meant)
                 : usage_error(NULL, "unknown option '%s'", option);
}

/* A mapped file that becomes shorter while it is read raises SIGBUS. */
static void stop_at_cut_file(int number)
{
    static const char text[] = "tinyelf: error: a file became shorter while it was read\n";
    (void)number;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(EXIT_NO);
    _exit(EXIT_NO);
}

static int refuse_extra(const char *word)
{
    return usage_error(NULL, "'%s' is one too many", word);
}

/* Options before a command, which stand alone. */
static int run_option(int argc, char **argv)
{
    static const char *const alone[] = {"-h", "--help", "--version", "--print-options"};
    for (size_t i = 0; argc > 2 && i < sizeof alone / sizeof alone[0]; i++)
        if (strcmp(argv[1], alone[i]) == 0)
            return refuse_extra(argv[2]);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help();
    if (strcmp(argv[1], "--version") == 0) {
        struct standard_output *output = stdout_open();
        elfgen_text_string(&output->text, "tinyelf " TINYELF_VERSION "\n");
        return stdout_finish(output) ? EXIT_YES : EXIT_NO;
    }
    if (strcmp(argv[1], "--print-options") == 0)
        return print_options();
    return report_unknown_option(argv[1]);
}

int main(int argc, char **argv)
{
    program_occupy_streams();
    program_remember_ignored(SIGBUS, signal(SIGBUS, stop_at_cut_file));
    /* Writing past a limit or into a closed pipe should be an error to report, and not end this
     * process. */
    program_remember_ignored(SIGXFSZ, signal(SIGXFSZ, SIG_IGN));
    program_remember_ignored(SIGPIPE, signal(SIGPIPE, SIG_IGN));
    /* If SIGCHLD is ignored, which is inherited, waiting for the assembler yields no status. */
    program_remember_ignored(SIGCHLD, signal(SIGCHLD, SIG_DFL));
    if (argc < 2)
        return usage_error(NULL, "no command given");
    if (argv[1][0] == '-')
        return run_option(argc, argv);
    if (strcmp(argv[1], "help") == 0 && argc == 2)
        return help();
    if (strcmp(argv[1], "help") == 0) {
        if (argc > 3)
            return refuse_extra(argv[3]);
        static const char *const itself[] = {"help", "--help", "-h"};
        for (size_t i = 0; i < sizeof itself / sizeof itself[0]; i++)
            if (strcmp(argv[2], itself[i]) == 0)
                return help();
        const struct command *asked = find(argv[2]);
        char option[] = "--help";
        char *arguments[] = {argv[2], option, NULL};
        return asked ? run_command(asked, 2, arguments) : report_unknown_command(argv[2]);
    }
    const struct command *command = find(argv[1]);
    int status =
        command ? run_command(command, argc - 1, argv + 1) : report_unknown_command(argv[1]);
    if (interrupt_pipe_came())
        interrupt_die();
    return status;
}
