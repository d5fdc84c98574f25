/* The smallest file that does the same as a program. */
#ifndef GOLF_GOLF_H
#define GOLF_GOLF_H

#include "golf/place/place.h"
#include "golf/prove/prove.h"

struct golf_options {
    struct golf_prove_options prove;       /* the original among them */
    bool unproven;                         /* take what is found without comparing it */
    bool spec, rwx, overcommit;            /* as in overlap/overlaps.h */
    uint32_t first, last;                  /* kernels; 0: all that the model knows */
    uint64_t nodes, nanoseconds;           /* as in place/place.h */
    bool (*is_interrupted)(void *context); /* NULL: never */
    void (*progress)(size_t size, uint64_t nodes, void *context); /* NULL: none */
    void *context;                                                /* for both */
};

struct golf_result {
    uint8_t bytes[GOLF_PLACE_LARGEST];
    size_t size;                /* the original's: nothing smaller was found, `bytes` is empty */
    uint64_t nodes;             /* states that the search saw */
    size_t candidates, refuted; /* files that were found, and those that did something else */
    bool is_stopped;            /* by nodes, time or the user */
    bool is_cut;                /* some parts of the search were not finished */
};

/* Searches. Returns false and *error where the program is left alone, with the reason as a
 * sentence, or where something failed; *refused tells the first. */
bool golf_run(const struct golf_options *options, struct golf_result *result, bool *refused,
              struct elfgen_error *error);

#endif
