/* What must be in registers and on the stack before an instruction: private to the search. */
#ifndef GOLF_DEMAND_H
#define GOLF_DEMAND_H

#include "golf/lifted.h"

/* A value of which only the bits of `mask` matter; 0: nothing is asked. A constant may be another
 * one where the block's last call so far failed (GOLF_CASES); other bits of both are 0. An address
 * with data GOLF_NONE is one of any byte within 256 bytes of the file: its low byte is not asked.
 */
struct demand {
    uint8_t kind; /* enum golf_value_kind; not GOLF_CASES */
    uint16_t data;
    uint64_t number, mask;
    union {
        uint64_t failed; /* a constant's; as `number`, unless it depends on the call */
        uint64_t zeros;  /* GOLF_OPAQUE: bits of the value that are 0 */
    };
};

#define ALL_BITS UINT64_MAX
#define LOW_32   ((uint64_t)UINT32_MAX)
#define LOW_8    ((uint64_t)UINT8_MAX)

/* The low `bits` of a value; of GOLF_UNKNOWN nothing. */
struct demand demand_of(const struct golf_value *value, unsigned bits);

/* A constant, the same in both cases; bits that are not in the mask do not matter. */
struct demand demand_constant(uint64_t number, uint64_t mask);

/* A constant that depends on whether the last call failed. */
struct demand demand_cases(uint64_t number, uint64_t failed, uint64_t mask);

/* Whether it is a constant, and the same in both cases. */
bool demand_is_constant(const struct demand *demand);

bool demand_is_same(const struct demand *a, const struct demand *b);

/* Both at once. False: no value is known to be both. */
bool demand_merge(struct demand *into, const struct demand *other);

/* Whether a register that has this value gives what is asked. */
bool demand_is_met(const struct demand *demand, const struct golf_value *value);

/* Whether a register that is written by an instruction with 32-bit operands, so that its upper half
 * becomes 0, may have it. */
bool demand_fits_32(const struct demand *demand, bool small_addresses);

/* What is asked of the low half alone. */
struct demand demand_low_32(struct demand demand);

#endif
