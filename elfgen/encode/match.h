/* Compares an instruction's operands with those of a form. */
#ifndef ENCODE_MATCH_H
#define ENCODE_MATCH_H

#include "shape.h"

/* Looks at the operands once, for all forms. Fails if a field of the structure has no meaning. */
enum elfgen_x86_status elfgen_x86_facts(const struct elfgen_x86_instruction *instruction, bool all,
                                        struct facts *facts, uint8_t *blame);

/* Whether a form has these operands, and with which operand size. */
enum elfgen_x86_status elfgen_x86_match(const struct form *form,
                                        const struct elfgen_x86_instruction *instruction,
                                        const struct facts *facts, struct match *match);

#endif
