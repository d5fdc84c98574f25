/* Options of tinyelf disasm, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "x86/syntax.h"
#include "commands/run/options.h"

static const struct option_choice syntaxes[] = {
    {"intel", SYNTAX_INTEL, "as in Intel's manuals (the default)"},
    {"att", SYNTAX_ATT, "as for GNU as"},
    {"nasm", SYNTAX_NASM, "source that nasm can assemble"},
    {NULL, 0, NULL},
};

#define OPTIONS "commands/disasm/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_disasm_options = {
    .name = "disasm",
    .usage = "[OPTIONS] FILE\n"
             "[OPTIONS] --run FILE [-- ARGUMENT...]",
    .about = "Prints the instructions that the control flow reaches from the entry point, "
             "from functions in symbol tables and from the starts of executable sections. "
             "FILE - is standard input. Names are those of FILE's symbol table or of "
             "FILE.debug, which 'tinyelf build -g' makes.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .exit_status = "0 if all was printed, 1 if not or if there is no code, 2 for a usage error.",
};
