/* Options of tinyelf stages, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "elfgen/format.h"
#include "commands/json_versions.h"

/* The architectures that compilers make objects for. */
static const struct option_choice targets[] = {
#define MACHINE(name, machine, ...) {#name, ELFGEN_EM_##machine, NULL},
#include "input/machines.def"
#undef MACHINE
    {NULL, 0, NULL},
};

#define OPTIONS       "commands/stages/options.def"
#define FOREIGN_WORDS "commands/stages/foreign_words.def"
#include "cli/option_rows_expand.h"

const struct command_options command_stages_options = {
    .name = "stages",
    .foreign = foreign_words,
    .usage = "[OPTIONS] FILE.c",
    .about = "Runs the four steps from C to a program one by one, as the compiler does and "
             "as tinyelf build does, keeps the file that each step makes, and shows what it is: "
             "preprocessed text, assembly, an object, an executable.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_stages,
    .exit_status = "0 if one of the two ways leads to a program, 1 if neither does, 2 for a usage "
                   "error.",
};
