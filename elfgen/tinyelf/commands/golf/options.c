/* Options of tinyelf golf, and what its --help says. */
#include "cli/cli.h"
#include "cli/kernel_versions.h"
#include "commands/build/languages.h"
#include "commands/commands.h"
#include "commands/json_versions.h"
#include "commands/run/options.h"

#include "options.h"

static const struct option_choice golf_levels[] = {
    {"linux", GOLF_LEVEL_LINUX, "a file that every Linux from 4.19 on starts (default)"},
    {"spec", GOLF_LEVEL_SPEC,
     "a file that readelf, gdb, qemu-user and WSL1 take, too: whole headers, with usual values"},
    {NULL, 0, NULL},
};

static const struct option_choice golf_kinds[] = {
    {"rwx", GOLF_WITH_RWX, "segments that are writable and executable"},
    {"overcommit", GOLF_WITH_OVERCOMMIT,
     "headers that count gigabytes of memory or take terabytes of addresses, and are writable and "
     "executable where they must be"},
    {"int80", GOLF_WITH_INT80, "system calls by int 0x80 in 64-bit programs, too"},
    {"full-writes", GOLF_WITH_FULL_WRITES,
     "programs that are the same only where write returns all that it was asked for"},
    {NULL, 0, NULL},
};

#define OPTIONS "commands/golf/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_golf_options = {
    .name = "golf",
    .usage = "-o FILE [OPTIONS] INPUT... [-- ARGUMENT...]\n"
             "--prove CANDIDATE [OPTIONS] INPUT... [-- ARGUMENT...]",
    .about = "Finds a smaller file that does the same as the program of the INPUTs, which are an "
             "executable, or what 'tinyelf build' takes; or proves that one does that was made by "
             "hand.\n"
             "\n"
             "Both run in the sandbox of 'tinyelf run', in many environments. The same are the "
             "system calls, in their order, with their arguments (pointers by what they point to), "
             "the exit status, or the instruction that faults. ARGUMENTs are met beside those "
             "that are made.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_golf,
    .exit_status =
        "0 if it does the same, 1 if not or if the program is left alone, 2 for a usage error.",
};
