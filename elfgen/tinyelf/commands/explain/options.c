/* Options of tinyelf explain, and what its --help says. */
#include "cli/cli.h"
#include "commands/commands.h"
#include "choices.h"
#include "elfgen/map.h"
#include "commands/json_versions.h"
#include "commands/run/options.h"

static const struct option_choice formats[] = {
#define FORMAT(id, name, function, help) {name, EXPLAIN_##id, help},
#define OTHER_FORMAT(id, function)
#include "formats.def"
#undef FORMAT
#undef OTHER_FORMAT
    {NULL, 0, NULL},
};

static const struct option_choice code_modes[] = {
    {"none", CODE_NONE, "no bytes"},
    {"flow", ELFGEN_CODE_FLOW, "those that the control flow reaches (the default)"},
    {"all", ELFGEN_CODE_ALL, "executable sections from end to end"},
    {NULL, 0, NULL},
};

static const struct option_choice extras[] = {
    {"bytes", EXPLAIN_BYTES, "the file's bytes, in hexadecimal"},
    {"verdict", EXPLAIN_VERDICT, "whether Linux would start it, as 'tinyelf check' says"},
    {"memory", EXPLAIN_MAPPED, "its memory map"},
    {"parts", EXPLAIN_PARTS, "the parts of each instruction, as --parts"},
    {NULL, 0, NULL},
};

#define OPTIONS "commands/explain/options.def"
#include "cli/option_rows_expand.h"

const struct command_options command_explain_options = {
    .name = "explain",
    .usage = "[OPTIONS] FILE\n"
             "[OPTIONS] --run FILE [-- ARGUMENT...]",
    .about = "Names every byte of any file: headers, tables, strings, notes and "
             "instructions, field by field, with value, meaning and who reads them. FILE - "
             "is standard input. Names are those of FILE's symbol table or of FILE.debug, "
             "which 'tinyelf build -g' makes.",
    .rows = option_rows,
    .count = OPTION_ROW_COUNT,
    .json_version = JSON_VERSION_explain,
    .exit_status = "0 if the file is explained, 1 if not, 2 for a usage error.",
};
