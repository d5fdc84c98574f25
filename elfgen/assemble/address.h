/* Memory operands. */
#ifndef ELFGEN_ASSEMBLE_ADDRESS_H
#define ELFGEN_ASSEMBLE_ADDRESS_H

#include "operand.h"
#include "vector.h"

/* A memory operand that is being parsed. */
struct reference {
    const struct token *first, *expression;
    unsigned base, index; /* registers; 0: none */
    int scale;
    int64_t offset;
    uint32_t symbol, minus; /* bases, as in struct value */
    bool is_unknown;
    bool byte_asked, long_asked; /* a byte, or another size, for the displacement */
    uint8_t displacement_size;   /* the last one that was asked for */
    bool rel, abs, nosplit;
    unsigned segment; /* that an address names; 0: none */
    struct hint hint;
};

static inline void reference_begin(struct reference *reference, const struct token *first)
{
    *reference = (struct reference){
        .first = first, .expression = first, .symbol = VALUE_NO_BASE, .minus = VALUE_NO_BASE};
}

/* Takes one word of a size or a kind in brackets. */
bool elfgen_asm_reference_word(struct parser *parser, struct reference *reference,
                               const struct token *token);

/* Adds the terms of an expression to an address. */
bool elfgen_asm_reference_add(struct parser *parser, struct reference *reference, struct sum sum);

/* Adds what stands after the comma in [base + displacement, index * scale]. */
bool elfgen_asm_reference_index(struct parser *parser, struct reference *reference, struct sum sum);

/* Makes the operand of an address that is complete. */
bool elfgen_asm_reference_end(struct parser *parser, const struct reference *reference,
                              struct elfgen_x86_operand *operand, struct value *value);

#endif
