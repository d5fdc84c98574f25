/* Reads statements for the first time. */
#ifndef ELFGEN_ASSEMBLE_STATEMENT_H
#define ELFGEN_ASSEMBLE_STATEMENT_H

#include "state.h"

/* Reads the statement of state->line. Tells an error; false also if the arena is full. */
bool elfgen_asm_statement(struct state *state);

/* Obeys a directive: `begin` is its word, `end` what comes after it. Tells an error. */
bool elfgen_asm_directive(struct state *state, const struct token *begin, const struct token *end,
                          bool is_bracketed);

#endif
