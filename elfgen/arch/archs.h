/* The table of architectures, for what must find a row without a call. */
#ifndef ELFGEN_ARCHS_H
#define ELFGEN_ARCHS_H

#include <stddef.h>

#include "elfgen/arch.h"

enum { ELFGEN_ARCHS = 3 };

extern const struct elfgen_arch elfgen_archs[ELFGEN_ARCHS];

/* elfgen_arch_find(), inline. */
static inline const struct elfgen_arch *elfgen_arch_search(uint64_t machine)
{
    for (size_t i = 0; i < ELFGEN_ARCHS && machine != 0; i++)
        for (size_t j = 0; j < ELFGEN_ARCH_MACHINES; j++)
            if (elfgen_archs[i].machines[j] == machine)
                return &elfgen_archs[i];
    return NULL;
}

#endif
