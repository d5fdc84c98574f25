/* Whether bytes begin with an ELF header. */
#ifndef INPUT_MAGIC_H
#define INPUT_MAGIC_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "elfgen/format.h"

static inline bool begins_with_magic(const void *bytes, uint64_t size)
{
    return size >= ELFGEN_MAGIC_SIZE && memcmp(bytes, ELFGEN_MAGIC, ELFGEN_MAGIC_SIZE) == 0;
}

#endif
