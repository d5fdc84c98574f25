/* Jumps that ask rcx themselves, without flags: private to rewrite/. */
#ifndef GOLF_REWRITE_COUNTER_JUMPS_H
#define GOLF_REWRITE_COUNTER_JUMPS_H

#include "blocks.h"

/* The register that a block's last operation compares with 0, or counts down by 1, for the block's
 * end, and for nothing else; GOLF_REGISTERS: there is none. */
unsigned counter_jumps_register(const struct golf_lifted *lifted, size_t block);

/* Makes the end of such a block, whose register is rcx, a `jrcxz` or a `loop`, which needs no
 * flags, and drops the operation. Returns false if that is not possible; *lifted is then to be
 * thrown away. */
bool counter_jumps_make(struct golf_lifted *lifted, size_t block);

/* Makes a block end with a `jrcxz` that goes where its end goes if what it compares is 0, and else
 * where it goes if not; rcx has `value` then. The block ends with GOLF_BRANCH, by ZF. */
void counter_jumps_end(const struct golf_lifted *lifted, struct golf_block *block,
                       const struct golf_value *value);

/* Whether it does that, and nothing reads flags that its last operation sets but the end. */
bool counter_jumps_may_end(const struct golf_block *block);

#endif
