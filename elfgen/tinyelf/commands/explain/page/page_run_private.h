/* What the files of the page's run share: private to them. */
#ifndef PAGE_RUN_PRIVATE_H
#define PAGE_RUN_PRIVATE_H

#include "coverage/made.h"
#include "page_run.h"
#include "stepper/secrets.h"

enum {
    PAGE_RUN_STEPS = 10000,     /* the most that a page has */
    PAGE_RUN_BYTES = 64 << 10,  /* and the most bytes of text they may have */
    PAGE_RUN_OUTPUT = 16 << 10, /* bytes of output */
    PAGE_RUN_RANGES = 8         /* of bytes of the file that a step reads, or writes */
};
#define PAGE_LEFT_OUT "(left out)"

/* Arguments that an instruction's calls do not show. */
struct page_run_hidden {
    uint64_t offset; /* in the file */
    uint8_t arguments;
};

struct page_run {
    struct coverage_watcher watcher;
    const struct elfgen_view *view;
    struct step_secrets *secrets; /* NULL: nothing is left out */
    const struct coverage *coverage;
    const struct step_recording *recording;
    struct x86 *decoders[2]; /* by is_64_bit */
    bool with_private, is_private, is_64_bit, is_moved, no_memory;
    struct elfgen_text head, code, steps; /* JSON, without brackets around lists */
    uint32_t *code_index;                 /* by the recording's instruction, plus 1; 0: none yet */
    size_t code_known, code_room, code_count;
    uint64_t count, left, elsewhere; /* steps that it has, and has not; since the last one */
    uint64_t output;                 /* bytes of output that it has */
    uint32_t changed, ever;          /* registers, since the last step; since the start */
    struct step_registers start;     /* as they are shown */
    bool shows_start[STEP_REGISTERS];
    struct page_run_hidden *hidden_calls; /* in the order of their steps */
    size_t hidden_count, hidden_room;
    /* Of the step that is being taken. */
    struct coverage_made made;
    bool has_call;
    uint8_t hidden; /* a bit for each argument that must not be shown */
    char question[1536];
    size_t question_length;
    struct {
        uint64_t offset, length;
    } used[2][PAGE_RUN_RANGES]; /* read; written */
    size_t used_count[2];
};

/* ---- page_run_value.c ---- */

/* Whether a value may be shown; *shown is what is shown of it. Addresses in the program are those
 * that the file asks for. */
bool page_run_may_show(const struct page_run *run, uint64_t value, enum step_secrecy secrecy,
                       uint64_t *shown);

/* ---- page_run_call.c ---- */

/* Notes the question of a call, before its effects are followed. */
void page_run_ask(struct page_run *run, const struct coverage_made *made);

/* Notes which arguments of the calls at an offset must not be shown. */
void page_run_hide(struct page_run *run, uint64_t offset);

/* Appends the answer, after that. */
void page_run_put_answer(struct elfgen_text *out, const struct page_run *run);

/* ---- page_run_step.c ---- */

/* Takes a record. `offset` is that of its instruction in the file, or ELFGEN_NOWHERE. */
void page_run_take(struct page_run *run, const struct step_record *record, uint64_t offset);

#endif
