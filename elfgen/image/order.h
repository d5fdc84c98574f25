/* Which section stands behind which, so that alignment costs least. */
#ifndef ELFGEN_ORDER_H
#define ELFGEN_ORDER_H

#include "elfgen/image.h"

/* Up to this many sections the order found is proven to be the best. */
enum { ELFGEN_ORDER_PROVEN = 12 };

/* Where `count` sections end when they are placed in this order from address `start` on;
 * UINT64_MAX: past 2^64. Alignments are powers of two, 0 is 1. */
uint64_t elfgen_order_end(const struct elfgen_section *sections, const uint32_t *order,
                          size_t count, uint64_t start);

/* Permutes order[0...count-1], indices of sections none of which is empty, so that they end as
 * early as possible; of several such orders, the one nearest to the order given. False: nothing
 * better was found, and order[] is in any order. */
bool elfgen_order_improve(const struct elfgen_section *sections, uint32_t *order, size_t count,
                          uint64_t start);

#endif
