/* Hands a file over: to its place, or to who builds in memory. */
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "cli/cli.h"

bool build_deliver(const struct build *build, const void *bytes, size_t size)
{
    if (!build->made)
        return atomic_file_write(build->output, bytes, size, true);
    build->made->bytes = malloc(size + 1);
    if (!build->made->bytes)
        return message_no_memory(build->output);
    if (size > 0)
        memcpy(build->made->bytes, bytes, size);
    build->made->size = size;
    return true;
}

int build_in_memory(char **inputs, size_t count, bool verbose, struct build_made *made)
{
    const struct build build = {.inputs = inputs,
                                .input_count = count,
                                .output = input_name(inputs[0]),
                                .language = SOURCE_DETECT,
                                .assembler = ASSEMBLER_ANY,
                                .exec = ELFGEN_EXEC_DEFAULTS,
                                .verbose = verbose,
                                .made = made};
    *made = (struct build_made){0};
    if (build_is_hex(&build) && count > 1)
        return usage_error(NULL, "a hex source is a whole file: '%s' is one too many", inputs[1]);
    return build_is_hex(&build) ? build_hex(&build) : build_program(&build);
}
