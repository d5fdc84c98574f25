/* What the processes of mutate share: for the room's own files. */
#ifndef MUTATE_INSIDE_H
#define MUTATE_INSIDE_H

#include "confine.h"
#include "mutate.h"

/* Memory that all of them see. What several write is touched by atomic operations alone. */
struct mutate_shared {
    uint64_t next; /* run, that nobody took yet */
    uint64_t done;
    uint64_t singles_done;
    int stop;   /* no run begins any more */
    int failed; /* `error` says why; who changes it from 0 to 1 writes it */
    struct elfgen_error error;
};

struct mutate {
    const struct mutate_plan *plan;
    const struct mutate_ways *ways;
    const struct mutate_original *original;
    struct run_limits limits; /* of a change */
    uint64_t singles, all;    /* runs, in all shards */
    struct mutate_shared *shared;
    /* In shared memory, too. */
    size_t shared_size;
    struct mutate_counts *bytes;
    struct mutate_pair_counts *pairs;
    uint8_t *classes; /* with pairs: of each byte each value's class + 1, 0: not known yet */
    pid_t runners[MUTATE_MOST_JOBS];
    unsigned count;
    bool lost;      /* one of them was killed from outside */
    uint64_t urged; /* when they were told to stop; 0: not yet */
    int alive;      /* a pipe's end that says so when all runners are gone */
};

/* Whether this run is one of the plan's shard. */
bool mutate_is_of_shard(const struct mutate_plan *plan, uint64_t run);

/* How many runs those are, as mutate_runs() has it for all shards. */
void mutate_runs_of_shard(const struct mutate_plan *plan, uint64_t *singles, uint64_t *all);

/* What became of a run. */
enum mutate_class mutate_judge(const struct mutate_original *original, const struct run_end *end,
                               const struct sandbox_stream *output,
                               const struct sandbox_stream *errors);

/* Descriptor 0 of the runs: ways->input, or nothing to read. -1: errno; ESPIPE:
 * it cannot be read from its beginning again. */
int mutate_open_input(const struct mutate_ways *ways);

/* A sandbox's worker for the program and for its changes. NULL and *error. */
struct sandbox_worker *mutate_open_worker(const struct mutate_ways *ways,
                                          const struct run_limits *limits, bool traced,
                                          struct elfgen_error *error);

/* A runner's whole life: takes runs until there is none. */
__attribute__((noreturn)) void mutate_runner(struct mutate *mutate, unsigned number);

#endif
