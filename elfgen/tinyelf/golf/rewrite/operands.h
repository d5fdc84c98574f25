/* Numbers in instructions that a register has: private to rewrite/. */
#ifndef GOLF_REWRITE_OPERANDS_H
#define GOLF_REWRITE_OPERANDS_H

#include "blocks.h"

enum { OPERANDS_NUMBERS = 4 };

/* The numbers that most operations have as an immediate, where a register could be. Returns how
 * many. */
size_t operands_numbers(const struct golf_lifted *lifted, uint64_t numbers[OPERANDS_NUMBERS]);

/* Makes such operations take the number from a register, which then is a need, but for those that
 * mention it already. Returns how many changed. */
size_t operands_by_register(struct golf_lifted *lifted, uint64_t number, unsigned reg);

#endif
