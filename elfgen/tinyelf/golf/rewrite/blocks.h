/* A lifted program as something to change: private to rewrite/. */
#ifndef GOLF_REWRITE_BLOCKS_H
#define GOLF_REWRITE_BLOCKS_H

#include "golf/lifted.h"

enum { BLOCKS = 512 /* at most, in trials */ };

/* A set of blocks. */
struct block_set {
    bool has[BLOCKS];
};

bool value_is_same(const struct golf_value *a, const struct golf_value *b);

/* The need of a register at a block's end, or of an operation; NULL: there is none. */
const struct golf_need *need_in(const struct golf_need *needs, size_t count, unsigned reg);
struct golf_need *need_of(struct golf_need *needs, size_t count, unsigned reg);

/* Makes a register none of the needs at a block's end. */
void block_drop_need(struct golf_block *block, unsigned reg);

/* Makes *to a copy with blocks of its own; data are shared. False: no memory, *to is empty. */
bool blocks_copy(const struct golf_lifted *from, struct golf_lifted *to);
void blocks_free(struct golf_lifted *lifted);

/* Adds a copy of a block. Returns its number; GOLF_NONE: no memory. */
uint16_t blocks_add(struct golf_lifted *lifted, const struct golf_block *block);

/* Conditions of jz and jnz, as golf_block has them. */
enum { JUMP_ZERO = 4, JUMP_NOT_ZERO = 5 };

/* Whether a block ends with one of them. */
bool block_asks_zero(const struct golf_block *block);

bool block_has_taken(const struct golf_block *block);
bool block_has_other(const struct golf_block *block);

/* Marks the blocks of the subroutine that begins with `first`, without those that it calls. */
void blocks_of_subroutine(const struct golf_lifted *lifted, uint16_t first, struct block_set *set);

/* Marks the blocks whose end is followed by the beginning of `block`: those that return to it, not
 * those that call what returns. */
void blocks_before(const struct golf_lifted *lifted, uint16_t block, struct block_set *set);

/* An opaque number that no value has yet. */
uint64_t blocks_fresh(const struct golf_lifted *lifted);

/* Calls `act` for each value of a block. */
void block_each_value(struct golf_block *block,
                      void (*act)(struct golf_value *value, void *context), void *context);

/* Drops blocks that are not reached, blocks without operations that only pass on what they begin
 * with, and needs that no block after them has. */
void blocks_tidy(struct golf_lifted *lifted);

/* Makes one of blocks of which one always follows the other, and comes from nowhere else. False: no
 * memory. */
bool blocks_join(struct golf_lifted *lifted);

#endif
