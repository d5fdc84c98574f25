/* Which instructions a comparison of the encoder takes, as its options say. */
#ifndef TEST_ORACLE_ENCODE_SAMPLE_H
#define TEST_ORACLE_ENCODE_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

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

/* Whether the sample has code of 32 or 64 bits, and a mnemonic. */
bool sample_has_mode(const struct sample *sample, unsigned mode);
bool sample_has_mnemonic(const struct sample *sample, unsigned mnemonic);

#endif
