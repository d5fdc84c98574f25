/* tinyelf disasm: prints a program's instructions. */
#include <stdio.h>
#include <string.h>

#include "x86/session.h"
#include "symbols/debug_file.h"
#include "listing.h"
#include "base/file.h"
#include "cli/cli.h"
#include "commands/commands.h"

enum { OPTION_SYNTAX = 256, OPTION_ALL, OPTION_BYTES, OPTION_DEBUG_FILE, OPTION_HELP };

static const struct option long_options[] = {
    {"syntax", required_argument, NULL, OPTION_SYNTAX},
    {"all", no_argument, NULL, OPTION_ALL},
    {"addresses", no_argument, NULL, 'a'},
    {"bytes", no_argument, NULL, 'b'},
    {"debug-file", required_argument, NULL, OPTION_DEBUG_FILE},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

static void help(void)
{
    puts("Usage: tinyelf disasm [OPTIONS] FILE\n"
         "Prints the instructions that the control flow reaches from the entry point, from "
         "functions\n"
         "in symbol tables and from the starts of executable sections. - reads standard input. "
         "Names\n"
         "are those of FILE's symbol table or of FILE.debug, which 'tinyelf build -g' makes.\n\n"
         "  -a, --addresses    the address of each; for nasm, each is kept at its address\n"
         "  -b, --bytes        its bytes\n"
         "      --all          executable sections from end to end; without sections, what stands\n"
         "                     behind the entry point\n"
         "      --syntax NAME  intel, att, or nasm: source that nasm assembles again\n"
         "      --debug-file FILE  take names from there instead\n"
         "      --help         this text");
}

static bool parse_syntax(const char *text, enum x86_syntax *syntax)
{
    static const char *const names[] = {
        [SYNTAX_INTEL] = "intel", [SYNTAX_ATT] = "att", [SYNTAX_NASM] = "nasm"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) != 0)
            continue;
        *syntax = (enum x86_syntax)i;
        return true;
    }
    return false;
}

/* Returns false after reporting the error. */
static bool print(struct disasm *disasm, enum elfgen_code_mode mode, enum x86_syntax syntax,
                  const struct file_bytes *bytes, const char *path, const char *debug)
{
    struct elfgen_view view;
    struct elfgen_error error;
    const char *name = input_name(path);
    struct debug_file names = {.symbols = {.all = NULL}};
    disasm->source = syntax == SYNTAX_NASM;
    if (elfgen_view_open_program(&view, bytes->bytes, bytes->size, &error) == ELFGEN_NOT_ELF) {
        message(name, "error", "%s", error.text);
        return false;
    }
    if (!x86_knows(view.ehdr.e_machine)) {
        const char *machine = elfgen_machine_name(view.ehdr.e_machine);
        const struct place place = {.file = name, .offset = 0x12, .field = "e_machine"};
        return report_error(
            &message_reporter, &place, "code for %s (%u) is not known here, only x86's",
            machine ? machine : "an unknown machine", (unsigned)view.ehdr.e_machine);
    }
    if (!(debug ? input_read(debug, &names.bytes) &&
                      debug_file_use(&names, &view, input_name(debug), &message_reporter)
                : debug_file_find(&names, &view, path, &message_reporter))) {
        debug_file_close(&names);
        return false;
    }
    const struct x86_names machine_names = {symbols_put_name, &names.symbols,
                                            view.ehdr.e_type == ELFGEN_ET_EXEC};
    struct x86_session *code = x86_session_open(&view, mode, syntax, &error);
    if (code)
        code->machine.names = &machine_names;
    disasm->symbols = &names.symbols;
    bool any = code && disasm_report(disasm, &code->code);
    if (!any && error.status != ELFGEN_OK)
        message_library_error(name, &error);
    else if (!any)
        message(name, "error",
                "no code: the entry point is in no executable segment, and there is no executable "
                "section");
    disasm->symbols = NULL;
    x86_session_close(code);
    debug_file_close(&names);
    return any;
}

int command_disasm(int argc, char **argv)
{
    struct standard_output *output = stdout_open();
    struct disasm disasm = {.out = &output->text};
    enum x86_syntax syntax = SYNTAX_INTEL;
    enum elfgen_code_mode mode = ELFGEN_CODE_FLOW;
    struct file_bytes bytes = {0};
    const char *debug = NULL;
    int option;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":ab", long_options, NULL)) != -1) {
        switch (option) {
        case 'a':
            disasm.addresses = true;
            break;
        case 'b':
            disasm.bytes = true;
            break;
        case OPTION_ALL:
            mode = ELFGEN_CODE_ALL;
            break;
        case OPTION_SYNTAX:
            if (!parse_syntax(optarg, &syntax))
                return usage_error("disasm", "--syntax '%s': it is intel, att or nasm", optarg);
            break;
        case OPTION_DEBUG_FILE:
            debug = optarg;
            break;
        case OPTION_HELP:
            help();
            return help_end();
        default:
            return usage_error_option("disasm", option, argv, long_options);
        }
    }
    if (optind + 1 != argc)
        return usage_error("disasm", optind == argc ? "no file given" : "one file at a time");
    const char *path = argv[optind];
    bool done = input_read(path, &bytes) && print(&disasm, mode, syntax, &bytes, path, debug);
    done = stdout_finish(output) && done;
    file_free(&bytes);
    return done ? EXIT_YES : EXIT_NO;
}
