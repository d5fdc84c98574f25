/* Searches an array of bits for the next or the previous bit that is set. */
#include "bits.h"

uint64_t elfgen_bit_next(const uint64_t *bits, uint64_t from, uint64_t to)
{
    while (from < to) {
        uint64_t word = bits[from / 64] >> (from % 64);
        if (word) {
            from += (uint64_t)__builtin_ctzll(word);
            break;
        }
        from = (from | 63) + 1;
    }
    return from < to ? from : to;
}

uint64_t elfgen_bit_previous(const uint64_t *bits, uint64_t from, uint64_t to)
{
    for (;;) {
        uint64_t word = bits[to / 64] << (63 - to % 64);
        if (word) {
            to -= (uint64_t)__builtin_clzll(word);
            return to >= from ? to : UINT64_MAX;
        }
        if (to / 64 <= from / 64)
            return UINT64_MAX;
        to = to / 64 * 64 - 1;
    }
}
