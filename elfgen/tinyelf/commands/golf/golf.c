/* tinyelf golf: finds a smaller file that does the same as a program, or proves that a candidate
 * does. */
#include <limits.h>
#include <stdio.h>
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

enum { ENVIRONMENTS = 200, ENVIRONMENTS_MOST = 100000, SEARCH_SECONDS = 20, JOBS_MOST = 256 };
/* Of larger files not even the reason why they are left alone is worth the time. */
enum { READ_MOST = 1 << 26 };
#define A_SECOND UINT64_C(1000000000)

/* ---- options ---- */

static int take_number(const char *option, const char *text, uint64_t most, uint64_t *number)
{
    if (parse_number(text, number) && *number <= most)
        return EXIT_YES;
    return usage_error("golf", "--%s '%s': it must be a number up to %llu", option, text,
                       (unsigned long long)most);
}

static int take_environments(const char *text, struct golf_request *options)
{
    int status = take_number("environments", text, ENVIRONMENTS_MOST, &options->environments);
    if (status == EXIT_YES && options->environments == 0)
        return usage_error("golf", "--environments 0 compares nothing: at least 1");
    return status;
}

static int take_nodes(const char *text, uint64_t *nodes)
{
    int status = take_number("nodes", text, UINT64_MAX, nodes);
    if (status == EXIT_YES && *nodes == 0)
        return usage_error("golf", "--nodes 0 searches nothing: at least 1");
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

static int take_shard(const char *text, struct golf_request *options)
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

static int take_option(void *context, const struct option_given *given)
{
    struct golf_request *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_OUTPUT:
        options->output = given->value;
        break;
    case OPTION_NODES:
        return take_nodes(given->value, &options->nodes);
    case OPTION_JOBS:
        return take_jobs(given->value, &options->jobs);
    case OPTION_SHARD:
        return take_shard(given->value, options);
    case OPTION_WITH:
        options->with |= (unsigned)given->choice;
        break;
    case OPTION_FROM:
        options->from = given->choice;
        break;
    case OPTION_LEVEL:
        options->is_spec = given->choice == GOLF_LEVEL_SPEC;
        break;
    case OPTION_UNPROVEN:
        options->may_be_unproven = true;
        break;
    case OPTION_HEX:
        options->hex = given->value;
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
static int split_arguments(int argc, char **argv, struct golf_request *options)
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

/* Whether a file is ELF; it may end inside its header, which Linux reads as zeros then. */
static bool open_elf(struct elfgen_view *view, const struct file_bytes *bytes)
{
    enum elfgen_status status = elfgen_view_open_program(view, bytes->bytes, bytes->size, NULL);
    return status == ELFGEN_OK || (status == ELFGEN_TRUNCATED && view->segments.count > 0);
}

/* An ELF file that is no object: a program as it stands. */
static bool is_executable(const struct file_bytes *bytes)
{
    struct elfgen_view view;
    return open_elf(&view, bytes) && view.ehdr.e_type != ELFGEN_ET_REL;
}

/* A text or an object differs from a program, but that is not what somebody asks. */
static bool check_candidate(const struct golf_request *options, const struct file_bytes *bytes)
{
    struct elfgen_view view;
    if (is_executable(bytes))
        return true;
    if (open_elf(&view, bytes))
        message(input_name(options->candidate), "error",
                "it is an object, not an executable: 'tinyelf build' links it");
    else
        message(input_name(options->candidate), "error",
                "it is not an executable, and no ELF file at all");
    return false;
}

/* Reads the program, or builds it from sources. Returns the exit status. */
static int read_original(const struct golf_request *options, struct golf_file *original,
                         struct build_made *bytes)
{
    struct file_bytes read = {0};
    struct build_made made = {0};
    original->name = input_name(options->inputs[0]);
    const bool may_be_program = options->input_count == 1 && options->from == SOURCE_DETECT &&
                                strcmp(options->inputs[0], "-") != 0;
    if (may_be_program && !input_read(options->inputs[0], &read)) {
        file_free(&read);
        return EXIT_NO;
    }
    int status = EXIT_YES;
    if (may_be_program && !options->candidate && read.size > READ_MOST && is_executable(&read)) {
        message(original->name, "error", "it is left alone: it is larger than a megabyte");
        status = EXIT_NO;
    } else if (may_be_program && is_executable(&read)) {
        made = (struct build_made){.bytes = malloc(read.size + 1), .size = read.size};
        if (made.bytes)
            memcpy(made.bytes, read.bytes, read.size);
        else
            status = message_no_memory(original->name) ? EXIT_YES : EXIT_NO;
    } else {
        status = build_in_memory(options->inputs, options->input_count, options->from,
                                 options->verbose, &made);
    }
    file_free(&read);
    *bytes = made;
    original->bytes = made.bytes;
    original->size = made.size;
    return status;
}

/* ---- the proof ---- */

/* Reports why there is no proof. */
static int report_failure(struct golf_request *options, const char *file,
                          const struct elfgen_error *error)
{
    if (interrupt_came())
        return EXIT_NO;
    if (golf_is_over(options))
        message(file, "error", "not proven in the time that --time gives");
    else
        message_library_error(file, error);
    return EXIT_NO;
}

static int finish(struct golf_request *options, struct golf_report *report)
{
    if (report->prover)
        report->facts = golf_prover_facts(report->prover);
    if (report->prover && report->same)
        report->stretches = golf_prover_show(report->prover, report->candidate.bytes,
                                             report->candidate.size, &report->difference);
    if (report->prover && report->difference.call > 0 && report->stretches.differs)
        golf_prover_explain(report->prover, &report->difference);
    if (report->full_writes) /* what differs may do so only where a write falls short */
        report->stretches.differs = false;
    golf_kernels_ask(&report->original, &report->candidate, &options->versions, &report->kernels);
    interrupt_unwatch();
    struct standard_output *output = stdout_open();
    output->visible = !options->json;
    if (options->json)
        golf_json(report, options->verbose, &output->text);
    else
        golf_text(report, options->verbose, &output->text);
    return stdout_finish(output) && (report->unproven || golf_is_proven(report)) ? EXIT_YES
                                                                                 : EXIT_NO;
}

static int compare(struct golf_request *options, struct golf_report *report)
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

static int search(struct golf_request *options, struct golf_report *report)
{
    return golf_search(options, report) ? finish(options, report) : EXIT_NO;
}

static int open_and_compare(struct golf_request *options, struct golf_report *report,
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
        .full_writes = options->with & GOLF_WITH_FULL_WRITES,
        .ignored = program_ignored_signals(),
        .context = options,
        .interrupted = golf_is_over};
    options->proving = &wanted;
    interrupt_watch();
    const uint64_t now = clock_now(), deadline = options->deadline;
    if (options->may_be_unproven && deadline > now) /* then the search needs time as well */
        options->deadline = now + (deadline - now) / 2;
    report->prover = golf_prover_open(&wanted, &refused, &error);
    const bool is_late = golf_is_over(options) && !interrupt_came();
    options->deadline = deadline;
    if (!report->prover && options->may_be_unproven && !golf_is_over(options)) {
        report->unproven = is_late ? "that takes longer than half of the time" : error.text;
        return search(options, report);
    }
    if (!report->prover && refused && !golf_is_over(options)) {
        message(report->original.name, "error", "cannot be proven: %s", error.text);
        return EXIT_NO;
    }
    if (!report->prover)
        return report_failure(options, report->original.name, &error);
    exit_reason_report_lacks(golf_prover_facts(report->prover).lacks);
    return options->candidate ? compare(options, report) : search(options, report);
}

static int run(struct golf_request *options)
{
    struct golf_report report = {.seed = options->seed,
                                 .full_writes = options->with & GOLF_WITH_FULL_WRITES};
    struct file_bytes candidate = {0}, input = {0};
    struct build_made made = {0};
    int status = read_original(options, &report.original, &made);
    report.addresses = (struct golf_addresses){
        made.addresses, made.address_count, made.bounds,     made.bound_count,
        made.sections,  made.section_count, made.references, made.reference_count};
    if (status == EXIT_YES &&
        ((options->candidate && !input_read(options->candidate, &candidate)) ||
         (options->input && !input_read(options->input, &input))))
        status = EXIT_NO;
    if (status == EXIT_YES && options->candidate && !check_candidate(options, &candidate))
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
    free(report.lifted.bytes);
    file_free(&candidate);
    file_free(&input);
    free(made.bytes);
    free(made.addresses);
    free(made.bounds);
    free(made.sections);
    free(made.references);
    interrupt_die();
    return status;
}

/* An output that is a file to be read would be lost. */
static bool keeps(const struct golf_request *options, const char *input)
{
    const char *over = options->output && atomic_file_is_same(options->output, input) ? "-o"
                       : options->hex && atomic_file_is_same(options->hex, input)     ? "--hex"
                                                                                      : NULL;
    if (over)
        message(input, "error", "this input would be overwritten by %s", over);
    return !over;
}

/* Whether no output takes the place of something else, or cannot be made: that should be known
 * before the search. */
static bool check_output(const struct golf_request *options)
{
    if (!atomic_file_may_be_written(options->output) || !atomic_file_may_be_written(options->hex))
        return false;
    for (size_t i = 0; i < options->input_count; i++)
        if (!keeps(options, options->inputs[i]))
            return false;
    return !options->input || keeps(options, options->input);
}

/* A word that is given, and is only for a search; NULL: none. */
static const char *word_of_search(const struct golf_request *options)
{
    return options->output                                    ? "-o"
           : options->nodes                                   ? "--nodes"
           : options->jobs                                    ? "--jobs"
           : options->shards                                  ? "--shard"
           : options->with & ~(unsigned)GOLF_WITH_FULL_WRITES ? "--with"
           : options->is_spec                                 ? "--level"
           : options->may_be_unproven                         ? "--unproven"
           : options->hex                                     ? "--hex"
                                                              : NULL;
}

int command_golf(int argc, char **argv)
{
    struct golf_request options = {.environments = ENVIRONMENTS, .seed = 1, .from = SOURCE_DETECT};
    int count = split_arguments(argc, argv, &options);
    kernel_versions_read("golf", "all", &options.versions);
    int status = options_read(&command_golf_options, count, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    if (!options.candidate && !options.output)
        return usage_error("golf", "no output given: -o FILE is the smallest file that is found "
                                   "(or --prove CANDIDATE one that you made)");
    if (options.output && atomic_file_is_stdout(options.output))
        return usage_error("golf",
                           "-o %s: the report is on standard output, so the file needs a name",
                           options.output);
    const char *word = word_of_search(&options);
    if (options.candidate && word)
        return usage_error("golf", "--prove searches for nothing: no %s with it", word);
    if (options.hex && atomic_file_is_stdout(options.hex))
        return usage_error("golf",
                           "--hex %s: the report is on standard output, so the source needs "
                           "a name, such as %s.hex",
                           options.hex, options.output);
    if (options.hex && atomic_file_is_one(options.hex, options.output))
        return usage_error("golf", "-o and --hex are the same file, '%s'", options.hex);
    if (options.is_spec && options.with)
        return usage_error("golf", "--level spec is for every reader of the file: no --with");
    if (optind >= count)
        return usage_error("golf", "no input given: what should '%s' do the same as?",
                           options.candidate ? options.candidate : options.output);
    options.inputs = argv + optind;
    options.input_count = (size_t)(count - optind);
    return check_output(&options) ? run(&options) : EXIT_NO;
}
