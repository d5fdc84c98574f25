/* A program with bytes changed: each change a run in a sandbox, on several workers at once.
 *
 * What is to be run is a plan: a pure function from a run's number to a change, so that the same
 * plan is the same runs, however many processes share them. What comes out is counts, which do not
 * depend on the order either. A change with which the program runs into a limit may fall on either
 * side of it; otherwise the same plan gives the same counts, unless the program looks at a clock or
 * at chance (AT_RANDOM, rdrand). */
#ifndef MUTATE_H
#define MUTATE_H

#include "elfgen/error.h"
#include "limits.h"

/* What became of a change, against the program as it is. */
enum mutate_class {
    MUTATE_SAME,    /* the same output and exit status */
    MUTATE_OUTPUT,  /* ended by itself and wrote something else (the status may differ, too), or
                     * wrote  without end */
    MUTATE_STATUS,  /* the same output, another exit status */
    MUTATE_REFUSED, /* by execve */
    MUTATE_SIGNAL,  /* a signal killed it, in execve or later */
    MUTATE_BLOCKED, /* the sandbox did, for a system call or for memory */
    MUTATE_TIMEOUT, /* it ran longer than it may */
    MUTATE_CLASSES
};

/* ---- what is run ---- */

enum {
    MUTATE_MOST_VALUES = 255,
    MUTATE_MOST_PAIRS = 1 << 20 /* of bytes: each has counts of its own, and a line of its own */
};

struct mutate_plan {
    const uint8_t *bytes; /* the program's file */
    size_t size;
    size_t from, to;        /* the bytes that are changed; from < to <= size */
    unsigned values;        /* how many of its 255 other values each gets: 1 to 255 */
    uint64_t seed;          /* which of them */
    bool pairs;             /* behind each byte alone, each two of them together */
    uint64_t shard, shards; /* only that of so many parts, from 0 up; 0 of 1: all */
};

struct mutate_change {
    unsigned count;   /* 1, or 2 for a pair */
    size_t places[2]; /* offsets in the file, the lower first */
    uint8_t values[2];
};

/* How many runs the plan has in all shards: first all of single bytes, then the pairs. False: more
 * than can be counted. */
bool mutate_runs(const struct mutate_plan *plan, uint64_t *singles, uint64_t *all);

/* How many pairs of bytes. */
uint64_t mutate_pairs(const struct mutate_plan *plan);

/* The pair of that number, as offsets in the file. */
void mutate_pair(const struct mutate_plan *plan, uint64_t number, size_t places[2]);

/* A run's change; `run` is below the number of all runs. Those of one byte are far apart, so that
 * the first part of all runs is about all bytes. */
void mutate_change(const struct mutate_plan *plan, uint64_t run, struct mutate_change *change);

/* ---- what comes out ---- */

struct mutate_counts {
    uint64_t of[MUTATE_CLASSES];
    uint64_t signals;   /* MUTATE_SIGNAL: bit N - 1, signal N was among them */
    uint64_t errors[3]; /* MUTATE_REFUSED: bit N % 64 of word N / 64, errno N was */
};

struct mutate_pair_counts {
    struct mutate_counts counts;
    uint64_t mended; /* the same as the program, though each of the two changes alone is not */
    uint64_t broken; /* another, though each alone is the same */
};

/* ---- running it ---- */

struct mutate_ways {
    struct run_limits
        limits;             /* of the program as it is. A change has the memory; as output what the
                             * program writes and a little; and of time what follows from that */
    uint64_t processor;     /* milliseconds that a change may have; 0: ten times what the program
                             * took, and at least 50 */
    unsigned jobs;          /* workers, 1 to MUTATE_MOST_JOBS */
    char *const *arguments; /* argv, with NULL behind the last */
    const char *input;      /* a file for descriptor 0, from its beginning for each run */
    sigset_t ignored;       /* as in struct process_program */
};
enum { MUTATE_MOST_JOBS = 256 };

/* How long by the clock may what has so much processor time; both in milliseconds. */
uint64_t mutate_by_clock(uint64_t processor);

/* The program as it is. */
struct mutate_original {
    uint8_t *output, *errors; /* what it wrote to 1 and 2, to be freed: mutate_free() */
    size_t output_size, error_size;
    struct run_end end; /* reason is RUN_EXITED where it can be compared with */
    unsigned lacks;     /* enum sandbox_lack: what the sandbox had to do without */
};

/* Runs it, more than once. False and *error: there is no sandbox, no input, or it does not do the
 * same each time; true: `end` says what it does, which may be to be refused or killed. */
bool mutate_original(const struct mutate_plan *plan, const struct mutate_ways *ways,
                     struct mutate_original *original, struct elfgen_error *error);
void mutate_free(struct mutate_original *original);

struct mutate;

/* Begins. Everything that is pointed to must outlive the result. NULL and *error: no memory or no
 * processes. The children that it makes ignore what ends a command (SIGINT and so on), and end with
 * this process or with mutate_close(). */
struct mutate *mutate_start(const struct mutate_plan *plan, const struct mutate_ways *ways,
                            const struct mutate_original *original, struct elfgen_error *error);

/* Waits so many milliseconds, or until it is over, or for a signal. True: it is over. */
bool mutate_wait(struct mutate *mutate, unsigned milliseconds);

/* No run begins any more, those that are under way end and are not counted: wait until it is over.
 */
void mutate_stop(struct mutate *mutate);

/* How many runs are done, of how many; that of a plan with pairs counts single bytes in all shards.
 */
uint64_t mutate_done(const struct mutate *mutate);
uint64_t mutate_all(const struct mutate *mutate);

/* Of the bytes from plan->from on, and of the pairs; they grow until it is over. */
const struct mutate_counts *mutate_byte_counts(const struct mutate *mutate);
const struct mutate_pair_counts *mutate_pair_counts(const struct mutate *mutate);

/* When it is over: false and *error, not every run is in the counts, for another reason than
 * mutate_stop(). */
bool mutate_is_whole(const struct mutate *mutate, struct elfgen_error *error);

/* Ends what runs. NULL is none. */
void mutate_close(struct mutate *mutate);

#endif
