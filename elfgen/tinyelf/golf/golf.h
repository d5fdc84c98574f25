/* Finds a smaller file that does the same as a program: lift, shrink, place, prove.
 *
 * The best file so far is always ready: sizes are tried from the smallest one up, in rounds, each
 * with more of the ways that shrinking knows and more of each search. */
#ifndef GOLF_H
#define GOLF_H

#include "place/place.h"
#include "prove/prove.h"

struct golf_options {
    const uint8_t *original; /* an executable, the caller's */
    size_t size;
    struct golf_prover *prover; /* opened on the original */
    bool spec, rwx, overcommit; /* as in overlap/overlaps.h */
    uint64_t nodes;             /* states of the search, in all; 0: any number */
    uint64_t seed;              /* of the local search */
    size_t jobs;          /* processes that search at the same time; 0, 1: none besides this */
    size_t shard, shards; /* only this part of the search, from 1 on, of so many; 0: all */
    uint64_t deadline;    /* a point in time (base/clock.h) that ends the search; 0: none */
    /* Machines that must start the file, by the library's model, and the range of kernels that they
     * are from. */
    const struct elfgen_kernel_machine *machines;
    size_t machine_count;
    uint32_t first, last;                  /* ELFGEN_LINUX(); 0: all that the model knows */
    bool (*is_interrupted)(void *context); /* ends the search; NULL: never */
    /* NULL, or called now and then: the best size so far (0: none), the one that is tried, and the
     * states that were seen. */
    void (*progress)(size_t best, size_t size, uint64_t nodes, void *context);
    void *context;
};

/* A piece of the found file. */
struct golf_found_item {
    uint16_t offset, length;
    uint8_t kind;       /* enum golf_item_kind */
    const char *reason; /* GOLF_ITEM_CHOICE: why it does what the original did, static; else NULL */
};

enum { GOLF_LARGEST = 60000, GOLF_FOUND_ITEMS = 8192 };
struct golf_found {
    uint8_t bytes[GOLF_LARGEST];
    size_t size;          /* 0: nothing smaller than the original was found */
    unsigned type, phoff; /* e_type, and where the program header is */
    struct golf_found_item items[GOLF_FOUND_ITEMS];
    size_t item_count;
    bool is_complete; /* the search ended by itself */
    uint64_t nodes;   /* states of the search that were seen */
    size_t rejected;  /* candidates that did something else */
};

/* Searches. False: *error says why the program is left alone (golf_lift()), or there is no memory,
 * or the prover failed. */
bool golf_find(const struct golf_options *options, struct golf_found *found,
               struct elfgen_error *error);

#endif
