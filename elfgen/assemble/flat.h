/* Flat files, as nasm -f bin makes them. */
#ifndef ELFGEN_ASSEMBLE_FLAT_H
#define ELFGEN_ASSEMBLE_FLAT_H

#include "state.h"

/* Makes one section of the program's, with its addresses stored: those with bytes one after another
 * from the origin on, then those without. Tells an error; false also if the arena is full. */
bool elfgen_asm_flat(struct state *state, struct elfgen_assembly *assembly);

#endif
