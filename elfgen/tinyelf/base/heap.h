/* Allocates memory for a program with one thread that lives for milliseconds.
 *
 * A C library asks Linux for memory and gives it back block by block: each mmap() and munmap()
 * costs a start some microseconds. Here the first blocks are in the program's own data, and blocks
 * that are freed are kept for the next of their size, unless they are large. Each block is at a
 * multiple of
 * 16. A block that is freed twice, or whose header was overwritten, ends the program (abort()). */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stddef.h>

/* As malloc(), calloc(), realloc() and free(): NULL and ENOMEM where there is no memory. A size of
 * 0 is a block, too. */
void *heap_allocate(size_t size);
void *heap_allocate_zeros(size_t count, size_t size);
void *heap_resize(void *block, size_t size);
void heap_free(void *block);

#endif
