/* Reads the report of mutate from JSON. Any bytes are accepted: each value is checked before it is
 * used. */
#include <stdlib.h>
#include <string.h>

#include "base/json_read.h"
#include "base/system_error.h"
#include "commands/json_versions.h"
#include "result.h"
#include "sandbox/kinds.h"

static struct mutate_report *report_of(const struct json_reader *reader)
{
    return reader->into;
}

/* ---- counts ---- */

static bool read_errno(struct json_reader *reader, const json_t *item, struct mutate_counts *counts)
{
    const char *text = json_string_value(item);
    int most = 64 * (int)(sizeof counts->errors / sizeof counts->errors[0]);
    for (int error = 1; error < most; error++) {
        const char *name = system_error_name(error);
        if (text ? name && strcmp(name, text) == 0
                 : json_is_integer(item) && json_integer_value(item) == error) {
            counts->errors[error / 64] |= UINT64_C(1) << error % 64;
            return true;
        }
    }
    return json_read_fail(reader, "errnos", "names such as ENOEXEC");
}

static bool read_signal(struct json_reader *reader, const json_t *item,
                        struct mutate_counts *counts)
{
    json_int_t signal = json_is_integer(item) ? json_integer_value(item) : 0;
    if (signal < 1 || signal > 64)
        return json_read_fail(reader, "signals", "numbers from 1 to 64");
    counts->signals |= UINT64_C(1) << (signal - 1);
    return true;
}

/* `most` is the number of runs in the plan, so that no sum overflows when reports are merged. */
static bool read_counts(struct json_reader *reader, json_t *item, uint64_t most,
                        struct mutate_counts *counts)
{
    const json_t *list, *one;
    size_t i;
    for (int class_ = 0; class_ < MUTATE_CLASSES; class_++) {
        const char *name = mutate_class_name((enum mutate_class)class_);
        if (!json_read_large(reader, item, name, &counts->of[class_]))
            return false;
        if (counts->of[class_] > most)
            return json_read_fail(reader, name, "at most, with the others, what 'values' allows");
        most -= counts->of[class_];
    }
    if (!(list = json_read_list(reader, item, "errnos")))
        return false;
    json_array_foreach(list, i, one)
    {
        if (!read_errno(reader, one, counts))
            return false;
    }
    if (!(list = json_read_list(reader, item, "signals")))
        return false;
    json_array_foreach(list, i, one)
    {
        if (!read_signal(reader, one, counts))
            return false;
    }
    return true;
}

/* ---- bytes and pairs ---- */

/* A string or null. */
static bool read_words(struct json_reader *reader, const json_t *item, const char *key,
                       char **words)
{
    const json_t *value = json_object_get(item, key);
    size_t length;
    *words = NULL;
    if (json_is_null(value))
        return true;
    *words = json_read_text(reader, value, key, &length);
    return *words != NULL;
}

static bool read_reader(struct json_reader *reader, const json_t *item, struct mutate_owner *owner)
{
    const char *names[ELFGEN_READER_NOBODY + 1];
    uint32_t index;
    for (int i = 0; i <= ELFGEN_READER_NOBODY; i++)
        names[i] = elfgen_reader_name((enum elfgen_reader)i);
    if (json_is_null(json_object_get(item, "reader")))
        return true;
    if (!json_read_word(reader, item, "reader", names, sizeof names / sizeof names[0], &index))
        return false;
    owner->reader = names[index];
    return true;
}

/* A range of values that keep the behaviour, which begins at `least` or above. */
static bool read_range(const json_t *range, struct mutate_values *values, json_int_t least)
{
    enum { VALUES = 256 };
    const json_t *from = json_array_get(range, 0), *to = json_array_get(range, 1);
    if (json_array_size(range) != 2 || !json_is_integer(from) || !json_is_integer(to) ||
        json_integer_value(from) < least || json_integer_value(to) < json_integer_value(from) ||
        json_integer_value(to) >= VALUES)
        return false;
    for (json_int_t value = json_integer_value(from); value <= json_integer_value(to); value++)
        values->same[value / 64] |= UINT64_C(1) << value % 64;
    return true;
}

/* The values that keep the behaviour, the byte's own among them; older documents do not have them.
 */
static bool read_kept(struct json_reader *reader, const json_t *item, struct mutate_byte *byte)
{
    struct mutate_report *report = report_of(reader);
    const json_t *list, *range;
    json_int_t least = 0;
    size_t i;
    if (!json_object_get(item, "kept")) {
        report->has_values = false;
        return true;
    }
    if (!(list = json_read_list(reader, item, "kept")))
        return false;
    json_array_foreach(list, i, range)
    {
        if (!read_range(range, &byte->values, least))
            return json_read_fail(reader, "kept", "ranges of two numbers up to 255, in order");
        least = json_integer_value(json_array_get(range, 1)) + 2;
    }
    uint64_t *own = &byte->values.same[byte->value / 64], bit = UINT64_C(1) << byte->value % 64;
    bool has_own = (*own & bit) != 0;
    uint64_t count = 0;
    *own &= ~bit;
    for (size_t word = 0; word < 4; word++)
        count += (uint64_t)__builtin_popcountll(byte->values.same[word]);
    return (has_own && count == byte->counts.of[MUTATE_SAME]) ||
           json_read_fail(reader, "kept", "the byte's value and as many others as 'same' counts");
}

static bool read_byte(struct json_reader *reader, json_t *item)
{
    struct mutate_report *report = report_of(reader);
    struct mutate_byte *byte = &report->bytes[reader->index];
    uint32_t value;
    if (!json_read_large(reader, item, "offset", &byte->offset) ||
        !json_read_number(reader, item, "value", 256, &value))
        return false;
    if (byte->offset >= report->size ||
        (reader->index > 0 && byte->offset <= report->bytes[reader->index - 1].offset))
        return json_read_fail(reader, "offset", "after the one before, and in the file");
    byte->value = (uint8_t)value;
    return read_counts(reader, item, report->values, &byte->counts) &&
           read_kept(reader, item, byte) && read_words(reader, item, "owner", &byte->owner.name) &&
           read_words(reader, item, "meaning", &byte->owner.meaning) &&
           read_reader(reader, item, &byte->owner);
}

static bool read_pair(struct json_reader *reader, json_t *item)
{
    struct mutate_report *report = report_of(reader);
    struct mutate_two *pair = &report->pairs[reader->index];
    struct mutate_pair_counts *counts = &pair->counts;
    uint64_t most = (uint64_t)report->values * report->values;
    const json_t *offsets = json_read_list(reader, item, "offsets");
    for (size_t i = 0; offsets && i < 2; i++) {
        const json_t *offset = json_array_get(offsets, i);
        if (!json_is_integer(offset) || json_integer_value(offset) < 0)
            return json_read_fail(reader, "offsets", "two numbers");
        pair->offsets[i] = (uint64_t)json_integer_value(offset);
    }
    if (offsets && (pair->offsets[0] >= pair->offsets[1] || pair->offsets[1] >= report->size))
        return json_read_fail(reader, "offsets", "the lower first, and in the file");
    if (!offsets || !read_counts(reader, item, most, &counts->counts) ||
        !json_read_large(reader, item, "mended", &counts->mended) ||
        !json_read_large(reader, item, "broken", &counts->broken))
        return false;
    return (counts->mended <= most && counts->broken <= most) ||
           json_read_fail(reader, "mended", "as 'broken', at most the number of runs");
}

/* ---- the whole ---- */

static bool read_shards(struct json_reader *reader, const json_t *list)
{
    struct mutate_report *report = report_of(reader);
    const json_t *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        json_int_t number = json_is_integer(item) ? json_integer_value(item) : 0;
        if (number < 1 || (uint64_t)number > report->shards ||
            (i > 0 && (uint64_t)number <= report->shard[i - 1]))
            return json_read_fail(reader, "shard", "numbers from 1 to 'shards', in order");
        report->shard[i] = (uint64_t)number;
    }
    return report->shard_count != 0 || json_read_fail(reader, "shard", "one at least");
}

/* The twin, where it is there: what other programs did to the number does no harm. */
static bool read_seed(struct json_reader *reader, const json_t *document, uint64_t *seed)
{
    if (json_object_get(document, "seed_hex"))
        return json_read_hex(reader, document, "seed_hex", seed);
    return json_read_large(reader, document, "seed", seed);
}

/* Numbers that mutate itself writes. */
static bool read_numbers(struct json_reader *reader, const json_t *document)
{
    const uint64_t size_most = UINT64_C(1) << 47; /* the file was in memory */
    struct mutate_report *report = report_of(reader);
    uint32_t values;
    if (!json_read_large(reader, document, "size", &report->size) ||
        !json_read_number(reader, document, "values", MUTATE_MOST_VALUES + 1, &values) ||
        !read_seed(reader, document, &report->seed) ||
        !json_read_large(reader, document, "shards", &report->shards))
        return false;
    if (values == 0)
        return json_read_fail(reader, "values", "a number from 1 to 255");
    if (report->size > size_most)
        return json_read_fail(reader, "size", "the size of a file");
    if (report->seed > INT64_MAX)
        return json_read_fail(reader, "seed", "a number below 2^63");
    if (report->shards > MUTATE_MOST_SHARDS)
        return json_read_fail(reader, "shards", "at most 1000000");
    report->values = values;
    report->tty = json_is_true(json_object_get(document, "tty"));
    report->complete = json_is_true(json_object_get(document, "complete"));
    return true;
}

/* The kinds of system calls that were allowed; without the key, none. */
static bool read_kinds(struct json_reader *reader, const json_t *document)
{
    struct mutate_report *report = report_of(reader);
    const json_t *item;
    size_t i;
    if (!json_object_get(document, "allow"))
        return true;
    const json_t *list = json_read_list(reader, document, "allow");
    json_array_foreach(list, i, item)
    {
        const char *text = json_string_value(item);
        unsigned found = 0;
        for (int kind = 0; text && kind < SANDBOX_KINDS; kind++)
            if (strcmp(sandbox_kind_name((enum sandbox_kind)kind), text) == 0)
                found = 1u << kind;
        if (found == 0)
            return json_read_fail(reader, "allow", "names of kinds of system calls");
        report->kinds |= found;
    }
    return list != NULL;
}

static bool read_document(struct json_reader *reader, const json_t *document)
{
    struct mutate_report *report = report_of(reader);
    if (!json_read_version(reader, document, JSON_VERSION_mutate))
        return false;
    const json_t *bytes = json_read_list(reader, document, "bytes");
    const json_t *pairs = bytes ? json_read_list(reader, document, "pairs") : NULL;
    const json_t *shards = pairs ? json_read_list(reader, document, "shard") : NULL;
    size_t length;
    char *file =
        shards ? json_read_text(reader, json_object_get(document, "file"), "file", &length) : NULL;
    bool room = file && mutate_report_open(report, file, json_array_size(bytes),
                                           json_array_size(pairs), json_array_size(shards));
    free(file);
    report->has_values = true;
    return room && read_numbers(reader, document) && read_shards(reader, shards) &&
           read_kinds(reader, document) && json_read_each(reader, document, "bytes", read_byte) &&
           json_read_each(reader, document, "pairs", read_pair);
}

bool mutate_read(struct mutate_report *report, const char *text, size_t size,
                 struct elfgen_error *error)
{
    struct json_reader reader = {
        .document = "result of tinyelf mutate", .into = report, .error = error};
    *report = (struct mutate_report){.file = NULL};
    bool good = json_read_document(&reader, text, size, read_document);
    if (!good)
        mutate_report_close(report);
    return good;
}
