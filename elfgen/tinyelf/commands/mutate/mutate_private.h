/* What the processes of mutate share: private to these files. */
#ifndef MUTATE_PRIVATE_H
#define MUTATE_PRIVATE_H

#include "sandbox/sandbox.h"
#include "campaign.h"

/* Memory that all processes share. What several of them write is only accessed by atomic
 * operations. */
struct mutate_shared {
    uint64_t next; /* the next run that no runner has taken */
    uint64_t done;
    uint64_t singles_done;
    int stop;   /* if set, no further run begins */
    int failed; /* if set, `error` says why; whoever changes it from 0 to 1 writes `error` */
    struct elfgen_error error;
};

struct mutate {
    const struct mutate_plan *plan;
    const struct mutate_ways *ways;
    const struct mutate_original *original;
    struct run_limits limits; /* of a change */
    uint64_t singles, all;    /* number of runs in all shards */
    struct mutate_shared *shared;
    /* Also in shared memory: */
    size_t shared_size;
    struct mutate_counts *bytes;
    struct mutate_pair_counts *pairs;
    struct mutate_values *values;
    uint8_t *classes; /* if the plan needs them: for each value of each byte, its class + 1; 0: not
                         known yet */
    pid_t runners[MUTATE_MOST_JOBS];
    unsigned count;
    bool lost;      /* a runner was killed from outside */
    uint64_t urged; /* when runners were first told to stop; 0: not yet */
    int alive;      /* read end of a pipe that is closed when no runner is left */
};

/* Whether a run belongs to the plan's shard. */
bool mutate_is_of_shard(const struct mutate_plan *plan, uint64_t run);

/* Like mutate_runs(), but counts only the plan's shard. */
void mutate_runs_of_shard(const struct mutate_plan *plan, uint64_t *singles, uint64_t *all);

/* Judges what a run did. */
enum mutate_class mutate_judge(const struct mutate_original *original, const struct run_end *end,
                               const struct sandbox_stream *output,
                               const struct sandbox_stream *errors);

/* Opens descriptor 0 of the runs: ways->input, or an empty file. Returns -1 and errno; ESPIPE: it
 * cannot be read again from its beginning. */
int mutate_open_input(const struct mutate_ways *ways);

/* Makes a sandbox's worker for the program or for its changes. Returns NULL and *error. */
struct sandbox_worker *mutate_open_worker(const struct mutate_ways *ways,
                                          const struct run_limits *limits, bool traced,
                                          struct elfgen_error *error);

/* The main function of a runner: takes runs until there are none. */
__attribute__((noreturn)) void mutate_runner(struct mutate *mutate, unsigned number);

#endif
