/* Asks Linux for the pages of memory that is about to be written. */
#include "populate.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

#include "elfgen/memory.h"

void populate(void *memory, size_t size)
{
    enum { WORTH_IT = 16 * ELFGEN_PAGE, POPULATE_WRITE = 23 /* MADV_POPULATE_WRITE */ };
    const size_t before = (0 - (uintptr_t)memory) & (ELFGEN_PAGE - 1);
    const int error = errno;
    if (size < WORTH_IT)
        return;
    madvise((char *)memory + before, (size - before) & ~(size_t)(ELFGEN_PAGE - 1), POPULATE_WRITE);
    errno = error;
}
