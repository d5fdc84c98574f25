/* Reads a result of mutate for the page, and writes it as arrays. */
#include "page_heat.h"

#include <string.h>

#include "base/json_write.h"
#include "cli/cli.h"
#include "commands/mutate/result_file.h"
#include "sandbox/kinds.h"

/* ---- reading ---- */

/* Whether the result is of these bytes, as far as it has them. */
static bool is_of(const struct mutate_report *report, const char *path,
                  const struct elfgen_view *view, const char *file)
{
    if (report->size != view->length) {
        message(input_name(path), "error",
                "the result is of a file of %llu bytes, and %s has %llu: --heat takes what "
                "'tinyelf mutate --json' says of the same file",
                (unsigned long long)report->size, file, (unsigned long long)view->length);
        return false;
    }
    for (size_t i = 0; i < report->count; i++) {
        const struct mutate_byte *byte = &report->bytes[i];
        if (view->bytes[byte->offset] == byte->value)
            continue;
        message(input_name(path), "error",
                "the result is of another file: its byte at offset 0x%llx is 0x%02x, that of %s "
                "is 0x%02x",
                (unsigned long long)byte->offset, byte->value, file, view->bytes[byte->offset]);
        return false;
    }
    return true;
}

bool page_heat_read(struct mutate_report *report, const char *path, const struct elfgen_view *view,
                    const char *file)
{
    if (!mutate_read_file(path, report))
        return false;
    if (is_of(report, path, view, file))
        return true;
    mutate_report_close(report);
    return false;
}

/* ---- writing ---- */

static void put_outcomes(struct elfgen_text *out)
{
    elfgen_text_string(out, "{\"outcomes\":[");
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++) {
        elfgen_text_string(out, class_ == 0 ? "" : ",");
        json_string(out, mutate_class_words((enum mutate_class)class_));
    }
    elfgen_text_char(out, ']');
}

/* How the program was run, where that is not the usual. */
static void put_notes(struct elfgen_text *out, const struct mutate_report *report)
{
    json_key(out, "notes");
    elfgen_text_char(out, '[');
    if (report->tty)
        elfgen_text_string(out, "\"the program had a terminal\"");
    const char *between = report->tty ? ",\"allowed besides: " : "\"allowed besides: ";
    for (int kind = 0; kind < SANDBOX_KINDS; kind++) {
        if ((report->kinds >> kind & 1) == 0)
            continue;
        elfgen_text_string(out, between);
        elfgen_text_string(out, sandbox_kind_name((enum sandbox_kind)kind));
        between = ", ";
    }
    elfgen_text_string(out, report->kinds != 0 ? "\"]" : "]");
}

/* The shards that are in it. */
static void put_parts(struct elfgen_text *out, const struct mutate_report *report)
{
    json_key(out, "parts");
    for (size_t i = 0; i < report->shard_count; i++) {
        elfgen_text_char(out, i == 0 ? '[' : ',');
        elfgen_text_decimal(out, report->shard[i], 0);
    }
    elfgen_text_string(out, report->shard_count == 0 ? "[]" : "]");
    json_key_number(out, "of", report->shards);
}

static void put_tried(struct elfgen_text *out, const struct mutate_report *report)
{
    json_key(out, "tried");
    elfgen_text_char(out, '[');
    for (size_t from = 0, to; from < report->count; from = to) {
        for (to = from + 1;
             to < report->count && report->bytes[to].offset == report->bytes[to - 1].offset + 1;
             to++)
            ;
        elfgen_text_string(out, from == 0 ? "" : ",");
        elfgen_text_decimal(out, report->bytes[from].offset, 0);
        elfgen_text_char(out, ',');
        elfgen_text_decimal(out, to - from, 0);
    }
    elfgen_text_char(out, ']');
}

/* A list of numbers in which one below 0 says how many times more the one before it comes. */
struct numbers {
    struct elfgen_text *out;
    uint64_t last, repeats;
    bool begun;
};

static void end_repeats(struct numbers *numbers)
{
    elfgen_text_string(numbers->out, numbers->repeats > 0 ? ",-" : "");
    if (numbers->repeats > 0)
        elfgen_text_decimal(numbers->out, numbers->repeats, 0);
    numbers->repeats = 0;
}

static void add_number(struct numbers *numbers, uint64_t number)
{
    if (numbers->begun && number == numbers->last) {
        numbers->repeats++;
        return;
    }
    end_repeats(numbers);
    elfgen_text_char(numbers->out, numbers->begun ? ',' : '[');
    elfgen_text_decimal(numbers->out, number, 0);
    numbers->begun = true;
    numbers->last = number;
}

static void end_numbers(struct numbers *numbers)
{
    end_repeats(numbers);
    elfgen_text_string(numbers->out, numbers->begun ? "]" : "[]");
}

static bool has_same_reason(const struct mutate_counts *a, const struct mutate_counts *b)
{
    return a->signals == b->signals && memcmp(a->errors, b->errors, sizeof a->errors) == 0;
}

/* The different reasons that bytes have, by the first byte that has each. */
enum { REASONS = 512 };
struct reasons {
    const struct mutate_report *report;
    size_t count, first[REASONS], last; /* last: what was asked for last */
};

/* The number of a byte's reasons: 0 for none, REASONS + 1 where there are too many. */
static size_t number_of(struct reasons *reasons, size_t which)
{
    static const struct mutate_counts nothing;
    const struct mutate_byte *bytes = reasons->report->bytes;
    const struct mutate_counts *counts = &bytes[which].counts;
    if (has_same_reason(counts, &nothing))
        return 0;
    if (reasons->last < reasons->count &&
        has_same_reason(&bytes[reasons->first[reasons->last]].counts, counts))
        return reasons->last + 1;
    size_t i = 0;
    while (i < reasons->count && !has_same_reason(&bytes[reasons->first[i]].counts, counts))
        i++;
    if (i == REASONS)
        return REASONS + 1;
    if (i == reasons->count)
        reasons->first[reasons->count++] = which;
    reasons->last = i;
    return i + 1;
}

static void put_reasons(struct elfgen_text *out, const struct mutate_report *report)
{
    struct reasons reasons = {.report = report};
    json_key(out, "reason");
    struct numbers numbers = {.out = out};
    for (size_t i = 0; i < report->count; i++)
        add_number(&numbers, number_of(&reasons, i));
    end_numbers(&numbers);
    json_key(out, "reasons");
    elfgen_text_string(out, "[\"\"");
    for (size_t i = 0; i < reasons.count; i++) {
        elfgen_text_string(out, ",\"");
        mutate_put_reasons(out, &report->bytes[reasons.first[i]].counts);
        elfgen_text_char(out, '"');
    }
    elfgen_text_string(out, reasons.count == REASONS ? ",\"too many to list\"]" : "]");
}

void page_heat_put(struct elfgen_text *out, const struct mutate_report *report)
{
    put_outcomes(out);
    json_key_number(out, "values", report->values);
    json_key_number(out, "runs", mutate_report_runs(report));
    json_key_bool(out, "complete", report->complete);
    put_parts(out, report);
    put_notes(out, report);
    put_tried(out, report);
    json_key(out, "counts");
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++) {
        struct numbers numbers = {.out = out};
        elfgen_text_char(out, class_ == 0 ? '[' : ',');
        for (size_t i = 0; i < report->count; i++)
            add_number(&numbers, report->bytes[i].counts.of[class_]);
        end_numbers(&numbers);
    }
    elfgen_text_char(out, ']');
    put_reasons(out, report);
    elfgen_text_char(out, '}');
}
