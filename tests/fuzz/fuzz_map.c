/* Any bytes through the byte map: what two windows claim is what the whole claims. */
#include <stdlib.h>

#include "elfgen.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The sum of the claims that begin in [from, to), so that a claim over a border counts once. */
static uint64_t sum(const struct elfgen_view *view, uint64_t from, uint64_t to)
{
    struct elfgen_map map;
    struct elfgen_claim claim;
    uint64_t total = 0;
    elfgen_map_begin(&map, view, NULL, false, from, to);
    while (elfgen_map_next(&map, &claim)) {
        if (claim.length == 0 || claim.offset >= view->length ||
            claim.length > view->length - claim.offset || claim.offset >= to ||
            claim.offset + claim.length <= from)
            abort();
        if (claim.offset >= from)
            total += (claim.offset * 31 + claim.length) * 31 + claim.index * 7 + claim.value +
                     (uint64_t)claim.part;
    }
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct elfgen_view view;
    elfgen_view_open(&view, bytes, size, NULL);
    uint64_t middle = size / 3;
    if (sum(&view, 0, size) != sum(&view, 0, middle) + sum(&view, middle, size))
        abort();
    return 0;
}
