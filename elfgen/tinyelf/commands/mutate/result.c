/* Makes a report of mutate, names the owners of its bytes, and merges shards. */
#include "result.h"

#include <stdlib.h>
#include <string.h>

#include "base/no_memory.h"
#include "base/signal_name.h"
#include "base/system_error.h"
#include "bytemap/bytemap.h"

const char *mutate_class_name(enum mutate_class class_)
{
    static const char *const names[MUTATE_CLASSES] = {"same",   "output",  "status", "refused",
                                                      "signal", "blocked", "timeout"};
    return names[class_];
}

const char *mutate_class_words(enum mutate_class class_)
{
    static const char *const words[MUTATE_CLASSES] = {"the same output and exit status",
                                                      "other output",
                                                      "the same output, another exit status",
                                                      "refused by execve",
                                                      "killed by a signal",
                                                      "blocked by the sandbox",
                                                      "ran too long"};
    return words[class_];
}

void mutate_put_reasons(struct elfgen_text *out, const struct mutate_counts *counts)
{
    const char *between = "";
    for (int error = 1; error < 64 * 3; error++) {
        if ((counts->errors[error / 64] >> error % 64 & 1) == 0)
            continue;
        const char *name = system_error_name(error);
        elfgen_text_string(out, between);
        if (name)
            elfgen_text_string(out, name);
        else
            elfgen_text_decimal(out, (uint64_t)error, 0);
        between = ", ";
    }
    for (int signal = 1; signal <= 64; signal++) {
        if ((counts->signals >> (signal - 1) & 1) == 0)
            continue;
        const char *name = signal_abbreviation(signal);
        elfgen_text_string(out, between);
        elfgen_text_string(out, "SIG");
        if (name)
            elfgen_text_string(out, name);
        else
            elfgen_text_decimal(out, (uint64_t)signal, 0);
        between = ", ";
    }
}

/* ---- memory ---- */

bool mutate_report_open(struct mutate_report *report, const char *file, size_t count, size_t pairs,
                        size_t shards)
{
    /* One element more, so that an empty array is not NULL. */
    *report = (struct mutate_report){
        .file = strdup(file),
        .shard = calloc(shards + 1, sizeof *report->shard),
        .bytes = calloc(count + 1, sizeof *report->bytes),
        .pairs = calloc(pairs + 1, sizeof *report->pairs),
        .shard_count = shards,
        .count = count,
        .pair_count = pairs,
    };
    if (report->file && report->shard && report->bytes && report->pairs)
        return true;
    mutate_report_close(report);
    return false;
}

void mutate_report_close(struct mutate_report *report)
{
    for (size_t i = 0; report->bytes && i < report->count; i++) {
        free(report->bytes[i].owner.name);
        free(report->bytes[i].owner.meaning);
    }
    free(report->file);
    free(report->shard);
    free(report->bytes);
    free(report->pairs);
    *report = (struct mutate_report){.file = NULL};
}

void mutate_counts_add(struct mutate_counts *counts, const struct mutate_counts *more)
{
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++)
        counts->of[class_] += more->of[class_];
    counts->signals |= more->signals;
    for (size_t i = 0; i < sizeof counts->errors / sizeof counts->errors[0]; i++)
        counts->errors[i] |= more->errors[i];
}

uint64_t mutate_counts_runs(const struct mutate_counts *counts)
{
    uint64_t runs = 0;
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++)
        runs += counts->of[class_];
    return runs;
}

bool mutate_value_keeps(const struct mutate_byte *byte, unsigned value)
{
    return value == byte->value || (byte->values.same[value / 64] >> value % 64 & 1) != 0;
}

uint64_t mutate_report_runs(const struct mutate_report *report)
{
    uint64_t runs = 0;
    for (size_t i = 0; i < report->count; i++)
        runs += mutate_counts_runs(&report->bytes[i].counts);
    for (size_t i = 0; i < report->pair_count; i++)
        runs += mutate_counts_runs(&report->pairs[i].counts.counts);
    return runs;
}

/* ---- owners ---- */

struct naming {
    struct bytemap_writer writer;
    struct mutate_report *report;
    size_t next; /* the first byte of the report that later claims may contain */
};

/* Appends a name: "a" becomes "a + b". With overlapping tables, a byte can have a thousand owners;
 * only a few are named. Returns false if there is no memory. */
static bool append(char **names, const char *name, size_t length)
{
    enum { ENOUGH = 200 };
    static const char plus[] = " + ", more[] = " + ...";
    size_t before = *names ? strlen(*names) : 0, between = *names ? sizeof plus - 1 : 0;
    if (before > ENOUGH)
        return true;
    size_t size = before + between + length, end = *names && size > ENOUGH ? sizeof more - 1 : 0;
    char *longer = realloc(*names, size + end + 1);
    if (!longer)
        return false;
    memcpy(longer + before, plus, between);
    memcpy(longer + before + between, name, length);
    memcpy(longer + size, more, end);
    longer[size + end] = '\0';
    *names = longer;
    return true;
}

/* What the kernel or the program reads comes before what only tools read. */
static unsigned weight(const char *reader)
{
    static const enum elfgen_reader order[] = {ELFGEN_READER_NOBODY, ELFGEN_READER_TOOLS,
                                               ELFGEN_READER_PROGRAM, ELFGEN_READER_KERNEL};
    for (unsigned i = 0; reader && i < sizeof order / sizeof order[0]; i++)
        if (strcmp(reader, elfgen_reader_name(order[i])) == 0)
            return i + 1;
    return 0;
}

static bool add_owner(struct mutate_owner *owner, const struct elfgen_claim *claim,
                      const struct elfgen_text *name, const struct elfgen_text *meaning)
{
    const char *reader = elfgen_reader_name(claim->reader);
    if (weight(reader) > weight(owner->reader))
        owner->reader = reader;
    return append(&owner->name, name->bytes, name->length) &&
           (meaning->length == 0 || append(&owner->meaning, meaning->bytes, meaning->length));
}

static void name_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct naming *naming = (struct naming *)writer;
    struct mutate_report *report = naming->report;
    /* The code and text in a section have their own names. */
    if (claim->part == ELFGEN_PART_SECTION)
        return;
    char rooms[2][256];
    struct elfgen_text name = {.bytes = rooms[0], .capacity = sizeof rooms[0]};
    struct elfgen_text meaning = {.bytes = rooms[1], .capacity = sizeof rooms[1]};
    bytemap_put_name(&name, claim);
    bytemap_put_meaning(&meaning, writer->map, claim);
    while (naming->next < report->count && report->bytes[naming->next].offset < claim->offset)
        naming->next++;
    for (size_t i = naming->next; i < report->count; i++) {
        struct mutate_byte *byte = &report->bytes[i];
        if (byte->offset - claim->offset >= claim->length)
            return;
        if (!add_owner(&byte->owner, claim, &name, &meaning))
            error_no_memory(&writer->map->error);
    }
}

static void name_nobody(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    (void)writer;
    (void)offset;
    (void)length;
}

bool mutate_name_owners(struct mutate_report *report, struct bytemap *map)
{
    struct naming naming = {.writer = {map, false, name_claim, name_nobody, NULL, 0},
                            .report = report};
    return bytemap_walk(&naming.writer) && map->error.status == ELFGEN_OK;
}

/* ---- shards ---- */

static bool fail(struct elfgen_error *error, const char *text)
{
    elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE, "%s", text);
    return false;
}

static bool is_same_plan(const struct mutate_report *a, const struct mutate_report *b,
                         struct elfgen_error *error)
{
    if (a->size != b->size)
        return fail(error, "it is about a file of another size");
    if (a->tty != b->tty)
        return fail(error, a->tty ? "it was made without --tty, and the first one with it"
                                  : "it was made with --tty, and the first one without it");
    if (a->values != b->values || a->seed != b->seed || a->count != b->count ||
        a->pair_count != b->pair_count || a->shards != b->shards)
        return fail(error, "it was made with other values, another seed, other bytes or another "
                           "number of shards");
    if (a->kinds != b->kinds)
        return fail(error, "it was made with other kinds of system calls allowed (--allow)");
    for (size_t i = 0; i < a->count; i++)
        if (a->bytes[i].offset != b->bytes[i].offset || a->bytes[i].value != b->bytes[i].value) {
            elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                             "it is about another file: its byte at offset %x is %x, not %x",
                             b->bytes[i].offset, (uint64_t)b->bytes[i].value,
                             (uint64_t)a->bytes[i].value);
            return false;
        }
    for (size_t i = 0; i < a->pair_count; i++)
        if (memcmp(a->pairs[i].offsets, b->pairs[i].offsets, sizeof a->pairs[i].offsets) != 0)
            return fail(error, "it has other pairs of bytes");
    return true;
}

/* Merges the two lists, in order. */
static bool join_shards(struct mutate_report *report, const struct mutate_report *other,
                        struct elfgen_error *error)
{
    uint64_t *all = calloc(report->shard_count + other->shard_count + 1, sizeof *all);
    size_t a = 0, b = 0, count = 0;
    if (!all)
        return error_no_memory(error);
    while (a < report->shard_count || b < other->shard_count) {
        bool first = b == other->shard_count ||
                     (a < report->shard_count && report->shard[a] < other->shard[b]);
        all[count] = first ? report->shard[a++] : other->shard[b++];
        if (count > 0 && all[count] == all[count - 1]) {
            elfgen_error_set(error, ELFGEN_BAD_VALUE, ELFGEN_NOWHERE,
                             "shard %u of %u is in another of the files, too", all[count],
                             report->shards);
            free(all);
            return false;
        }
        count++;
    }
    free(report->shard);
    report->shard = all;
    report->shard_count = count;
    return true;
}

bool mutate_merge(struct mutate_report *report, const struct mutate_report *other,
                  struct elfgen_error *error)
{
    if (!is_same_plan(report, other, error) || !join_shards(report, other, error))
        return false;
    report->complete = report->complete && other->complete;
    report->has_values = report->has_values && other->has_values;
    /* All shards together are the whole, as if it had not been split. */
    if (report->shard_count == report->shards) {
        report->shards = report->shard_count = 1;
        report->shard[0] = 1;
    }
    for (size_t i = 0; i < report->count; i++) {
        mutate_counts_add(&report->bytes[i].counts, &other->bytes[i].counts);
        for (size_t word = 0; word < 4; word++)
            report->bytes[i].values.same[word] |= other->bytes[i].values.same[word];
    }
    for (size_t i = 0; i < report->pair_count; i++) {
        mutate_counts_add(&report->pairs[i].counts.counts, &other->pairs[i].counts.counts);
        report->pairs[i].counts.mended += other->pairs[i].counts.mended;
        report->pairs[i].counts.broken += other->pairs[i].counts.broken;
    }
    return true;
}
