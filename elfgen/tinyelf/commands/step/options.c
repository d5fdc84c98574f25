/* Options of tinyelf step, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "commands/run/options.h"

#define OPTIONS "commands/step/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_step_options = {
    .name = "step",
    .usage = "[OPTIONS] PROGRAM [ARGUMENT...]\n"
             "[OPTIONS] --replay FILE",
    .about = "Runs a program one instruction at a time, on the processor itself, and shows "
             "what each instruction changes in registers and memory, and system "
             "calls with their results. On a terminal it has a view with keys ('?' lists them), "
             "otherwise it "
             "prints text.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_step,
    .exit_status = "the program's, or 128 + the signal that killed it; 0 if --until stopped it "
                   "first; 1 if it was not started, 2 for a usage error.",
    .stops_at_operand = true, /* further options belong to the program */
};
