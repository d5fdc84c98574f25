/* Errors that a system call gave. */
#ifndef BASE_SYSTEM_ERROR_H
#define BASE_SYSTEM_ERROR_H

#include <stdbool.h>

#include "elfgen/error.h"

/* Sets *error, if there is one, to "WHAT: ..." with the text of an errno. Returns false. */
bool error_system(struct elfgen_error *error, const char *what, int number);

#endif
