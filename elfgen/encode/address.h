/* Addresses of memory operands. */
#ifndef ENCODE_ADDRESS_H
#define ENCODE_ADDRESS_H

#include "shape.h"

/* Makes ModRM's and SIB's fields, and the length of the displacement, of a memory operand. */
enum elfgen_x86_status elfgen_x86_address(const struct elfgen_x86_instruction *instruction,
                                          const struct elfgen_x86_operand *operand,
                                          const struct shape *shape, struct address *address);

/* The bytes that an address has in code of `mode`. */
static inline uint8_t address_size_of_mode(uint8_t mode)
{
    return (uint8_t)(mode / 8);
}

#endif
