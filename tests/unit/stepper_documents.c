/* stepper/: a recording as a document is the same when it is read again. */
#include <string.h>

#include "base/memory_text.h"
#include "stepper/json_read.h"
#include "stepper/stepper.h"
#include "commands/step/text.h"
#include "stepper_cases.h"

struct document {
    char *bytes;
    size_t size;
};

static void take(struct elfgen_text *text)
{
    struct document *document = text->context;
    document->bytes = realloc(document->bytes, document->size + text->length + 1);
    memcpy(document->bytes + document->size, text->bytes, text->length);
    document->size += text->length;
    text->length = 0;
}

static struct document write_document(const struct step_recording *recording)
{
    struct document document = {0};
    char buffer[256];
    struct elfgen_text text = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = take, .context = &document};
    struct step_machines *machines = calloc(1, sizeof *machines);
    step_machines_open(machines);
    step_write_json(&text, machines, recording, SIZE_MAX);
    take(&text);
    free(machines);
    return document;
}

START_TEST(a_document_is_read_back_and_written_unchanged)
{
    struct step_recording first = {0}, second = {0};
    struct elfgen_error error = {0};
    record_loop(&first);
    struct document once = write_document(&first);
    bool read = step_read_json(&second, once.bytes, once.size, &error);
    ck_assert_msg(read, "%s", error.text);
    struct document again = write_document(&second);
    ck_assert_uint_eq(once.size, again.size);
    ck_assert_mem_eq(once.bytes, again.bytes, once.size);
    ck_assert_uint_eq(first.size, second.size);
    ck_assert_mem_eq(first.records, second.records, first.size);
    recording_free(&second);
    /* A name may have any bytes. */
    free(first.files[0].name);
    first.files[0].name = strdup("\x01\"\\\x7f\x80\xc3\xff");
    struct document odd = write_document(&first);
    ck_assert(step_read_json(&second, odd.bytes, odd.size, &error));
    ck_assert_str_eq(first.files[0].name, second.files[0].name);
    recording_free(&first);
    recording_free(&second);
    free(once.bytes);
    free(again.bytes);
    free(odd.bytes);
}
END_TEST

START_TEST(damaged_documents_are_refused_or_read)
{
    struct step_recording recording = {0}, read = {0};
    struct elfgen_error error;
    uint64_t random = 7;
    size_t refused = 0;
    record_loop(&recording);
    recording.count = 20; /* the first records are enough */
    struct document document = write_document(&recording);
    for (int i = 0; i < 2000; i++) {
        char *copy = malloc(document.size);
        memcpy(copy, document.bytes, document.size);
        size_t size = i % 4 == 0 ? next_random(&random) % document.size : document.size;
        for (int j = 0; j < 3; j++)
            copy[next_random(&random) % document.size] = (char)next_random(&random);
        error.text[0] = '\0';
        bool good = step_read_json(&read, copy, size, &error);
        ck_assert(good || error.text[0] != '\0');
        ck_assert(good || !read.files);
        refused += !good;
        recording_free(&read);
        free(copy);
    }
    ck_assert_uint_gt(refused, 1000);
    free(document.bytes);
    recording.count = 0;
    recording_free(&recording);
}
END_TEST

/* A piece of each kind, with what its row says that it has. */
static const struct {
    struct step_piece piece;
    const char *bytes, *json, *text;
} pieces[STEP_PIECE_KINDS] = {
    {{.kind = STEP_PIECE_MEMORY, .value = 0x40, .size = 2},
     "\1\2\3\4",
     "\"memory\",\"address\":\"0x40\",\"from\":\"0102\",\"to\":\"0304\"",
     "[0x40]: 01 02 -> 03 04\n"},
    {{.kind = STEP_PIECE_VECTOR, .number = STEP_MXCSR, .size = 1},
     "\1\2",
     "\"vector\",\"register\":51,\"name\":\"mxcsr\",\"from\":\"01\",\"to\":\"02\"",
     "mxcsr: 01 -> 02\n"},
    {{.kind = STEP_PIECE_CALL, .value = 4, .number = CALL_I386, .size = 6},
     "write",
     "\"call\",\"abi\":\"i386\",\"number\":\"0x4\",\"name\":\"write\"",
     "asks the kernel: write (4) of "},
    {{.kind = STEP_PIECE_ARGUMENT, .number = 1, .value = 16, .size = 9},
     "buf\0\"hi\"",
     "\"argument\",\"index\":1,\"value\":\"0x10\",\"name\":\"buf\",\"text\":\"\\\"hi\\\"\"",
     "buf=0x10 \"hi\"\n"},
    {{.kind = STEP_PIECE_ANSWER, .value = UINT64_MAX, .size = 6},
     "EPERM",
     "\"answer\",\"value\":\"0xffffffffffffffff\",\"text\":\"EPERM\"",
     "the kernel answers: -1 EPERM\n"},
    {{.kind = STEP_PIECE_OUTPUT, .number = 2, .size = 3},
     "a\n\0",
     "\"output\",\"descriptor\":2,\"bytes\":\"610a00\"",
     "output 2: \"a\\n\\x00\"\n"},
    {{.kind = STEP_PIECE_SIGNAL, .number = 11, .size = 1, .value = 16},
     NULL,
     "\"signal\",\"signal\":11,\"code\":\"0x1\",\"address\":\"0x10\",\"signal_name\":\"SIGSEGV\"",
     "SIGSEGV comes, at CPL 3\n"},
    {{.kind = STEP_PIECE_FILE, .value = 1},
     NULL,
     "\"program\",\"file\":1",
     "another program takes its place: /bin/b\n"},
    {{.kind = STEP_PIECE_NOTE, .size = 10},
     "it is odd",
     "\"note\",\"text\":\"it is odd\"",
     "it is odd\n"},
};

static void assert_written(const struct step_recording *recording, struct step_machines *machines,
                           struct elfgen_text *document)
{
    ck_assert(memory_text_open(document));
    ck_assert_uint_eq(step_write_json(document, machines, recording, SIZE_MAX), recording->count);
    elfgen_text_char(document, '\0');
    ck_assert(!document->cut);
}

START_TEST(a_document_has_as_many_steps_as_fit_and_then_says_so)
{
    struct step_recording first = {0}, second = {0};
    struct step_machines machines = {0};
    struct elfgen_text whole, part;
    struct elfgen_error error = {0};
    record_loop(&first);
    step_machines_open(&machines);
    ck_assert(memory_text_open(&whole) && memory_text_open(&part));
    ck_assert_uint_eq(step_write_json(&whole, &machines, &first, SIZE_MAX), first.count);
    ck_assert_uint_gt(first.count, 4);
    for (size_t most = whole.length + 200; most > whole.length - 400; most -= 50) {
        part.length = 0;
        uint64_t count = step_write_json(&part, &machines, &first, most);
        ck_assert_uint_le(part.length, most);
        ck_assert(most < whole.length + 200 || count == first.count);
        ck_assert(step_read_json(&second, part.bytes, part.length, &error));
        ck_assert_uint_eq(second.count, count);
        ck_assert_int_eq(second.end, count < first.count ? STEP_FULL : first.end);
        recording_free(&second);
    }
    ck_assert_uint_lt(step_write_json(&part, &machines, &first, whole.length - 400), first.count);
    ck_assert_uint_eq(step_write_json(&part, &machines, &first, 1), 0);
    free(whole.bytes);
    free(part.bytes);
    recording_free(&first);
}
END_TEST

START_TEST(a_piece_of_each_kind_is_printed_written_and_read_back)
{
    const struct step_piece *piece = &pieces[_i].piece;
    struct step_recording recording = {0}, again = {0};
    struct step_machines machines = {0};
    struct elfgen_text document, second, text;
    struct elfgen_error error;
    struct step_cursor cursor;
    struct step_record record;
    char expected[200];
    ck_assert_int_eq(piece->kind, _i);
    recording_add_file(&recording, "/bin/a", 6);
    recording_add_file(&recording, "/bin/b", 6);
    recording.start.value[STEP_cs] = 0x33;
    recording_begin_record(&recording, STEP_SIGNAL, STEP_NONE, &recording.start, &recording.start);
    const uint8_t *bytes = (const uint8_t *)pieces[_i].bytes;
    struct step_piece whole = *piece;
    whole.bytes = bytes;
    if (piece->kind == STEP_PIECE_MEMORY || piece->kind == STEP_PIECE_VECTOR)
        recording_add_change(&recording, piece, bytes, bytes + piece->size);
    else
        recording_add_piece(&recording, &whole);
    recording_end_record(&recording);
    step_machines_open(&machines);
    assert_written(&recording, &machines, &document);
    snprintf(expected, sizeof expected, "\"pieces\":[{\"kind\":%s}]}", pieces[_i].json);
    if (!strstr(document.bytes, expected))
        ck_abort_msg("%s\nis not in\n%s", expected, document.bytes);
    ck_assert_msg(step_read_json(&again, document.bytes, document.length - 1, &error), "%s",
                  error.text);
    assert_written(&again, &machines, &second);
    ck_assert_str_eq(document.bytes, second.bytes);
    recording_cursor_open(&cursor, &again);
    ck_assert(recording_cursor_forward(&cursor, &record));
    ck_assert(memory_text_open(&text));
    step_put_changes(&text, &machines, &record, &again, 100, 0);
    elfgen_text_char(&text, '\0');
    if (!strstr(text.bytes, pieces[_i].text))
        ck_abort_msg("%s\nis not in\n%s", pieces[_i].text, text.bytes);
    free(text.bytes);
    free(document.bytes);
    free(second.bytes);
    recording_free(&recording);
    recording_free(&again);
}
END_TEST

TCase *stepper_document_cases(void)
{
    TCase *cases = tcase_create("documents");
    tcase_add_test(cases, a_document_has_as_many_steps_as_fit_and_then_says_so);
    tcase_add_test(cases, a_document_is_read_back_and_written_unchanged);
    tcase_add_test(cases, damaged_documents_are_refused_or_read);
    tcase_add_loop_test(cases, a_piece_of_each_kind_is_printed_written_and_read_back, 0,
                        STEP_PIECE_KINDS);
    return cases;
}
