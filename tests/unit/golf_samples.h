/* Pieces and overlaps for the tests of golf's stages, made by a small generator of their own. */
#ifndef GOLF_SAMPLES_H
#define GOLF_SAMPLES_H

#include "golf/overlap.h"
#include "golf/pieces.h"

/* write(1, text, strlen(text)) if there is a text, then exit(status). The caller frees it by
 * sample_free(). */
void sample_write_and_exit(struct golf_pieces *pieces, const char *text, uint8_t status);
void sample_free(struct golf_pieces *pieces);

/* The overlaps of 64-bit files whose program header begins at 24 and at 56. */
void sample_overlap_24(struct golf_overlap *overlap);
void sample_overlap_56(struct golf_overlap *overlap);

#endif
