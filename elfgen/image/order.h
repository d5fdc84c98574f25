/* The order of sections in which alignment costs least. */
#ifndef ELFGEN_ORDER_H
#define ELFGEN_ORDER_H

#include "elfgen/image.h"

/* With up to this many sections the order that is found is proven to be the best. */
enum { ELFGEN_ORDER_PROVEN = 12 };

/* Where `count` sections end when they are placed in this order from address `start` on;
 * UINT64_MAX: past 2^64. Alignments are powers of two, 0 is 1. */
uint64_t elfgen_order_end(const struct elfgen_section *sections, const uint32_t *order,
                          size_t count, uint64_t start);

/* How many ways to choose an order are worth trying: 0 if the given order is as good as any, 1 if
 * the only way finds the best one. */
unsigned elfgen_order_ways(const struct elfgen_section *sections, const uint32_t *order,
                           size_t count, uint64_t start);

/* Permutes order[0...count-1], indices of sections none of which is empty, so that they end early,
 * in way 0, 1, ... Each way starts from the given order, and among equals stays nearest to it. */
void elfgen_order_choose(const struct elfgen_section *sections, uint32_t *order, size_t count,
                         uint64_t start, unsigned way);

/* Moves sections while that makes them end earlier, within a time limit. */
void elfgen_order_polish(const struct elfgen_section *sections, uint32_t *order, size_t count,
                         uint64_t start);

#endif
