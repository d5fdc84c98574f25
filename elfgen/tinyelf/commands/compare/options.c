/* Options of tinyelf compare, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/json_versions.h"

#define OPTIONS "commands/compare/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_compare_options = {
    .name = "compare",
    .usage = "[OPTIONS] FILE FILE",
    .about = "Shows two ELF files side by side: size, headers, segments, sections, the "
             "owner of each byte, mapped memory, and instructions. One FILE may be -, standard "
             "input.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_compare,
    .exit_status = "0 if both are whole, and with --run both ran to their ends; 1 if not, 2 for a "
                   "usage error.",
};
