/* Replaces the C library's allocation in the front that is built with musl (base/heap.h). */
#include <stdlib.h>

#include "base/heap.h"

void *malloc(size_t size)
{
    return heap_allocate(size);
}

void *calloc(size_t count, size_t size)
{
    return heap_allocate_zeros(count, size);
}

void *realloc(void *block, size_t size)
{
    return heap_resize(block, size);
}

void free(void *block)
{
    heap_free(block);
}

/* The C library's own would give out blocks that free() above does not know; none is wanted. */
void *aligned_alloc(size_t alignment, size_t size)
{
    (void)alignment;
    (void)size;
    abort();
}
