/* Writes the report of mutate as one JSON object. */
#include <string.h>

#include "base/json_write.h"
#include "base/system_error.h"
#include "commands/json_versions.h"
#include "result.h"
#include "sandbox/kinds.h"

static void put_classes(struct elfgen_text *out, const struct mutate_counts *counts)
{
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++)
        json_key_number(out, mutate_class_name((enum mutate_class)class_), counts->of[class_]);
}

/* Writes the numbers of the bits that are set, or their names if `name` is not NULL. */
static void put_set(struct elfgen_text *out, const char *key, const uint64_t *words, size_t count,
                    unsigned first, const char *(*name)(int number))
{
    const char *between = "";
    json_key(out, key);
    elfgen_text_char(out, '[');
    for (unsigned i = 0; i < 64 * count; i++) {
        if ((words[i / 64] >> i % 64 & 1) == 0)
            continue;
        const char *word = name ? name((int)(i + first)) : NULL;
        elfgen_text_string(out, between);
        if (word)
            json_string(out, word);
        else
            elfgen_text_decimal(out, i + first, 0);
        between = ",";
    }
    elfgen_text_char(out, ']');
}

static void put_signal_names(struct elfgen_text *out, uint64_t signals)
{
    const char *between = "";
    elfgen_text_string(out, ",\"signal_names\":[");
    for (int number = 1; number <= 64; number++) {
        if ((signals >> (number - 1) & 1) == 0)
            continue;
        elfgen_text_string(out, between);
        json_signal(out, number);
        between = ",";
    }
    elfgen_text_char(out, ']');
}

static void put_details(struct elfgen_text *out, const struct mutate_counts *counts)
{
    put_set(out, "errnos", counts->errors, sizeof counts->errors / sizeof counts->errors[0], 0,
            system_error_name);
    put_set(out, "signals", &counts->signals, 1, 1, NULL);
    put_signal_names(out, counts->signals);
}

/* The values that keep the behaviour, as ranges with both ends. */
static void put_kept(struct elfgen_text *out, const struct mutate_byte *byte)
{
    enum { VALUES = 256 };
    const char *between = "";
    json_key(out, "kept");
    elfgen_text_char(out, '[');
    for (unsigned from = 0, to; from < VALUES; from = to + 1) {
        for (to = from; to < VALUES && mutate_value_keeps(byte, to); to++)
            ;
        if (to == from)
            continue;
        elfgen_text_string(out, between);
        elfgen_text_char(out, '[');
        elfgen_text_decimal(out, from, 0);
        elfgen_text_char(out, ',');
        elfgen_text_decimal(out, to - 1, 0);
        elfgen_text_char(out, ']');
        between = ",";
    }
    elfgen_text_char(out, ']');
}

static void put_byte(struct elfgen_text *out, const struct mutate_byte *byte, bool has_values)
{
    elfgen_text_string(out, "{\"offset\":");
    elfgen_text_decimal(out, byte->offset, 0);
    json_key_number(out, "value", byte->value);
    put_classes(out, &byte->counts);
    put_details(out, &byte->counts);
    if (has_values)
        put_kept(out, byte);
    json_key_string(out, "owner", byte->owner.name);
    json_key_string(out, "meaning", byte->owner.meaning);
    json_key_string(out, "reader", byte->owner.reader);
    elfgen_text_char(out, '}');
}

static void put_pair(struct elfgen_text *out, const struct mutate_two *pair)
{
    elfgen_text_string(out, "{\"offsets\":[");
    elfgen_text_decimal(out, pair->offsets[0], 0);
    elfgen_text_char(out, ',');
    elfgen_text_decimal(out, pair->offsets[1], 0);
    elfgen_text_char(out, ']');
    put_classes(out, &pair->counts.counts);
    put_details(out, &pair->counts.counts);
    json_key_number(out, "mended", pair->counts.mended);
    json_key_number(out, "broken", pair->counts.broken);
    elfgen_text_char(out, '}');
}

/* What the counts count. */
static void put_outcomes(struct elfgen_text *out)
{
    elfgen_text_string(out, ",\n\"outcomes\":{");
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++) {
        elfgen_text_string(out, class_ == 0 ? "\"" : ",\"");
        elfgen_text_string(out, mutate_class_name((enum mutate_class)class_));
        elfgen_text_string(out, "\":");
        json_string(out, mutate_class_words((enum mutate_class)class_));
    }
    elfgen_text_char(out, '}');
}

/* Kinds of system calls that the program may make besides, if there are any. */
static void put_kinds(struct elfgen_text *out, unsigned kinds)
{
    const char *between = ",\"allow\":[";
    for (int kind = 0; kind < SANDBOX_KINDS; kind++) {
        if ((kinds >> kind & 1) == 0)
            continue;
        elfgen_text_string(out, between);
        json_string(out, sandbox_kind_name((enum sandbox_kind)kind));
        between = ",";
    }
    if (kinds != 0)
        elfgen_text_char(out, ']');
}

void mutate_json(const struct mutate_report *report, struct elfgen_text *out)
{
    json_begin(out, JSON_VERSION_mutate);
    json_key_string(out, "file", report->file);
    json_key_number(out, "size", report->size);
    json_key_number(out, "runs", mutate_report_runs(report));
    elfgen_text_string(out, ",\"bytes\":[");
    for (size_t i = 0; i < report->count; i++) {
        elfgen_text_string(out, i == 0 ? "\n" : ",\n");
        put_byte(out, &report->bytes[i], report->has_values);
    }
    elfgen_text_string(out, "],\n\"pairs\":[");
    for (size_t i = 0; i < report->pair_count; i++) {
        elfgen_text_string(out, i == 0 ? "\n" : ",\n");
        put_pair(out, &report->pairs[i]);
    }
    elfgen_text_char(out, ']');
    json_key_number(out, "values", report->values);
    json_key_twins(out, "seed", report->seed);
    put_kinds(out, report->kinds);
    if (report->tty)
        json_key_bool(out, "tty", true);
    json_key_number(out, "shards", report->shards);
    elfgen_text_string(out, ",\"shard\":[");
    for (size_t i = 0; i < report->shard_count; i++) {
        elfgen_text_string(out, i == 0 ? "" : ",");
        elfgen_text_decimal(out, report->shard[i], 0);
    }
    elfgen_text_char(out, ']');
    put_outcomes(out);
    json_key_bool(out, "complete", report->complete);
    elfgen_text_string(out, "}\n");
}
