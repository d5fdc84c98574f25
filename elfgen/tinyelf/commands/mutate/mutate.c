/* tinyelf mutate: finds out which bytes of a program matter. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols/debug_file.h"
#include "x86/session.h"
#include "campaign.h"
#include "keep.h"
#include "result.h"
#include "result_file.h"
#include "base/width.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/file_place.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "commands/run/exit_reason.h"
#include "commands/run/sandboxed.h"

#define OPTIONS "commands/mutate/options.def"
#include "cli/option_ids_expand.h"

struct options {
    const char *place; /* NULL: all bytes */
    unsigned values;   /* 0: the default */
    uint64_t seed;
    bool pairs, merge, json, colour;
    uint64_t shard, shards;
    struct mutate_ways ways;
    struct mutate_keep keep;
};

/* ---- options ---- */

static int take_values(const char *text, unsigned *values)
{
    uint64_t number;
    *values = MUTATE_MOST_VALUES;
    if (strcmp(text, "all") == 0)
        return EXIT_YES;
    if (!parse_number(text, &number) || number == 0 || number > MUTATE_MOST_VALUES)
        return usage_error("mutate", "--values '%s': it must be all, or a number from 1 to 255",
                           text);
    *values = (unsigned)number;
    return EXIT_YES;
}

static int take_seed(const char *text, uint64_t *seed)
{
    if (parse_number(text, seed) && *seed <= INT64_MAX)
        return EXIT_YES;
    return usage_error("mutate", "--seed '%s': it must be a number, below 2^63", text);
}

static int take_jobs(const char *text, unsigned *jobs)
{
    uint64_t number;
    if (!parse_number(text, &number) || number == 0 || number > MUTATE_MOST_JOBS)
        return usage_error("mutate", "--jobs '%s': it must be a number from 1 to %d", text,
                           MUTATE_MOST_JOBS);
    *jobs = (unsigned)number;
    return EXIT_YES;
}

static int take_shard(const char *text, struct options *options)
{
    unsigned shard, shards;
    int end = 0;
    /* sscanf() also accepts blanks and signs: allow only digits and a slash. */
    if (sscanf(text, "%7u/%7u%n", &shard, &shards, &end) != 2 || text[end] != '\0' || shard == 0 ||
        shard > shards || shards > MUTATE_MOST_SHARDS || strspn(text, "0123456789/") != (size_t)end)
        return usage_error("mutate", "--shard '%s': it must be I/N, from 1/N to N/N, such as 2/8",
                           text);
    options->shard = shard - 1;
    options->shards = shards;
    return EXIT_YES;
}

static int take_time(const char *text, uint64_t *milliseconds)
{
    uint64_t nanoseconds;
    int wrong = option_seconds("mutate", text, &nanoseconds);
    if (wrong != EXIT_YES)
        return wrong;
    /* The kernel's clock ticks every few milliseconds. */
    *milliseconds = nanoseconds < 1000000 ? 1 : nanoseconds / 1000000;
    return EXIT_YES;
}

static unsigned processors(void)
{
    cpu_set_t all;
    int count = sched_getaffinity(0, sizeof all, &all) == 0 ? CPU_COUNT(&all) : 1;
    return count < 1 ? 1 : count > MUTATE_MOST_JOBS ? MUTATE_MOST_JOBS : (unsigned)count;
}

/* ---- the file ---- */

/* FROM-TO, both included. */
static bool parse_range(const char *text, uint64_t *from, uint64_t *to)
{
    char first[32];
    const char *dash = strchr(text, '-');
    if (!dash || dash == text || (size_t)(dash - text) >= sizeof first)
        return false;
    memcpy(first, text, (size_t)(dash - text));
    first[dash - text] = '\0';
    return parse_number(first, from) && parse_number(dash + 1, to);
}

/* Any place but offsets, by its name. */
static bool find_place(const struct bytemap *map, const char *path, const char *name,
                       struct bytemap_place *found)
{
    struct bytemap named = *map;
    struct debug_file names = {.symbols = {.all = NULL}};
    bool done = debug_file_find(&names, map->view, path, &message_reporter);
    named.symbols = &names.symbols;
    done = done && file_place_find(&named, name, found);
    debug_file_close(&names);
    return done;
}

static bool choose_place(const struct bytemap *map, const char *path, const char *place,
                         struct mutate_plan *plan)
{
    uint64_t from = 0, to = plan->size - 1;
    struct bytemap_place found;
    if (!parse_range(place, &from, &to)) {
        if (!find_place(map, path, place, &found))
            return false;
        from = found.offset;
        to = from + found.length - 1;
    }
    if (from > to || to >= plan->size) {
        message(map->file, "error", "'%s': offsets are from 0 to 0x%zx, the lower first", place,
                plan->size - 1);
        return false;
    }
    plan->from = (size_t)from;
    plan->to = (size_t)to + 1;
    return true;
}

static bool has_room_for_pairs(const struct mutate_plan *plan, const char *file)
{
    uint64_t pairs = mutate_pairs(plan);
    if (pairs <= MUTATE_MOST_PAIRS)
        return true;
    message(file, "error",
            "%zu bytes are %llu pairs, and up to %d are counted: choose fewer bytes, or --field",
            plan->to - plan->from, (unsigned long long)pairs, MUTATE_MOST_PAIRS);
    return false;
}

/* ---- the result ---- */

static void print(const struct mutate_report *report, const struct options *options,
                  struct elfgen_text *out)
{
    if (options->json)
        mutate_json(report, out);
    else
        mutate_text(report, options->colour, width_of_output(), out);
}

static bool no_memory(const char *file)
{
    message_no_memory(file);
    return false;
}

/* Fills the report with the counts, and the bytes' owners. */
static bool fill(struct mutate_report *report, const struct mutate_plan *plan,
                 const struct mutate_ways *ways, const struct mutate *mutate, struct bytemap *map)
{
    size_t bytes = plan->to - plan->from, pairs = (size_t)mutate_pairs(plan);
    if (!mutate_report_open(report, map->file, bytes, pairs, 1))
        return no_memory(map->file);
    report->size = plan->size;
    report->tty = ways->tty;
    report->values = plan->values;
    report->seed = plan->seed;
    report->kinds = ways->kinds;
    report->shards = plan->shards;
    report->shard[0] = plan->shard + 1;
    report->has_values = true;
    report->complete = mutate_done(mutate) == mutate_all(mutate);
    for (size_t i = 0; i < bytes; i++) {
        report->bytes[i].offset = plan->from + i;
        report->bytes[i].value = plan->bytes[plan->from + i];
        report->bytes[i].counts = mutate_byte_counts(mutate)[i];
        report->bytes[i].values = mutate_byte_values(mutate)[i];
    }
    for (size_t i = 0; i < pairs; i++) {
        size_t places[2];
        mutate_pair(plan, i, places);
        report->pairs[i] = (struct mutate_two){.offsets = {places[0], places[1]},
                                               .counts = mutate_pair_counts(mutate)[i]};
    }
    map->from = plan->from;
    map->to = plan->to;
    /* Counts without names are still worth reporting. */
    if (!mutate_name_owners(report, map))
        message(map->file, "note", "not all bytes are named: %s", map->error.text);
    return true;
}

/* ---- running ---- */

/* Runs the unchanged program, which changes are compared with. */
static bool look_at_original(const struct mutate_plan *plan, const struct options *options,
                             const char *path, struct mutate_original *original)
{
    const char *name = input_name(path);
    struct elfgen_error error;
    if (!mutate_original(plan, &options->ways, original, &error))
        return message_library_error(name, &error);
    exit_reason_report_lacks(original->lacks);
    if (original->end.reason == RUN_EXITED)
        return true;
    if (original->end.reason == RUN_NOT_STARTED)
        exit_reason_report_not_started(name, original->end.error);
    else
        exit_reason_report(name, path, &original->end, &options->ways.limits, " (--output)");
    message(name, "note",
            "it does not run to its end unchanged, so there is nothing to compare changes with%s",
            original->end.reason == RUN_SIGNAL ||
                    (original->end.reason == RUN_NOT_STARTED && original->end.error != ENOEXEC)
                ? "; 'tinyelf check' says whether Linux starts it"
                : "");
    mutate_free(original);
    return false;
}

/* Waits until all runs are over or the user interrupts. Returns false after reporting that not all
 * are counted. */
static bool wait_for(struct mutate *mutate, const char *file)
{
    enum { OFTEN = 100 };
    volatile size_t done = 0;
    struct elfgen_error error;
    progress_begin(&(struct progress){.doing = "mutating",
                                      .file = file,
                                      .things = "runs",
                                      .all = mutate_all(mutate),
                                      .done = &done});
    while (!mutate_wait(mutate, OFTEN)) {
        stdout_check_reader();
        if (interrupt_came())
            mutate_stop(mutate);
        done = (size_t)mutate_done(mutate);
    }
    progress_end();
    if (!mutate_is_whole(mutate, &error))
        return message_library_error(file, &error);
    if (mutate_done(mutate) == mutate_all(mutate))
        return true;
    if (interrupt_pipe_came())
        return false;
    message(file, "note", "stopped after %llu of %llu runs",
            (unsigned long long)mutate_done(mutate), (unsigned long long)mutate_all(mutate));
    return false;
}

/* Runs the plan and prints the results, even if they are not complete. */
static bool run_plan(const struct mutate_plan *plan, struct options *options,
                     const struct mutate_original *original, struct bytemap *map)
{
    struct elfgen_error error;
    struct mutate_report report;
    struct mutate *mutate = mutate_start(plan, &options->ways, original, &error);
    if (!mutate)
        return message_library_error(map->file, &error);
    bool done = wait_for(mutate, map->file);
    bool filled = fill(&report, plan, &options->ways, mutate, map);
    done =
        done && filled && mutate_keep_write(&options->keep, plan, mutate_outcomes(mutate), &report);
    interrupt_unwatch();
    if (filled) {
        print(&report, options, map->out);
        mutate_report_close(&report);
    }
    mutate_close(mutate);
    return done;
}

static bool mutate_bytes(const struct file_bytes *bytes, const char *path, struct options *options,
                         struct standard_output *output)
{
    struct elfgen_view view;
    struct mutate_original original;
    struct elfgen_error error = {.status = ELFGEN_OK};
    struct mutate_plan plan = {.bytes = (const uint8_t *)bytes->bytes,
                               .size = bytes->size,
                               .to = bytes->size,
                               .values = options->values,
                               .seed = options->seed,
                               .pairs = options->pairs,
                               .outcomes = options->keep.folder != NULL,
                               .shard = options->shard,
                               .shards = options->shards};
    if (bytes->size == 0) {
        message(input_name(path), "error", FILE_IS_EMPTY);
        return false;
    }
    bytemap_open_view(&view, bytes->bytes, bytes->size);
    struct x86_session *code = x86_session_open(&view, ELFGEN_CODE_FLOW, SYNTAX_INTEL, &error);
    struct bytemap map = {.view = &view,
                          .file = input_name(path),
                          .code = code ? &code->code : NULL,
                          .to = bytes->size,
                          .out = &output->text};
    bool followed = error.status == ELFGEN_OK || message_library_error(map.file, &error);
    bool done = followed && (!options->place || choose_place(&map, path, options->place, &plan)) &&
                has_room_for_pairs(&plan, map.file) &&
                look_at_original(&plan, options, path, &original);
    if (done) {
        interrupt_watch();
        done = mutate_keep_open(&options->keep) && run_plan(&plan, options, &original, &map);
        mutate_keep_close(&options->keep);
        mutate_free(&original);
    }
    x86_session_close(code);
    return done;
}

/* A mapped file could change meanwhile, and this may take hours: copy it. */
static bool take_copy(struct file_bytes *bytes, const char *path)
{
    if (!bytes->mapped)
        return true;
    struct file_bytes copy = {.bytes = malloc(bytes->size), .size = bytes->size};
    if (!copy.bytes)
        return no_memory(input_name(path));
    memcpy(copy.bytes, bytes->bytes, copy.size);
    file_free(bytes);
    *bytes = copy;
    return true;
}

static int mutate_file(const char *path, struct options *options)
{
    struct file_bytes bytes = {0};
    struct standard_output *output = stdout_open();
    bool done = input_read(path, &bytes) && take_copy(&bytes, path);
    done = done && mutate_bytes(&bytes, path, options, output);
    done = stdout_finish(output) && done;
    file_free(&bytes);
    interrupt_die();
    return done ? EXIT_YES : EXIT_NO;
}

/* ---- merging ---- */

/* Merges one more part into *all; the first one becomes *all. */
static bool merge_one(const char *path, struct mutate_report *all, bool first)
{
    struct mutate_report one;
    struct elfgen_error error;
    if (first)
        return mutate_read_file(path, all);
    if (!mutate_read_file(path, &one))
        return false;
    bool done = mutate_merge(all, &one, &error);
    if (!done)
        message_library_error(input_name(path), &error);
    mutate_report_close(&one);
    return done;
}

static int merge(int count, char **paths, const struct options *options)
{
    struct standard_output *output = stdout_open();
    struct mutate_report all = {.file = NULL};
    bool done = true;
    for (int i = 0; done && i < count; i++)
        done = merge_one(paths[i], &all, i == 0);
    if (done) {
        if (all.shard_count < all.shards)
            message(NULL, "note", "only %llu of %llu parts are given",
                    (unsigned long long)all.shard_count, (unsigned long long)all.shards);
        print(&all, options, &output->text);
    }
    mutate_report_close(&all);
    return stdout_finish(output) && done ? EXIT_YES : EXIT_NO;
}

/* ---- the call ---- */

struct reading {
    struct options *options;
    bool runs; /* an option was given that --merge does not take */
};

static int take_option(void *context, const struct option_given *given)
{
    struct reading *reading = context;
    struct options *options = reading->options;
    enum option_id id = (enum option_id)given->id;
    reading->runs |= id != OPTION_MERGE && id != OPTION_JSON && id != OPTION_COLOR;
    switch (id) {
    case OPTION_VALUES:
        return take_values(given->value, &options->values);
    case OPTION_SEED:
        return take_seed(given->value, &options->seed);
    case OPTION_JOBS:
        return take_jobs(given->value, &options->ways.jobs);
    case OPTION_FIELD:
    case OPTION_PAIRS:
        if (options->place)
            return usage_error("mutate", "one --field or --pairs at a time");
        options->place = given->value;
        options->pairs = id == OPTION_PAIRS;
        break;
    case OPTION_SHARD:
        return take_shard(given->value, options);
    case OPTION_MERGE:
        options->merge = true;
        break;
    case OPTION_INPUT:
        options->ways.input = given->value;
        break;
    case OPTION_TTY:
        options->ways.tty = true;
        break;
    case OPTION_TIME:
        return take_time(given->value, &options->ways.processor);
    case OPTION_MEMORY:
        return option_size("mutate", "memory", given->value, &options->ways.limits.memory);
    case OPTION_OUTPUT:
        return option_size("mutate", "output", given->value, &options->ways.limits.output);
    case OPTION_ALLOW:
        options->ways.kinds |= (unsigned)given->choice;
        break;
    case OPTION_JSON:
        options->json = true;
        break;
    case OPTION_KEEP:
    case OPTION_KEEP_ALL:
        if (options->keep.folder)
            return usage_error("mutate", "one --keep or --keep-all at a time");
        options->keep = (struct mutate_keep){given->value, id == OPTION_KEEP_ALL, NULL};
        break;
    case OPTION_COLOR:
        options->colour = option_colour(given->choice);
        break;
    }
    return EXIT_YES;
}

int command_mutate(int argc, char **argv)
{
    enum { TIME = 10000, MEMORY = 256 << 20, OUTPUT = 16 << 20, PAIR_VALUES = 16 };
    struct options options = {.seed = 1,
                              .shards = 1,
                              .ways = {.limits = {.time = TIME, .memory = MEMORY, .output = OUTPUT},
                                       .jobs = processors(),
                                       .ignored = program_ignored_signals()}};
    struct reading reading = {.options = &options};
    options.colour = option_colour(COLOUR_AUTO);
    int status = options_read(&command_mutate_options, argc, argv, take_option, &reading);
    if (status != OPTIONS_READ)
        return status;
    if (optind == argc)
        return usage_error("mutate", "no file given");
    if (options.merge && reading.runs)
        return usage_error("mutate", "--merge runs nothing: only --json and --color go with it");
    if (options.merge)
        return merge(argc - optind, argv + optind, &options);
    if (options.keep.folder && options.pairs)
        return usage_error("mutate", "--keep is for changes of one byte: not with --pairs");
    if (options.ways.input && !options.ways.tty &&
        (options.ways.kinds & SANDBOX_KIND_BIT(WRITE_STDIN)))
        return usage_error("mutate",
                           "--input: nothing is read from descriptor 0 with --allow write-stdin");
    if (options.values == 0)
        options.values = options.pairs ? PAIR_VALUES : MUTATE_MOST_VALUES;
    if (options.ways.processor != 0)
        options.ways.limits.time = mutate_by_clock(options.ways.processor);
    options.ways.arguments = argv + optind;
    return mutate_file(argv[optind], &options);
}
