/* Registers that are renamed in the whole program: private to rewrite/. */
#ifndef GOLF_REWRITE_RENAME_H
#define GOLF_REWRITE_RENAME_H

#include "blocks.h"

/* Registers that something in the program mentions, as bits: bit 0 is rax. */
uint16_t rename_mentioned(const struct golf_lifted *lifted);

/* Whether an operation needs, changes or has the register. */
bool rename_mentions(const struct golf_operation *operation, unsigned reg);

/* Whether the register is in its operands, where it can be another one, and nowhere else. */
bool rename_is_possible(const struct golf_operation *operation, unsigned from);

/* Makes it another register, which the operation does not mention. False: no instruction is so. */
bool rename_operation(struct golf_operation *operation, unsigned from, unsigned to);

/* Makes each `from`, one of r8 to r15, a register that nothing mentions. Returns false if that
 * cannot be, as a system call has it; *lifted is then to be thrown away. */
bool rename_register(struct golf_lifted *lifted, unsigned from, unsigned to);

#endif
