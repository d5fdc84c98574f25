/* A program in the sandbox, as commands offer it: limits, descriptors, and what is reported. */
#include "sandboxed.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system_error.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "exit_reason.h"

/* ---- opening ---- */

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
    return program_has_stream(a) && program_has_stream(b) && fstat(a, &first) == 0 &&
           fstat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
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

static void set_job(struct sandboxed *sandboxed, const struct process_program *program)
{
    bool one = sandboxed->silent || sandboxed->tty || are_one(STDOUT_FILENO, STDERR_FILENO);
    bool output = !sandboxed->silent && program_has_stream(STDOUT_FILENO);
    bool errors = !sandboxed->silent && program_has_stream(STDERR_FILENO);
    sandboxed->output = (struct sandbox_stream){.descriptor = output ? STDOUT_FILENO : -1};
    sandboxed->errors = (struct sandbox_stream){.descriptor = errors ? STDERR_FILENO : -1};
    sandboxed->job =
        (struct sandbox_job){.file = sandboxed->file,
                             .input = program_has_stream(sandboxed->input) ? sandboxed->input : -1,
                             .arguments = program->arguments,
                             .environment = program->environment,
                             .output = &sandboxed->output,
                             .errors = one ? NULL : &sandboxed->errors,
                             .interrupted = is_interrupted};
}

/* Gives the program's terminal the size of the one that its output goes to, if it does. */
static void set_terminal(const struct sandboxed *sandboxed, struct sandbox_options *options)
{
    struct winsize size;
    options->terminal = sandboxed->tty;
    if (sandboxed->silent || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return;
    options->columns = size.ws_col;
    options->lines = size.ws_row;
}

bool sandboxed_open(struct sandboxed *sandboxed, struct process_program *program)
{
    struct sandbox_options options = {.limits = sandboxed->limits,
                                      .kinds = sandboxed->kinds,
                                      .session = sandboxed->session,
                                      .ignored = program_ignored_signals()};
    struct elfgen_error error;
    sandboxed->program = program;
    sandboxed->worker = NULL;
    sandboxed->file = open_program(program->path);
    if (sandboxed->file < 0) {
        program_report_not_started(program->path, errno);
        return false;
    }
    set_terminal(sandboxed, &options);
    sigprocmask(SIG_SETMASK, NULL, &options.blocked);
    sandboxed->worker = sandbox_open(&options, &error);
    if (!sandboxed->worker) {
        close(sandboxed->file);
        return message_library_error(program->path, &error);
    }
    set_job(sandboxed, program);
    exit_reason_report_lacks(sandbox_lacks(sandboxed->worker));
    program->confinement = sandbox_confine(sandboxed->worker, &sandboxed->job);
    return true;
}

/* ---- running and closing ---- */

static void close_all(struct sandboxed *sandboxed)
{
    sandbox_close(sandboxed->worker);
    sandboxed->worker = NULL;
    close(sandboxed->file);
}

bool sandboxed_run(struct sandboxed *sandboxed, struct run_end *end, struct elfgen_error *error)
{
    bool done = sandbox_run(sandboxed->worker, &sandboxed->job, end, error);
    close_all(sandboxed);
    return done;
}

bool sandboxed_close(struct sandboxed *sandboxed, struct run_end *end)
{
    struct elfgen_error error;
    *end = (struct run_end){0};
    if (!sandboxed->worker)
        return false;
    bool made = sandbox_is_used(sandboxed->worker);
    bool done = made && sandbox_finish(sandboxed->worker, end, &error);
    close_all(sandboxed);
    if (made && !done)
        message_library_error(sandboxed->program->path, &error);
    return done;
}

void sandboxed_report_output(const struct sandboxed *sandboxed)
{
    const struct sandbox_stream *output = &sandboxed->output;
    if (output->closed && output->error != EPIPE)
        message("<stdout>", "error", "cannot write: %s", system_error_text(output->error));
}

int sandboxed_report(const struct sandboxed *sandboxed, const struct run_end *end)
{
    const struct process_program *program = sandboxed->program;
    sandboxed_report_output(sandboxed);
    if (end->reason == RUN_SIGNAL)
        return 128 + end->signal;
    return exit_reason_report(program->arguments[0], program->path, end, &sandboxed->limits, "");
}
