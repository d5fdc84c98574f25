/* Runs a file, or reads a recording of its run, for what it did with its bytes. */
#include "observe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "commands/run/exit_reason.h"
#include "commands/run/sandboxed.h"
#include "coverage/live.h"
#include "stepper/json_read.h"

enum { SECONDS = 60, STEPS = 1000000 };

void observe_defaults(struct observe_options *options)
{
    const uint64_t second = 1000000000;
    options->time = SECONDS * second;
    options->steps = STEPS;
}

bool observe_is_wanted(const struct observe_options *options)
{
    return options->run || options->recording;
}

/* ---- options ---- */

static int take_steps(const char *command, struct observe_options *options, const char *value)
{
    if (parse_number(value, &options->steps) && options->steps > 0)
        return EXIT_YES;
    return usage_error(command, "--steps '%s': it must be a number of instructions, 1 or more",
                       value);
}

static int take_kind(const char *command, struct observe_options *options, const char *value)
{
    const struct option_choice *kind = option_choose(command, "allow", sandboxed_kinds, value);
    if (!kind)
        return EXIT_USAGE;
    options->kinds |= (unsigned)kind->value;
    return EXIT_YES;
}

int observe_take(const char *command, struct observe_options *options, enum observe_option which,
                 const char *value)
{
    static const char *const only_run[] = {
        [OBSERVE_ALLOW] = "allow", [OBSERVE_NO_SANDBOX] = "no-sandbox",
        [OBSERVE_INPUT] = "input", [OBSERVE_TTY] = "tty",
        [OBSERVE_TIME] = "time",   [OBSERVE_STEPS] = "steps"};
    if (only_run[which])
        options->only_run = only_run[which];
    switch (which) {
    case OBSERVE_RUN:
        options->run = true;
        break;
    case OBSERVE_RECORDING:
        options->recording = value;
        break;
    case OBSERVE_ALLOW:
        return take_kind(command, options, value);
    case OBSERVE_NO_SANDBOX:
        options->no_sandbox = true;
        break;
    case OBSERVE_INPUT:
        options->input = value;
        break;
    case OBSERVE_TTY:
        options->tty = true;
        break;
    case OBSERVE_TIME:
        return option_seconds(command, value, &options->time);
    case OBSERVE_STEPS:
        return take_steps(command, options, value);
    }
    return EXIT_YES;
}

int observe_check(const char *command, struct observe_options *options, char **operands)
{
    if (options->run && options->recording)
        return usage_error(command, "--run and --recording cannot be combined");
    if (options->only_run && !options->run)
        return usage_error(command, "--%s is for --run", options->only_run);
    if (options->tty && options->no_sandbox)
        return usage_error(command,
                           "--no-sandbox has no terminal to give: --tty is for the sandbox");
    if (options->kinds != 0 && options->no_sandbox)
        return usage_error(command, "--no-sandbox allows everything: --allow is for the sandbox");
    if (options->input && !options->tty && (options->kinds & SANDBOX_KIND_BIT(WRITE_STDIN)))
        return usage_error(command,
                           "--input: nothing is read from descriptor 0 with --allow write-stdin");
    if (!operands[0])
        return usage_error(command, "no file given");
    if (operands[1] && !options->run)
        return usage_error(command,
                           "one file at a time; with --run, what follows FILE is the program's");
    options->arguments = operands;
    return EXIT_YES;
}

/* ---- a recording ---- */

static bool read_recording(const char *path, struct step_recording *recording)
{
    struct file_bytes bytes = {0};
    struct elfgen_error error;
    bool done = input_read(path, &bytes);
    if (done && !step_read_json(recording, bytes.bytes, bytes.size, &error)) {
        message_in_text(input_name(path), bytes.bytes, bytes.size, &error);
        done = false;
    }
    file_free(&bytes);
    return done;
}

static bool take_recording(const struct observe_options *options, const char *file,
                           const struct elfgen_view *view, struct coverage *coverage)
{
    struct step_recording recording = {0};
    struct elfgen_error error;
    bool done = read_recording(options->recording, &recording);
    if (done && !coverage_of(coverage, view, &recording, options->watcher, &error))
        done = message_library_error(file, &error);
    recording_free(&recording);
    return done;
}

/* ---- a run ---- */

/* What a run has done, for who watches. */
struct watched {
    const struct coverage *coverage;
    volatile size_t steps;
};

static bool is_interrupted(void *context)
{
    struct watched *watched = context;
    watched->steps = (size_t)watched->coverage->steps;
    return interrupt_came();
}

/* Notes the user's stops, and interrupts waits often enough for the limit of time. */
static void watch(void *context)
{
    enum { TICK = 50 };
    (void)context;
    interrupt_watch();
    interrupt_tick(TICK);
}

/* Opens what the program has as descriptors 0, 1 and 2, above these. Returns false after reporting
 * an error. */
static bool open_files(const char *input, int files[3])
{
    const char *const names[3] = {input ? input : "/dev/null", "/dev/null", "/dev/null"};
    files[0] = files[1] = files[2] = -1;
    for (int i = 0; i < 3; i++) {
        int low = open(names[i], (i == 0 ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
        if (low < 0)
            return message_cannot(names[i], "open");
        files[i] = fcntl(low, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        close(low);
        if (files[i] < 0)
            return message_cannot(names[i], "open");
    }
    return true;
}

static void close_files(const int files[3])
{
    for (int i = 0; i < 3; i++)
        if (files[i] >= 0)
            close(files[i]);
}

/* Finds what execve is given: the file itself or, of standard input, one in memory with its bytes.
 * Returns false after reporting an error. */
static bool find_program(const char *path, const struct elfgen_view *view, int *made,
                         char room[FILE_PATH], const char **program)
{
    *program = path;
    if (strcmp(path, "-") != 0)
        return true;
    *made = file_make_program(view->bytes, (size_t)view->length);
    if (*made < 0)
        return message_cannot(input_name(path), "run");
    file_path(*made, room);
    *program = room;
    return true;
}

/* A run, and what it needs to the end. */
struct run {
    const struct observe_options *options;
    const char *path; /* as the user named it */
    struct process_program program;
    struct sandboxed sandboxed;
    int files[3];
    int made; /* a file of standard input's bytes; -1: none */
};

static void report_not_started(const struct run *run, bool is_elf, int error)
{
    if (run->options->no_sandbox) {
        program_report_not_started(run->path, error);
        return;
    }
    exit_reason_report_not_started(run->path, error);
    /* What runs a script is another file. */
    if (error == ENOENT && is_elf)
        message(run->path, "note", "--no-sandbox runs it with all that it needs");
}

static void report_call(const struct run *run, const struct run_end *end)
{
    static struct calls calls;
    const struct call *call = end->knows_call ? syscall_find(&calls, end->abi, end->number) : NULL;
    char kinds[128], allow[160] = "";
    if (exit_reason_kinds(end, kinds, sizeof kinds))
        snprintf(allow, sizeof allow, "--allow %s or ", kinds);
    message(run->path, "note", "the sandbox does not allow %s, which ended it: %s--no-sandbox does",
            call ? call->name : "its last system call", allow);
}

/* Says what ended it in the sandbox, where its own run does not show that. */
static void report_end(const struct run *run, const struct run_end *end, struct coverage *coverage)
{
    switch (end->reason) {
    case RUN_CALL:
        report_call(run, end);
        break;
    case RUN_TIME:
        if (coverage->stop == COVERAGE_NOT_STOPPED)
            coverage->stop = COVERAGE_TIME;
        break;
    case RUN_MEMORY:
        message(run->path, "note", "it exceeded the sandbox's memory limit: --no-sandbox has none");
        break;
    case RUN_OUTPUT:
        message(run->path, "note", "it exceeded the sandbox's output limit: --no-sandbox has none");
        break;
    default:
        break;
    }
}

static bool step_to_end(struct run *run, const struct elfgen_view *view, struct coverage *coverage)
{
    const struct observe_options *options = run->options;
    struct watched watched = {.coverage = coverage};
    const struct coverage_limits limits = {.steps = options->steps,
                                           .time = options->time,
                                           .interrupted = is_interrupted,
                                           .started = watch,
                                           .watcher = options->watcher,
                                           .context = &watched};
    struct elfgen_error error;
    struct run_end end;
    int refused = 0;
    if (!options->no_sandbox && !sandboxed_open(&run->sandboxed, &run->program))
        return false;
    progress_begin(&(struct progress){
        .doing = "running", .file = run->path, .things = "instructions", .done = &watched.steps});
    bool done = coverage_run(coverage, view, &run->program, &limits, &refused, &error);
    interrupt_tick(0);
    interrupt_unwatch();
    progress_end();
    if (!done && refused)
        report_not_started(run, elfgen_view_is_elf(view), refused);
    else if (!done)
        message_library_error(input_name(run->path), &error);
    if (!options->no_sandbox && sandboxed_close(&run->sandboxed, &end) && done)
        report_end(run, &end, coverage);
    return done;
}

static bool run_now(const struct observe_options *options, const char *path,
                    const struct elfgen_view *view, struct coverage *coverage)
{
    enum { MORE = 1000 };
    const uint64_t millisecond = 1000000;
    char room[FILE_PATH];
    struct run run = {
        .options = options,
        .path = path,
        .program = {.arguments = options->arguments, .ignored = program_ignored_signals()},
        .sandboxed = {.limits = sandboxed_limits,
                      .tty = options->tty,
                      .kinds = options->kinds,
                      .silent = true,
                      .session = true},
        .made = -1};
    /* The limit of time here comes first. */
    run.sandboxed.limits.time = options->time / millisecond + MORE;
    bool done = open_files(options->input, run.files) &&
                find_program(path, view, &run.made, room, &run.program.path);
    run.sandboxed.input = run.files[0];
    if (options->no_sandbox)
        run.program.files = run.files;
    done = done && step_to_end(&run, view, coverage);
    if (run.made >= 0)
        close(run.made);
    close_files(run.files);
    return done;
}

bool observe(const struct observe_options *options, const char *path,
             const struct elfgen_view *view, struct coverage *coverage)
{
    return options->run ? run_now(options, path, view, coverage)
                        : take_recording(options, input_name(path), view, coverage);
}
