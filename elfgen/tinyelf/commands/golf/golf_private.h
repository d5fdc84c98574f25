/* A proof, and what is reported of it: private to the command. */
#ifndef COMMANDS_GOLF_PRIVATE_H
#define COMMANDS_GOLF_PRIVATE_H

#include "cli/kernel_versions.h"
#include "elfgen.h"
#include "golf/prove/prove.h"

/* Versions of Linux that start the original, and not the candidate. */
enum { GOLF_KERNEL_RANGES = 16 };
struct golf_kernels {
    struct kernel_versions asked;                      /* the first and the last one */
    struct kernel_versions refuse[GOLF_KERNEL_RANGES]; /* in order; more are part of the last */
    size_t refuse_count;
    struct elfgen_kernel_answer answer; /* why, by the first of them */
    bool starts;                        /* some that was asked starts the original */
};

struct golf_file {
    const char *name; /* in reports: the first input */
    const uint8_t *bytes;
    size_t size;
};

struct golf_report {
    struct golf_file original, candidate;
    struct golf_prover *prover;
    struct golf_prover_facts facts;
    uint64_t seed;
    bool same; /* in all environments */
    struct golf_difference difference;
    struct golf_kernels kernels;
};

/* Asks the kernel's model of each version. */
void golf_kernels_ask(const struct golf_file *original, const struct golf_file *candidate,
                      const struct kernel_versions *versions, struct golf_kernels *kernels);

/* Whether the candidate does the same, and starts where the original does. */
bool golf_is_proven(const struct golf_report *report);

/* In words, how the two differ: "another system call, or other arguments". */
const char *golf_difference_words(enum golf_difference_kind kind);

/* For JSON: "call". */
const char *golf_difference_name(enum golf_difference_kind kind);

/* Writes a version: "6.1". */
void golf_put_version(struct elfgen_text *out, uint32_t version);

void golf_text(const struct golf_report *report, bool verbose, struct elfgen_text *out);
void golf_json(const struct golf_report *report, bool verbose, struct elfgen_text *out);

#endif
