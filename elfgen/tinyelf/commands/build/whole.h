/* A file that its source describes whole: its bytes are written as they are. */
#ifndef WHOLE_H
#define WHOLE_H

#include <stdio.h>

#include "build.h"

/* Writes the file, and what -g and --map make of its labels. Returns the exit status. */
int build_whole(const struct build *build, const struct source_file *file);

/* Prints the bytes from each label to the next, the largest first. `view`: of the file; `width`: of
 * the output (base/width.h). Returns false after reporting that there is no memory. */
bool whole_print_map(const struct source_file *file, const struct elfgen_view *view, size_t width,
                     FILE *output);

#endif
