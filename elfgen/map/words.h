/* System calls and parts of instructions, described in words. */
#ifndef ELFGEN_WORDS_H
#define ELFGEN_WORDS_H

#include "elfgen/map.h"

/* Appends the groups of bits of a part of an instruction, or the file offset of the address in it.
 */
void elfgen_put_encoding(struct elfgen_text *text, const struct elfgen_view *view,
                         const struct elfgen_claim *claim);

/* Appends ": write(1, 0x100a6, 12)" if the instruction at `offset` makes a system call. */
void elfgen_put_call(struct elfgen_text *text, const struct elfgen_code *code, uint64_t offset);

/* Appends " (only if execve fails)" if the instruction at `offset` is reached only then. */
void elfgen_put_failure(struct elfgen_text *text, const struct elfgen_code *code, uint64_t offset);

/* Append bytes as a quoted string, with escapes for what is not printable; the same, where a length
 * of SIZE_MAX says that the string is outside of its table; and the name of section `index`, which
 * may not exist. */
void elfgen_put_quoted(struct elfgen_text *text, const char *bytes, size_t length);
void elfgen_put_string(struct elfgen_text *text, const char *string, size_t length);
void elfgen_put_section_name(struct elfgen_text *text, const struct elfgen_view *view,
                             uint64_t index);

#endif
