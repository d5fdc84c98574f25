/* What is known of registers where paths meet. */
#ifndef ELFGEN_REGISTERS_H
#define ELFGEN_REGISTERS_H

#include "elfgen/code.h"

/* Whether it is worth following a path with what is known. Flags alone are not: nearly all code
 * knows some, and none makes a call's number. */
bool elfgen_registers_are_known(const struct elfgen_machine *machine,
                                const struct elfgen_registers *registers);

/* Reduces *a to what both know, `whole`: a value that differs to nothing. Returns true if that
 * loses something. */
bool elfgen_registers_join(const struct elfgen_machine *machine, struct elfgen_registers *a,
                           const struct elfgen_registers *b, bool whole);

#endif
