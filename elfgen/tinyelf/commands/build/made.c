/* Builds in memory, for other commands. */
#include "build.h"
#include "cli/cli.h"
#include "languages.h"

int build_in_memory(char **inputs, size_t count, int from, bool verbose, struct build_made *made)
{
    const struct build build = {.inputs = inputs,
                                .input_count = count,
                                .output = input_name(inputs[0]),
                                .language = from == BUILD_FROM_HEX ? SOURCE_DETECT
                                                                   : (enum source_language)from,
                                .hex = from == BUILD_FROM_HEX,
                                .assembler = ASSEMBLER_ANY,
                                .exec = ELFGEN_EXEC_DEFAULTS,
                                .verbose = verbose,
                                .made = made};
    *made = (struct build_made){0};
    if (build_is_hex(&build) && count > 1)
        return usage_error(NULL, "a hex source is a whole file: '%s' is one too many", inputs[1]);
    return build_is_hex(&build) ? build_hex(&build) : build_program(&build);
}
