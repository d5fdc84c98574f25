/* Options of tinyelf golf, and what its --help says. */
#include "cli/cli.h"
#include "cli/kernel_versions.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "commands/run/options.h"

#define OPTIONS "commands/golf/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_golf_options = {
    .name = "golf",
    .usage = "--prove CANDIDATE [OPTIONS] INPUT... [-- ARGUMENT...]",
    .about = "Proves that a small program made by hand does the same as the program of the INPUTs: "
             "an executable, or what 'tinyelf build' takes.\n"
             "\n"
             "Both run in the sandbox of 'tinyelf run', in many environments. The same are the "
             "system calls, in their order, with their arguments (pointers by what they point to), "
             "the exit status, or the instruction that faults. ARGUMENTs are met beside those "
             "that are made.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_golf,
    .exit_status = "0 if it does the same, 1 if not, 2 for a usage error.",
};
