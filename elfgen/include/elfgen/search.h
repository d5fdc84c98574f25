/* Finds a place in sorted items by halving. */
#ifndef ELFGEN_SEARCH_H
#define ELFGEN_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* The index of the first of `count` items, each of `size` bytes, that does not come before the key;
 * `count` if all do. The items that come before it must all precede the others. */
static inline size_t elfgen_search(const void *items, size_t count, size_t size, const void *key,
                                   bool (*comes_before)(const void *item, const void *key))
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (comes_before((const char *)items + middle * size, key))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

#endif
