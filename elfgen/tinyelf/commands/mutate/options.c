/* Options of tinyelf mutate, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "commands/run/options.h"

#define OPTIONS "commands/mutate/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_mutate_options = {
    .name = "mutate",
    .usage = "[OPTIONS] FILE [ARGUMENT...]\n"
             "--merge [OPTIONS] RESULT...",
    .about = "Finds out which bytes of a program matter: gives each byte every other value "
             "in turn, runs each such mutant in the sandbox of 'tinyelf run', and "
             "counts how they end: with the same output and exit status, another output, "
             "another status, refused by execve, killed by a signal, blocked by the sandbox, or "
             "out of time.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_mutate,
    .exit_status = "0 if all runs are counted, 1 if not, 2 for a usage error.",
    .stops_at_operand = true, /* further options belong to the program */
};
