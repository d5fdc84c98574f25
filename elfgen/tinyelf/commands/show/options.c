/* Options of tinyelf show, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"

#define OPTIONS "commands/show/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_show_options = {
    .name = "show",
    .usage = "[OPTIONS] FILE",
    .about = "Makes a page of any file, as 'tinyelf explain --format html' does, prints its path, "
             "and opens it in a browser: the first of BROWSER that starts, or what the desktop has "
             "(xdg-open). The page is kept in a new folder in TMPDIR, or in /tmp. FILE is not run; "
             "FILE - is standard input.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .exit_status = "0 if the page is made, whether or not a browser opens it, 1 if not, 2 for a "
                   "usage error.",
};
