/* Symbols of a source by name. */
#ifndef ELFGEN_ASSEMBLE_SYMBOLS_H
#define ELFGEN_ASSEMBLE_SYMBOLS_H

#include "state.h"

/* Makes the empty table. False: the arena is full. */
bool elfgen_asm_symbols_begin(struct state *state);

/* The symbol that a name means; one with a point in front belongs to state->scope. NULL: there is
 * none, or with `make` the arena is full. */
struct symbol *elfgen_asm_symbol(struct state *state, const struct token *name, bool make);

/* Gives a symbol a value in this pass, at a token that names it. Tells an error. */
bool elfgen_asm_define_symbol(struct state *state, struct symbol *symbol, const struct value *value,
                              const struct token *at);

/* Declares a symbol as global, extern and so on; `special` is what stands after a colon, or NULL.
 * Tells an error. */
bool elfgen_asm_declare_symbol(struct state *state, struct symbol *symbol, enum symbol_kind kind,
                               const struct token *special, uint64_t size, const struct token *at);

/* For struct names. */
bool elfgen_asm_look_up(void *context, const struct token *name, struct value *value,
                        struct fault *fault);

/* Counts that a symbol has another value than in the pass before. */
static inline void note_change(struct state *state, const struct symbol *symbol)
{
    if (state->changes++ == 0)
        state->changed = symbol;
}

static inline bool name_is_local(const struct token *name)
{
    return name->text[0] == '.' && !(name->length > 1 && name->text[1] == '.');
}

#endif
