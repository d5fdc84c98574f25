/* tinyelf run: runs a program with limits, or in a sandbox. */
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "ptrace/limit_run.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "cli/interrupt.h"
#include "exit_reason.h"
#include "sandboxed.h"

#define OPTIONS "commands/run/options.def"
#include "cli/option_ids_expand.h"

struct options {
    bool sandbox, tty;
    unsigned kinds;           /* of system calls: --allow */
    struct run_limits limits; /* UINT64_MAX: not given */
};

/* ---- the two ways ---- */

/* A signal that ends this command ends the program first. */
static bool is_interrupted(void *context)
{
    (void)context;
    return interrupt_came();
}

/* Whether a message can be written. Standard error may be a pipe, full of what the program wrote,
 * and with a reader that never reads. */
static bool has_room_for_message(void)
{
    enum { PATIENCE = 1000 };
    struct pollfd errors = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&errors, 1, PATIENCE) != 0;
}

static int run_in_sandbox(const char *path, const struct options *options, char **arguments)
{
    const struct run_limits *limits = &options->limits;
    struct process_program program = {.path = path, .arguments = arguments};
    struct sandboxed sandboxed = {
        .limits = *limits, .kinds = options->kinds, .input = STDIN_FILENO, .tty = options->tty};
    struct run_end end;
    struct elfgen_error error;
    if (!sandboxed_open(&sandboxed, &program))
        return EXIT_NO;
    if (!sandboxed_run(&sandboxed, &end, &error)) {
        message_library_error(path, &error);
        return EXIT_NO;
    }
    if (end.reason == RUN_NOT_STARTED) {
        exit_reason_report_not_started(path, end.error);
        return EXIT_NO;
    }
    sandboxed_report_output(&sandboxed);
    if (interrupt_came())
        return EXIT_NO;
    if (end.reason == RUN_TIME && !has_room_for_message())
        return 128 + SIGKILL;
    return exit_reason_report(arguments[0], path, &end, limits, " (--output)");
}

static int run_with_limits(const char *path, const struct run_limits *limits, char **arguments)
{
    struct process_program program = {
        .path = path, .arguments = arguments, .ignored = program_ignored_signals()};
    struct limit_run watch = {.limits = *limits, .interrupted = is_interrupted};
    struct run_end end;
    struct elfgen_error error;
    if (limits->memory != 0 && !limits_can_measure())
        exit_reason_report_lacks(SANDBOX_NO_MEASURE);
    if (!limit_run(&program, &watch, &end, &error)) {
        message_library_error(path, &error);
        return EXIT_NO;
    }
    if (end.reason == RUN_NOT_STARTED) {
        program_report_not_started(path, end.error);
        return EXIT_NO;
    }
    return interrupt_came() ? EXIT_NO
                            : exit_reason_report(arguments[0], path, &end, limits, " (--output)");
}

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_SANDBOX:
        options->sandbox = true;
        break;
    case OPTION_TTY:
        options->tty = true;
        break;
    case OPTION_TIME:
        return sandboxed_take_time("run", given->value, &options->limits.time);
    case OPTION_MEMORY:
        return option_size("run", "memory", given->value, &options->limits.memory);
    case OPTION_OUTPUT:
        return option_size("run", "output", given->value, &options->limits.output);
    case OPTION_ALLOW:
        options->kinds |= (unsigned)given->choice;
        break;
    }
    return EXIT_YES;
}

int command_run(int argc, char **argv)
{
    const uint64_t unset = UINT64_MAX;
    struct options options = {.limits = {.time = unset, .memory = unset, .output = unset}};
    int status = options_read(&command_run_options, argc, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    bool sandbox = options.sandbox;
    struct run_limits limits = options.limits;
    if (optind == argc)
        return usage_error("run", "no program given");
    if (!sandbox && limits.output != unset)
        return usage_error("run", "--output is for the sandbox only: add --sandbox");
    if (!sandbox && options.kinds != 0)
        return usage_error("run", "--allow is for the sandbox only: add --sandbox");
    if (!sandbox && options.tty)
        return usage_error("run", "--tty is for the sandbox only: add --sandbox");
    limits.time = limits.time != unset ? limits.time : sandbox ? sandboxed_limits.time : 0;
    limits.memory = limits.memory != unset ? limits.memory : sandbox ? sandboxed_limits.memory : 0;
    limits.output = limits.output != unset ? limits.output : sandbox ? sandboxed_limits.output : 0;
    char path[PATH_MAX];
    if (!program_find(argv[optind], path, sizeof path))
        return EXIT_NO;
    interrupt_watch();
    options.limits = limits;
    status = sandbox ? run_in_sandbox(path, &options, argv + optind)
                     : run_with_limits(path, &limits, argv + optind);
    interrupt_die();
    return status;
}
