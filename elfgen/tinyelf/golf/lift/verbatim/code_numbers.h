/* Whether instructions that stay make numbers of addresses of data, which golf moves. */
#ifndef GOLF_LIFT_CODE_NUMBERS_H
#define GOLF_LIFT_CODE_NUMBERS_H

#include "golf/lift/verbatim/code_state.h"

enum { CODE_OPERANDS = 3 };

/* What an instruction's first operands have, if it reads them. */
struct code_operands {
    struct held values[CODE_OPERANDS];
    bool is_read[CODE_OPERANDS];
};

/* What an instruction shows of an address, or looks for in the auxiliary vector, as the reason why
 * it is left alone; NULL: nothing. */
const char *code_numbers_shown(const struct lift_instruction *instruction,
                               const struct code_state *state,
                               const struct code_operands *operands);

/* Whether an instruction reads no address: registers with numbers, and no word of memory. */
bool code_numbers_alone(const struct lift_instruction *instruction, const struct code_state *state);

/* Whether two addresses, known or computed, are of data that are moved apart. */
bool code_numbers_are_apart(const struct held *a, const struct held *b);

/* The flags of a sum or difference of two values that depend on where data are. */
uint32_t code_numbers_flags(ZydisMnemonic mnemonic, const struct held *a, const struct held *b);

#endif
