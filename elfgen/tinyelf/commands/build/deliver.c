/* Hands the file over: to its place, or to who builds in memory. */
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
