/* Proves that a candidate does what an original does, as far as runs in many environments show.
 *
 * The original runs once in each environment, and is recorded: its system calls with their
 * arguments by meaning, its fault or its exit. A candidate gets the same answers, and must do the
 * same. The environments vary arguments, environment variables and standard input, and let calls
 * fail or fall short as full disks, closed descriptors, signals and pipes do.
 *
 *     struct golf_prover *prover = golf_prover_open(&options, &error);
 *     for each candidate: golf_prove(prover, bytes, size, &difference, &error)
 *     golf_prover_close(prover);
 *
 * An environment in which a candidate differed comes first for all later ones: most bad candidates
 * cost one run. A difference that evaluation finds becomes an environment. A prover belongs to one
 * thread, which opens, uses and closes it; provers that work at the same time need a process each,
 * as workers of the sandbox do. */
#ifndef GOLF_PROVE_H
#define GOLF_PROVE_H

#include "environment.h"
#include "symbolic.h"
#include "trace.h"

struct golf_prove_options {
    const uint8_t *original; /* an executable; the caller's, until the prover is closed */
    size_t size;
    uint64_t seed;
    size_t environments;    /* how many; at least 1 */
    unsigned kinds;         /* of system calls that the original may make, as in struct
                               sandbox_options */
    char *const *arguments; /* argv, met beside made ones; NULL: none */
    const uint8_t *input;   /* a standard input met beside made ones; NULL: none */
    size_t input_size;
    bool full_writes; /* only environments in which write returns all that it was asked for */
    uint64_t time;    /* milliseconds of processor time of a run of the original; 0: 1000 */
    sigset_t ignored; /* signals that programs start with ignored */
    void *context;
    bool (*interrupted)(void *context); /* NULL, or as in struct sandbox_job */
};

struct golf_prover;

/* Records the original, and compares it with itself. Returns NULL and *error: it is not one that
 * can be proven ("it reads the clock"; ELFGEN_UNSUPPORTED with *refused set), or the sandbox is not
 * possible. */
struct golf_prover *golf_prover_open(const struct golf_prove_options *options, bool *refused,
                                     struct elfgen_error *error);

/* Compares a candidate. GOLF_DIFFERENT: *difference says where, in the first environment that
 * showed it; difference->original is only filled by golf_prover_explain(). GOLF_FAILED: *error. */
enum golf_outcome golf_prove(struct golf_prover *prover, const uint8_t *candidate, size_t size,
                             struct golf_difference *difference, struct elfgen_error *error);

/* The same by symbolic evaluation, without a run: what is shown for all values, and whether there
 * is a difference that no environment has. Where there is no memory, nothing is shown.
 *
 * Such a difference is tried: an environment is made of its values, in which the original is
 * recorded. If the candidate differs there as well, it is met by all later ones, first of all, and
 * *difference says where, as golf_prove() does; otherwise difference->call is 0. */
struct golf_symbolic golf_prover_show(struct golf_prover *prover, const uint8_t *candidate,
                                      size_t size, struct golf_difference *difference);

/* Fills difference->original: runs the original once more. */
void golf_prover_explain(struct golf_prover *prover, struct golf_difference *difference);

/* An environment by its index. */
const struct golf_environment *golf_prover_environment(const struct golf_prover *prover,
                                                       size_t index);

/* The kernel that runs candidates, and so has to start them, if it is not one of those from `first`
 * to `last` (ELFGEN_LINUX(); 0: any); otherwise 0. */
uint32_t golf_prover_kernel(uint32_t first, uint32_t last);

/* What it has done so far. */
struct golf_prover_facts {
    size_t environments, calls; /* of the original, in all of them */
    size_t learnt;              /* environments besides, made of differences */
    size_t
        cut; /* environments in which only the first calls are compared, since there were too many
              */
    size_t longest; /* calls in one environment */
    uint64_t runs;  /* of candidates */
    unsigned lacks; /* enum sandbox_lack */
};
struct golf_prover_facts golf_prover_facts(const struct golf_prover *prover);

void golf_prover_close(struct golf_prover *prover);

#endif
