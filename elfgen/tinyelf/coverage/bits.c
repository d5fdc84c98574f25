/* Keeps a bit for each byte of the file, and adds up how many are set. */
#include <stdlib.h>

#include "coverage_private.h"

enum { BITS = 64, BLOCK = 512 }; /* bytes of the file that a word has, and a block */

void coverage_set(const struct coverage *coverage, uint64_t *bits, uint64_t offset, uint64_t length)
{
    uint64_t size = coverage->view->length;
    if (offset >= size)
        return;
    uint64_t end = length < size - offset ? offset + length : size;
    while (offset < end && offset % BITS != 0) {
        bits[offset / BITS] |= UINT64_C(1) << offset % BITS;
        offset++;
    }
    for (; end - offset >= BITS; offset += BITS)
        bits[offset / BITS] = UINT64_MAX;
    for (; offset < end; offset++)
        bits[offset / BITS] |= UINT64_C(1) << offset % BITS;
}

void coverage_use_memory(const struct coverage *coverage, enum coverage_use use, uint64_t address,
                         uint64_t size)
{
    uint64_t offset, length;
    while (size > 0 && coverage_image_find(coverage->image, address, &offset, &length)) {
        if (length > size)
            length = size;
        coverage_set(coverage, coverage->bits[use], offset, length);
        if (coverage->watcher)
            coverage->watcher->used(coverage->watcher->context, use, offset, length);
        address += length;
        size -= length;
    }
}

bool coverage_add_up(struct coverage *coverage)
{
    uint64_t words = coverage->view->length / BITS + 1, blocks = coverage->view->length / BLOCK + 1;
    for (unsigned use = 0; use < COVERAGE_USES; use++) {
        uint64_t sum = 0;
        coverage->sums[use] = malloc((size_t)(blocks + 1) * sizeof(uint64_t));
        if (!coverage->sums[use])
            return false;
        for (uint64_t word = 0; word < words; word++) {
            if (word % (BLOCK / BITS) == 0)
                coverage->sums[use][word / (BLOCK / BITS)] = sum;
            sum += (uint64_t)__builtin_popcountll(coverage->bits[use][word]);
        }
        coverage->sums[use][blocks] = sum;
    }
    return true;
}

/* How many bits are set before `offset`. */
static uint64_t before(const struct coverage *coverage, enum coverage_use use, uint64_t offset)
{
    const uint64_t *bits = coverage->bits[use];
    uint64_t sum = coverage->sums[use][offset / BLOCK];
    for (uint64_t word = offset / BLOCK * (BLOCK / BITS); word < offset / BITS; word++)
        sum += (uint64_t)__builtin_popcountll(bits[word]);
    uint64_t rest = offset % BITS;
    return sum + (uint64_t)__builtin_popcountll(bits[offset / BITS] & ((UINT64_C(1) << rest) - 1));
}

uint64_t coverage_bytes(const struct coverage *coverage, enum coverage_use use, uint64_t offset,
                        uint64_t length)
{
    uint64_t size = coverage->view->length;
    if (offset >= size)
        return 0;
    uint64_t end = length < size - offset ? offset + length : size;
    return before(coverage, use, end) - before(coverage, use, offset);
}

uint64_t coverage_total(const struct coverage *coverage, enum coverage_use use)
{
    return before(coverage, use, coverage->view->length);
}

/* The first byte from `offset` on whose bit is `set` or not; the file's length if there is none. */
static uint64_t find(const struct coverage *coverage, const uint64_t *bits, uint64_t offset,
                     bool set)
{
    uint64_t size = coverage->view->length;
    while (offset < size) {
        uint64_t word = (set ? bits[offset / BITS] : ~bits[offset / BITS]) >> offset % BITS;
        if (word != 0) {
            offset += (uint64_t)__builtin_ctzll(word);
            break;
        }
        offset = offset / BITS * BITS + BITS;
    }
    return offset < size ? offset : size;
}

bool coverage_next(const struct coverage *coverage, enum coverage_use use, uint64_t *offset,
                   uint64_t *length)
{
    *offset = find(coverage, coverage->bits[use], *offset, true);
    *length = find(coverage, coverage->bits[use], *offset, false) - *offset;
    return *offset < coverage->view->length;
}
