/* The arithmetic of operators that take numbers alone. */
#ifndef ELFGEN_ASSEMBLE_CALCULATE_H
#define ELFGEN_ASSEMBLE_CALCULATE_H

#include <stdint.h>

/* What a comparison other than of equality says of a difference; `operator` is a token's value. */
int64_t elfgen_asm_compare(unsigned operator, int64_t difference);

/* What other operators make of two numbers, each of 64 bits that wrap around. The right one of a
 * division is not 0. */
int64_t elfgen_asm_calculate(unsigned operator, int64_t left, int64_t right);

#endif
