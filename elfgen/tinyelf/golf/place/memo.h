/* A memory of states from which a search has failed: hashes in a table of fixed size, in which a
 * new one replaces an older one at its place. */
#ifndef GOLF_MEMO_H
#define GOLF_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MEMO_BITS = 22 };

static inline uint64_t memo_mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

/* Gets an empty table, in large pages where there are any: each look at it is at another place.
 * NULL: there is no memory. */
uint64_t *memo_open(void);
void memo_close(uint64_t *keys);

static inline bool memo_has(const uint64_t *keys, uint64_t key)
{
    return keys[key >> (64 - MEMO_BITS)] == key;
}

static inline void memo_add(uint64_t *keys, uint64_t key)
{
    keys[key >> (64 - MEMO_BITS)] = key;
}

#endif
