/* Errors that a system call gave. */
#include "system_error.h"

#include <errno.h>
#include <string.h>

#include "no_memory.h"

const char *system_error_text(int number)
{
    return number == ENOMEM ? NO_MEMORY : strerror(number);
}

bool error_system(struct elfgen_error *error, const char *what, int number)
{
    elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "%s: %s", what,
                     system_error_text(number));
    return false;
}
