/* Whether bytes are a program that could be started, for commands that are about something else. */
#ifndef LOADABLE_H
#define LOADABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "elfgen.h"

/* Whether there is a machine whose Linux starts the bytes: one with privileges and all the memory
 * there could be, and its stack out of the way. *answer says what keeps it from that. */
bool loadable_somewhere(const void *bytes, size_t size, struct elfgen_kernel_answer *answer);

/* "Linux would refuse to start it" */
const char *loadable_verdict_words(enum elfgen_kernel_verdict verdict);

struct standard_output;

/* Behind a report about a file: one line on stderr that points to `tinyelf check`, where the file
 * is for x86 and there to be started, and no Linux starts it. `file` is its name in messages. */
void loadable_point_to_check(const char *file, const void *bytes, size_t size,
                             struct standard_output *output);

#endif
