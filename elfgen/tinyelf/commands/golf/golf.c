/* tinyelf golf: proves that a candidate does the same as a program. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "commands/build/build.h"
#include "commands/commands.h"
#include "commands/run/exit_reason.h"
#include "golf_private.h"

#define OPTIONS "commands/golf/options.def"
#include "cli/option_ids_expand.h"

enum { ENVIRONMENTS = 200, ENVIRONMENTS_MOST = 100000 };

struct options {
    const char *candidate, *input;
    uint64_t environments, seed;
    uint64_t time;     /* nanoseconds; 0: no limit */
    uint64_t deadline; /* a point in time */
    unsigned kinds;
    struct kernel_versions versions;
    bool json, verbose;
    char **inputs, **arguments; /* arguments: NULL, or what follows -- */
    size_t input_count;
};

/* ---- options ---- */

static int take_number(const char *option, const char *text, uint64_t most, uint64_t *number)
{
    if (parse_number(text, number) && *number <= most)
        return EXIT_YES;
    return usage_error("golf", "--%s '%s': it must be a number up to %llu", option, text,
                       (unsigned long long)most);
}

static int take_environments(const char *text, struct options *options)
{
    int status = take_number("environments", text, ENVIRONMENTS_MOST, &options->environments);
    if (status == EXIT_YES && options->environments == 0)
        return usage_error("golf", "--environments 0 compares nothing: at least 1");
    return status;
}

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_PROVE:
        options->candidate = given->value;
        break;
    case OPTION_ENVIRONMENTS:
        return take_environments(given->value, options);
    case OPTION_SEED:
        return take_number("seed", given->value, UINT64_MAX, &options->seed);
    case OPTION_INPUT:
        options->input = given->value;
        break;
    case OPTION_ALLOW:
        options->kinds |= (unsigned)given->choice;
        break;
    case OPTION_KERNEL:
        return kernel_versions_read("golf", given->value, &options->versions);
    case OPTION_TIME:
        return option_seconds("golf", given->value, &options->time);
    case OPTION_JSON:
        options->json = true;
        break;
    case OPTION_VERBOSE:
        options->verbose = true;
        break;
    }
    return EXIT_YES;
}

/* What follows the first -- are the program's arguments. Returns how many words come before. */
static int split_arguments(int argc, char **argv, struct options *options)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            options->arguments = argv + i;
            argv[i] = NULL;
            return i;
        }
    return argc;
}

/* ---- files ---- */

/* An ELF file that is no object: a program as it stands. */
static bool is_executable(const struct file_bytes *bytes)
{
    struct elfgen_view view;
    return elfgen_view_open_program(&view, bytes->bytes, bytes->size, NULL) == ELFGEN_OK &&
           view.ehdr.e_type != ELFGEN_ET_REL;
}

/* Reads the program, or builds it from sources. Returns the exit status. */
static int read_original(const struct options *options, struct golf_file *original, uint8_t **bytes)
{
    struct file_bytes read = {0};
    struct build_made made = {0};
    original->name = input_name(options->inputs[0]);
    const bool may_be_program = options->input_count == 1 && strcmp(options->inputs[0], "-") != 0;
    if (may_be_program && !input_read(options->inputs[0], &read)) {
        file_free(&read);
        return EXIT_NO;
    }
    int status = EXIT_YES;
    if (may_be_program && is_executable(&read)) {
        made = (struct build_made){malloc(read.size + 1), read.size};
        if (made.bytes)
            memcpy(made.bytes, read.bytes, read.size);
        else
            status = message_no_memory(original->name) ? EXIT_YES : EXIT_NO;
    } else {
        status = build_in_memory(options->inputs, options->input_count, options->verbose, &made);
    }
    file_free(&read);
    *bytes = made.bytes;
    original->bytes = made.bytes;
    original->size = made.size;
    return status;
}

/* ---- the proof ---- */

static bool is_over(void *context)
{
    const struct options *options = context;
    return interrupt_came() || (options->deadline != 0 && clock_now() >= options->deadline);
}

/* Reports why there is no proof. */
static int report_failure(struct options *options, const char *file,
                          const struct elfgen_error *error)
{
    if (interrupt_came())
        return EXIT_NO;
    if (is_over(options))
        message(file, "error", "not proven in the time that --time gives");
    else
        message_library_error(file, error);
    return EXIT_NO;
}

static int compare(struct options *options, struct golf_report *report)
{
    struct elfgen_error error;
    enum golf_outcome outcome = golf_prove(report->prover, report->candidate.bytes,
                                           report->candidate.size, &report->difference, &error);
    if (outcome == GOLF_FAILED)
        return report_failure(options, report->candidate.name, &error);
    report->same = outcome == GOLF_SAME;
    if (!report->same)
        golf_prover_explain(report->prover, &report->difference);
    report->facts = golf_prover_facts(report->prover);
    golf_kernels_ask(&report->original, &report->candidate, &options->versions, &report->kernels);
    interrupt_unwatch();
    struct standard_output *output = stdout_open();
    output->visible = !options->json;
    if (options->json)
        golf_json(report, options->verbose, &output->text);
    else
        golf_text(report, options->verbose, &output->text);
    return stdout_finish(output) && golf_is_proven(report) ? EXIT_YES : EXIT_NO;
}

static int prove(struct options *options, struct golf_report *report,
                 const struct file_bytes *input)
{
    struct elfgen_error error;
    bool refused;
    const char *slash = strrchr(options->candidate, '/');
    char *program = slash ? (char *)slash + 1 : (char *)options->candidate;
    char *none[] = {program, NULL};
    if (options->arguments)
        options->arguments[0] = program;
    const struct golf_prove_options wanted = {
        .original = report->original.bytes,
        .size = report->original.size,
        .seed = options->seed,
        .environments = (size_t)options->environments,
        .kinds = options->kinds,
        .arguments = options->arguments ? options->arguments : none,
        .input = options->input ? (const uint8_t *)input->bytes : NULL,
        .input_size = input->size,
        .ignored = program_ignored_signals(),
        .context = options,
        .interrupted = is_over};
    interrupt_watch();
    report->prover = golf_prover_open(&wanted, &refused, &error);
    if (!report->prover && refused && !is_over(options)) {
        message(report->original.name, "error", "cannot be proven: %s", error.text);
        return EXIT_NO;
    }
    if (!report->prover)
        return report_failure(options, report->original.name, &error);
    exit_reason_report_lacks(golf_prover_facts(report->prover).lacks);
    return compare(options, report);
}

static int run(struct options *options)
{
    struct golf_report report = {.seed = options->seed};
    struct file_bytes candidate = {0}, input = {0};
    uint8_t *bytes = NULL;
    int status = read_original(options, &report.original, &bytes);
    if (status == EXIT_YES && (!input_read(options->candidate, &candidate) ||
                               (options->input && !input_read(options->input, &input))))
        status = EXIT_NO;
    if (status == EXIT_YES) {
        report.candidate = (struct golf_file){input_name(options->candidate),
                                              (const uint8_t *)candidate.bytes, candidate.size};
        if (options->time != 0)
            options->deadline = clock_now() + options->time;
        progress_begin(&(struct progress){.doing = "proving", .file = report.candidate.name});
        status = prove(options, &report, &input);
        progress_end();
    }
    golf_prover_close(report.prover);
    file_free(&candidate);
    file_free(&input);
    free(bytes);
    interrupt_die();
    return status;
}

int command_golf(int argc, char **argv)
{
    struct options options = {.environments = ENVIRONMENTS, .seed = 1};
    int count = split_arguments(argc, argv, &options);
    kernel_versions_read("golf", "all", &options.versions);
    int status = options_read(&command_golf_options, count, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    if (!options.candidate)
        return usage_error("golf", "nothing to prove: give the program that you made by "
                                   "--prove CANDIDATE, and the INPUT that it is made after");
    if (optind >= count)
        return usage_error("golf", "no input given: what should '%s' do the same as?",
                           options.candidate);
    options.inputs = argv + optind;
    options.input_count = (size_t)(count - optind);
    return run(&options);
}
