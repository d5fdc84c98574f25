/* Fuzzes mutate's JSON: a report that is read is shown, and written and read back unchanged; merged
 * with itself, it is refused. */
#include "commands/mutate/result.h"
#include "fuzz_text.h"

static struct document written(const struct mutate_report *report)
{
    struct document document = {0};
    char buffer[512];
    struct elfgen_text text = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = keep, .context = &document};
    mutate_json(report, &text);
    keep(&text);
    return document;
}

/* Shows the report, in lines of `width` columns: only lines of printable ASCII. */
static void show(const struct mutate_report *report, size_t width)
{
    struct document document = {0};
    char buffer[512];
    struct elfgen_text text = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = keep, .context = &document};
    mutate_text(report, false, width, &text);
    keep(&text);
    for (size_t i = 0; i < document.size; i++)
        check(document.bytes[i] == '\n' || (document.bytes[i] >= ' ' && document.bytes[i] < 0x7f));
    free(document.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct mutate_report first, second;
    struct elfgen_error error = {.text = ""};
    if (!mutate_read(&first, (const char *)bytes, size, &error)) {
        check(error.text[0] != '\0' && first.bytes == NULL && first.pairs == NULL);
        return 0;
    }
    show(&first, 0);
    show(&first, 1 + size % 200);
    struct document once = written(&first);
    check(mutate_read(&second, once.bytes, once.size, &error));
    struct document again = written(&second);
    check(once.size == again.size && memcmp(once.bytes, again.bytes, once.size) == 0);
    /* It shares a shard with itself. */
    check(!mutate_merge(&first, &second, &error) && error.text[0] != '\0');
    if (second.shards > 1 && second.shard_count == 1) {
        second.shard[0] = second.shard[0] == 1 ? 2 : 1;
        check(mutate_merge(&first, &second, &error));
        show(&first, 0);
    }
    mutate_report_close(&first);
    mutate_report_close(&second);
    free(once.bytes);
    free(again.bytes);
    return 0;
}
