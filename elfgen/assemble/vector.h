/* Sums of registers, addresses and a number, of which expressions are made. */
#ifndef ELFGEN_ASSEMBLE_VECTOR_H
#define ELFGEN_ASSEMBLE_VECTOR_H

#include "expression.h"

/* What a term multiplies. In a sum the types rise: registers in the order of their names, then what
 * is unknown, then 1, then bases. */
enum { TERM_UNKNOWN = 0x10000, TERM_NUMBER = 0x10001 };
#define TERM_BASE (UINT64_C(1) << 32)

struct term {
    uint64_t type;
    int64_t factor; /* may be 0 */
};

static inline bool term_is_register(uint64_t type)
{
    return type < TERM_UNKNOWN;
}

/* The type of a register's term, and back. */
uint64_t elfgen_asm_register_term(unsigned reg);

static inline unsigned register_of_term(uint64_t type)
{
    return (unsigned)type & 0xff;
}

/* Terms of a sum; without terms it is 0. */
struct sum {
    struct term *terms;
    unsigned count;
};

/* What NASM remembers of the registers in an address, for what it takes as the base. */
enum hint_kind { HINT_NONE, HINT_BASE, HINT_INDEX, HINT_SUMMED };

struct hint {
    uint8_t kind;
    uint8_t reg; /* of a base, or what is none */
};

/* Whether a sum is a number and nothing else; one that is not known; has a part that is not. */
bool elfgen_asm_sum_is_number(struct sum sum);
bool elfgen_asm_sum_is_unknown(struct sum sum);
bool elfgen_asm_sum_has_unknown(struct sum sum);

/* The number of a sum that is one, or an address; else 0. */
int64_t elfgen_asm_sum_number(struct sum sum);

/* Adds `right`, whose terms follow those of `left`, to it. `hint` may be NULL. */
void elfgen_asm_sum_add(struct sum *left, struct sum right, struct hint *hint);

/* Multiplies a sum by a number. */
void elfgen_asm_sum_multiply(struct sum sum, int64_t factor, struct hint *hint);

/* What a sum without registers is worth. */
void elfgen_asm_sum_value(const struct names *names, struct sum sum, struct value *value);

/* Evaluates an expression, which may have registers. Its terms are those of `terms`, of which there
 * are SUM_TERMS. */
enum { SUM_TERMS = 64 };
bool elfgen_asm_sum(const struct names *names, const struct token **at, struct sum *sum,
                    struct hint *hint, struct fault *fault);

#endif
