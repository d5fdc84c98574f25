/* The caller's memory, from which the assembler takes what it needs, and to which it gives nothing
 * back.
 *
 * What is taken last can be given back by setting `used` to what it was. */
#ifndef ASSEMBLE_ARENA_H
#define ASSEMBLE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena {
    uint8_t *bytes;
    size_t size;
    size_t used;  /* at most `size` */
    bool full;    /* something did not fit; all that is taken afterwards is NULL */
    size_t asked; /* how large that was */
};

/* Takes `size` bytes at a multiple of `align`, a power of two; they have any values. NULL: there is
 * no room. */
static inline void *arena_take(struct arena *arena, size_t size, size_t align)
{
    /* An address as a number: no bytes are added to no memory. */
    const size_t gap = (size_t)(-((uintptr_t)arena->bytes + arena->used) & (align - 1));
    if (arena->full || !arena->bytes || gap > arena->size - arena->used ||
        size > arena->size - arena->used - gap) {
        if (!arena->full)
            arena->asked = size;
        arena->full = true;
        return NULL;
    }
    void *taken = arena->bytes + arena->used + gap;
    arena->used += gap + size;
    return taken;
}

#endif
