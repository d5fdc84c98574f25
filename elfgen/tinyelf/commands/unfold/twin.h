/* Makes a file well-formed, with sections and symbols from its byte map. */
#ifndef UNFOLD_TWIN_H
#define UNFOLD_TWIN_H

#include "elfgen.h"

struct unfolded {
    uint8_t *bytes; /* to be freed */
    size_t size;
    bool copied;       /* a copy: the file was well-formed and had sections */
    bool no_headers;   /* no memory has the program headers: AT_PHDR will be 0 */
    uint64_t past_end; /* bytes mapped after the old file's end, see elfgen_unfold */
};

/* elfgen_unfold_check(), with as much memory for the map as it needs: the caller frees map->areas,
 * which is NULL or from malloc(), whatever is returned. Returns false with the reason in *error. */
bool unfold_check(const struct elfgen_view *view, struct elfgen_kernel_map *map,
                  struct elfgen_error *error);

/* Unfolds a file that elfgen_view_open_program() has opened. `code` is its followed code, or NULL.
 * Returns false with the reason in *error; then there is nothing to free. */
bool unfold_file(const struct elfgen_view *view, struct elfgen_code *code,
                 struct unfolded *unfolded, struct elfgen_error *error);

#endif
