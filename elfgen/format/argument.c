/* Refuses NULL where something is counted. */
#include "argument.h"

void elfgen_refuse_null(uint64_t count, const char *what, struct elfgen_error *error)
{
    elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE, "NULL is given for %u %s", count,
                     what);
}
