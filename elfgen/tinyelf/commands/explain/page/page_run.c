/* Collects a run for the page while it is made or read, and writes it. */
#include "page_run.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "base/memory_text.h"
#include "page_run_private.h"

/* ---- the start ---- */

/* Notes what may be shown of the registers at the start. */
static void note_start(struct page_run *run)
{
    for (size_t i = 0; i < STEP_REGISTERS; i++) {
        enum step_secrecy secrecy =
            run->secrets ? step_secrets_register(run->secrets, (enum step_register)i) : STEP_PUBLIC;
        run->shows_start[i] =
            page_run_may_show(run, run->recording->start.value[i], secrecy, &run->start.value[i]);
    }
}

/* What a user called it. The environment's strings are in no recording. */
static void put_private(struct page_run *run)
{
    const struct step_recording *recording = run->recording;
    json_key_string(&run->head, "program", recording->files[0].name);
    json_key(&run->head, "arguments");
    elfgen_text_char(&run->head, '[');
    for (size_t i = 0; i < recording->argument_count; i++) {
        elfgen_text_string(&run->head, i == 0 ? "" : ",");
        json_string(&run->head, recording->arguments[i]);
    }
    elfgen_text_char(&run->head, ']');
}

static void begin(void *context, const struct coverage *coverage,
                  const struct step_recording *recording)
{
    struct page_run *run = context;
    run->coverage = coverage;
    run->recording = recording;
    run->is_private = recording->is_private;
    run->is_64_bit = recording_is_64_bit(&recording->start);
    run->is_moved = run->view->ehdr.e_type != ELFGEN_ET_EXEC;
    if (!run->with_private) {
        run->secrets = step_secrets_open(recording, run->is_moved);
        run->no_memory = run->no_memory || !run->secrets;
    }
    if (!run->no_memory)
        note_start(run);
    if (run->with_private)
        put_private(run);
}

/* ---- records ---- */

static void note_use(void *context, enum coverage_use use, uint64_t offset, uint64_t length)
{
    struct page_run *run = context;
    size_t which = use == COVERAGE_WRITTEN, *count = &run->used_count[which];
    uint64_t size = run->view->length;
    if ((use != COVERAGE_READ && use != COVERAGE_WRITTEN) || offset >= size || length == 0)
        return;
    length = length < size - offset ? length : size - offset;
    for (size_t i = 0; i < *count; i++)
        if (run->used[which][i].offset == offset && run->used[which][i].length == length)
            return;
    if (*count < PAGE_RUN_RANGES) {
        run->used[which][*count].offset = offset;
        run->used[which][*count].length = length;
        ++*count;
    }
}

static void note_call(void *context, const struct coverage_made *made)
{
    struct page_run *run = context;
    if (!run->no_memory)
        page_run_ask(run, made);
}

static void take(void *context, const struct coverage *coverage,
                 const struct step_recording *recording, const struct step_record *record,
                 uint64_t offset)
{
    struct page_run *run = context;
    run->coverage = coverage;
    run->recording = recording;
    if (!run->no_memory)
        page_run_take(run, record, offset);
    page_run_hide(run, offset);
    run->has_call = false;
    run->used_count[0] = run->used_count[1] = 0;
}

struct page_run *page_run_open(const struct elfgen_view *view, bool with_private)
{
    struct page_run *run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->watcher = (struct coverage_watcher){
        .begin = begin, .used = note_use, .call = note_call, .record = take, .context = run};
    run->view = view;
    run->with_private = with_private;
    bool done = memory_text_open(&run->head);
    done = memory_text_open(&run->code) && done;
    done = memory_text_open(&run->steps) && done;
    if (done)
        return run;
    page_run_close(run);
    return NULL;
}

void page_run_close(struct page_run *run)
{
    if (!run)
        return;
    step_secrets_close(run->secrets);
    free(run->decoders[0]);
    free(run->decoders[1]);
    free(run->head.bytes);
    free(run->code.bytes);
    free(run->steps.bytes);
    free(run->code_index);
    free(run->hidden_calls);
    free(run);
}

const struct coverage_watcher *page_run_watcher(struct page_run *run)
{
    return &run->watcher;
}

/* ---- the end ---- */

/* The text as a part of a document in which no tag may begin. */
static void put_escaped(struct elfgen_text *out, const struct elfgen_text *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (text->bytes[i] == '<')
            elfgen_text_string(out, "\\u003c");
        else
            elfgen_text_char(out, text->bytes[i]);
}

/* Registers that the run changes, and of those that programs compute with what is not 0. */
static void put_registers(struct elfgen_text *out, const struct page_run *run)
{
    const char *between = "";
    json_key(out, "registers");
    elfgen_text_char(out, '[');
    for (size_t place = 0; place < STEP_SHOWN; place++) {
        enum step_register which = recording_register_at(place);
        const char *name = recording_register_name(which, run->is_64_bit);
        bool is_general = place < X86_REGISTERS;
        if (which == STEP_rip || !name ||
            !(run->ever >> which & 1 ||
              (is_general && (run->start.value[which] != 0 || !run->shows_start[which]))))
            continue;
        elfgen_text_string(out, between);
        elfgen_text_char(out, '[');
        elfgen_text_decimal(out, place, 0);
        elfgen_text_string(out, ",\"");
        elfgen_text_string(out, name);
        elfgen_text_string(out, "\",\"");
        if (run->shows_start[which])
            elfgen_text_hex(out, run->start.value[which], 1);
        else
            elfgen_text_char(out, '?');
        elfgen_text_string(out, "\"]");
        between = ",";
    }
    elfgen_text_char(out, ']');
}

/* All bytes that were executed, where the steps do not tell. */
static void put_executed(struct elfgen_text *out, const struct coverage *coverage)
{
    uint64_t offset = 0, length;
    const char *between = "";
    json_key(out, "executed");
    elfgen_text_char(out, '[');
    for (; coverage_next(coverage, COVERAGE_EXECUTED, &offset, &length); offset += length) {
        elfgen_text_string(out, between);
        elfgen_text_decimal(out, offset, 0);
        elfgen_text_char(out, ',');
        elfgen_text_decimal(out, length, 0);
        between = ",";
    }
    elfgen_text_char(out, ']');
}

static void put_if(struct elfgen_text *out, const char *key, bool value)
{
    if (value)
        json_key_number(out, key, 1);
}

bool page_run_put(struct elfgen_text *out, const struct page_run *run,
                  const struct coverage *coverage)
{
    char room[512];
    struct elfgen_text words = {.bytes = room, .capacity = sizeof room};
    if (run->no_memory || run->head.cut || run->code.cut || run->steps.cut)
        return false;
    coverage_put_end(&words, coverage);
    elfgen_text_string(out, "{\"end\":");
    json_bytes(out, room, words.length);
    words.length = 0;
    coverage_put_summary(&words, coverage);
    json_key(out, "summary");
    json_bytes(out, room, words.length);
    put_if(out, "private", run->with_private);
    put_if(out, "recorded_private", run->is_private);
    put_if(out, "moved", run->is_moved);
    put_escaped(out, &run->head);
    put_registers(out, run);
    json_key(out, "code");
    elfgen_text_string(out, "[");
    put_escaped(out, &run->code);
    elfgen_text_string(out, "],\n\"steps\":[");
    put_escaped(out, &run->steps);
    elfgen_text_string(out, "]");
    if (run->elsewhere > 0)
        json_key_number(out, "elsewhere", run->elsewhere);
    if (run->left > 0) {
        json_key_number(out, "left", run->left);
        put_executed(out, coverage);
    }
    elfgen_text_char(out, '}');
    return true;
}
