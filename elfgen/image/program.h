/* Checks the arrays of a program. */
#ifndef ELFGEN_PROGRAM_H
#define ELFGEN_PROGRAM_H

#include "elfgen/image.h"

/* Refuses a program that counts what its arrays do not have: ELFGEN_BAD_ARGUMENT in *error. */
bool elfgen_program_has_arrays(const struct elfgen_program *program, struct elfgen_error *error);

#endif
