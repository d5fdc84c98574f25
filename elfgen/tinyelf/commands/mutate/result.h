/* The report of mutate: what changes of each byte did, as text and JSON, and read from JSON. */
#ifndef MUTATE_RESULT_H
#define MUTATE_RESULT_H

#include <stdbool.h>

#include "campaign.h"
#include "elfgen/error.h"
#include "elfgen/text.h"
#include "bytemap/bytemap.h"

/* The owners of a byte: their names ("phdr[0].p_flags", "ehdr.e_flags + phdr[0].p_type"), of which
 * only the first are given if there are many; what its value means; and the most important reader.
 */
struct mutate_owner {
    char *name, *meaning; /* NULL: no owner; no meaning */
    const char *reader;   /* "kernel", "program", "tools" or "nobody"; NULL: unknown */
};

struct mutate_byte {
    uint64_t offset;
    uint8_t value;
    struct mutate_owner owner;
    struct mutate_counts counts;
    struct mutate_values values;
};

struct mutate_two {
    uint64_t offsets[2];
    struct mutate_pair_counts counts;
};

struct mutate_report {
    char *file;
    uint64_t size; /* of the file */
    unsigned values;
    uint64_t seed;
    unsigned kinds;       /* of system calls that the program may make besides */
    bool tty;             /* the program had a terminal; false in older documents */
    bool complete;        /* it contains all runs of its shards */
    bool has_values;      /* the bytes' `values` are known: older documents lack them */
    uint64_t shards;      /* how many parts the plan is split into */
    uint64_t shard_count; /* which parts are in here, counted from 1, each once, in order */
    uint64_t *shard;
    size_t count;
    struct mutate_byte *bytes; /* in the order of their offsets */
    size_t pair_count;
    struct mutate_two *pairs;
};

/* Makes an empty report for `count` bytes, `pairs` pairs and `shards` shards. Returns false if
 * there is no memory. */
bool mutate_report_open(struct mutate_report *report, const char *file, size_t count, size_t pairs,
                        size_t shards);
void mutate_report_close(struct mutate_report *report);

/* Names the owners of the bytes. Returns false and `map->error`. */
bool mutate_name_owners(struct mutate_report *report, struct bytemap *map);

/* How many runs the counts contain; and addition of other counts. */
uint64_t mutate_counts_runs(const struct mutate_counts *counts);
void mutate_counts_add(struct mutate_counts *counts, const struct mutate_counts *more);

/* Whether a value keeps the behaviour of the program: the byte's own, and those that did the same.
 */
bool mutate_value_keeps(const struct mutate_byte *byte, unsigned value);

/* How many runs the report contains. */
uint64_t mutate_report_runs(const struct mutate_report *report);

/* A name such as "same" or "output". */
const char *mutate_class_name(enum mutate_class class_);

/* The outcome in words: "killed by a signal". */
const char *mutate_class_words(enum mutate_class class_);

/* Appends the errors and signals that occurred: "ENOEXEC, EINVAL, SIGSEGV". */
void mutate_put_reasons(struct elfgen_text *out, const struct mutate_counts *counts);

/* Writes one JSON object. */
void mutate_json(const struct mutate_report *report, struct elfgen_text *out);

/* Reads that object from any bytes. Returns false and *error, with the offset of the error or
 * ELFGEN_NOWHERE. */
bool mutate_read(struct mutate_report *report, const char *text, size_t size,
                 struct elfgen_error *error);

/* Adds the counts of another part of the same plan. Returns false and *error if the plan is
 * another, or if they have a part in common. */
bool mutate_merge(struct mutate_report *report, const struct mutate_report *other,
                  struct elfgen_error *error);

/* Writes a map with 16 bytes in each row, and totals by field, in lines of `width` columns
 * (base/width.h). */
void mutate_text(const struct mutate_report *report, bool colour, size_t width,
                 struct elfgen_text *out);

#endif
