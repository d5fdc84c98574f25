/* tinyelf explain: every byte of a file, with its owners. */
#include <stdio.h>
#include <string.h>

#include "../machine/code.h"
#include "../report/debug_file.h"
#include "../report/explain.h"
#include "../source/bytes.h"
#include "cli.h"
#include "starts.h"

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

static const struct option options[] = {
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

/* What the command line asks for. */
struct wish {
    enum explain_format format;
    const char *at, *debug;
    bool no_code, parts, colour, memory;
    enum elfgen_code_mode mode;
};

/* --at: an offset, a field or a structure. False: the file has no such byte, told. */
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

/* False: it was said why. */
static bool report(const struct wish *wish, struct explain *explain)
{
    const char *problem = NULL;
    struct code *code = NULL;
    if (!wish->no_code)
        code = code_open(explain->map.view, wish->mode, SYNTAX_INTEL, &problem);
    explain->map.code = code ? &code->code : NULL;
    const struct machine_names names = {symbols_put_name, explain->map.symbols,
                                        explain->map.view->ehdr.e_type == ELFGEN_ET_EXEC};
    if (code)
        code->machine.names = &names;
    bool done = !problem && (!wish->at || choose_place(explain, wish->at));
    if (done && !explain_report(explain)) {
        problem = explain->map.problem;
        done = false;
    }
    if (problem)
        message(explain->map.file, "error", "%s", problem);
    code_close(code);
    return done;
}

static bool is_for_people(enum explain_format format)
{
    return format == EXPLAIN_TEXT || format == EXPLAIN_MEMORY;
}

static int run(const struct wish *wish, const char *path)
{
    struct file_bytes bytes = {0};
    struct standard_output *output = open_output();
    struct elfgen_view view;
    bool done = read_input(path, &bytes);
    if (done) {
        struct explain explain = {.map = {.view = &view,
                                          .file = input_name(path),
                                          .encodings = wish->parts,
                                          .to = bytes.size,
                                          .out = &output->text},
                                  .format = wish->format,
                                  .colour = wish->colour};
        bytemap_open_view(&view, bytes.bytes, bytes.size);
        struct debug_file names = {.symbols = {.all = NULL}};
        done = wish->debug
                   ? read_input(wish->debug, &names.bytes) &&
                         debug_file_use(&names, &view, input_name(wish->debug), message_text)
                   : debug_file_find(&names, &view, path, message_text);
        explain.map.symbols = &names.symbols;
        done = done && report(wish, &explain);
        debug_file_close(&names);
    }
    done = finish_output(output) && done;
    if (done && is_for_people(wish->format))
        point_to_check(input_name(path), bytes.bytes, bytes.size, output);
    file_free(&bytes);
    return done ? EXIT_YES : EXIT_NO;
}

/* The number of `text` in a list that ends with NULL, -1: it is not in it. */
static int index_of(const char *text, const char *const *names)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(text, names[i]) == 0)
            return i;
    return -1;
}

static bool parse_format(const char *text, struct wish *wish)
{
    static const char *const names[] = {"text", "json", "markdown", "hex", NULL};
    static const enum explain_format formats[] = {EXPLAIN_TEXT, EXPLAIN_JSON, EXPLAIN_MARKDOWN,
                                                  EXPLAIN_HEX};
    int index = index_of(text, names);
    if (index >= 0)
        wish->format = formats[index];
    return index >= 0;
}

static bool parse_code(const char *text, struct wish *wish)
{
    static const char *const names[] = {"none", "flow", "all", NULL};
    int index = index_of(text, names);
    wish->no_code = index == 0;
    wish->mode = index == 2 ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW;
    return index >= 0;
}

int command_explain(int argc, char **argv)
{
    struct wish wish = {.format = EXPLAIN_TEXT};
    int option;
    opterr = 0;
    take_colour("explain", "auto", &wish.colour);
    while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        switch (option) {
        case OPTION_FORMAT:
            if (!parse_format(optarg, &wish))
                return wrong_call("explain", "--format '%s': it is text, json, markdown or hex",
                                  optarg);
            break;
        case OPTION_AT:
            wish.at = optarg;
            break;
        case OPTION_MEMORY:
            wish.memory = true;
            break;
        case OPTION_CODE:
            if (!parse_code(optarg, &wish))
                return wrong_call("explain", "--code '%s': it is none, flow or all", optarg);
            break;
        case OPTION_PARTS:
            wish.parts = true;
            break;
        case OPTION_COLOUR:
            if (take_colour("explain", optarg, &wish.colour) != EXIT_YES)
                return EXIT_WRONG_CALL;
            break;
        case OPTION_DEBUG_FILE:
            wish.debug = optarg;
            break;
        case OPTION_HELP:
            help();
            return end_of_help();
        default:
            return wrong_option("explain", option, argv, options);
        }
    }
    if (optind + 1 != argc)
        return wrong_call("explain", optind == argc ? "no file given" : "one file at a time");
    if (wish.at && wish.format == EXPLAIN_HEX)
        return wrong_call("explain", "--format hex is for whole files, --at for one place");
    if (wish.memory && (wish.at || wish.format != EXPLAIN_TEXT))
        return wrong_call("explain", "--memory is a text of its own, without --at and --format");
    if (wish.memory)
        wish.format = EXPLAIN_MEMORY;
    return run(&wish, argv[optind]);
}
