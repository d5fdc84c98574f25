/* Tells whether any Linux on x86 would start a file, for commands whose main job is another. */
#ifndef CLI_LOADABLE_H
#define CLI_LOADABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "elfgen.h"

/* Whether some machine's Linux starts the bytes: one with all privileges, unlimited memory, and a
 * stack that is out of the way. If not, *answer says why. */
bool loadable_somewhere(const void *bytes, size_t size, struct elfgen_kernel_answer *answer);

/* A phrase such as "Linux would refuse to start it". */
const char *loadable_verdict_words(enum elfgen_kernel_verdict verdict);

struct standard_output;

/* After a report about a file: prints a line on standard error that points to `tinyelf check`, if
 * the file is a program for x86 that no Linux starts. `file` is its name in messages. */
void loadable_point_to_check(const char *file, const void *bytes, size_t size,
                             struct standard_output *output);

/* The same of a file that is read in parts. */
void loadable_point_parts_to_check(const char *file, const struct elfgen_file_reader *reader,
                                   struct standard_output *output);

#endif
