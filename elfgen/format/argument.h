/* Checks pointers that come with a count. */
#ifndef ELFGEN_ARGUMENT_H
#define ELFGEN_ARGUMENT_H

#include <stdbool.h>

#include "elfgen/error.h"

/* Sets *error to ELFGEN_BAD_ARGUMENT and a sentence about `count` things called `what`. */
__attribute__((cold)) void elfgen_refuse_null(uint64_t count, const char *what,
                                              struct elfgen_error *error);

/* Returns false for NULL with a count, and sets *error as above. */
static inline bool elfgen_has_memory(const void *memory, uint64_t count, const char *what,
                                     struct elfgen_error *error)
{
    if (memory || count == 0)
        return true;
    elfgen_refuse_null(count, what, error);
    return false;
}

#endif
