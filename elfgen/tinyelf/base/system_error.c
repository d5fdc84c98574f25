/* Errors that a system call gave. */
#include "system_error.h"

#include <string.h>

bool error_system(struct elfgen_error *error, const char *what, int number)
{
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "%s: %s", what, strerror(number));
    return false;
}
