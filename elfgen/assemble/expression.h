/* What expressions are worth, as NASM evaluates them. */
#ifndef ELFGEN_ASSEMBLE_EXPRESSION_H
#define ELFGEN_ASSEMBLE_EXPRESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/assemble.h"
#include "lex.h"

enum value_kind {
    VALUE_NUMBER,
    VALUE_UNKNOWN, /* a name is not defined yet; `number` is 0 */
    VALUE_ADDRESS, /* a number, `base` added to it and `minus` subtracted, if they are there */
    VALUE_OTHER    /* neither: of several sections, or multiplied */
};

#define VALUE_NO_BASE UINT32_MAX

/* What an expression is worth. Whoever looks up names chooses the numbers of bases: one for each
 * section and for each symbol from elsewhere. A difference of addresses with the same base is a
 * number. */
struct value {
    int64_t number;
    uint32_t base;  /* VALUE_NO_BASE: none */
    uint32_t minus; /* names.section where it is subtracted; VALUE_NO_BASE: nothing is */
    uint8_t kind;   /* enum value_kind */
    bool for_equ;   /* VALUE_OTHER: NASM's equ takes `number` and `base` of it */
};

/* Where an error is: its sentence is in *error, whose offset is not set. */
struct fault {
    const struct token *token;
    struct elfgen_error *error; /* NULL: nobody wants to know */
};

/* Whether a name is rip or eip, which are no registers of NASM's. */
bool elfgen_asm_is_rip(const struct token *name);

/* Adds to the sentence of an error at a sign that begins a comment elsewhere what does so here. */
void elfgen_asm_hint_of_comment(const struct fault *fault);

/* What names are worth, and what else an expression depends on. */
struct names {
    /* Sets *value: a number, an address, or VALUE_UNKNOWN for what is not defined yet. False after
     * fault_at(): it is an error, as an undefined name is in the last pass. */
    bool (*look_up)(void *context, const struct token *name, struct value *value,
                    struct fault *fault);
    /* Gets warnings; NULL: nobody does. */
    void (*warn)(void *context, enum elfgen_assemble_class class_, const struct token *token,
                 const char *text);
    void *context;
    struct value here, section_start; /* $ and $$ */
    uint32_t section;                 /* the base of the section that code goes to */
    uint8_t mode;                     /* 64 or 32 */
    bool default_rel;                 /* `default rel` is on */
};

/* Sets where an error is whose sentence elfgen_error_set() has put into *fault->error, as in
 *
 *     return fault_at(fault, token, elfgen_error_set(fault->error, ELFGEN_BAD_VALUE, ...));
 *
 * Returns false. */
static inline bool fault_at(struct fault *fault, const struct token *token,
                            enum elfgen_status status)
{
    (void)status;
    fault->token = token;
    return false;
}

/* A token for an error's sentence: between quotes, or "the end of the line"; cut if it is long. */
enum { TOKEN_TEXT = 64 };
const char *elfgen_asm_token_text(const struct token *token, char text[TOKEN_TEXT]);

/* Evaluates the expression that begins at *at; *at becomes the token after it. Registers are an
 * error. Of VALUE_OTHER the rest of *value has no meaning. */
bool elfgen_asm_expression(const struct names *names, const struct token **at, struct value *value,
                           struct fault *fault);

#endif
