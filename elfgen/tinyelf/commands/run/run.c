/* tinyelf run: runs a program with limits, or in a sandbox. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/sandbox.h"
#include "base/system_error.h"
#include "ptrace/limit_run.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "cli/interrupt.h"
#include "exit_reason.h"

#define OPTIONS "commands/run/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_run_options = {
    .name = "run",
    .usage = "[OPTIONS] PROGRAM [ARGUMENT...]",
    .about = "Runs a program, ends as it ends, and says why it died. No process that it "
             "started is left.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .notes = "With --sandbox the limits are 10 seconds, 256 MiB and 16 MiB unless given; "
             "'none' is no limit. Without --sandbox there is no limit unless given.",
    .exit_status = "the program's, or 128 + the signal that killed it; 1 if it was not started, 2 "
                   "for a usage error.",
    .stops_at_operand = true, /* further options belong to the program */
};

static const uint64_t MIB = 1 << 20;
enum { SANDBOX_SECONDS = 10, SANDBOX_MEMORY = 256, SANDBOX_OUTPUT = 16 };

/* ---- limits ---- */

static int take_time(const char *text, uint64_t *milliseconds)
{
    const char *rest;
    *milliseconds = 0;
    if (strcmp(text, "none") == 0 ||
        (parse_thousandths(text, &rest, milliseconds) &&
         (*rest == '\0' || strcmp(rest, "s") == 0) && *milliseconds != 0))
        return EXIT_YES;
    return usage_error("run", "--time '%s': it is seconds, as 5 or 0.25 (down to 0.001), or none",
                       text);
}

/* ---- the two ways ---- */

/* A signal that ends this command ends the program first. */
static bool is_interrupted(void *context)
{
    (void)context;
    return interrupt_came();
}

/* Whether both are the same file or device: the order of what is written to them then matters. */
static bool are_one(int a, int b)
{
    struct stat first, second;
    return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static bool is_open(int file)
{
    return fcntl(file, F_GETFD) >= 0;
}

/* Whether a message can be written. Standard error may be a pipe, full of what the program wrote,
 * and with a reader that never reads. */
static bool has_room_for_message(void)
{
    enum { PATIENCE = 1000 };
    struct pollfd errors = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&errors, 1, PATIENCE) != 0;
}

static int run_in_worker(struct sandbox_worker *worker, const char *path, int file,
                         const struct run_limits *limits, char **arguments)
{
    struct sandbox_stream output = {.descriptor = is_open(STDOUT_FILENO) ? STDOUT_FILENO : -1};
    struct sandbox_stream errors = {.descriptor = is_open(STDERR_FILENO) ? STDERR_FILENO : -1};
    struct sandbox_job job = {.file = file,
                              .input = is_open(STDIN_FILENO) ? STDIN_FILENO : -1,
                              .arguments = arguments,
                              .output = &output,
                              .errors = are_one(STDOUT_FILENO, STDERR_FILENO) ? NULL : &errors,
                              .interrupted = is_interrupted};
    struct run_end end;
    struct elfgen_error error;
    exit_reason_report_lacks(sandbox_lacks(worker));
    bool done = sandbox_run(worker, &job, &end, &error);
    if (!done) {
        message_library_error(path, &error);
        return EXIT_NO;
    }
    if (end.reason == RUN_NOT_STARTED) {
        exit_reason_report_not_started(path, end.error);
        return EXIT_NO;
    }
    if (output.closed && output.error != EPIPE)
        message("<stdout>", "error", "cannot write: %s", system_error_text(output.error));
    if (interrupt_came())
        return EXIT_NO;
    if (end.reason == RUN_TIME && !has_room_for_message())
        return 128 + SIGKILL;
    return exit_reason_report(arguments[0], path, &end, limits);
}

/* Opens the program above the standard streams, which may be free and should stay so. */
static int open_program(const char *path)
{
    int low = open(path, O_PATH | O_CLOEXEC);
    if (low < 0 || low > STDERR_FILENO)
        return low;
    int high = fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    close(low);
    return high;
}

static int run_in_sandbox(const char *path, const struct run_limits *limits, char **arguments)
{
    struct sandbox_options worker_options = {.limits = *limits,
                                             .ignored = program_ignored_signals()};
    struct elfgen_error error;
    int file = open_program(path);
    if (file < 0) {
        program_report_not_started(path, errno);
        return EXIT_NO;
    }
    sigprocmask(SIG_SETMASK, NULL, &worker_options.blocked);
    struct sandbox_worker *worker = sandbox_open(&worker_options, &error);
    if (!worker)
        message_library_error(path, &error);
    int status = worker ? run_in_worker(worker, path, file, limits, arguments) : EXIT_NO;
    sandbox_close(worker);
    close(file);
    return status;
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
    return interrupt_came() ? EXIT_NO : exit_reason_report(arguments[0], path, &end, limits);
}

struct options {
    bool sandbox;
    struct run_limits limits; /* UINT64_MAX: not given */
};

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_SANDBOX:
        options->sandbox = true;
        break;
    case OPTION_TIME:
        return take_time(given->value, &options->limits.time);
    case OPTION_MEMORY:
        return option_size("run", "memory", given->value, &options->limits.memory);
    case OPTION_OUTPUT:
        return option_size("run", "output", given->value, &options->limits.output);
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
        return usage_error("run", "--output is counted in the sandbox alone: add --sandbox");
    limits.time = limits.time != unset ? limits.time : sandbox ? 1000 * SANDBOX_SECONDS : 0;
    limits.memory = limits.memory != unset ? limits.memory : sandbox ? SANDBOX_MEMORY * MIB : 0;
    limits.output = limits.output != unset ? limits.output : sandbox ? SANDBOX_OUTPUT * MIB : 0;
    char path[PATH_MAX];
    if (!program_find(argv[optind], path, sizeof path))
        return EXIT_NO;
    interrupt_watch();
    status = sandbox ? run_in_sandbox(path, &limits, argv + optind)
                     : run_with_limits(path, &limits, argv + optind);
    interrupt_die();
    return status;
}
