/* Arrays of bits, 64 to a word. */
#ifndef ELFGEN_BITS_H
#define ELFGEN_BITS_H

#include <stdbool.h>
#include <stdint.h>

static inline bool elfgen_bit_get(const uint64_t *bits, uint64_t index)
{
    return bits[index / 64] >> (index % 64) & 1;
}

static inline void elfgen_bit_set(uint64_t *bits, uint64_t index)
{
    bits[index / 64] |= UINT64_C(1) << (index % 64);
}

static inline void elfgen_bit_clear(uint64_t *bits, uint64_t index)
{
    bits[index / 64] &= ~(UINT64_C(1) << (index % 64));
}

/* The first bit that is set in [from, to), or `to`. */
uint64_t elfgen_bit_next(const uint64_t *bits, uint64_t from, uint64_t to);

/* The last bit that is set in [from, to], or UINT64_MAX. */
uint64_t elfgen_bit_previous(const uint64_t *bits, uint64_t from, uint64_t to);

#endif
