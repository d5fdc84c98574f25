/* Doubles the room of arrays. */
#include "grow.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool grow_array(void *array, size_t needed, size_t *capacity, size_t size)
{
    enum { LEAST = 16 };
    size_t wanted = *capacity <= SIZE_MAX / 2 ? *capacity * 2 : SIZE_MAX;
    void *items;
    if (needed <= *capacity)
        return true;
    if (wanted < needed)
        wanted = needed;
    if (wanted < LEAST)
        wanted = LEAST;
    memcpy(&items, array, sizeof items); /* the caller's pointer, whatever it points to */
    items = wanted <= PTRDIFF_MAX / size ? realloc(items, wanted * size) : NULL;
    if (!items)
        return false;
    memcpy(array, &items, sizeof items);
    *capacity = wanted;
    return true;
}
