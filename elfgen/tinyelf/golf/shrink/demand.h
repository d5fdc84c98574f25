/* What must be in registers and on the stack before an instruction: private to the search. */
#ifndef GOLF_DEMAND_H
#define GOLF_DEMAND_H

#include "golf/lifted.h"

/* A value of which only the bits of `mask` matter; 0: nothing is asked. A constant's other bits are
 * 0. An address with data GOLF_NONE is one of any byte within 256 bytes of the file: its low byte
 * is not asked. */
struct demand {
    uint8_t kind; /* enum golf_value_kind */
    uint16_t data;
    uint64_t number, mask;
};

#define ALL_BITS UINT64_MAX
#define LOW_32   ((uint64_t)UINT32_MAX)
#define LOW_8    ((uint64_t)UINT8_MAX)

/* The low `bits` of a value; of GOLF_UNKNOWN nothing. */
struct demand demand_of(const struct golf_value *value, unsigned bits);

/* Both at once. False: no value is both. */
bool demand_merge(struct demand *into, const struct demand *other);

/* Whether a register that has this value gives what is asked. */
bool demand_is_met(const struct demand *demand, const struct golf_value *value);

/* Whether a register that is written by an instruction with 32-bit operands, so that its upper half
 * becomes 0, may have it. */
bool demand_fits_32(const struct demand *demand, bool small_addresses);

/* What is asked of the low half alone. */
struct demand demand_low_32(struct demand demand);

#endif
