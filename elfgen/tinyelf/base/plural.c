/* Counts with their nouns. */
#include "plural.h"

void plural_put(struct elfgen_text *out, uint64_t count, const char *one, const char *more)
{
    elfgen_text_decimal(out, count, 0);
    elfgen_text_char(out, ' ');
    elfgen_text_string(out, count == 1 ? one : more);
}
