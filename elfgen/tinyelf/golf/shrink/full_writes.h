/* What a program may rely on if write returns all that it was asked for. */
#ifndef GOLF_FULL_WRITES_H
#define GOLF_FULL_WRITES_H

#include "golf/lifted.h"

/* Makes constants of the results of each `write` whose size is known. */
void golf_assume_full_writes(struct golf_lifted *lifted);

#endif
