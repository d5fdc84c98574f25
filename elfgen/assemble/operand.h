/* Operands of instructions. */
#ifndef ELFGEN_ASSEMBLE_OPERAND_H
#define ELFGEN_ASSEMBLE_OPERAND_H

#include "instruction.h"

/* An instruction that is being parsed. */
struct parser {
    const struct names *names;
    const struct token *at;
    struct operand_values *result;
    struct fault *fault;
    unsigned count;                        /* of operands before this one */
    const struct token *asked_address;     /* the a16, a32 or a64; NULL: there is none */
    const struct token *bnd, *repne, *hle; /* these prefixes; NULL: they are not there */
    const struct token *asked_segment;     /* where a segment was said; NULL: nowhere */
};

/* Registers of segments, and of those that an address may have. */
static inline bool register_is_segment(unsigned reg)
{
    return reg >= ELFGEN_X86_REG_es && reg <= ELFGEN_X86_REG_gs;
}

static inline bool parse_fail(const struct parser *parser, const struct token *token,
                              enum elfgen_status status, const char *text)
{
    return fault_at(parser->fault, token,
                    elfgen_error_set(parser->fault->error, status, ELFGEN_NOWHERE, "%s", text));
}

static inline void parse_warn(const struct parser *parser, enum elfgen_assemble_class class_,
                              const struct token *token, const char *text)
{
    if (parser->names->warn)
        parser->names->warn(parser->names->context, class_, token, text);
}

/* Whether the first operand of an instruction, if it is a number, is where it goes. */
static inline bool mnemonic_has_target(unsigned mnemonic)
{
    return (mnemonic >= ELFGEN_X86_OP_ja && mnemonic <= ELFGEN_X86_OP_jz) ||
           (mnemonic >= ELFGEN_X86_OP_loop && mnemonic <= ELFGEN_X86_OP_loopz) ||
           mnemonic == ELFGEN_X86_OP_call;
}

/* Jumps that exist with a distance of one byte alone. */
static inline bool mnemonic_is_always_short(unsigned mnemonic)
{
    return (mnemonic >= ELFGEN_X86_OP_loop && mnemonic <= ELFGEN_X86_OP_loopz) ||
           mnemonic == ELFGEN_X86_OP_jcxz || mnemonic == ELFGEN_X86_OP_jecxz ||
           mnemonic == ELFGEN_X86_OP_jrcxz;
}

static inline bool mnemonic_has_far_target(unsigned mnemonic)
{
    return mnemonic == ELFGEN_X86_OP_jmp || mnemonic == ELFGEN_X86_OP_call;
}

/* Notes a16, a32 or a64 before the mnemonic or in an address. */
bool elfgen_asm_ask_address_size(struct parser *parser, const struct token *token);

/* Parses the operand at parser->at, up to the comma, the colon of a far target, or TOKEN_END. */
bool elfgen_asm_operand(struct parser *parser);

#endif
