/* Names that %define and %assign define, and what they are replaced by. */
#ifndef ELFGEN_ASSEMBLE_MACRO_H
#define ELFGEN_ASSEMBLE_MACRO_H

#include "arena.h"
#include "lex.h"

struct macro;

struct macros {
    struct macro *root;
    uint64_t bits;     /* a bit, by its hash, of each name that is or was defined */
    uint64_t left;     /* names that may still be replaced, and tokens made of them */
    struct token *out; /* the tokens of a line */
    size_t room;
};

/* `most`: how many names may be replaced, and tokens made of them, in all lines together. */
void elfgen_asm_macros_begin(struct macros *macros, uint64_t most);

enum macro_result {
    MACRO_OK,
    MACRO_FULL,    /* the arena is */
    MACRO_TOO_MANY /* more tokens than there may be, or too deep */
};

/* Defines a name as `count` tokens, which are copied. */
enum macro_result elfgen_asm_define(struct macros *macros, struct arena *arena,
                                    const struct token *name, const struct token *body,
                                    size_t count);

void elfgen_asm_undefine(struct macros *macros, const struct token *name);

bool elfgen_asm_is_defined(const struct macros *macros, const struct token *name);

/* Replaces names in tokens up to TOKEN_END, again in what replaces them. *result has all tokens
 * with TOKEN_END, *count of them without it; they are valid until the next call. */
enum macro_result elfgen_asm_expand(struct macros *macros, struct arena *arena,
                                    const struct token *tokens, const struct token **result,
                                    size_t *count);

/* Makes room for twice as many tokens and 64 more; what they were is lost. False: the arena is
 * full. */
bool elfgen_asm_more_tokens(struct arena *arena, struct token **tokens, size_t *room);

/* Whether a token may be a name that is defined. */
static inline bool macros_may_have(const struct macros *macros, const struct token *token)
{
    return token->kind == TOKEN_NAME && macros->bits >> (token->hash >> 58) & 1;
}

#endif
