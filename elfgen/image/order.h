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

/* How many ways to choose an order are worth a try: 0 where the order given is as good as any, 1
 * where the only way finds the best one. */
unsigned elfgen_order_ways(const struct elfgen_section *sections, const uint32_t *order,
                           size_t count, uint64_t start);

/* Permutes order[0...count-1], indices of sections none of which is empty, in way 0, 1, ... so that
 * they end early. Each way begins at the order given, and of orders alike takes the nearest. */
void elfgen_order_choose(const struct elfgen_section *sections, uint32_t *order, size_t count,
                         uint64_t start, unsigned way);

/* Moves sections as long as they end earlier by that, within a bound of time. */
void elfgen_order_polish(const struct elfgen_section *sections, uint32_t *order, size_t count,
                         uint64_t start);

#endif
