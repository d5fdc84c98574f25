/* Writes one encoding of an instruction. */
#ifndef ENCODE_EMIT_H
#define ENCODE_EMIT_H

#include "shape.h"

/* Writes a form that matches, with the address of its memory operand if it has one. */
enum elfgen_x86_status elfgen_x86_emit(const struct form *form,
                                       const struct elfgen_x86_instruction *instruction,
                                       const struct facts *facts, const struct match *match,
                                       const struct shape *shape,
                                       struct elfgen_x86_encoding *encoding);

#endif
