/* Makes instructions as data for the comparisons of the encoder. */
#ifndef TEST_ORACLE_ENCODE_GENERATE_H
#define TEST_ORACLE_ENCODE_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/x86.h"

/* xorshift64*: the same numbers for a seed on every machine. */
struct generator {
    uint64_t state;
};

uint64_t generate_number(struct generator *generator);
unsigned generate_below(struct generator *generator, unsigned end);

/* Makes an instruction that the form may have: mostly operands of its kinds, some others. */
void generate_instruction(struct generator *generator, unsigned mnemonic, unsigned form,
                          uint8_t mode, struct elfgen_x86_instruction *instruction);

#endif
