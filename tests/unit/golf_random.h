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

/* Makes a program of some instructions without loops and calls; its status is made of registers and
 * memory. Their first values are numbers, or argc is in some. The same number gives the same
 * program, but for the instruction `changed`, from 0 on, if it is below LINE. */
enum { LINE = 8 };
void make_line(struct source *source, uint64_t number, bool has_argc, unsigned changed);

#endif
