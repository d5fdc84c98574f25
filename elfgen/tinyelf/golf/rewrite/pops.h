/* Words at the start of the stack that `pop` loads: private to rewrite/. */
#ifndef GOLF_REWRITE_POPS_H
#define GOLF_REWRITE_POPS_H

#include "blocks.h"

/* The operand of an operation that is a place by the stack pointer; NULL: there is none. */
const struct elfgen_x86_operand *pops_place(const struct golf_lifted *lifted,
                                            const struct golf_operation *operation);

/* Makes it `to` bytes from the stack pointer. False: no instruction is so. */
bool pops_move_place(const struct golf_lifted *lifted, struct golf_operation *operation,
                     int64_t to);

/* Whether an operand is the stack pointer itself, or a part of it. */
bool pops_has_pointer(const struct golf_operation *operation);

/* Whether an operation loads a register by the stack pointer, which is known, alone. */
bool pops_loads(const struct golf_lifted *lifted, const struct golf_operation *operation);

/* Makes such an operation a `pop` of what is at `place`, where the stack pointer is then before it;
 * it is `stack` afterwards, a word further. Both are counted as it was. */
bool pops_make(struct golf_operation *operation, int64_t place, int64_t stack);

/* Whether an operation loads a register from a place at the start of the stack. */
bool pops_may_load(const struct golf_lifted *lifted, size_t block, size_t operation);

/* Makes it a `pop`, so that the stack pointer is behind the word from there on: what comes after
 * has other distances from it, and may push onto what is behind it, unless the program makes other
 * addresses of the stack pointer. Returns false if something there needs the stack pointer where it
 * is, or words that are before it; *lifted is then to be thrown away. */
bool pops_load(struct golf_lifted *lifted, size_t block, size_t operation);

#endif
