/* Who takes which bytes of a program, and why. */
#ifndef LINK_PRINT_MAP_H
#define LINK_PRINT_MAP_H

#include <stdio.h>

#include "link.h"

/* Prints every byte of the laid-out program's file with its owner, the largest first, then what
 * takes memory only, and what was left out. `behind`: bytes of the file behind what is loaded.
 * False: out of memory, told. */
bool link_print_map(struct link *link, const struct elfgen_layout *layout, uint64_t behind,
                    FILE *output);

#endif
