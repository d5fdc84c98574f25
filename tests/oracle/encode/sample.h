/* Which instructions a comparison of the encoder takes, as its options say. */
#ifndef TEST_ORACLE_ENCODE_SAMPLE_H
#define TEST_ORACLE_ENCODE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "elfgen/x86.h"

struct sample {
    unsigned count;   /* of each form: --count N, or --full */
    uint64_t seed;    /* --seed N */
    unsigned mode;    /* --mode 32|64; 0: both */
    const char *only; /* --only MNEMONIC; NULL: all */
    bool list;        /* --list: encode-nasm prints every difference */
};

/* Reads the options of `program`: `usual` of each form are taken, and `full` with --full. Returns
 * false after reporting one that there is not. */
bool sample_read(struct sample *sample, const char *program, unsigned usual, unsigned full,
                 int argc, char **argv);

/* Whether the sample has code of 32 or 64 bits. */
bool sample_has_mode(const struct sample *sample, unsigned mode);

/* A form of a mnemonic; zeros before the first one. */
struct sample_form {
    unsigned mnemonic, number;
    struct elfgen_x86_form row;
};

/* Goes on to the sample's next form. False: there is no other. */
bool sample_next_form(const struct sample *sample, struct sample_form *form);

#endif
