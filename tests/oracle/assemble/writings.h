/* Makes texts of instructions: addresses, expressions, sizes and prefixes in all writings. */
#ifndef TEST_ORACLE_ASSEMBLE_WRITINGS_H
#define TEST_ORACLE_ASSEMBLE_WRITINGS_H

#include "elfgen/text.h"
#include "oracle/encode/generate.h"

/* Appends an instruction of 32-bit or 64-bit code, which may not exist. Its targets are near `$`,
 * so that it has the same bytes everywhere. */
void write_instruction(struct generator *generator, unsigned mode, struct elfgen_text *text);

/* Appends a prefix, or several, and a blank. */
void write_prefix(struct generator *generator, struct elfgen_text *text);

#endif
