/* Errors that a system call gave. */
#ifndef BASE_SYSTEM_ERROR_H
#define BASE_SYSTEM_ERROR_H

#include <stdbool.h>

#include "elfgen/error.h"

/* The text of an errno, as strerror(); ENOMEM reads as all that runs out of memory here. Valid
 * until the next call. */
const char *system_error_text(int number);

/* Sets *error, if there is one, to "WHAT: ..." with the text of an errno. Returns false. */
bool error_system(struct elfgen_error *error, const char *what, int number);

#endif
