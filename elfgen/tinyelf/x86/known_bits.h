/* Arithmetic on numbers of which some bits are known. A bit of a result is known if no choice of
 * the unknown bits changes it (sums and differences: as far as carries are told apart). */
#ifndef X86_KNOWN_BITS_H
#define X86_KNOWN_BITS_H

#include "elfgen.h"

static inline uint64_t bits_ones(unsigned width)
{
    return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

static inline struct elfgen_bits bits_constant(uint64_t value)
{
    return (struct elfgen_bits){value, UINT64_MAX};
}

static inline bool bits_are_known(struct elfgen_bits bits, unsigned width)
{
    return (bits.known & bits_ones(width)) == bits_ones(width);
}

static inline struct elfgen_bits bits_not(struct elfgen_bits a)
{
    return (struct elfgen_bits){~a.value & a.known, a.known};
}

static inline struct elfgen_bits bits_and(struct elfgen_bits a, struct elfgen_bits b)
{
    uint64_t known = (a.known & b.known) | (a.known & ~a.value) | (b.known & ~b.value);
    return (struct elfgen_bits){a.value & b.value, known};
}

static inline struct elfgen_bits bits_or(struct elfgen_bits a, struct elfgen_bits b)
{
    return bits_not(bits_and(bits_not(a), bits_not(b)));
}

static inline struct elfgen_bits bits_xor(struct elfgen_bits a, struct elfgen_bits b)
{
    uint64_t known = a.known & b.known;
    return (struct elfgen_bits){(a.value ^ b.value) & known, known};
}

/* The sum of both and of a carry, of which only bit 0 may be unknown. The carry into a bit grows
 * with the bits below it: where the least and the largest numbers have the same, all have. */
static inline struct elfgen_bits bits_add(struct elfgen_bits a, struct elfgen_bits b,
                                          struct elfgen_bits carry)
{
    uint64_t most_a = a.value | ~a.known, most_b = b.value | ~b.known;
    uint64_t least = a.value + b.value + carry.value;
    uint64_t most = most_a + most_b + (carry.value | ~carry.known);
    uint64_t differ = (least ^ a.value ^ b.value) ^ (most ^ most_a ^ most_b);
    uint64_t known = a.known & b.known & ~differ;
    return (struct elfgen_bits){least & known, known};
}

/* a - b - borrow. */
static inline struct elfgen_bits bits_subtract(struct elfgen_bits a, struct elfgen_bits b,
                                               struct elfgen_bits borrow)
{
    /* ~(~a + b + borrow) */
    return bits_not(bits_add(bits_not(a), b, borrow));
}

/* Either of two values: what both share. */
static inline struct elfgen_bits bits_either(struct elfgen_bits a, struct elfgen_bits b)
{
    uint64_t known = a.known & b.known & ~(a.value ^ b.value);
    return (struct elfgen_bits){a.value & known, known};
}

#endif
