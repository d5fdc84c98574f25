/* Options of tinyelf run, and what its --help says. */
#include <string.h>

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

const struct run_limits sandboxed_limits = {
    .time = 10000, .memory = (uint64_t)256 << 20, .output = (uint64_t)16 << 20};

int sandboxed_take_time(const char *command, const char *text, uint64_t *milliseconds)
{
    const char *rest;
    *milliseconds = 0;
    if (strcmp(text, "none") == 0 ||
        (parse_thousandths(text, &rest, milliseconds) &&
         (*rest == '\0' || strcmp(rest, "s") == 0) && *milliseconds != 0))
        return EXIT_YES;
    return usage_error(
        command, "--time '%s': it must be seconds, such as 5 or 0.25 (down to 0.001), or none",
        text);
}

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
