/* Describes entries of tables in words: dynamic entries, relocations, versions, hash tables, notes.
 */
#ifndef ELFGEN_ENTRY_WORDS_H
#define ELFGEN_ENTRY_WORDS_H

#include "elfgen/map.h"

/* Appends what the value of a field of such an entry means. Returns false, and appends nothing, if
 * the field is none of those: its kind says how it reads. */
bool elfgen_put_entry(struct elfgen_text *text, const struct elfgen_view *view,
                      const struct elfgen_claim *claim);

#endif
