/* What a general protection fault was about, as far as the instruction and the registers tell. */
#ifndef X86_PROTECTION_H
#define X86_PROTECTION_H

#include "effects.h"

/* Prints a sentence about why the processor refused the instruction, or nothing if that cannot be
 * told. `state` are the registers before it. */
void x86_put_protection(struct elfgen_text *out, const struct x86 *machine, const uint8_t *bytes,
                        size_t size, const struct effects_state *state);

#endif
