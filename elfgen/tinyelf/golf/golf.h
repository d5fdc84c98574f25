/* Finds a smaller file that does the same as a program: lift, shrink, place, prove.
 *
 * The best file so far is always ready: sizes are tried from the smallest one up, in rounds, each
 * with more of the ways that shrinking knows and more of each search. */
#ifndef GOLF_H
#define GOLF_H

#include "lift/lift.h"
#include "place/place.h"
#include "prove/prove.h"
#include "rewrite/rewrite.h"

struct golf_options {
    const uint8_t *original; /* an executable, the caller's */
    size_t size;
    const struct golf_addresses *addresses; /* of its own, in the original; NULL: not known */
    size_t below;               /* only files of fewer bytes are looked for; 0: than the original */
    struct golf_prover *prover; /* opened on the original; NULL: nothing is proven */
    bool spec, rwx, overcommit; /* as in overlap/overlaps.h */
    bool int80;                 /* system calls by `int 0x80` in 64-bit code, too */
    bool full_writes;           /* what write returns is taken to be the size that it was given */
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
    /* Gets the lifted program, which is valid until it returns; once more if its instructions stay
     * after all. NULL: nobody does. */
    void (*lifted)(const struct golf_lifted *lifted, void *context);
    void *context;
};

/* A piece of the found file. */
struct golf_found_item {
    uint16_t offset, length;
    uint8_t kind;       /* enum golf_item_kind */
    const char *reason; /* GOLF_ITEM_CHOICE: why it does what the original did, static; else NULL */
    /* Where in the original's file is what it is or provides for; ELFGEN_NOWHERE: it has nothing
     * like it. */
    uint64_t source;
};

enum { GOLF_LARGEST = 60000, GOLF_FOUND_ITEMS = 8192 };
struct golf_found {
    uint8_t bytes[GOLF_LARGEST];
    size_t size;                 /* 0: nothing smaller than the original was found */
    struct golf_overlap overlap; /* its headers */
    uint64_t base;               /* the address of its first byte */
    uint16_t entry;              /* where in it it starts */
    struct golf_found_item items[GOLF_FOUND_ITEMS];
    size_t item_count;
    struct golf_rewritten rewritten[GOLF_REWRITES]; /* what was changed across blocks */
    size_t rewritten_count;
    bool is_verbatim;  /* its instructions are the original's: only their places are others */
    bool is_complete;  /* the search ended by itself */
    bool lacks_memory; /* it ended because there was no memory for more */
    uint64_t nodes;    /* states of the search that were seen */
    size_t rejected;   /* candidates that did something else */
};

/* Searches. True with error->status other than ELFGEN_OK: *error says why its instructions stay as
 * they are if found->is_verbatim, or why all of it stays, an executable. False: *error says why the
 * program is left alone (golf_lift()), or there is no memory, or the prover failed. */
bool golf_find(const struct golf_options *options, struct golf_found *found,
               struct elfgen_error *error);

#endif
