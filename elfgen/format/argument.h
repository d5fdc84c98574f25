/* Checks pointers that come with a count, and buffers. */
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

/* Sets *error to ELFGEN_NO_ROOM and a sentence about a file of `size` bytes. */
__attribute__((cold)) void elfgen_refuse_buffer(uint64_t size, uint64_t capacity,
                                                struct elfgen_error *error);

/* Returns false if a file is larger than the buffer for it, and sets *error as above. */
static inline bool elfgen_has_room(uint64_t size, uint64_t capacity, struct elfgen_error *error)
{
    if (size <= capacity)
        return true;
    elfgen_refuse_buffer(size, capacity, error);
    return false;
}

#endif
