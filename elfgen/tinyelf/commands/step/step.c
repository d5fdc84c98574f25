/* tinyelf step: runs a program instruction by instruction, or replays a recording. */
#include "step.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/no_memory.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/memory_text.h"
#include "cli/cli.h"
#include "cli/colour.h"
#include "commands/commands.h"
#include "private.h"
#include "commands/json_versions.h"
#include "stepper/json_read.h"

#define OPTIONS "commands/step/options.def"
#include "cli/option_ids_expand.h"

struct options {
    const char *record, *replay;
    bool private, plain, colour;
    struct step_until until;
    bool confined; /* --sandbox */
    bool limited;  /* an option for it was given */
    struct sandboxed sandboxed;
};

/* ---- text ---- */

/* In a replay, prints what the program wrote. */
static void put_output(struct standard_output *output, const struct step_record *record)
{
    struct step_piece piece;
    size_t position = 0;
    while (recording_next_piece(record, &position, &piece)) {
        if (piece.kind != STEP_PIECE_OUTPUT)
            continue;
        if (piece.number == STDOUT_FILENO) {
            elfgen_text_bytes(&output->text, (const char *)piece.bytes, piece.size);
        } else {
            stdout_flush(output);
            if (!file_write(STDERR_FILENO, piece.bytes, piece.size))
                output->error = errno;
        }
    }
}

struct printing {
    struct standard_output *output;
    struct step_printer printer;
    struct step_cursor cursor;
    bool text, replayed;
};

/* Returns false if there are no more records. */
static bool print_next(struct printing *printing)
{
    struct step_record record;
    if (!recording_cursor_forward(&printing->cursor, &record))
        return false;
    if (printing->replayed)
        put_output(printing->output, &record);
    if (printing->text)
        step_put_record(&printing->printer, &record);
    else
        printing->printer.count++;
    return true;
}

/* Drops records that have been printed. */
static void drop_printed(struct printing *printing, struct step_run *run)
{
    recording_drop_records(&run->recording);
    printing->cursor.index = 0;
    printing->cursor.at = 0;
}

static void print_live(struct printing *printing, struct step_run *run, bool keep)
{
    while (!step_is_reached(run, &run->until, &printing->cursor, printing->printer.count)) {
        /* Flush before the program itself writes something. */
        if (stepper_asks_next(run->stepper))
            stdout_flush(printing->output);
        bool more = step_once(run);
        while (print_next(printing))
            ;
        if (!keep)
            drop_printed(printing, run);
        if (!more)
            return;
        if (printing->output->error)
            break;
    }
    step_end_run(run, STEP_UNTIL);
}

static void print_replay(struct printing *printing, struct step_run *run)
{
    while (!step_is_reached(run, &run->until, &printing->cursor, printing->printer.count))
        if (printing->output->error || !print_next(printing))
            return;
    run->recording.end = STEP_UNTIL;
    run->recording.end_number = 0;
}

/* Returns false after reporting an error. */
static bool print(const struct options *options, struct step_run *run,
                  struct process_program *program)
{
    struct standard_output *output = stdout_open();
    struct printing printing = {
        .printer = {.out = &output->text, .machines = run->machines, .recording = &run->recording},
        .output = output,
        .text = options->plain || !options->record,
        .replayed = program == NULL};
    if (program && !step_start(run, program))
        return false;
    recording_cursor_open(&printing.cursor, &run->recording);
    if (printing.text)
        step_put_head(&printing.output->text, &run->recording);
    if (program)
        print_live(&printing, run, options->record != NULL);
    else
        print_replay(&printing, run);
    if (printing.text)
        step_put_end(&printing.output->text, &run->recording, printing.printer.count);
    return stdout_finish(printing.output);
}

/* ---- the recording ---- */

static bool write_recording(const char *path, struct step_run *run, bool private)
{
    struct elfgen_text text;
    struct step_recording copy = {0};
    bool made = !private || step_make_private(&copy, &run->recording, environ);
    uint64_t all = run->recording.count, count = 0;
    if (memory_text_open(&text) && made)
        count = step_write_json(&text, run->machines, private ? &copy : &run->recording, JSON_MOST);
    text.cut = text.cut || !made;
    recording_free(&copy);
    if (text.cut)
        message_no_memory(path);
    else if (text.length > JSON_MOST)
        message(path, "error", "what the program starts with is %zu bytes: a recording has %d",
                text.length, JSON_MOST);
    bool done = !text.cut && text.length <= JSON_MOST &&
                atomic_file_write(path, text.bytes, text.length, false);
    if (done && count < all)
        message(path, "warning", "the first %llu of %llu steps: a recording has up to %d bytes",
                (unsigned long long)count, (unsigned long long)all, JSON_MOST);
    free(text.bytes);
    return done;
}

static bool read_recording(const char *path, struct step_run *run)
{
    struct file_bytes bytes = {0};
    struct elfgen_error error;
    bool done = input_read(path, &bytes);
    if (done && !step_read_json(&run->recording, bytes.bytes, bytes.size, &error)) {
        message_in_text(input_name(path), bytes.bytes, bytes.size, &error);
        done = false;
    }
    file_free(&bytes);
    return done;
}

/* ---- the command ---- */

static int status_of(const struct step_recording *recording)
{
    switch (recording->end) {
    case STEP_EXITED:
        return recording->end_number & 0xff;
    case STEP_KILLED:
    case STEP_INTERRUPTED:
        return 128 + (recording->end_number & 0x7f);
    case STEP_FULL:
        return EXIT_NO;
    default:
        return EXIT_YES;
    }
}

/* Ends the sandbox, and reports what the steps did not show. Returns the exit status of the
 * command.
 */
static int conclude(struct step_run *run, bool done)
{
    const struct step_recording *recording = &run->recording;
    struct run_end end;
    bool closed = !run->sandboxed || sandboxed_close(run->sandboxed, &end);
    if (!done || !closed)
        return EXIT_NO;
    bool ended = recording->end == STEP_EXITED || recording->end == STEP_KILLED;
    return run->sandboxed && ended ? sandboxed_report(run->sandboxed, &end) : status_of(recording);
}

static bool show(const struct options *options, struct step_run *run,
                 struct process_program *program)
{
    bool view = !options->plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    if (view && terminal_takes_escapes())
        return step_view(run, program);
    if (view) {
        const char *type = getenv("TERM");
        message("step", "note",
                "text, not the view, which needs a terminal with a cursor: TERM is %s%s%s",
                type ? "'" : "not set", type ? type : "", type ? "'" : "");
    }
    return print(options, run, program);
}

static int run_program(struct options *options, char **arguments)
{
    struct step_run run = {.until = options->until,
                           .machines = calloc(1, sizeof *run.machines),
                           .colour = options->colour,
                           .sandboxed = options->confined ? &options->sandboxed : NULL};
    struct process_program program = {.arguments = arguments, .ignored = program_ignored_signals()};
    char path[PATH_MAX];
    if (!run.machines) {
        message_no_memory(NULL);
        return EXIT_NO;
    }
    step_machines_open(run.machines);
    program.path = path;
    bool done = atomic_file_may_be_written(options->record) &&
                (options->replay ? read_recording(options->replay, &run)
                                 : program_find(arguments[0], path, sizeof path));
    if (done)
        run.path = options->replay ? run.recording.files[0].name : path;
    done = done && (!options->replay || step_resolve_until(&run)) &&
           show(options, &run, options->replay ? NULL : &program);
    if (run.stepper)
        step_end_run(&run, STEP_INTERRUPTED);
    if (done && run.recording.end == STEP_FULL)
        message("step", "error", "%s: %zu bytes of steps, %llu of them",
                run.recording.no_memory ? NO_MEMORY : "the recording is full", run.recording.size,
                (unsigned long long)run.recording.count);
    if (done && options->record)
        done = write_recording(options->record, &run, options->private);
    int status = conclude(&run, done);
    step_names_close(&run.names);
    recording_free(&run.recording);
    free(run.machines);
    return status;
}

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_RECORD:
        options->record = given->value;
        break;
    case OPTION_PRIVATE:
        options->private = true;
        break;
    case OPTION_REPLAY:
        options->replay = given->value;
        break;
    case OPTION_UNTIL:
        if (step_parse_until(given->value, &options->until))
            break;
        return usage_error(
            "step", "--until '%s': it must be an address, 0x..., a number of steps, or a name",
            given->value);
    case OPTION_PLAIN:
        options->plain = true;
        break;
    case OPTION_COLOR:
        options->colour = option_colour(given->choice);
        break;
    case OPTION_SANDBOX:
        options->confined = true;
        break;
    case OPTION_TTY:
        options->limited = true;
        options->sandboxed.tty = true;
        break;
    case OPTION_TIME:
        options->limited = true;
        return sandboxed_take_time("step", given->value, &options->sandboxed.limits.time);
    case OPTION_MEMORY:
        options->limited = true;
        return option_size("step", "memory", given->value, &options->sandboxed.limits.memory);
    case OPTION_ALLOW:
        options->sandboxed.kinds |= (unsigned)given->choice;
        break;
    }
    return EXIT_YES;
}

int command_step(int argc, char **argv)
{
    struct options options = {
        .colour = option_colour(COLOUR_AUTO),
        .sandboxed = {.limits = sandboxed_limits, .input = STDIN_FILENO, .worker = NULL}};
    int status = options_read(&command_step_options, argc, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    if (options.replay && optind != argc)
        return usage_error("step", "--replay runs no program: '%s' is too much", argv[optind]);
    if (options.replay && options.confined)
        return usage_error("step", "--replay runs no program: it needs no --sandbox");
    if (options.limited && !options.confined)
        return usage_error("step", "--time, --memory and --tty are for the sandbox: add --sandbox");
    if (options.sandboxed.kinds != 0 && !options.confined)
        return usage_error("step", "--allow is for the sandbox only: add --sandbox");
    if (!options.replay && optind == argc)
        return usage_error("step", "no program given");
    if (options.private && !options.record)
        return usage_error("step", "--private needs a recording: add --record FILE");
    if (options.record && strcmp(options.record, "-") == 0)
        return usage_error("step", "--record -: standard output is the program's");
    return run_program(&options, argv + optind);
}
