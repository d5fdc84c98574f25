/* Memory for a table of states. */
#include "memo.h"

#include <sys/mman.h>

enum { LARGE_PAGE = 1 << 21 };

/* A large page more, since only those are used that are aligned. */
static const size_t bytes = ((size_t)8 << MEMO_BITS) + LARGE_PAGE;

uint64_t *memo_open(void)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, bytes, MADV_HUGEPAGE); /* without it the table is only slower */
    return memory;
}

void memo_close(uint64_t *keys)
{
    if (keys)
        munmap(keys, bytes);
}
