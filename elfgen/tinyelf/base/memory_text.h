/* Text that is kept in memory, however long it gets. */
#ifndef BASE_MEMORY_TEXT_H
#define BASE_MEMORY_TEXT_H

#include <stdbool.h>

#include "elfgen/text.h"

/* Opens a text whose `bytes` are malloc'ed and grow with what is appended. Free them with
 * free(). If memory runs out, text->cut is set and the rest is dropped. Returns false if it is set
 * at once: nothing may then be appended. */
bool memory_text_open(struct elfgen_text *text);

#endif
