/* What golf was asked for, and what is reported: private to the command. */
#ifndef COMMANDS_GOLF_PRIVATE_H
#define COMMANDS_GOLF_PRIVATE_H

#include "cli/kernel_versions.h"
#include "elfgen.h"
#include "commands/golf/options.h"
#include "golf/golf.h"

/* What the user asked for. */
struct golf_request {
    const char *candidate, *output, *input, *hex;
    uint64_t nodes; /* 0: any number */
    unsigned with;  /* bits of enum golf_with */
    bool is_spec;   /* --level spec */
    bool may_be_unproven;
    int from; /* a choice of --from; SOURCE_DETECT: none is given */
    uint64_t environments, seed;
    size_t jobs, shard, shards; /* 0: one for each processor; all */
    uint64_t time;              /* nanoseconds; 0: no limit */
    uint64_t deadline;          /* a point in time */
    unsigned kinds;
    struct kernel_versions versions;
    bool json, verbose;
    char **inputs, **arguments;               /* arguments: NULL, or what follows -- */
    const struct golf_prove_options *proving; /* during a search: what its prover was opened with */
    size_t input_count;
};

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

/* What bytes of a file are. Each byte counts once. */
enum golf_part {
    GOLF_PART_HEADERS, /* fields that Linux reads, and what is bound to them */
    GOLF_PART_CODE,
    GOLF_PART_DATA,
    GOLF_PART_JUMPS,  /* jumps, prefixes and instructions without effect, which golf added */
    GOLF_PART_SHARED, /* two of these, or more, at once */
    GOLF_PART_UNUSED,
    GOLF_PARTS
};
struct golf_account {
    size_t bytes[GOLF_PARTS];
};

/* What another option would save. */
enum golf_saving_end {
    GOLF_SAVING_NOT_TRIED,
    GOLF_SAVING_FOUND,
    GOLF_SAVING_NONE,
    GOLF_SAVING_STOPPED
};
struct golf_saving {
    const char *option;       /* "--with rwx" */
    enum golf_saving_end end; /* STOPPED: nothing was found in what was left */
    size_t size;              /* FOUND: of the file */
};
enum { GOLF_SAVINGS = 8 };

struct golf_report {
    struct golf_file original, candidate;
    struct golf_addresses addresses; /* of the original; offsets NULL: not known */
    struct golf_prover *prover;      /* NULL: nothing was proven */
    struct golf_prover_facts facts;
    uint64_t seed;
    bool full_writes; /* environments in which a write fails or falls short are left out */
    bool same;        /* in all environments */
    struct golf_symbolic stretches; /* what is shown besides */
    const char *unproven;           /* why it is not proven, with --unproven; NULL: it is */
    struct golf_difference difference;
    struct golf_kernels kernels;
    /* The search; found is NULL if nothing was searched. */
    const struct golf_found *found;
    struct golf_account before, after;
    struct golf_saving savings[GOLF_SAVINGS];
    size_t saving_count;
    size_t kept;               /* instructions of the original that stay as they stand */
    struct elfgen_text lifted; /* the original's operations; its bytes are to be freed */
};

/* Whether it is time to end, or the user wants it. The context is the request. */
bool golf_is_over(void *request);

/* Searches, and writes the file that was found, or the original. Fills report->found and what
 * follows it, and the candidate. Returns false after reporting the error. */
bool golf_search(struct golf_request *request, struct golf_report *report);

/* Asks the kernel's model of each version. */
void golf_kernels_ask(const struct golf_file *original, const struct golf_file *candidate,
                      const struct kernel_versions *versions, struct golf_kernels *kernels);

/* Counts the original's bytes. Returns false if there is no memory. */
bool golf_account_original(const struct golf_file *original, const struct golf_lifted *lifted,
                           struct golf_account *account);

/* Counts the bytes of what was found. Returns false if there is no memory. */
bool golf_account_found(const struct golf_found *found, struct golf_account *account);

/* "headers" */
const char *golf_part_words(enum golf_part part);
/* For JSON. */
const char *golf_part_name(enum golf_part part);

/* Writes the source of what was found in the hex language, with where each byte comes from. Returns
 * false after reporting the error. */
bool golf_write_hex(const char *path, const struct golf_report *report);

/* Whether the candidate does the same, and starts where the original does. */
bool golf_is_proven(const struct golf_report *report);

/* In words, how the two differ: "another system call, or other arguments". */
const char *golf_difference_words(enum golf_difference_kind kind);

/* For JSON: "call". */
const char *golf_difference_name(enum golf_difference_kind kind);

/* Writes a version: "6.1". */
void golf_put_version(struct elfgen_text *out, uint32_t version);

/* Writes which versions start both. */
void golf_put_kernels(const struct golf_report *report, struct elfgen_text *out);

/* Writes what may differ although it is the same. */
void golf_put_stretches(const struct golf_report *report, struct elfgen_text *out);
void golf_put_may_differ(struct elfgen_text *out);

/* With --with full-writes: where it does not do the same. */
void golf_put_taken_for_granted(const struct golf_report *report, struct elfgen_text *out);

/* Where a piece of the found file comes from. */
const char *golf_item_words(const struct golf_found_item *item);

/* Writes what the search found. */
void golf_put_found(const struct golf_report *report, bool verbose, struct elfgen_text *out);

void golf_text(const struct golf_report *report, bool verbose, struct elfgen_text *out);
void golf_json(const struct golf_report *report, bool verbose, struct elfgen_text *out);

#endif
