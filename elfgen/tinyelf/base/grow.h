/* Arrays that grow: malloc'ed, with room for more items than they have. */
#ifndef BASE_GROW_H
#define BASE_GROW_H

#include <stdbool.h>
#include <stddef.h>

/* Makes room for `needed` items of `size` bytes, 1 or more, in an array of *capacity items, and at
 * least doubles it if it must grow. `array` is the address of the pointer to the items, which is
 * NULL if *capacity is 0. Returns false if there is no memory or if the size would overflow: the
 * array is then as before. Free it with free(). */
bool grow_array(void *array, size_t needed, size_t *capacity, size_t size);

#endif
