/* Ranges of values: private to rewrite/. */
#ifndef GOLF_REWRITE_RANGE_H
#define GOLF_REWRITE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/* The low `bits` of a value are a number from `low` to `high`, without a sign; bits 0: nothing is
 * known. */
struct range {
    uint8_t bits;
    uint64_t low, high;
};

/* All numbers of so many bits, 1 to 64. */
struct range range_all(unsigned bits);
struct range range_number(uint64_t number);

/* What is known of the low bits alone, and of what is one or the other. */
struct range range_low(struct range range, unsigned bits);
struct range range_either(struct range a, struct range b);

/* Makes bounds that moved since `before` jump to the next of a few, so that they come to rest. */
struct range range_widen(struct range before, struct range now);

/* Bits that are 0. */
uint64_t range_zeros(struct range range);

/* Results of `bits` bits, of operands of as many: all if it is not known that they do not wrap. */
struct range range_sum(struct range a, struct range b, unsigned bits);
struct range range_difference(struct range a, struct range b, unsigned bits);
struct range range_product(struct range a, struct range b, unsigned bits);

/* What is left of a range of `bits` bits where a jump is taken: `condition` is the low half of
 * jcc's opcode, after a comparison with a number of range `with`. False: it never is. */
bool range_narrow(struct range *range, struct range with, unsigned bits, unsigned condition);

#endif
