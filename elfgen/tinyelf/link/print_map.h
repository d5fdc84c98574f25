/* Prints what takes which bytes of a program, and why. */
#ifndef LINK_PRINT_MAP_H
#define LINK_PRINT_MAP_H

#include <stdio.h>

#include "link.h"

/* Prints everything that takes bytes in the laid-out program's file, the largest first, then what
 * takes memory only, and the sum of what was left out. `unloaded`: bytes of the file after the last
 * loaded one. `width`: of the output (base/width.h). Returns false after reporting that there is no
 * memory. */
bool link_print_map(struct link *link, const struct elfgen_layout *layout, uint64_t unloaded,
                    size_t width, FILE *output);

#endif
