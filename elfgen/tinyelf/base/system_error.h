/* Errors that a system call gave. */
#ifndef BASE_SYSTEM_ERROR_H
#define BASE_SYSTEM_ERROR_H

#include <stdbool.h>

#include "elfgen/error.h"

/* The name of an errno, such as "ENOENT"; NULL: Linux has none with this number. */
const char *system_error_name(int number);

/* The text of an errno, such as "No such file or directory"; NULL: Linux has none with this number.
 */
const char *system_error_description(int number);

/* The same for a message: ENOMEM reads as all that runs out of memory here, and there is a text for
 * any number. */
const char *system_error_text(int number);

/* Sets *error, if there is one, to "WHAT: ..." with the text of an errno. Returns false. */
bool error_system(struct elfgen_error *error, const char *what, int number);

#endif
