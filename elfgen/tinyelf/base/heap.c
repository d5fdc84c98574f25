/* Allocates memory: blocks in classes of sizes, the first ones in the program's own data. */
#include "heap.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "elfgen/memory.h"
#include "populate.h"

enum {
    UNIT = 16,
    FIRST_CHUNK = 1 << 18,
    LEAST_CHUNK = 1 << 18, /* chunks double from here on */
    MOST_CHUNK = 1 << 24,
    LARGE = 1 << 17,   /* larger blocks are mapped, and unmapped when they are freed */
    MANY = 1 << 20,    /* chunks from this size on get pages ... */
    AT_ONCE = 1 << 18, /* ... so many bytes at a time */
    STEPS = 8,         /* classes from one power of two to the next */
    CLASSES = 12 * STEPS
};

/* Before each block. */
struct header {
    uint64_t size; /* of the block: what its class has, or what was mapped without the header */
    uint64_t state;
};
_Static_assert(sizeof(struct header) == UNIT, "blocks are at multiples of UNIT");

/* What `state` is, mixed with the block's address and size, so that no other bytes pass for it. */
static const uint64_t in_use = UINT64_C(0x9e6c63d0876a9a47), is_free = UINT64_C(0x5851f42d4c957f2d);

static _Alignas(ELFGEN_PAGE) unsigned char first_chunk[FIRST_CHUNK];
static struct {
    unsigned char *at, *end;  /* of the chunk that new blocks come from */
    unsigned char *populated; /* up to here, or to the end, its pages are there or come by faults */
    size_t next_chunk;
    struct header *kept[CLASSES]; /* freed blocks; the next one's address is in the block */
} heap;

static uint64_t mark(const struct header *header, uint64_t state)
{
    return state ^ (uintptr_t)header ^ header->size;
}

static struct header *header_of(void *block)
{
    struct header *header = (struct header *)block - 1;
    if (header->state != mark(header, in_use))
        abort();
    return header;
}

/* Finds the class of a size up to LARGE, and enlarges the size to what the class has. */
static unsigned class_of(size_t *size)
{
    size_t units = (*size + UNIT - 1) / UNIT;
    if (units <= STEPS) {
        units = units ? units : 1;
        *size = units * UNIT;
        return (unsigned)units - 1;
    }
    unsigned power = 63u - (unsigned)__builtin_clzll(units - 1); /* 2^power <= units - 1 */
    size_t step = ((size_t)1 << power) / STEPS, steps = (units - 1) / step + 1;
    *size = steps * step * UNIT;
    return (power - 3) * STEPS + (unsigned)steps - 1;
}

static void *map(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* Makes room for a new block of a class. What is left of the chunk before is not used. */
static bool next_chunk(size_t size)
{
    if (!heap.end) {
        heap.at = first_chunk;
        heap.end = heap.populated = first_chunk + sizeof first_chunk;
        heap.next_chunk = LEAST_CHUNK;
        if (size <= sizeof first_chunk)
            return true;
    }
    unsigned char *chunk = map(heap.next_chunk);
    if (!chunk)
        return false;
    heap.at = chunk;
    heap.end = chunk + heap.next_chunk;
    heap.populated = heap.next_chunk < MANY ? heap.end : chunk;
    heap.next_chunk *= heap.next_chunk < MOST_CHUNK ? 2 : 1;
    return true;
}

static void *no_memory(void)
{
    errno = ENOMEM;
    return NULL;
}

static void *use(struct header *header, size_t size)
{
    header->size = size;
    header->state = mark(header, in_use);
    return header + 1;
}

/* *zeros: whether all bytes of the block are zero already. */
static void *allocate(size_t size, bool *zeros)
{
    *zeros = true;
    if (size > PTRDIFF_MAX - LARGE)
        return no_memory();
    if (size > LARGE) {
        struct header *header = map(size + sizeof *header);
        return header ? use(header, size) : no_memory();
    }
    const unsigned class_ = class_of(&size);
    struct header *header = heap.kept[class_];
    if (header) {
        if (header->state != mark(header, is_free) || header->size != size)
            abort();
        memcpy(&heap.kept[class_], (const void *)(header + 1), sizeof(struct header *));
        *zeros = false;
        return use(header, size);
    }
    if ((size_t)(heap.end - heap.at) < size + sizeof *header && !next_chunk(size + sizeof *header))
        return no_memory();
    header = (struct header *)(void *)heap.at;
    heap.at += size + sizeof *header;
    if (heap.at > heap.populated) {
        populate(heap.populated, AT_ONCE);
        heap.populated += AT_ONCE;
    }
    return use(header, size);
}

void *heap_allocate(size_t size)
{
    bool zeros;
    return allocate(size, &zeros);
}

void *heap_allocate_zeros(size_t count, size_t size)
{
    bool zeros;
    if (size != 0 && count > SIZE_MAX / size)
        return no_memory();
    void *block = allocate(count * size, &zeros);
    if (block && !zeros)
        memset(block, 0, count * size);
    return block;
}

void heap_free(void *block)
{
    if (!block)
        return;
    struct header *header = header_of(block);
    const int error = errno;
    size_t size = (size_t)header->size;
    if (size > LARGE) {
        munmap(header, size + sizeof *header);
        errno = error;
        return;
    }
    const unsigned class_ = class_of(&size);
    header->state = mark(header, is_free);
    memcpy(block, &heap.kept[class_], sizeof(struct header *));
    heap.kept[class_] = header;
}

/* Resizes a mapped block, which may move. */
static void *remap(struct header *header, size_t size)
{
    if (size > PTRDIFF_MAX - LARGE)
        return no_memory();
    void *moved = mremap(header, (size_t)header->size + sizeof *header, size + sizeof *header,
                         MREMAP_MAYMOVE);
    return moved == MAP_FAILED ? no_memory() : use(moved, size);
}

void *heap_resize(void *block, size_t size)
{
    if (!block)
        return heap_allocate(size);
    struct header *header = header_of(block);
    if (header->size > LARGE && size > LARGE)
        return remap(header, size);
    if (size <= header->size && header->size <= LARGE)
        return block;
    void *larger = heap_allocate(size);
    if (!larger)
        return NULL;
    memcpy(larger, block, size < header->size ? size : (size_t)header->size);
    heap_free(block);
    return larger;
}
