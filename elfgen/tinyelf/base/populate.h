/* Pages for memory that is about to be written. */
#ifndef BASE_POPULATE_H
#define BASE_POPULATE_H

#include <stddef.h>

/* Asks Linux for all pages of `size` bytes at once, which takes half the time of a page fault for
 * each. Worth it for memory of many pages, all of which will be written. Linux before 5.14 does not
 * know the request, and where it fails, pages come by faults as ever. Keeps errno. */
void populate(void *memory, size_t size);

#endif
