/* Finds what entries of tables lead to: symbols, relocations, dynamic entries, versions, notes. */
#ifndef ELFGEN_ENTRY_REFERS_H
#define ELFGEN_ENTRY_REFERS_H

#include "elfgen/map.h"

/* Finds what the field's value leads to, of a claim that is in no header. Returns false if it leads
 * nowhere; *reference may have changed. */
bool elfgen_entry_refers(const struct elfgen_view *view, const struct elfgen_claim *claim,
                         struct elfgen_reference *reference);

#endif
