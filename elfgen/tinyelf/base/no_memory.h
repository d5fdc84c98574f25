/* The error that there is no memory. */
#ifndef BASE_NO_MEMORY_H
#define BASE_NO_MEMORY_H

#include <stdbool.h>

#include "elfgen/error.h"

/* Its text, which may be followed by more. */
#define NO_MEMORY "out of memory"

/* Sets *error, if there is one, to ELFGEN_NO_ROOM and that text. Returns false. */
bool error_no_memory(struct elfgen_error *error);

#endif
