/* What the assembler's two files share. */
#ifndef ASSEMBLER_H
#define ASSEMBLER_H

#include "source.h"

/* Where the child finds its files. */
enum { CHILD_OBJECT = 3, CHILD_TEXT = 4 };
#define CHILD_OBJECT_PATH "/dev/fd/3"
#define CHILD_TEXT_PATH   "/dev/fd/4"

/* Tells whatever the tool wrote into source->message_file, line by line, and empties it. Returns
 * whether there was anything. */
bool source_tell_messages(struct source *source);

#endif
