/* Refuses NULL where something is counted, and buffers that are too small. */
#include "argument.h"

void elfgen_refuse_null(uint64_t count, const char *what, struct elfgen_error *error)
{
    elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE, "NULL is given for %u %s", count,
                     what);
}

void elfgen_refuse_buffer(uint64_t size, uint64_t capacity, struct elfgen_error *error)
{
    elfgen_error_set(error, ELFGEN_NO_ROOM, ELFGEN_NOWHERE,
                     "the file needs %u bytes, the buffer has %u", size, capacity);
}
