/* Which bytes matter: what came of changing each, as text and JSON, and JSON back. */
#ifndef REPORT_MUTATE_H
#define REPORT_MUTATE_H

#include <stdbool.h>

#include "../process/mutate.h"
#include "elfgen/error.h"
#include "elfgen/text.h"
#include "bytemap.h"

/* Who has a byte: the names of its owners, of very many the first ("phdr[0].p_flags", "ehdr.e_flags
 * + phdr[0].p_type"), what its value says, and the one among the readers that is most of a
 * program's business. */
struct mutate_owner {
    char *name, *meaning; /* NULL: nobody; nothing */
    const char *reader;   /* "kernel", "program", "tools", "nobody"; NULL: nobody knows */
};

struct mutate_byte {
    uint64_t offset;
    uint8_t value;
    struct mutate_owner owner;
    struct mutate_counts counts;
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
    bool complete;        /* all runs of its shards are in it */
    uint64_t shards;      /* how many the plan is split into, */
    uint64_t shard_count; /* and which are in here, from 1 up, each once, in order */
    uint64_t *shard;
    size_t count;
    struct mutate_byte *bytes; /* by offset */
    size_t pair_count;
    struct mutate_two *pairs;
};

/* An empty one, for `count` bytes, `pairs` pairs and `shards` shards. False: out of memory. */
bool mutate_report_open(struct mutate_report *report, const char *file, size_t count, size_t pairs,
                        size_t shards);
void mutate_report_close(struct mutate_report *report);

/* Names the owners of the bytes. False: `map->problem`. */
bool mutate_name_owners(struct mutate_report *report, struct bytemap *map);

/* How many runs are in counts, and other counts added to them. */
uint64_t mutate_counts_runs(const struct mutate_counts *counts);
void mutate_counts_add(struct mutate_counts *counts, const struct mutate_counts *more);

/* How many runs are in it. */
uint64_t mutate_report_runs(const struct mutate_report *report);

/* "same", "output", ... */
const char *mutate_class_name(enum mutate_class class_);

/* One JSON object. */
void mutate_json(const struct mutate_report *report, struct elfgen_text *out);

/* From that. Any bytes are accepted; false: *error, with the offset of what is wrong or
 * ELFGEN_NOWHERE. */
bool mutate_read(struct mutate_report *report, const char *text, size_t size,
                 struct elfgen_error *error);

/* Adds the counts of another shard of the same plan. False: *error, they are not of the same, or
 * have a shard in common. */
bool mutate_merge(struct mutate_report *report, const struct mutate_report *other,
                  struct elfgen_error *error);

/* A map of 16 bytes a row, and totals by field. */
void mutate_text(const struct mutate_report *report, bool colour, struct elfgen_text *out);

#endif
