/* Options of tinyelf run, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "options.h"
#include "sandbox/kinds.h"

const struct option_choice sandboxed_kinds[] = {
#define KIND(id, name, paths, help) {name, SANDBOX_KIND_BIT(id), help},
#define CALL(kind, name, ...)
#include "sandbox/kinds.def"
#undef KIND
#undef CALL
    {NULL, 0, NULL},
};

#define OPTIONS "commands/run/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_run_options = {
    .name = "run",
    .usage = "[OPTIONS] PROGRAM [ARGUMENT...]",
    .about = "Runs a program, exits with its status, and says why it died. All "
             "processes that it started are killed when it ends.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .notes = "With --sandbox, the limits are 10 seconds, 256 MiB and 16 MiB by default; "
             "'none' is no limit. Without --sandbox, there are no limits by default.",
    .exit_status = "the program's, or 128 + the signal that killed it; 1 if it was not started, 2 "
                   "for a usage error.",
    .stops_at_operand = true, /* further options belong to the program */
};
