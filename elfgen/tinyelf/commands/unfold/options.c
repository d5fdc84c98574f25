/* Options of tinyelf unfold, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"

#define OPTIONS "commands/unfold/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_unfold_options = {
    .name = "unfold",
    .usage = "[OPTIONS] FILE -o TWIN",
    .about = "Writes a well-formed program with the same memory, entry point and behaviour "
             "as FILE, which may be anything that Linux runs: headers that overlap, lie or "
             "hold code. The twin has section headers over code and data, and symbols: "
             "_start, sys_write_1 for each system call, text_1 for what they read, so that "
             "readelf, objdump, nm and gdb work on it. A file that is well-formed and has "
             "sections is copied. - is standard input or output.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .exit_status = "0 if the twin is written, 1 if not, 2 for a usage error.",
};
