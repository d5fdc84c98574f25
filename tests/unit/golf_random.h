/* Random programs, for the tests of golf. */
#ifndef GOLF_RANDOM_H
#define GOLF_RANDOM_H

#include "elfgen.h"
#include "room.h"

/* A program in NASM's language, which ends with a 0. */
struct source {
    struct elfgen_text text;
    uint64_t random;
    unsigned bits, labels;
};

/* Makes the next one. */
void make_source(struct source *source);

#endif
