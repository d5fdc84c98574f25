/* Registers that are renamed in the whole program: private to rewrite/. */
#ifndef GOLF_REWRITE_RENAME_H
#define GOLF_REWRITE_RENAME_H

#include "blocks.h"

/* Registers that something in the program mentions, as bits: bit 0 is rax. */
uint16_t rename_mentioned(const struct golf_lifted *lifted);

/* Makes each `from`, one of r8 to r15, a register that nothing mentions. Returns false if that
 * cannot be, as a system call has it; *lifted is then to be thrown away. */
bool rename_register(struct golf_lifted *lifted, unsigned from, unsigned to);

#endif
