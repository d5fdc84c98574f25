/* Runs the steps from C to a program one by one, with memory files. The commands are shown as they
 * would be typed, with names of files. */
#include "pipeline.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/own_program.h"
#include "base/system_error.h"
#include "cli/progress.h"
#include "input/toolchain.h"

const char *stages_suffix(enum stage_number number)
{
    static const char *const endings[STAGE_COUNT] = {".i", ".s", ".o", ""};
    return endings[number];
}

/* A command as it is run and as it is shown. */
struct command {
    struct shellwords run, shown;
    bool failed; /* errno says why: no memory, or a quote is not closed */
};

static void add_run(struct command *command, const char *word)
{
    command->failed = command->failed || !shellwords_add_word(&command->run, word);
}

static void add_shown(struct command *command, const char *word)
{
    command->failed = command->failed || !shellwords_add_word(&command->shown, word);
}

static void add_both(struct command *command, const char *word)
{
    add_run(command, word);
    add_shown(command, word);
}

static void add_words(struct command *command, const char *text)
{
    command->failed = command->failed || !shellwords_add(&command->run, text) ||
                      !shellwords_add(&command->shown, text);
}

static void free_command(struct command *command)
{
    shellwords_free(&command->run);
    shellwords_free(&command->shown);
}

char *stages_end_text(FILE *stream, char **text)
{
    bool good = !ferror(stream);
    good = fclose(stream) == 0 && good;
    if (!good) {
        free(*text);
        *text = NULL;
    }
    return *text;
}

/* Joins words into a command line, with quotes around those that need them. */
static char *join(const struct shellwords *words)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return NULL;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->at[i];
        bool plain = *word && !strpbrk(word, " \t\n\"'\\$&|;<>()*?`#~");
        fputs(i ? " " : "", stream);
        if (plain) {
            fputs(word, stream);
            continue;
        }
        fputc('\'', stream);
        for (; *word; word++)
            fputs(*word == '\'' ? "'\\''" : (char[]){*word, '\0'}, stream);
        fputc('\'', stream);
    }
    return stages_end_text(stream, &text);
}

/* Makes the flags that tinyelf adds to the compiler's command. */
static bool make_flags(const struct stages *stages, struct shellwords *words)
{
    return compiler_add_freestanding(words) && compiler_add_machine(stages->machine, words) &&
           compiler_add_folder(stages->include_folder, words);
}

/* Whether the file includes <tiny.h>, so that plain cc must know where that is. */
static bool is_tiny(const struct file_bytes *input)
{
    return input->size > 0 && memmem(input->bytes, input->size, "<tiny", 5) != NULL;
}

static void add_way(const struct stages *stages, enum stage_way way, enum stage_number number,
                    struct command *command)
{
    if (way == WAY_TINYELF) {
        struct shellwords flags = {0};
        command->failed = command->failed || !make_flags(stages, &flags);
        for (size_t i = 0; i < flags.count; i++)
            add_both(command, flags.at[i]);
        shellwords_free(&flags);
        return;
    }
    if (stages->machine != 0)
        add_both(command, toolchain_machine(stages->machine)->compiler);
    if (number == STAGE_PREPROCESSED && stages->include_folder && is_tiny(&stages->input)) {
        add_both(command, "-isystem");
        add_both(command, stages->include_folder);
    }
}

static void add_file(const struct stages *stages, enum stage_number number, const char *stands_for,
                     struct command *command)
{
    char *name = NULL;
    if (asprintf(&name, "%s%s", stages->name, stages_suffix(number)) < 0) {
        command->failed = true;
        return;
    }
    add_run(command, stands_for);
    add_shown(command, name);
    free(name);
}

static bool add_compiler(const struct stages *stages, const struct reporter *reporter,
                         struct shellwords *words)
{
    const struct place place = place_file(stages->path);
    return compiler_words(stages->compiler, words, &place, reporter);
}

/* Makes the command of one of the first three steps: the compiler with -E, -S or -c. */
static void make_compilation(const struct stages *stages, const struct reporter *reporter,
                             enum stage_way way, enum stage_number number, struct command *command)
{
    static const char *const letters[] = {"-E", "-S", "-c"};
    static const char *const kinds[] = {"c", "cpp-output", "assembler"};
    struct shellwords compiler = {0};
    command->failed = command->failed || !add_compiler(stages, reporter, &compiler);
    for (size_t i = 0; i < compiler.count; i++)
        add_both(command, compiler.at[i]);
    shellwords_free(&compiler);
    add_both(command, letters[number]);
    add_way(stages, way, number, command);
    add_words(command, stages->compiler_flags);
    /* clang warns that these flags do not apply to assembling. */
    if (number != STAGE_OBJECT)
        command->failed = command->failed || !compiler_add_plain(&command->run);
    add_run(command, "-x");
    add_run(command, kinds[number]);
    if (number == STAGE_PREPROCESSED)
        add_both(command, stages->argument);
    else
        add_file(stages, number - 1, TOOL_TEXT_PATH, command);
    add_both(command, "-o");
    add_file(stages, number, TOOL_OUTPUT_PATH, command);
}

static void make_link(const struct stages *stages, const struct reporter *reporter,
                      enum stage_way way, struct command *command)
{
    if (way == WAY_CC) {
        struct shellwords compiler = {0};
        command->failed = command->failed || !add_compiler(stages, reporter, &compiler);
        for (size_t i = 0; i < compiler.count; i++)
            add_both(command, compiler.at[i]);
        shellwords_free(&compiler);
        if (stages->machine != 0)
            add_both(command, toolchain_machine(stages->machine)->compiler);
    } else {
        add_run(command, OWN_PROGRAM);
        add_shown(command, "tinyelf");
        add_both(command, "build");
        add_run(command, "--from");
        add_run(command, "object");
    }
    add_file(stages, STAGE_OBJECT, TOOL_TEXT_PATH, command);
    add_both(command, "-o");
    add_file(stages, STAGE_EXECUTABLE, TOOL_OUTPUT_PATH, command);
    if (way == WAY_CC)
        add_words(command, stages->compiler_flags); /* libraries come after what needs them */
}

/* ---- running ---- */

/* Collects a step's messages, and passes on those about the C file. */
struct listener {
    const struct stages *stages;
    enum stage_number number;
    bool pass, only_errors;
    FILE *messages;
    struct stage *stage;
    bool failed; /* an error was among them */
};

/* Writes a message with names of files in place of /dev/fd/N. */
static void put_named(const struct listener *listener, const char *text, size_t length)
{
    for (const char *end = text + length; text < end;) {
        bool input = strncmp(text, TOOL_TEXT_PATH, strlen(TOOL_TEXT_PATH)) == 0;
        bool output = strncmp(text, TOOL_OUTPUT_PATH, strlen(TOOL_OUTPUT_PATH)) == 0;
        if (input || output) {
            enum stage_number number = listener->number - (input && listener->number > 0 ? 1 : 0);
            fprintf(listener->messages, "%s%s", listener->stages->name, stages_suffix(number));
            text += strlen(TOOL_TEXT_PATH);
        } else {
            fputc(*text++, listener->messages);
        }
    }
}

/* Writes where a message is, if that is more than its file. */
static void put_place(const struct listener *listener, const struct report *report)
{
    char text[PATH_MAX + 256];
    struct elfgen_text out = {.bytes = text, .capacity = sizeof text};
    if (report->place.line != PLACE_NO_LINE)
        fprintf(listener->messages, "%s:%u: %s: ", report->place.file, report->place.line,
                report_severity_name(report->severity));
    if (!report->place.section)
        return;
    struct place place = report->place;
    if (place.file && strcmp(place.file, listener->stages->path) == 0)
        place.file = NULL; /* messages about the C file do not repeat its name */
    place_put(&out, &place);
    elfgen_text_string(&out, ": ");
    put_named(listener, text, out.length);
}

static void take_report(void *context, const struct report *report)
{
    struct listener *listener = context;
    struct stage *stage = listener->stage;
    long start = ftell(listener->messages);
    put_place(listener, report);
    put_named(listener, report->text, strlen(report->text));
    long end = ftell(listener->messages);
    fputc('\n', listener->messages);
    bool is_error = report->severity == REPORT_ERROR;
    if (start == 0 || (is_error && !listener->failed)) {
        stage->reason = (size_t)start;
        stage->reason_length = (size_t)(end - start);
    }
    listener->failed = listener->failed || is_error;
    if (listener->pass && (!listener->only_errors || is_error))
        listener->stages->reporter.report(listener->stages->reporter.context, report);
}

/* Returns false if there is no memory to tell what the step does. */
static bool do_stage(struct stages *stages, enum stage_way way, enum stage_number number)
{
    struct stage *stage = &stages->of[way][number];
    const struct file_bytes *input = number > 0 ? &stages->of[way][number - 1].bytes : NULL;
    bool link = number == STAGE_EXECUTABLE;
    const struct stage *other = &stages->of[WAY_CC][number];
    size_t size = 0;
    struct listener listener = {.stages = stages,
                                .number = number,
                                .pass = !link && (way == WAY_CC || (other->run && other->made)),
                                .only_errors = way != WAY_CC,
                                .messages = open_memstream(&stage->messages, &size),
                                .stage = stage};
    struct command command = {0};
    if (!listener.messages)
        return false;
    const struct reporter reporter = {take_report, &listener};
    stage->run = true;
    if (!link)
        make_compilation(stages, &reporter, way, number, &command);
    else
        make_link(stages, &reporter, way, &command);
    stage->command = command.failed ? NULL : join(&command.shown);
    const struct tool_run run = {.arguments = (const char *const *)command.run.at,
                                 .text = input,
                                 .path = stages->path,
                                 .source = &stages->input,
                                 .messages = link ? TOOL_LINKER : TOOL_COMPILER,
                                 .reporter = reporter};
    progress_begin(
        &(struct progress){.doing = link ? "linking" : "compiling", .file = stages->path});
    stage->made = stage->command && toolchain_run(&run, &stage->bytes);
    progress_end();
    free_command(&command);
    bool told = stages_end_text(listener.messages, &stage->messages) != NULL &&
                (stage->command || listener.failed);
    if (size == 0) {
        free(stage->messages);
        stage->messages = NULL;
    }
    return told;
}

/* Sets the program's name and the flags as shown. */
static bool prepare(struct stages *stages)
{
    struct shellwords flags = {0};
    const char *slash = strrchr(stages->path, '/');
    const char *base = slash ? slash + 1 : stages->path;
    stages->name = strndup(base, strlen(base) - 2);
    char argument[PATH_MAX];
    stages->argument =
        toolchain_argument(stages->path, argument, sizeof argument) ? strdup(argument) : NULL;
    bool done = stages->name && stages->argument && make_flags(stages, &flags);
    stages->flags = done ? join(&flags) : NULL;
    shellwords_free(&flags);
    return stages->flags != NULL;
}

static bool read_c_file(struct stages *stages, const struct place *place)
{
    int file = open(stages->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool read = file >= 0 && file_read(file, true, &stages->input);
    int error = errno;
    if (file >= 0)
        close(file);
    if (!read)
        return report_error(&stages->reporter, place, "%s",
                            error == ENODEV ? "not a regular file" : system_error_text(error));
    size_t length = strlen(stages->path);
    const char *slash = strrchr(stages->path, '/');
    if (length < 3 || strcmp(stages->path + length - 2, ".c") != 0 || (slash && strlen(slash) <= 3))
        return report_error(&stages->reporter, place,
                            "the stages begin with a C file, whose name ends in .c");
    if (memchr(stages->input.bytes, '\0', stages->input.size))
        return report_error(&stages->reporter, place, "not C: it contains bytes that are not text");
    for (const char *at = stages->path; *at; at++)
        if ((unsigned char)*at < 0x20)
            return report_error(&stages->reporter, place, "a name with control characters in it");
    return stages->input.size > 0 || report_error(&stages->reporter, place, FILE_IS_EMPTY);
}

bool stages_run(struct stages *stages)
{
    const struct place place = place_file(stages->path);
    if (!read_c_file(stages, &place))
        return false;
    if (!prepare(stages))
        return report_error(&stages->reporter, &place, NO_MEMORY);
    for (enum stage_number number = 0; number < STAGE_COUNT; number++)
        for (enum stage_way way = 0; way < WAY_COUNT; way++)
            if ((number == 0 || stages->of[way][number - 1].made) && !do_stage(stages, way, number))
                return report_error(&stages->reporter, &place, NO_MEMORY);
    return true;
}

void stages_free(struct stages *stages)
{
    for (int way = 0; way < WAY_COUNT; way++) {
        for (int number = 0; number < STAGE_COUNT; number++) {
            free(stages->of[way][number].command);
            free(stages->of[way][number].messages);
            file_free(&stages->of[way][number].bytes);
        }
    }
    free(stages->argument);
    free(stages->name);
    free(stages->flags);
    file_free(&stages->input);
}
