/* A file as a well-formed one, with sections and symbols from its byte map. */
#ifndef UNFOLD_H
#define UNFOLD_H

#include "elfgen.h"

struct unfolded {
    uint8_t *bytes; /* malloc'ed, to be freed */
    size_t size;
    bool copied;     /* it was well-formed and had sections: a copy */
    bool no_headers; /* nothing in memory has the program headers: AT_PHDR will be 0 */
    uint64_t behind; /* bytes that are mapped behind the old file's end, see elfgen_unfold */
};

/* Unfolds a file that elfgen_view_open_program() has opened. `code` is what was followed of it, or
 * NULL. False: *error says why not, and there is nothing to free. */
bool unfold_file(const struct elfgen_view *view, struct elfgen_code *code,
                 struct unfolded *unfolded, struct elfgen_error *error);

#endif
