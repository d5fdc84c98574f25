/* Checks pointers that come with a count. */
#ifndef ELFGEN_ARGUMENT_H
#define ELFGEN_ARGUMENT_H

#include <stdbool.h>

#include "elfgen/error.h"

/* Returns false for NULL with a count, and sets *error to ELFGEN_BAD_ARGUMENT and a sentence about
 * `count` things called `what`. */
bool elfgen_has_memory(const void *memory, uint64_t count, const char *what,
                       struct elfgen_error *error);

#endif
