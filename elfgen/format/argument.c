/* Checks pointers that come with a count. */
#include "argument.h"

bool elfgen_has_memory(const void *memory, uint64_t count, const char *what,
                       struct elfgen_error *error)
{
    if (memory || count == 0)
        return true;
    elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE, "NULL is given for %u %s", count,
                     what);
    return false;
}
