/* Programs made again of what was lifted, for the tests of golf/lift and golf/rewrite.
 *
 * They are made in the simplest way there is: each value has a place in memory, from which
 * operations get what they need. Nothing of the original's instructions is left but those that
 * stay. */
#ifndef GOLF_AGAIN_H
#define GOLF_AGAIN_H

#include "golf/lifted.h"
#include "room.h"

enum { FILE_ROOM = 1 << 21 };

/* Writes the program that a lifted one is made to. Returns its size. It faults where a register has
 * something else than what was lifted says. */
size_t make_again(const struct golf_lifted *lifted, uint8_t file[FILE_ROOM]);

#endif
