/* Fuzzes recordings: one that is read is shown, and written and read back unchanged. */
#include "commands/step/text.h"
#include "stepper/json_read.h"
#include "fuzz_text.h"

static void drop(struct elfgen_text *text)
{
    text->length = 0;
}

static struct document written(const struct step_recording *recording,
                               struct step_machines *machines)
{
    struct document document = {0};
    char buffer[512];
    struct elfgen_text text = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = keep, .context = &document};
    step_write_json(&text, machines, recording, SIZE_MAX);
    keep(&text);
    return document;
}

/* Steps forward and back, and prints everything on the way. */
static void walk(const struct step_recording *recording, struct step_machines *machines)
{
    char buffer[512];
    struct elfgen_text text = {.bytes = buffer, .capacity = sizeof buffer, .flush = drop};
    struct step_printer printer = {.out = &text, .machines = machines, .recording = recording};
    struct step_cursor cursor;
    struct step_record record;
    step_put_head(&text, recording);
    recording_cursor_open(&cursor, recording);
    while (recording_cursor_forward(&cursor, &record)) {
        step_put_record(&printer, &record);
        step_put_changes(&text, machines, &record, recording, 57, 0);
    }
    step_put_end(&text, recording, printer.count);
    check(cursor.index == recording->count);
    while (recording_cursor_back(&cursor, &record))
        ;
    check(memcmp(&cursor.registers, &recording->start, sizeof recording->start) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct step_machines *machines;
    struct step_recording first = {0}, second = {0};
    struct elfgen_error error = {.text = ""};
    if (!machines) {
        machines = calloc(1, sizeof *machines);
        check(machines != NULL);
        step_machines_open(machines);
    }
    if (!step_read_json(&first, bytes, size, &error)) {
        check(error.text[0] != '\0' && first.files == NULL && first.records == NULL);
        return 0;
    }
    walk(&first, machines);
    struct document once = written(&first, machines);
    check(step_read_json(&second, once.bytes, once.size, &error));
    struct document again = written(&second, machines);
    check(once.size == again.size && memcmp(once.bytes, again.bytes, once.size) == 0);
    recording_free(&first);
    recording_free(&second);
    free(once.bytes);
    free(again.bytes);
    return 0;
}
