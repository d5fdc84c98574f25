/* Options of tinyelf trace, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "commands/run/options.h"

#define OPTIONS "commands/trace/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_trace_options = {
    .name = "trace",
    .usage = "[OPTIONS] PROGRAM [ARGUMENT...]",
    .about = "Runs a program and shows, on standard error, the system calls that it makes, "
             "as strace does.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_trace,
    .exit_status = "the program's, or 128 + the signal that killed it; 1 if it was not started, 2 "
                   "for a usage error.",
    .stops_at_operand = true, /* further options belong to the program */
};
