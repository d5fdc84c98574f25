/* Values that stay in a register: private to rewrite/. */
#ifndef GOLF_REWRITE_CARRY_H
#define GOLF_REWRITE_CARRY_H

#include "blocks.h"

/* A value that blocks put into a register or compare with it, and could begin with there. */
struct carried {
    uint8_t reg;
    struct golf_value value;
};

enum { CARRIED = 64 };

/* The values that blocks need, and that are the same everywhere. Returns how many. */
size_t carry_find(const struct golf_lifted *lifted, struct carried found[CARRIED]);

/* GOLF_BYTE in each register that gets a small number: an instruction sets the low byte alone where
 * the others are 0 already. */
size_t carry_find_bytes(const struct golf_lifted *lifted, struct carried found[CARRIED]);

/* The blocks that could begin with it, and from which an operation or an end is reached that needs
 * it, or what an instruction of few bytes makes of it. */
void carry_blocks(const struct golf_lifted *lifted, const struct carried *carried,
                  struct block_set *set);

/* Takes from a set all but `block` and those before it that only pass the value on. */
void carry_to(const struct golf_lifted *lifted, const struct carried *carried, uint16_t block,
              struct block_set *set);

/* Makes these blocks begin with it, and those before them end with it, or (*is_told) with a value
 * that their condition says to be it. False: some need another value there; *lifted is to be thrown
 * away. */
bool carry(struct golf_lifted *lifted, const struct carried *carried, const struct block_set *set,
           bool *is_told);

#endif
