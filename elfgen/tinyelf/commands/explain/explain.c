/* tinyelf explain: shows every byte of a file with its owners. */
#include <stdio.h>
#include <string.h>

#include "x86/session.h"
#include "symbols/debug_file.h"
#include "explain.h"
#include "base/file.h"
#include "cli/cli.h"
#include "commands/commands.h"
#include "cli/loadable.h"

enum {
    OPTION_FORMAT = 256,
    OPTION_AT,
    OPTION_MEMORY,
    OPTION_CODE,
    OPTION_PARTS,
    OPTION_COLOUR,
    OPTION_DEBUG_FILE,
    OPTION_HELP
};

static const struct option long_options[] = {
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"at", required_argument, NULL, OPTION_AT},
    {"memory", no_argument, NULL, OPTION_MEMORY},
    {"code", required_argument, NULL, OPTION_CODE},
    {"parts", no_argument, NULL, OPTION_PARTS},
    {"color", required_argument, NULL, OPTION_COLOUR},
    {"debug-file", required_argument, NULL, OPTION_DEBUG_FILE},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts(
        "Usage: tinyelf explain [OPTIONS] FILE\n"
        "Names every byte of any file: headers, tables, strings, notes and instructions, field by\n"
        "field, with value, meaning and who reads them. - reads standard input. Names are those "
        "of\n"
        "FILE's symbol table or of FILE.debug, which 'tinyelf build -g' makes.\n\n"
        "      --at PLACE     all about one place: an offset, a field such as e_phentsize or\n"
        "                     phdr[0].p_flags, a structure such as phdr[0], a symbol such as main\n"
        "      --memory       the file beside the address space that it becomes\n"
        "      --format NAME  text; json; markdown, tables for a handout; or hex, source that\n"
        "                     'tinyelf build' makes the file from\n"
        "      --code HOW     none: no instructions; flow: those that the control flow reaches\n"
        "                     (the default); all: executable sections from end to end\n"
        "      --parts        the parts of each instruction, too\n"
        "      --color WHEN   auto (on a terminal, not with NO_COLOR), always or never\n"
        "      --debug-file FILE  take names from there instead\n"
        "      --help         this text");
}

struct options {
    enum explain_format format;
    const char *at, *debug;
    bool no_code, parts, colour, memory;
    enum elfgen_code_mode mode;
};

/* --at: an offset, a field or a structure. Returns false after reporting that the file has no such
 * place. */
static bool choose_place(struct explain *explain, const char *at)
{
    uint64_t offset, length = 1;
    bool field = true;
    if (!parse_number(at, &offset) && !bytemap_find(&explain->map, at, &offset, &length, &field)) {
        const struct symbol *symbol = symbols_find(explain->map.symbols, at);
        if (symbol)
            message(explain->map.file, "error", "'%s' is at 0x%llx, in memory only", at,
                    (unsigned long long)symbol->address);
        else
            message(explain->map.file, "error", "no '%s' in this file", at);
        return false;
    }
    if (offset >= explain->map.view->length) {
        message(explain->map.file, "error", "offset 0x%llx is past the end of the file, 0x%llx",
                (unsigned long long)offset, (unsigned long long)explain->map.view->length);
        return false;
    }
    explain->map.from = offset;
    explain->map.to = offset + (field ? 1 : length);
    if (explain->format == EXPLAIN_TEXT && field)
        explain->format = EXPLAIN_DETAIL;
    explain->map.encodings = explain->map.encodings || field;
    return true;
}

/* Returns false after reporting the error. */
static bool report(const struct options *options, struct explain *explain)
{
    struct elfgen_error *error = &explain->map.error;
    struct x86_session *code = NULL;
    if (!options->no_code)
        code = x86_session_open(explain->map.view, options->mode, SYNTAX_INTEL, error);
    explain->map.code = code ? &code->code : NULL;
    const struct x86_names names = {symbols_put_name, explain->map.symbols,
                                    explain->map.view->ehdr.e_type == ELFGEN_ET_EXEC};
    if (code)
        code->machine.names = &names;
    bool done = error->status == ELFGEN_OK &&
                (!options->at || choose_place(explain, options->at)) && explain_report(explain);
    if (error->status != ELFGEN_OK)
        message_library_error(explain->map.file, error);
    x86_session_close(code);
    return done;
}

static bool is_for_people(enum explain_format format)
{
    return format == EXPLAIN_TEXT || format == EXPLAIN_MEMORY;
}

static int run(const struct options *options, const char *path)
{
    struct file_bytes bytes = {0};
    struct standard_output *output = stdout_open();
    struct elfgen_view view;
    bool done = input_read(path, &bytes);
    if (done) {
        struct explain explain = {.map = {.view = &view,
                                          .file = input_name(path),
                                          .encodings = options->parts,
                                          .to = bytes.size,
                                          .out = &output->text},
                                  .format = options->format,
                                  .colour = options->colour};
        bytemap_open_view(&view, bytes.bytes, bytes.size);
        struct debug_file names = {.symbols = {.all = NULL}};
        done = options->debug ? input_read(options->debug, &names.bytes) &&
                                    debug_file_use(&names, &view, input_name(options->debug),
                                                   &message_reporter)
                              : debug_file_find(&names, &view, path, &message_reporter);
        explain.map.symbols = &names.symbols;
        done = done && report(options, &explain);
        debug_file_close(&names);
    }
    done = stdout_finish(output) && done;
    if (done && is_for_people(options->format))
        loadable_point_to_check(input_name(path), bytes.bytes, bytes.size, output);
    file_free(&bytes);
    return done ? EXIT_YES : EXIT_NO;
}

/* The index of `text` in a list that ends with NULL; -1: not found. */
static int index_of(const char *text, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    return -1;
}

static bool parse_format(const char *text, struct options *options)
{
    static const char *const names[] = {"text", "json", "markdown", "hex", NULL};
    static const enum explain_format formats[] = {EXPLAIN_TEXT, EXPLAIN_JSON, EXPLAIN_MARKDOWN,
                                                  EXPLAIN_HEX};
    int index = index_of(text, names);
    if (index >= 0)
        options->format = formats[index];
    return index >= 0;
}

static bool parse_code(const char *text, struct options *options)
{
    static const char *const names[] = {"none", "flow", "all", NULL};
    int index = index_of(text, names);
    options->no_code = index == 0;
    options->mode = index == 2 ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW;
    return index >= 0;
}

int command_explain(int argc, char **argv)
{
    struct options options = {.format = EXPLAIN_TEXT};
    int option;
    opterr = 0;
    option_colour("explain", "auto", &options.colour);
    while ((option = getopt_long(argc, argv, ":", long_options, NULL)) != -1) {
        switch (option) {
        case OPTION_FORMAT:
            if (!parse_format(optarg, &options))
                return usage_error("explain", "--format '%s': it is text, json, markdown or hex",
                                   optarg);
            break;
        case OPTION_AT:
            options.at = optarg;
            break;
        case OPTION_MEMORY:
            options.memory = true;
            break;
        case OPTION_CODE:
            if (!parse_code(optarg, &options))
                return usage_error("explain", "--code '%s': it is none, flow or all", optarg);
            break;
        case OPTION_PARTS:
            options.parts = true;
            break;
        case OPTION_COLOUR:
            if (option_colour("explain", optarg, &options.colour) != EXIT_YES)
                return EXIT_USAGE;
            break;
        case OPTION_DEBUG_FILE:
            options.debug = optarg;
            break;
        case OPTION_HELP:
            help();
            return help_end();
        default:
            return usage_error_option("explain", option, argv, long_options);
        }
    }
    if (optind + 1 != argc)
        return usage_error("explain", optind == argc ? "no file given" : "one file at a time");
    if (options.at && options.format == EXPLAIN_HEX)
        return usage_error("explain", "--format hex is for whole files, --at for one place");
    if (options.memory && (options.at || options.format != EXPLAIN_TEXT))
        return usage_error("explain", "--memory is a text of its own, without --at and --format");
    if (options.memory)
        options.format = EXPLAIN_MEMORY;
    return run(&options, argv[optind]);
}
