/* tinyelf compare: compares two files side by side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "x86/session.h"
#include "compare.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "run.h"

#define OPTIONS "commands/compare/options.def"
#include "cli/option_ids_expand.h"

struct input {
    const char *path;
    struct file_bytes bytes;
    struct elfgen_view view;
};

/* Returns false after reporting that it cannot be read or is not an ELF file. */
static bool open_input(struct input *input)
{
    return input_read(input->path, &input->bytes) &&
           input_open_elf(input_name(input->path), &input->bytes, &input->view);
}

/* Returns false after reporting the error. */
static bool measure(const struct input *input, struct compare_facts *facts)
{
    const char *name = input_name(input->path);
    struct elfgen_error error;
    progress_begin(&(struct progress){.doing = "measuring", .file = name});
    struct x86_session *code =
        x86_session_open(&input->view, compare_code_mode(&input->view), SYNTAX_INTEL, &error);
    if (error.status == ELFGEN_OK &&
        !compare_measure(facts, name, &input->view, code ? &code->code : NULL))
        error_no_memory(&error);
    progress_end();
    x86_session_close(code);
    return error.status == ELFGEN_OK || message_library_error(name, &error);
}

/* Whether a file is complete; if not, reports what is missing. */
static bool is_whole(const struct compare_facts *facts)
{
    if (facts->missing.status == ELFGEN_OK)
        return true;
    const struct place place = {
        .file = facts->file, .offset = facts->missing.offset, .field = facts->missing_field};
    return report_error(&message_reporter, &place, "%s", facts->missing.text);
}

struct request {
    struct input inputs[2];
    uint64_t limit; /* nanoseconds for a run; 0: the default */
    bool run, json;
};

/* Runs both programs. Returns false after reporting that they did not run to their ends. */
static bool run(const struct request *request, struct profile runs[2])
{
    struct compare_program programs[2] = {{.path = NULL}, {.path = NULL}};
    bool files = true;
    for (int i = 0; i < 2; i++) {
        const char *path = request->inputs[i].path;
        bool is_file = strcmp(path, "-") != 0;
        programs[i] = (struct compare_program){is_file ? path : NULL, path, path};
        if (!is_file)
            message(input_name(path), "error", "only a file can be run: name one");
        files = files && is_file;
    }
    return compare_run_programs(programs, runs, 2,
                                request->limit ? request->limit : COMPARE_RUN_LIMIT) &&
           files;
}

/* Even if something is missing, the rest is reported. */
static bool compare(struct request *request, struct elfgen_text *out)
{
    struct input *inputs = request->inputs;
    static struct profile runs[2];
    static struct compare_facts facts[2];
    bool there = open_input(&inputs[0]);
    there &= open_input(&inputs[1]);
    if (!there)
        return false;
    bool identical =
        inputs[0].bytes.size == inputs[1].bytes.size &&
        memcmp(inputs[0].bytes.bytes, inputs[1].bytes.bytes, inputs[0].bytes.size) == 0;
    if (!measure(&inputs[0], &facts[0]))
        return false;
    if (identical) {
        facts[1] = facts[0];
        facts[1].file = input_name(inputs[1].path);
    } else if (!measure(&inputs[1], &facts[1])) {
        return false;
    }
    bool ran = !request->run || run(request, runs);
    (request->json ? compare_json : compare_text)(facts, identical, request->run ? runs : NULL,
                                                  out);
    profile_free(&runs[0]);
    profile_free(&runs[1]);
    bool whole = is_whole(&facts[0]);
    return is_whole(&facts[1]) && whole && ran;
}

static int take_option(void *context, const struct option_given *given)
{
    struct request *request = context;
    switch ((enum option_id)given->id) {
    case OPTION_RUN:
        request->run = true;
        break;
    case OPTION_TIME:
        return option_seconds("compare", given->value, &request->limit);
    case OPTION_JSON:
        request->json = true;
        break;
    }
    return EXIT_YES;
}

int command_compare(int argc, char **argv)
{
    static struct request request;
    struct standard_output *output = stdout_open();
    int status = options_read(&command_compare_options, argc, argv, take_option, &request);
    if (status != OPTIONS_READ)
        return status;
    if (argc - optind != 2)
        return usage_error("compare", "compare takes two files, %d %s given", argc - optind,
                           argc - optind == 1 ? "is" : "are");
    if (request.limit != 0 && !request.run)
        return usage_error("compare", "--time is for --run");
    request.inputs[0].path = argv[optind];
    request.inputs[1].path = argv[optind + 1];
    if (strcmp(argv[optind], "-") == 0 && strcmp(argv[optind + 1], "-") == 0)
        return usage_error("compare", "standard input can be one of the two files, not both");
    bool done = compare(&request, &output->text);
    done = stdout_finish(output) && done;
    file_free(&request.inputs[0].bytes);
    file_free(&request.inputs[1].bytes);
    return done ? EXIT_YES : EXIT_NO;
}
