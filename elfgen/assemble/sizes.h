/* Passes over the items, until no symbol changes. */
#ifndef ELFGEN_ASSEMBLE_SIZES_H
#define ELFGEN_ASSEMBLE_SIZES_H

#include "sink.h"
#include "state.h"

/* Finds the sizes of all items. Tells an error. */
bool elfgen_asm_sizes(struct state *state);

/* Makes a statement's context the current one, and finds its count: `times`, once or never. */
bool elfgen_asm_enter(struct state *state, const struct statement *statement, uint64_t *count);

/* Runs a statement: counts or makes its bytes. */
bool elfgen_asm_run(struct state *state, struct statement *statement, uint64_t count,
                    struct sink *sink);

/* The count of `times`, whose expression begins at *at; *at becomes what comes after it. */
bool elfgen_asm_count(struct state *state, const struct token **at, uint64_t *count);

/* How many bytes align needs at an offset. */
bool elfgen_asm_padding(struct state *state, const struct token *begin, uint64_t *size);

/* The bytes that resb and its like leave free. */
bool elfgen_asm_reserved(struct state *state, const struct token *begin, uint64_t count,
                         uint64_t *size);

/* Gives the symbol of equ its value. */
bool elfgen_asm_equ(struct state *state, struct symbol *symbol, const struct token *name,
                    const struct token *at);

#endif
