/* Fuzzes what explain and disasm make of a run: a recording is read, and the file in it is
 * explained with what the run did, in each format; the hex source is assembled and must give the
 * same bytes. No program is started. */
#include <jansson.h>

#include "base/memory_text.h"
#include "commands/disasm/listing.h"
#include "commands/explain/explain.h"
#include "commands/explain/page/page_run.h"
#include "fuzz_text.h"
#include "stepper/json_read.h"
#include "x86/session.h"

static struct document explain(const struct elfgen_view *view, struct elfgen_code *code,
                               const struct coverage *run, enum explain_format format)
{
    static char buffer[4096];
    struct document document = {0};
    struct elfgen_text out = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = keep, .context = &document};
    struct explain report = {.map = {.view = view,
                                     .file = "fuzz",
                                     .code = code,
                                     .encodings = view->length & 2,
                                     .to = view->length,
                                     .out = &out,
                                     .run = run},
                             .format = format};
    if (format == EXPLAIN_DETAIL) {
        report.map.from = run->steps % view->length;
        report.map.to = report.map.from + 1;
    }
    bool whole = explain_report(&report);
    check(whole == (report.map.error.status == ELFGEN_OK));
    keep(&out);
    if (!whole) {
        free(document.bytes);
        document = (struct document){0};
    }
    return document;
}

/* Assembles the hex source, which must give the file, whatever the recording says. */
static void assemble(const struct document *source, const struct elfgen_view *view)
{
    struct elfgen_hex_needs needs;
    check(elfgen_hex_measure(source->bytes, source->size, &needs, NULL) == ELFGEN_OK);
    check(needs.bytes == view->length);
    uint8_t *made = malloc((size_t)view->length + 1);
    struct elfgen_hex_label *labels = calloc(needs.labels + 1, sizeof *labels);
    check(made && labels);
    check(elfgen_hex_assemble(source->bytes, source->size, NULL, &needs, labels, made, NULL, NULL,
                              NULL) == ELFGEN_OK);
    check(memcmp(made, view->bytes, (size_t)view->length) == 0);
    free(made);
    free(labels);
}

/* An instruction that ran is one, unless its bytes are none; none that did not shares bytes with
 * one that did. How often it ran may not be known. */
static void compare_code(struct elfgen_code *code, const struct coverage *run)
{
    struct elfgen_code_place place;
    for (uint64_t at = 0; elfgen_code_next(code, at, run->view->length, &place);
         at = place.offset + 1)
        check(coverage_ran(run, place.offset, place.length, true) ||
              coverage_bytes(run, COVERAGE_EXECUTED, place.offset, place.length) == 0);
}

/* The sums agree with the runs of bytes. */
static void compare_bytes(const struct coverage *run)
{
    for (enum coverage_use use = 0; use < COVERAGE_USES; use++) {
        uint64_t offset = 0, length, total = 0;
        for (; coverage_next(run, use, &offset, &length); offset += length) {
            check(length > 0 && offset + length <= run->view->length);
            check(coverage_bytes(run, use, offset, length) == length);
            total += length;
        }
        check(total == coverage_total(run, use));
    }
}

static void disassemble(struct x86_session *code, const struct coverage *run)
{
    struct document document = {0};
    char buffer[512];
    struct elfgen_text out = {
        .bytes = buffer, .capacity = sizeof buffer, .flush = keep, .context = &document};
    const struct disasm disasm = {.whole = true, .x86 = &code->machine, .run = run, .out = &out};
    const struct relocations none = {.all = NULL};
    struct disasm listing = disasm;
    listing.relocations = &none;
    disasm_report(&listing, &code->code);
    disasm_source(&listing, &code->code, run->view);
    free(document.bytes);
}

static void look_at(const struct elfgen_view *view, const struct coverage *run)
{
    struct elfgen_error error;
    struct x86_session *code = x86_session_open_run(
        view, run->steps & 1 ? ELFGEN_CODE_ALL : ELFGEN_CODE_FLOW, SYNTAX_INTEL, &run->run, &error);
    check(error.status == ELFGEN_OK);
    compare_bytes(run);
    if (code)
        compare_code(&code->code, run);
    for (enum explain_format format = 0; format < EXPLAIN_FORMATS; format++) {
        struct document text = explain(view, code ? &code->code : NULL, run, format);
        if (format == EXPLAIN_HEX && text.bytes)
            assemble(&text, view);
        free(text.bytes);
    }
    if (code)
        disassemble(code, run);
    x86_session_close(code);
}

/* Writes the run as a page has it: one JSON object, in which no tag begins. */
static void replay(const struct page_run *page, const struct coverage *run)
{
    struct elfgen_text text;
    check(memory_text_open(&text));
    check(page_run_put(&text, page, run));
    check(memchr(text.bytes, '<', text.length) == NULL);
    json_t *json = json_loadb(text.bytes, text.length, JSON_ALLOW_NUL, NULL);
    check(json_is_object(json));
    json_decref(json);
    free(text.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct step_recording recording = {0};
    struct coverage run = {.view = NULL};
    struct elfgen_error error = {.text = ""};
    struct elfgen_view view;
    if (!step_read_json(&recording, bytes, size, &error))
        return 0;
    const struct step_file *file = &recording.files[0];
    bytemap_open_view(&view, file->bytes, file->size);
    if (file->size > 0) {
        struct page_run *page = page_run_open(&view, (size & 1) != 0);
        check(page != NULL);
        check(coverage_of(&run, &view, &recording, page_run_watcher(page), &error));
        look_at(&view, &run);
        page_run_clean(page, &run);
        replay(page, &run);
        page_run_close(page);
    }
    coverage_free(&run);
    recording_free(&recording);
    return 0;
}
