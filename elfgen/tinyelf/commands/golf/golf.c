/* tinyelf golf: finds a smaller file that does the same as a program, or proves that a candidate
 * does. */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/system_error.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "commands/build/build.h"
#include "commands/commands.h"
#include "commands/run/exit_reason.h"
#include "golf_private.h"

#define OPTIONS "commands/golf/options.def"
#include "cli/option_ids_expand.h"

enum { ENVIRONMENTS = 200, ENVIRONMENTS_MOST = 100000, SEARCH_SECONDS = 20, JOBS_MOST = 256 };
#define A_SECOND UINT64_C(1000000000)

struct options {
    const char *candidate, *output, *input;
    uint64_t nodes; /* 0: any number */
    unsigned with;  /* bits of enum golf_with */
    uint64_t environments, seed;
    size_t jobs, shard, shards; /* 0: one for each processor; all */
    size_t best;                /* size, for the progress */
    volatile size_t states;     /* the same */
    uint64_t time;              /* nanoseconds; 0: no limit */
    uint64_t deadline;          /* a point in time */
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

static int take_jobs(const char *text, size_t *jobs)
{
    uint64_t number;
    if (!parse_number(text, &number) || number == 0 || number > JOBS_MOST)
        return usage_error("golf", "--jobs '%s': it must be a number from 1 to %d", text,
                           JOBS_MOST);
    *jobs = (size_t)number;
    return EXIT_YES;
}

static int take_shard(const char *text, struct options *options)
{
    unsigned shard, shards;
    int end = 0;
    /* sscanf() also accepts blanks and signs: allow only digits and a slash. */
    if (sscanf(text, "%7u/%7u%n", &shard, &shards, &end) != 2 || text[end] != '\0' || shard == 0 ||
        shard > shards || strspn(text, "0123456789/") != (size_t)end)
        return usage_error("golf", "--shard '%s': it must be I/N, from 1/N to N/N, such as 2/8",
                           text);
    options->shard = shard;
    options->shards = shards;
    return EXIT_YES;
}

static size_t processors(void)
{
    cpu_set_t all;
    int count = sched_getaffinity(0, sizeof all, &all) == 0 ? CPU_COUNT(&all) : 1;
    return count < 1 ? 1 : count > JOBS_MOST ? JOBS_MOST : (size_t)count;
}

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_OUTPUT:
        if (options->output)
            return usage_error("golf", "two outputs, '%s' and '%s'", options->output, given->value);
        options->output = given->value;
        break;
    case OPTION_NODES:
        return take_number("nodes", given->value, UINT64_MAX, &options->nodes);
    case OPTION_JOBS:
        return take_jobs(given->value, &options->jobs);
    case OPTION_SHARD:
        return take_shard(given->value, options);
    case OPTION_WITH:
        options->with |= (unsigned)given->choice;
        break;
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

static int finish(struct options *options, struct golf_report *report)
{
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
    return finish(options, report);
}

/* ---- the search ---- */

/* Machines of each version that was asked for. Returns how many. */
static size_t make_machines(const struct kernel_versions *versions,
                            struct elfgen_kernel_machine *machines, size_t room)
{
    size_t count = 0;
    for (uint32_t version = versions->first; version <= versions->last && count < room;
         version = kernel_versions_next(version)) {
        elfgen_kernel_usual(&machines[count]);
        machines[count++].version = version;
    }
    return count;
}

static void report_left_alone(const char *file, const struct elfgen_error *error)
{
    if (error->offset == ELFGEN_NOWHERE)
        message(file, "error", "it is left alone: %s", error->text);
    else
        message(file, "error", "it is left alone: at offset 0x%llx of the program: %s",
                (unsigned long long)error->offset, error->text);
}

/* Shows the best size so far and the one that is tried; with -v, says when there is a better file.
 */
static void show_progress(size_t best, size_t size, uint64_t nodes, void *context)
{
    enum { TEXTS = 2, LONGEST = 64 };
    static char texts[TEXTS][LONGEST]; /* the one that is shown must not change */
    static unsigned shown;
    struct options *options = context;
    if (options->verbose && best != options->best)
        message(options->output, "note", "%zu bytes are enough, %llu states", best,
                (unsigned long long)nodes);
    options->best = best;
    options->states = (size_t)nodes;
    char *text = texts[++shown % TEXTS];
    if (best > 0)
        snprintf(text, LONGEST, "searching: best %zu, trying %zu bytes", best, size);
    else
        snprintf(text, LONGEST, "searching: trying %zu bytes", size);
    progress_next(&(struct progress){
        .doing = text, .file = options->output, .things = "states", .done = &options->states});
}

/* Searches, writes the file that was found, or the original, and reports it. */
static int search(struct options *options, struct golf_report *report)
{
    enum { MACHINES = 64 };
    static struct elfgen_kernel_machine machines[MACHINES];
    static struct golf_found found;
    struct elfgen_error error;
    const struct golf_options wanted = {.original = report->original.bytes,
                                        .size = report->original.size,
                                        .prover = report->prover,
                                        .rwx = options->with & GOLF_WITH_RWX,
                                        .overcommit = options->with & GOLF_WITH_OVERCOMMIT,
                                        .nodes = options->nodes,
                                        .seed = options->seed,
                                        .jobs = options->jobs ? options->jobs : processors(),
                                        .shard = options->shard,
                                        .shards = options->shards,
                                        .deadline = options->deadline,
                                        .machines = machines,
                                        .machine_count =
                                            make_machines(&options->versions, machines, MACHINES),
                                        .first = options->versions.first,
                                        .last = options->versions.last,
                                        .context = options,
                                        .progress = show_progress,
                                        .is_interrupted = is_over};
    if (!golf_find(&wanted, &found, &error)) {
        if (error.status == ELFGEN_UNSUPPORTED || error.status == ELFGEN_DOES_NOT_FIT)
            report_left_alone(report->original.name, &error);
        else
            message_library_error(report->original.name, &error);
        return EXIT_NO;
    }
    report->found = &found;
    report->same = true;
    report->candidate =
        (struct golf_file){options->output, report->original.bytes, report->original.size};
    if (found.size > 0)
        report->candidate = (struct golf_file){options->output, found.bytes, found.size};
    if (!atomic_file_write(options->output, report->candidate.bytes, report->candidate.size, true))
        return EXIT_NO;
    return finish(options, report);
}

static int open_and_compare(struct options *options, struct golf_report *report,
                            const struct file_bytes *input)
{
    struct elfgen_error error;
    bool refused;
    const char *name = options->candidate ? options->candidate : options->output;
    const char *slash = strrchr(name, '/');
    char *program = slash ? (char *)slash + 1 : (char *)name;
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
    return options->candidate ? compare(options, report) : search(options, report);
}

static int run(struct options *options)
{
    struct golf_report report = {.seed = options->seed};
    struct file_bytes candidate = {0}, input = {0};
    uint8_t *bytes = NULL;
    int status = read_original(options, &report.original, &bytes);
    if (status == EXIT_YES &&
        ((options->candidate && !input_read(options->candidate, &candidate)) ||
         (options->input && !input_read(options->input, &input))))
        status = EXIT_NO;
    if (status == EXIT_YES) {
        if (options->candidate)
            report.candidate = (struct golf_file){input_name(options->candidate),
                                                  (const uint8_t *)candidate.bytes, candidate.size};
        if (!options->candidate && options->time == 0 && options->nodes == 0)
            options->time = SEARCH_SECONDS * A_SECOND;
        if (options->time != 0)
            options->deadline = clock_now() + options->time;
        progress_begin(&(struct progress){.doing = options->candidate ? "proving" : "searching",
                                          .file = options->candidate ? report.candidate.name
                                                                     : report.original.name});
        status = open_and_compare(options, &report, &input);
        progress_end();
    }
    golf_prover_close(report.prover);
    file_free(&candidate);
    file_free(&input);
    free(bytes);
    interrupt_die();
    return status;
}

/* An output that is an input would be lost, and one that cannot be made should be known before the
 * search. */
static bool check_output(const struct options *options)
{
    struct stat status;
    char folder[PATH_MAX];
    const char *output = options->output, *slash = output ? strrchr(output, '/') : NULL;
    if (output && stat(output, &status) == 0 && S_ISDIR(status.st_mode))
        return message(output, "error", "cannot write: %s", system_error_text(EISDIR)), false;
    if (slash && slash - output < PATH_MAX - 1) {
        memcpy(folder, output, (size_t)(slash - output) + 1);
        folder[slash - output + 1] = 0;
        if (access(folder, F_OK) != 0)
            return atomic_file_not_created(output, output, "write");
    }
    for (size_t i = 0; options->output && i < options->input_count; i++)
        if (atomic_file_is_same(options->output, options->inputs[i]))
            return message(options->inputs[i], "error", "this input would be overwritten by -o"),
                   false;
    return true;
}

int command_golf(int argc, char **argv)
{
    struct options options = {.environments = ENVIRONMENTS, .seed = 1};
    int count = split_arguments(argc, argv, &options);
    kernel_versions_read("golf", "all", &options.versions);
    int status = options_read(&command_golf_options, count, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    if (!options.candidate && !options.output)
        return usage_error("golf", "no output given: -o FILE is the smallest file that is found "
                                   "(or --prove CANDIDATE one that you made)");
    if (options.output && strcmp(options.output, "-") == 0)
        return usage_error("golf",
                           "-o -: the report is on standard output, so the file needs a name");
    const char *searches = options.output   ? "-o"
                           : options.nodes  ? "--nodes"
                           : options.jobs   ? "--jobs"
                           : options.shards ? "--shard"
                           : options.with   ? "--with"
                                            : NULL;
    if (options.candidate && searches)
        return usage_error("golf", "--prove searches for nothing: no %s with it", searches);
    if (optind >= count)
        return usage_error("golf", "no input given: what should '%s' do the same as?",
                           options.candidate ? options.candidate : options.output);
    options.inputs = argv + optind;
    options.input_count = (size_t)(count - optind);
    return check_output(&options) ? run(&options) : EXIT_NO;
}
