/* Sections of a source by name. */
#ifndef ELFGEN_ASSEMBLE_SECTIONS_H
#define ELFGEN_ASSEMBLE_SECTIONS_H

#include "state.h"

/* Makes the table with the section in which a source begins. False: the arena is full. */
bool elfgen_asm_sections_begin(struct state *state);

/* Goes to the section that `tokens` name, with its attributes, up to `end`. Tells an error. */
bool elfgen_asm_section(struct state *state, const struct token *tokens, const struct token *end);

/* Raises the alignment of the current section. */
void elfgen_asm_align_section(struct state *state, uint64_t align);

#endif
