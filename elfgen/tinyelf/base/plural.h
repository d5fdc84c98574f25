/* Counts with their nouns. */
#ifndef BASE_PLURAL_H
#define BASE_PLURAL_H

#include "elfgen/text.h"

/* Appends "1 byte", or "2 bytes". */
void plural_put(struct elfgen_text *out, uint64_t count, const char *one, const char *more);

#endif
