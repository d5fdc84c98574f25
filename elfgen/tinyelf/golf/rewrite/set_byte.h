/* A byte of data that the program sets itself: where a header has another one, data begin there
 * nevertheless. */
#ifndef GOLF_SET_BYTE_H
#define GOLF_SET_BYTE_H

#include "golf/lifted.h"

/* Makes *changed a copy of a program of one block that writes the first byte of its longest datum
 * before the first operation that has to do with it. The datum is written to then (`is_written`),
 * and any byte may be its first one in the file (`set_size`). The copy has blocks and data of its
 * own, and refers to *lifted otherwise.
 * False, *changed is empty: no datum is like that (more than a byte, of the file, neither written
 * to nor code nor with addresses in it, first used by a system call that gets its beginning), there
 * are more blocks, or there is no memory. */
bool golf_set_first_byte(const struct golf_lifted *lifted, struct golf_lifted *changed);

/* Frees such a copy. */
void golf_set_first_byte_free(struct golf_lifted *changed);

#endif
