/* Runs a program with bytes changed: each change in a sandbox, on several workers at once.
 *
 * A plan says what is run: a pure function from a run's number to a change. The same plan is thus
 * the same runs, however many processes share them. The results are counts, which do not depend on
 * the order of the runs. If a change makes the program run into a limit, it may end on either side
 * of it. Otherwise the same plan gives the same counts, unless the program reads a clock or random
 * bytes (AT_RANDOM, rdrand). */
#ifndef MUTATE_CAMPAIGN_H
#define MUTATE_CAMPAIGN_H

#include "elfgen/error.h"
#include "ptrace/limits.h"

/* What a change did, compared with the unchanged program. */
enum mutate_class {
    MUTATE_SAME,    /* the same output and exit status */
    MUTATE_OUTPUT,  /* it exited and wrote something else (the status may differ, too), or wrote
                       without end */
    MUTATE_STATUS,  /* the same output, but another exit status */
    MUTATE_REFUSED, /* execve refused it */
    MUTATE_SIGNAL,  /* a signal killed it, in execve or later */
    MUTATE_BLOCKED, /* the sandbox killed it, for a system call or for memory */
    MUTATE_TIMEOUT, /* it exceeded its time */
    MUTATE_CLASSES
};

/* ---- what is run ---- */

enum {
    MUTATE_MOST_VALUES = 255,
    MUTATE_MOST_SHARDS = 1000000,
    MUTATE_MOST_PAIRS = 1 << 20 /* of bytes: each has its own counts and its own line of output */
};

struct mutate_plan {
    const uint8_t *bytes; /* of the program's file */
    size_t size;
    size_t from, to; /* range of the bytes that are changed; from < to <= size */
    unsigned values; /* how many of its 255 other values each byte gets: 1 to 255 */
    uint64_t seed;   /* selects the values */
    bool pairs;      /* after each byte alone, every pair of bytes is changed together */
    bool outcomes;   /* the outcome of each value of each byte is kept; with pairs it is, too */
    uint64_t shard, shards; /* runs only part `shard` (from 0) of `shards`; 0 of 1: all */
};

struct mutate_change {
    unsigned count;   /* 1, or 2 for a pair */
    size_t places[2]; /* file offsets, the lower one first */
    uint8_t values[2];
};

/* How many runs the plan has in all shards; those of single bytes come first, then pairs. Returns
 * false if there are too many to count. */
bool mutate_runs(const struct mutate_plan *plan, uint64_t *singles, uint64_t *all);

/* How many pairs of bytes there are. */
uint64_t mutate_pairs(const struct mutate_plan *plan);

/* The file offsets of pair `number`. */
void mutate_pair(const struct mutate_plan *plan, uint64_t number, size_t places[2]);

/* The change of a run; `run` is less than the number of all runs. Runs of one byte are far apart,
 * so that even the first runs cover all bytes. */
void mutate_change(const struct mutate_plan *plan, uint64_t run, struct mutate_change *change);

/* ---- results ---- */

struct mutate_counts {
    uint64_t of[MUTATE_CLASSES];
    uint64_t signals;   /* MUTATE_SIGNAL: bit N - 1 is set if signal N occurred */
    uint64_t errors[3]; /* MUTATE_REFUSED: bit N % 64 of word N / 64 is set if errno N occurred */
};

/* The values of a byte that were tried and did the same: bit V % 64 of word V / 64 for value V. */
struct mutate_values {
    uint64_t same[4];
};

struct mutate_pair_counts {
    struct mutate_counts counts;
    uint64_t mended; /* same as the program, although each of the two changes alone is not */
    uint64_t broken; /* not the same, although each change alone is */
};

/* ---- running it ---- */

struct mutate_ways {
    struct run_limits limits; /* of the unchanged program. A change has the same memory limit, as
                                 output limit what the program writes and a little more, and a time
                                 limit that follows from the program's time */
    unsigned kinds;           /* of system calls that it may make besides: SANDBOX_KIND_BIT() */
    uint64_t processor;       /* milliseconds of processor time for a change; 0: ten times what the
                                 program took, and at least 50 */
    unsigned jobs;            /* number of workers, 1 to MUTATE_MOST_JOBS */
    char *const *arguments;   /* argv, with NULL after the last */
    bool tty; /* descriptors 0, 1 and 2 are a terminal, into which the input is typed */
    const char
        *input;       /* path of a file for descriptor 0, which each run reads from its beginning */
    sigset_t ignored; /* as in struct process_program */
};
enum { MUTATE_MOST_JOBS = 256 };

/* The limit by the clock that goes with a limit of processor time, both in milliseconds. */
uint64_t mutate_by_clock(uint64_t processor);

/* What the unchanged program does. */
struct mutate_original {
    uint8_t *output, *errors; /* what it wrote to 1 and 2; mutate_free() frees it */
    size_t output_size, error_size;
    struct run_end end; /* reason is RUN_EXITED if changes can be compared with it */
    unsigned lacks;     /* bits of enum sandbox_lack */
};

/* Runs the unchanged program several times. Returns false and *error if there is no sandbox or no
 * input, or if the runs differ. Otherwise original->end says how it ended, which may also be that
 * it was refused or killed. */
bool mutate_original(const struct mutate_plan *plan, const struct mutate_ways *ways,
                     struct mutate_original *original, struct elfgen_error *error);
void mutate_free(struct mutate_original *original);

struct mutate;

/* Starts the runs. Whatever is pointed to must outlive the result. Returns NULL and *error if there
 * is no memory or no process. The children ignore the signals that end a command (SIGINT and so
 * on); they end with this process or by mutate_close(). */
struct mutate *mutate_start(const struct mutate_plan *plan, const struct mutate_ways *ways,
                            const struct mutate_original *original, struct elfgen_error *error);

/* Waits `milliseconds`, or until all runs are over, or until a signal comes. Returns whether
 * all are over. */
bool mutate_wait(struct mutate *mutate, unsigned milliseconds);

/* Lets no further run begin. Runs under way end and are not counted; use mutate_wait() until all
 * are over. */
void mutate_stop(struct mutate *mutate);

/* How many runs are done, and how many there are. A plan with pairs counts the runs of single bytes
 * of all shards. */
uint64_t mutate_done(const struct mutate *mutate);
uint64_t mutate_all(const struct mutate *mutate);

/* Counts by byte, from plan->from on, and by pair. They grow until all runs are over. */
const struct mutate_counts *mutate_byte_counts(const struct mutate *mutate);
const struct mutate_pair_counts *mutate_pair_counts(const struct mutate *mutate);

/* The outcome of each value of each byte, 256 a byte: its class plus 1; 0: it was not tried. NULL
 * if the plan does not ask for them. */
const uint8_t *mutate_outcomes(const struct mutate *mutate);

/* By byte, from plan->from on, as the counts. */
const struct mutate_values *mutate_byte_values(const struct mutate *mutate);

/* For use when all runs are over. Returns false and *error if some runs are not counted for another
 * reason than mutate_stop(). */
bool mutate_is_whole(const struct mutate *mutate, struct elfgen_error *error);

/* Ends all processes. `mutate` may be NULL. */
void mutate_close(struct mutate *mutate);

#endif
