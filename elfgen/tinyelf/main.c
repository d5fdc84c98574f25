/* Finds the command that is named on the command line, and runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "commands/commands.h"

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

/* If this program is built without Zydis, its companion runs the commands that need it. */
#ifdef TINYELF_COMPANION
#define CODE_COMMAND(run) companion_run
#else
#define CODE_COMMAND(run) run
#endif

static const struct command commands[] = {
    {"build", command_build,
     "make an executable from assembly, C, objects, archives, machine code or hex"},
    {"check", command_check,
     "say whether Linux starts a file, and if not, which field is to blame"},
    {"compare", CODE_COMMAND(command_compare), "two files side by side: what their bytes are for"},
    {"disasm", CODE_COMMAND(command_disasm), "print a program's instructions"},
    {"dump", command_dump, "print headers, segments and sections as readelf does"},
    {"explain", CODE_COMMAND(command_explain), "name every byte of a file"},
    {"mutate", CODE_COMMAND(command_mutate), "change each byte and run that: which bytes matter"},
    {"new", command_new, "start a program from a template"},
    {"run", command_run, "run a program with limits, or in a sandbox"},
    {"stages", command_stages,
     "run the steps from C to a program one by one, and keep their files"},
    {"step", CODE_COMMAND(command_step), "run a program instruction by instruction"},
    {"syscall", command_syscall, "numbers, parameters and registers of system calls"},
    {"trace", command_trace, "run a program and show the system calls that it makes"},
    {"unfold", CODE_COMMAND(command_unfold), "make a tiny program one that the tools take"},
};

enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

static int help(void)
{
    puts("Usage: tinyelf COMMAND [OPTIONS] FILE...\n"
         "The smallest programs that Linux runs, made and explained byte by byte.\n\n"
         "Commands:");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-8s %s\n", commands[i].name, commands[i].summary);
    puts("\n'tinyelf COMMAND --help' says more; 'tinyelf --version' prints the version.\n"
         "Exit status: 0 done, 1 bad input or the answer is no, 2 a wrong call.");
    return help_end();
}

static const struct command *find(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int unknown(const char *name)
{
    const char *names[COMMAND_COUNT + 1] = {NULL};
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        names[i] = commands[i].name;
    const char *meant = nearest(name, names);
    return meant ? usage_error(NULL, "unknown command '%s': did you mean '%s'?", name, meant)
                 : usage_error(NULL, "unknown command '%s'", name);
}

/* Someone made a mapped file shorter while it was read. */
static void stop_at_cut_file(int number)
{
    static const char text[] = "tinyelf: error: a file became shorter while it was read\n";
    (void)number;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(EXIT_NO);
    _exit(EXIT_NO);
}

int main(int argc, char **argv)
{
    program_remember_ignored(SIGBUS, signal(SIGBUS, stop_at_cut_file));
    /* Writing past a limit or into a closed pipe should be an error to report, and not end this
     * process. */
    program_remember_ignored(SIGXFSZ, signal(SIGXFSZ, SIG_IGN));
    program_remember_ignored(SIGPIPE, signal(SIGPIPE, SIG_IGN));
    /* If SIGCHLD is ignored, which is inherited, waiting for the assembler yields no status. */
    program_remember_ignored(SIGCHLD, signal(SIGCHLD, SIG_DFL));
    if (argc < 2)
        return usage_error(NULL, "no command given");
    if (strcmp(argv[1], "--help") == 0 || (strcmp(argv[1], "help") == 0 && argc == 2))
        return help();
    if (strcmp(argv[1], "--version") == 0) {
        puts("tinyelf " TINYELF_VERSION);
        return help_end();
    }
    if (strcmp(argv[1], "help") == 0) {
        const struct command *asked = find(argv[2]);
        char option[] = "--help";
        char *arguments[] = {argv[2], option, NULL};
        return asked ? asked->run(2, arguments) : unknown(argv[2]);
    }
    if (argv[1][0] == '-')
        return usage_error(NULL, "unknown option '%s'", argv[1]);
    const struct command *command = find(argv[1]);
    return command ? command->run(argc - 1, argv + 1) : unknown(argv[1]);
}
