/* Takes from each record of a run what it did with the bytes of the program's file. */
#include "coverage_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/no_memory.h"
#include "elfgen/search.h"
#include "stepper/effects_state.h"

enum { BITS = 64 };

bool coverage_open(struct coverage *coverage, const struct elfgen_view *view)
{
    size_t words = (size_t)(view->length / BITS + 1);
    bool done = true;
    *coverage =
        (struct coverage){.view = view, .fault = ELFGEN_NOWHERE, .last_fault = ELFGEN_NOWHERE};
    for (unsigned use = 0; use < COVERAGE_USES; use++) {
        coverage->bits[use] = calloc(words, sizeof(uint64_t));
        done = done && coverage->bits[use];
    }
    for (int is_64_bit = 0; is_64_bit < 2; is_64_bit++) {
        coverage->decoders[is_64_bit] = calloc(1, sizeof *coverage->decoders[0]);
        done = done && coverage->decoders[is_64_bit];
        if (coverage->decoders[is_64_bit])
            x86_open_width(coverage->decoders[is_64_bit], is_64_bit, SYNTAX_INTEL);
    }
    coverage->starts = calloc(words, sizeof(uint64_t));
    coverage->numbers = calloc(1, sizeof *coverage->numbers);
    return done && coverage->starts && coverage->numbers;
}

/* Frees what only taking records needs. */
static void free_work(struct coverage *coverage)
{
    free(coverage->known);
    free(coverage->numbers);
    free(coverage->decoders[0]);
    free(coverage->decoders[1]);
    coverage_image_free(coverage->image);
    coverage->known = NULL;
    coverage->numbers = NULL;
    coverage->decoders[0] = coverage->decoders[1] = NULL;
    coverage->image = NULL;
}

void coverage_free(struct coverage *coverage)
{
    free_work(coverage);
    for (unsigned use = 0; use < COVERAGE_USES; use++) {
        free(coverage->bits[use]);
        free(coverage->sums[use]);
    }
    for (size_t i = 0; i < coverage->call_count; i++)
        for (size_t text = 0; text < coverage->calls[i].text_count; text++)
            free(coverage->calls[i].texts[text].text);
    free(coverage->starts);
    free(coverage->instructions);
    free(coverage->calls);
    free(coverage->run_calls);
    *coverage = (struct coverage){.view = NULL};
}

/* ---- the start ---- */

bool coverage_begin(struct coverage *coverage, const struct step_recording *recording,
                    struct elfgen_error *error)
{
    const struct elfgen_view *view = coverage->view;
    const struct step_file *file = &recording->files[0];
    if (recording->file_count == 0) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE, "the run has no program");
        return false;
    }
    if (!file->bytes && view->length <= STEP_FILE_MOST) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "another file ran, or one that could not be read: the recording does not "
                         "have its bytes");
        return false;
    }
    if (file->bytes && file->size != view->length) {
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                         "another file ran: it has %u bytes, this one %u", (uint64_t)file->size,
                         view->length);
        return false;
    }
    for (size_t i = 0; file->bytes && i < file->size; i++) {
        if (file->bytes[i] == view->bytes[i])
            continue;
        elfgen_error_set(error, ELFGEN_UNSUPPORTED, i,
                         "another file ran: its byte here is %x, that of this one %x",
                         (uint64_t)file->bytes[i], (uint64_t)view->bytes[i]);
        return false;
    }
    coverage->image = coverage_image_open(view, recording);
    if (!coverage->image)
        error_no_memory(error);
    else if (coverage->watcher)
        coverage->watcher->begin(coverage->watcher->context, coverage, recording);
    return coverage->image != NULL;
}

/* ---- instructions ---- */

/* Whether the file has the instruction's bytes at its offset. */
static bool is_in_file(const struct elfgen_view *view, const struct step_instruction *what)
{
    return what->offset < view->length && view->length - what->offset >= what->length &&
           memcmp(view->bytes + what->offset, what->bytes, what->length) == 0;
}

/* Looks at an instruction that is met for the first time. */
static void look_at(struct coverage *coverage, const struct step_instruction *what,
                    struct coverage_known *known)
{
    uint64_t offset, length;
    known->seen = true;
    known->offset = known->place = ELFGEN_NOWHERE;
    effects_of(coverage->decoders[what->is_64_bit], what->bytes, what->length, &known->effects);
    if (what->file != 0 || what->offset >= coverage->view->length)
        return;
    bool same = is_in_file(coverage->view, what);
    bool there = coverage_image_find(coverage->image, what->address, &offset, &length) &&
                 offset == what->offset;
    if (!same && !there)
        return; /* memory after the file's bytes, which is in the same page */
    known->place = what->offset;
    if (what->length == 0)
        return;
    known->offset = what->offset;
    known->changed = !same;
    coverage_set(coverage, coverage->starts, what->offset, 1);
    coverage_set(coverage, coverage->bits[COVERAGE_EXECUTED], what->offset, what->length);
    for (uint64_t i = 0; i < what->length && what->offset + i < coverage->view->length; i++)
        if (coverage->view->bytes[what->offset + i] != what->bytes[i])
            coverage_set(coverage, coverage->bits[COVERAGE_CHANGED], what->offset + i, 1);
}

static struct coverage_known *known_of(struct coverage *coverage,
                                       const struct step_recording *recording,
                                       const struct step_instruction *what)
{
    size_t index = (size_t)(what - recording->instructions);
    if (index >= coverage->known_count) {
        if (!grow_array(&coverage->known, index + 1, &coverage->known_room,
                        sizeof *coverage->known)) {
            coverage->no_memory = true;
            return NULL;
        }
        memset(coverage->known + coverage->known_count, 0,
               (index + 1 - coverage->known_count) * sizeof *coverage->known);
        coverage->known_count = index + 1;
    }
    if (!coverage->known[index].seen)
        look_at(coverage, what, &coverage->known[index]);
    return &coverage->known[index];
}

/* ---- memory ---- */

/* The memory that an instruction uses by its operands. */
static void take_operands(struct coverage *coverage, const struct effects *effects,
                          const struct step_record *record)
{
    if (effects->read_count == 0 && effects->write_count == 0)
        return;
    const struct effects_state state =
        recording_effects_state(&record->before, record->before.value[STEP_rip] + effects->length);
    if (effects_is_idle(effects, &state))
        return;
    for (unsigned i = 0; i < effects->read_count; i++)
        coverage_use_memory(coverage, COVERAGE_READ, effects_address(&effects->reads[i], &state),
                            effects->reads[i].size);
    for (unsigned i = 0; i < effects->write_count; i++)
        coverage_use_memory(coverage, COVERAGE_WRITTEN,
                            effects_address(&effects->writes[i], &state), effects->writes[i].size);
}

static void take_change(struct coverage *coverage, const struct step_piece *piece)
{
    if (!piece->bytes) { /* they were left out */
        coverage_use_memory(coverage, COVERAGE_WRITTEN, piece->value, piece->size);
        return;
    }
    for (uint32_t i = 0; i < piece->size; i++)
        if (piece->bytes[i] != piece->bytes[(size_t)piece->size + i])
            coverage_use_memory(coverage, COVERAGE_WRITTEN, piece->value + i, 1);
}

/* Where the processor takes no trap after an instruction, the next one ran in the same step: it has
 * no record of its own, and is taken from the file. */
static void take_next(struct coverage *coverage, const struct coverage_known *known,
                      const struct step_record *record)
{
    enum { LONGEST = 15 };
    const struct elfgen_view *view = coverage->view;
    struct effects effects = known->effects;
    uint64_t offset = known->offset, address = record->before.value[STEP_rip];
    while (effects.length > 0 && (effects.shadows || effects.emulated)) {
        offset += effects.length;
        address += effects.length;
        if (record->after.value[STEP_rip] == address || offset >= view->length)
            return; /* a trap came */
        size_t rest = view->length - offset < LONGEST ? (size_t)(view->length - offset) : LONGEST;
        effects_of(coverage->decoders[record->instruction->is_64_bit], view->bytes + offset, rest,
                   &effects);
        if (effects.length == 0)
            return;
        coverage_set(coverage, coverage->starts, offset, 1);
        coverage_set(coverage, coverage->bits[COVERAGE_EXECUTED], offset, effects.length);
    }
}

/* The memory that changed, by whatever wrote it. */
static void take_changes(struct coverage *coverage, const struct step_record *record)
{
    struct step_piece piece;
    size_t position = 0;
    while (recording_next_piece(record, &position, &piece)) {
        if (piece.kind == STEP_PIECE_FILE)
            coverage->stop = COVERAGE_REPLACED;
        if (piece.kind == STEP_PIECE_MEMORY)
            take_change(coverage, &piece);
    }
}

static void add(struct coverage *coverage, const struct step_record *record,
                struct coverage_known *known)
{
    coverage->steps += record->instruction && record->instruction->length > 0;
    coverage->last_fault = ELFGEN_NOWHERE;
    if (known) {
        known->count++;
        coverage->own_steps += known->offset != ELFGEN_NOWHERE;
        if (record->kind == STEP_FAULT)
            coverage->last_fault = known->place;
        else
            take_operands(coverage, &known->effects, record);
        if (record->kind != STEP_FAULT && known->offset != ELFGEN_NOWHERE)
            take_next(coverage, known, record);
    }
    if (record->pieces_size == 0)
        return;
    coverage_take_call(coverage, record, known);
    take_changes(coverage, record);
}

void coverage_add(struct coverage *coverage, const struct step_recording *recording,
                  const struct step_record *record)
{
    if (coverage->stop == COVERAGE_REPLACED || coverage->no_memory)
        return;
    struct coverage_known *known =
        record->instruction ? known_of(coverage, recording, record->instruction) : NULL;
    add(coverage, record, known);
    if (coverage->watcher)
        coverage->watcher->record(coverage->watcher->context, coverage, recording, record,
                                  known ? known->offset : ELFGEN_NOWHERE);
}

bool coverage_own_address(const struct coverage *coverage, uint64_t address, uint64_t *own)
{
    return coverage_image_own(coverage->image, address, own);
}

/* ---- the end ---- */

static int by_offset(const void *a, const void *b)
{
    const struct coverage_instruction *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    if (x->changed != y->changed)
        return x->changed ? 1 : -1;
    return x->address < y->address ? -1 : x->address > y->address;
}

static bool list_instructions(struct coverage *coverage, const struct step_recording *recording)
{
    size_t count = 0;
    for (size_t i = 0; i < coverage->known_count; i++)
        count += coverage->known[i].count > 0 && coverage->known[i].offset != ELFGEN_NOWHERE;
    coverage->instructions = calloc(count + 1, sizeof *coverage->instructions);
    if (!coverage->instructions)
        return false;
    for (size_t i = 0; i < coverage->known_count; i++) {
        const struct coverage_known *known = &coverage->known[i];
        if (known->count == 0 || known->offset == ELFGEN_NOWHERE)
            continue;
        const struct step_instruction *what = &recording->instructions[i];
        struct coverage_instruction *added = &coverage->instructions[coverage->instruction_count++];
        *added = (struct coverage_instruction){.offset = known->offset,
                                               .address = what->address,
                                               .count = known->count,
                                               .length = what->length,
                                               .is_64_bit = what->is_64_bit,
                                               .changed = known->changed};
        memcpy(added->bytes, what->bytes, sizeof added->bytes);
    }
    qsort(coverage->instructions, count, sizeof *coverage->instructions, by_offset);
    return true;
}

static bool list_calls(struct coverage *coverage)
{
    coverage_sort_calls(coverage);
    coverage->run_calls = calloc(coverage->call_count + 1, sizeof *coverage->run_calls);
    if (!coverage->run_calls)
        return false;
    for (size_t i = 0; i < coverage->call_count; i++)
        coverage->run_calls[i] = coverage->calls[i].call;
    return true;
}

/* Why there is no more, by how a recording ends. */
static enum coverage_stop stop_of(enum step_end_kind end)
{
    switch (end) {
    case STEP_EXITED:
    case STEP_KILLED:
        return COVERAGE_NOT_STOPPED;
    case STEP_UNTIL:
        return COVERAGE_STEPS;
    case STEP_INTERRUPTED:
        return COVERAGE_INTERRUPTED;
    case STEP_FULL:
        return COVERAGE_FULL;
    case STEP_RUNNING:
    case STEP_END_KINDS:
        break;
    }
    return COVERAGE_UNFINISHED;
}

bool coverage_finish(struct coverage *coverage, const struct step_recording *recording,
                     struct elfgen_error *error)
{
    bool done = !coverage->no_memory && list_instructions(coverage, recording) &&
                list_calls(coverage) && coverage_add_up(coverage) && !coverage->no_memory;
    coverage->end = recording->end;
    coverage->end_number = recording->end_number;
    coverage->end_core = recording->end_core;
    if (coverage->stop == COVERAGE_NOT_STOPPED)
        coverage->stop = stop_of(recording->end);
    if (coverage->end == STEP_KILLED)
        coverage->fault = coverage->last_fault;
    coverage->run = (struct elfgen_run){.starts = coverage->starts,
                                        .executed = coverage->bits[COVERAGE_EXECUTED],
                                        .length = coverage->view->length,
                                        .calls = coverage->run_calls,
                                        .call_count = coverage->call_count};
    free_work(coverage);
    if (!done)
        error_no_memory(error);
    return done;
}

bool coverage_of(struct coverage *coverage, const struct elfgen_view *view,
                 const struct step_recording *recording, const struct coverage_watcher *watcher,
                 struct elfgen_error *error)
{
    struct step_cursor cursor;
    struct step_record record;
    if (!coverage_open(coverage, view)) {
        error_no_memory(error);
        return false;
    }
    coverage->watcher = watcher;
    if (!coverage_begin(coverage, recording, error))
        return false;
    recording_cursor_open(&cursor, recording);
    while (recording_cursor_forward(&cursor, &record))
        coverage_add(coverage, recording, &record);
    return coverage_finish(coverage, recording, error);
}

/* ---- questions ---- */

static bool is_before(const void *instruction, const void *offset)
{
    return ((const struct coverage_instruction *)instruction)->offset < *(const uint64_t *)offset;
}

/* The first entry of an offset; NULL if there is none. */
static const struct coverage_instruction *first_at(const struct coverage *coverage, uint64_t offset)
{
    size_t at = elfgen_search(coverage->instructions, coverage->instruction_count,
                              sizeof *coverage->instructions, &offset, is_before);
    return at < coverage->instruction_count && coverage->instructions[at].offset == offset
               ? &coverage->instructions[at]
               : NULL;
}

static bool is_at(const struct coverage *coverage, const struct coverage_instruction *instruction,
                  uint64_t offset)
{
    return instruction && instruction < coverage->instructions + coverage->instruction_count &&
           instruction->offset == offset;
}

uint64_t coverage_times(const struct coverage *coverage, uint64_t offset)
{
    uint64_t times = 0;
    for (const struct coverage_instruction *i = first_at(coverage, offset);
         is_at(coverage, i, offset); i++)
        times += i->count;
    return times;
}

const struct coverage_instruction *coverage_changed(const struct coverage *coverage,
                                                    uint64_t offset)
{
    for (const struct coverage_instruction *i = first_at(coverage, offset);
         is_at(coverage, i, offset); i++)
        if (i->changed)
            return i;
    return NULL;
}

static bool is_call_before(const void *call, const void *offset)
{
    return ((const struct coverage_call *)call)->offset < *(const uint64_t *)offset;
}

const struct coverage_call *coverage_calls(const struct coverage *coverage, uint64_t offset)
{
    size_t at = elfgen_search(coverage->calls, coverage->call_count, sizeof *coverage->calls,
                              &offset, is_call_before);
    return at < coverage->call_count && coverage->calls[at].offset == offset ? &coverage->calls[at]
                                                                             : NULL;
}

bool coverage_ran(const struct coverage *coverage, uint64_t offset, uint64_t length,
                  bool is_instruction)
{
    return is_instruction ? offset < coverage->view->length &&
                                (coverage->starts[offset / 64] >> offset % 64 & 1) != 0
                          : coverage_bytes(coverage, COVERAGE_EXECUTED, offset, length) > 0;
}
