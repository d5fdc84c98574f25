/* What a declaration says of a symbol after its colon. */
#ifndef ELFGEN_ASSEMBLE_SPECIAL_H
#define ELFGEN_ASSEMBLE_SPECIAL_H

#include "state.h"

/* Fills in type, visibility, binding, size and alignment that the symbol's declaration says. Tells
 * an error. */
bool elfgen_asm_special(struct state *state, struct symbol *symbol, struct elfgen_symbol *entry,
                        struct elfgen_assembly_symbol *more);

#endif
