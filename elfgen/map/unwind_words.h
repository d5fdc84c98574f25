/* Describes unwind records in words: call frame instructions, encodings of pointers. */
#ifndef ELFGEN_UNWIND_WORDS_H
#define ELFGEN_UNWIND_WORDS_H

#include "elfgen/map.h"

/* Appends the call frame instructions of the claim, which is the part of a record that has them:
 * "def_cfa: r7 ofs 8, offset: r16 at cfa-8, 2 nop". */
void elfgen_put_frame_instructions(struct elfgen_text *text, const struct elfgen_view *view,
                                   const struct elfgen_claim *claim);

/* Appends what the claim's value, the encoding of a pointer, says: "pcrel sdata4". */
void elfgen_put_pointer_encoding(struct elfgen_text *text, const struct elfgen_view *view,
                                 const struct elfgen_claim *claim);

#endif
