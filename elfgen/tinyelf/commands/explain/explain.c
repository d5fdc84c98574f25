/* tinyelf explain: shows every byte of a file with its owners. */
#include <stdlib.h>
#include <string.h>

#include "x86/session.h"
#include "symbols/debug_file.h"
#include "symbols/relocations.h"
#include "explain.h"
#include "make_page.h"
#include "observe.h"
#include "page/page_heat.h"
#include "page/page_run.h"
#include "place.h"
#include "base/file.h"
#include "base/memory_text.h"
#include "base/no_memory.h"
#include "base/width.h"
#include "cli/cli.h"
#include "cli/interrupt.h"
#include "cli/kernel_versions.h"
#include "cli/progress.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "cli/loadable.h"
#include "commands/run/sandboxed.h"

#define OPTIONS "commands/explain/options.def"
#include "cli/option_ids_expand.h"

struct options {
    enum explain_format format;
    const char *at, *debug, *output, *heat;
    bool no_code, parts, memory, with_private;
    int colour;    /* enum colour_choice */
    unsigned with; /* bits of enum explain_extra */
    enum elfgen_code_mode mode;
    struct kernel_versions versions; /* the oldest one executes the most */
    struct observe_options observe;
};

/* Returns false after reporting the error. */
static bool report(const struct options *options, struct explain *explain)
{
    struct elfgen_error *error = &explain->map.error;
    struct x86_session *code = NULL;
    progress_begin(&(struct progress){.doing = "decoding", .file = explain->map.file});
    if (!options->no_code)
        code = x86_session_open_run(explain->map.view, options->mode, SYNTAX_INTEL,
                                    explain->map.run ? &explain->map.run->run : NULL, error);
    explain->map.code = code ? &code->code : NULL;
    struct relocations relocations;
    if (!relocations_read(&relocations, explain->map.view))
        error_no_memory(error);
    const struct x86_names names = {.put = symbols_put_name,
                                    .context = explain->map.symbols,
                                    .fixed = explain->map.view->ehdr.e_type == ELFGEN_ET_EXEC,
                                    .relocation = relocations.count > 0 ? relocations_get : NULL,
                                    .relocations = &relocations};
    if (code)
        code->machine.names = &names;
    bool done =
        error->status == ELFGEN_OK && (!options->at || explain_choose_place(explain, options->at));
    progress_next(&(struct progress){
        .doing = "explaining",
        .file = explain->map.file,
        .all = explain->map.to,
        .done = options->format == EXPLAIN_MEMORY ? NULL : &explain->map.walked});
    done = done && explain_report(explain);
    progress_end();
    if (error->status != ELFGEN_OK)
        message_library_error(explain->map.file, error);
    x86_session_close(code);
    relocations_free(&relocations);
    return done;
}

static bool is_for_people(enum explain_format format)
{
    return format == EXPLAIN_TEXT || format == EXPLAIN_MEMORY;
}

/* ---- a run, and a heat map ---- */

/* What was asked for besides the file. */
struct more {
    struct coverage coverage;
    struct page_run *run; /* NULL: no page replays it */
    struct mutate_report heat;
    bool has_heat;
};

/* Runs the file or reads its recording. Returns false after reporting the error. */
static bool take_run(const struct options *options, const char *path,
                     const struct elfgen_view *view, struct more *more)
{
    struct observe_options wanted = options->observe;
    if (!observe_is_wanted(&wanted))
        return true;
    if (options->format == EXPLAIN_HTML) {
        more->run = page_run_open(view, options->with_private);
        if (!more->run)
            return message_no_memory(input_name(path));
        wanted.watcher = page_run_watcher(more->run);
    }
    if (!observe(&wanted, path, view, &more->coverage))
        return false;
    if (more->run)
        page_run_clean(more->run, &more->coverage);
    return true;
}

/* The heat map first, since it needs no run. Returns false after reporting the error. */
static bool take_more(const struct options *options, const char *path,
                      const struct elfgen_view *view, struct more *more)
{
    if (options->heat && !page_heat_read(&more->heat, options->heat, view, input_name(path)))
        return false;
    more->has_heat = options->heat != NULL;
    return take_run(options, path, view, more);
}

static void free_more(struct more *more)
{
    if (more->has_heat)
        mutate_report_close(&more->heat);
    page_run_close(more->run);
    coverage_free(&more->coverage);
}

/* Explains the bytes to `out`. Returns false after reporting the error. */
static bool explain_file(const struct options *options, const char *path, struct elfgen_view *view,
                         struct elfgen_text *out)
{
    const bool is_file = options->output != NULL;
    struct explain explain = {.map = {.view = view,
                                      .file = input_name(path),
                                      .encodings = options->parts,
                                      .to = view->length,
                                      .out = out},
                              .format = options->format,
                              .colour = (!is_file || options->colour == COLOUR_ALWAYS) &&
                                        option_colour(options->colour),
                              .width = is_file ? WIDTH_WIDE : width_of_output(),
                              .with = options->with};
    struct more more = {.run = NULL};
    bool done = take_more(options, path, view, &more);
    explain.map.run = more.coverage.view ? &more.coverage : NULL;
    explain.page_run = more.run;
    explain.heat = more.has_heat ? &more.heat : NULL;
    progress_begin(&(struct progress){.doing = "reading symbols"});
    struct debug_file names = {.symbols = {.all = NULL}};
    done = done && (options->debug ? input_read(options->debug, &names.bytes) &&
                                         debug_file_use(&names, view, input_name(options->debug),
                                                        &message_reporter)
                                   : debug_file_find(&names, view, path, &message_reporter));
    progress_end();
    explain.map.symbols = &names.symbols;
    done = done && report(options, &explain);
    debug_file_close(&names);
    free_more(&more);
    return done;
}

/* The same to the file of -o, which then appears as a whole. */
static bool explain_to_file(const struct options *options, const char *path,
                            struct elfgen_view *view)
{
    struct elfgen_text kept;
    bool done = memory_text_open(&kept);
    done = done && explain_file(options, path, view, &kept);
    if (kept.cut)
        done = message_no_memory(options->output);
    done = done && atomic_file_write(options->output, kept.bytes, kept.length, false);
    free(kept.bytes);
    return done;
}

static int run(const struct options *options, const char *path)
{
    struct file_bytes bytes = {0};
    struct standard_output *output = stdout_open();
    struct elfgen_view view;
    bool done = input_read(path, &bytes) && atomic_file_may_be_written(options->output);
    if (done) {
        bytemap_open_view(&view, bytes.bytes, bytes.size);
        view.kernel = options->versions.first;
        done = options->output ? explain_to_file(options, path, &view)
                               : explain_file(options, path, &view, &output->text);
    }
    done = stdout_finish(output) && done;
    const bool is_seen = is_for_people(options->format) || options->format == EXPLAIN_HTML;
    if (done && is_seen && !elfgen_view_is_elf(&view))
        input_point_to_build(input_name(path));
    if (done && is_for_people(options->format) && options->versions.first == 0)
        loadable_point_to_check(input_name(path), bytes.bytes, bytes.size, output);
    file_free(&bytes);
    interrupt_die(); /* if a run was interrupted */
    return done ? EXIT_YES : EXIT_NO;
}

static int take_option(void *context, const struct option_given *given)
{
    struct options *options = context;
    switch ((enum option_id)given->id) {
    case OPTION_AT:
        options->at = given->value;
        break;
    case OPTION_MEMORY:
        options->memory = true;
        break;
    case OPTION_OUTPUT:
        options->output = given->value;
        break;
    case OPTION_FORMAT:
        options->format = (enum explain_format)given->choice;
        break;
    case OPTION_CODE:
        options->no_code = given->choice == CODE_NONE;
        options->mode = options->no_code ? ELFGEN_CODE_FLOW : (enum elfgen_code_mode)given->choice;
        break;
    case OPTION_WITH:
        options->with |= (unsigned)given->choice;
        options->parts = options->parts || given->choice == EXPLAIN_PARTS;
        break;
    case OPTION_PARTS:
        options->parts = true;
        break;
    case OPTION_COLOR:
        options->colour = given->choice;
        break;
    case OPTION_KERNEL:
        return kernel_versions_read("explain", given->value, &options->versions);
    case OPTION_DEBUG_FILE:
        options->debug = given->value;
        break;
    case OPTION_RUN:
        return observe_take("explain", &options->observe, OBSERVE_RUN, given->value);
    case OPTION_HEAT:
        options->heat = given->value;
        break;
    case OPTION_WITH_PRIVATE:
        options->with_private = true;
        break;
    case OPTION_RECORDING:
        return observe_take("explain", &options->observe, OBSERVE_RECORDING, given->value);
    case OPTION_ALLOW:
        return observe_take("explain", &options->observe, OBSERVE_ALLOW, given->value);
    case OPTION_NO_SANDBOX:
        return observe_take("explain", &options->observe, OBSERVE_NO_SANDBOX, given->value);
    case OPTION_INPUT:
        return observe_take("explain", &options->observe, OBSERVE_INPUT, given->value);
    case OPTION_TTY:
        return observe_take("explain", &options->observe, OBSERVE_TTY, given->value);
    case OPTION_TIME:
        return observe_take("explain", &options->observe, OBSERVE_TIME, given->value);
    case OPTION_STEPS:
        return observe_take("explain", &options->observe, OBSERVE_STEPS, given->value);
    }
    return EXIT_YES;
}

/* Returns EXIT_YES, or EXIT_USAGE after reporting that the output is a file that is read. */
static int check_output(const struct options *options, const char *path)
{
    const char *const inputs[] = {path, options->debug, options->heat, options->observe.recording,
                                  options->observe.input};
    for (size_t i = 0; options->output && i < sizeof inputs / sizeof inputs[0]; i++)
        if (inputs[i] && atomic_file_is_same(options->output, inputs[i]))
            return usage_error("explain", "the output '%s' is %s input: it is never overwritten",
                               options->output, i == 0 ? "the" : "an");
    return EXIT_YES;
}

/* Returns EXIT_YES, or EXIT_USAGE after reporting options that exclude one another. */
static int check_together(const struct options *options, const char *path)
{
    const bool is_whole = options->format == EXPLAIN_HEX || options->format == EXPLAIN_HTML;
    if (options->at && is_whole)
        return usage_error("explain", "--format %s is for whole files, --at for one place",
                           options->format == EXPLAIN_HEX ? "hex" : "html");
    if (options->memory && (options->at || options->format != EXPLAIN_TEXT))
        return usage_error("explain", "--memory cannot be combined with --at or --format%s",
                           options->format == EXPLAIN_HTML ? ": a page shows the memory, too" : "");
    if (options->memory && observe_is_wanted(&options->observe))
        return usage_error("explain", "--memory shows the file before it runs: it cannot be "
                                      "combined with --run or --recording");
    if (options->with && options->format != EXPLAIN_JSON)
        return usage_error("explain", "--with is for --format json%s",
                           options->format == EXPLAIN_HTML ? ": a page has all of it" : "");
    if (options->heat && options->format != EXPLAIN_HTML)
        return usage_error("explain", "--heat is for --format html");
    if (options->with_private && options->format != EXPLAIN_HTML)
        return usage_error("explain", "--with-private is for --format html");
    if (options->with_private && !observe_is_wanted(&options->observe))
        return usage_error("explain", "--with-private needs --run or --recording");
    return check_output(options, path);
}

int explain_make_page(const char *file, const char *page)
{
    struct options options = {
        .format = EXPLAIN_HTML, .output = page, .colour = COLOUR_NEVER, .mode = ELFGEN_CODE_FLOW};
    observe_defaults(&options.observe);
    return run(&options, file);
}

int command_explain(int argc, char **argv)
{
    struct options options = {.format = EXPLAIN_TEXT, .colour = COLOUR_AUTO};
    observe_defaults(&options.observe);
    int status = options_read(&command_explain_options, argc, argv, take_option, &options);
    if (status != OPTIONS_READ)
        return status;
    status = observe_check("explain", &options.observe, argv + optind);
    if (status != EXIT_YES)
        return status;
    status = check_together(&options, argv[optind]);
    if (status != EXIT_YES)
        return status;
    if (options.memory)
        options.format = EXPLAIN_MEMORY;
    return run(&options, argv[optind]);
}
