/* A program that steps and calls, in a recording; shared by the tests of coverage/. */
#ifndef COVERAGE_MADE_H
#define COVERAGE_MADE_H

#include "coverage/coverage.h"
#include "recorded.h"

static inline void make(struct made *made, const char *code, size_t size)
{
    record_program(made, code, size, "/program", "/library");
}
#define MAKE(made, code) make(made, code, sizeof code - 1)

/* Adds an instruction with these bytes at an offset of a file. */
static inline uint32_t instruction(struct made *made, uint32_t file, uint64_t offset,
                                   const void *bytes, size_t length)
{
    struct step_instruction what = {.address = BASE + made->bias + offset,
                                    .offset = offset,
                                    .file = file,
                                    .length = (uint8_t)length,
                                    .is_64_bit = true};
    memcpy(what.bytes, bytes, length);
    return recording_add_instruction(&made->recording, &what);
}

/* The instruction of the file itself. */
static inline uint32_t own(struct made *made, uint64_t offset, size_t length)
{
    return instruction(made, 0, offset, made->file + offset, length);
}

static inline void begin(struct made *made, enum step_kind kind, uint32_t which)
{
    if (which != STEP_NONE)
        made->now.value[STEP_rip] = made->recording.instructions[which].address;
    recording_begin_record(&made->recording, kind, which, &made->now, &made->now);
}

static inline void step(struct made *made, enum step_kind kind, uint32_t which)
{
    struct step_registers before = made->now;
    struct step_registers after = before;
    after.value[STEP_rip] = made->recording.instructions[which].address;
    /* The record before left rip elsewhere: a jump. */
    before.value[STEP_rip] = after.value[STEP_rip];
    recording_begin_record(&made->recording, kind, which, &before, &after);
    recording_end_record(&made->recording);
    made->now = after;
}

static inline void add_text(struct made *made, struct step_piece piece, const char *text,
                            size_t size)
{
    piece.bytes = (const uint8_t *)text;
    piece.size = (uint32_t)size;
    recording_add_piece(&made->recording, &piece);
}

/* A call with two arguments that have texts, and an answer if `answered`. */
static inline void call(struct made *made, uint32_t which, uint64_t number, const char *name,
                        const uint64_t arguments[3], const char *const texts[3], bool answered,
                        int64_t answer)
{
    begin(made, answered ? STEP_RAN : STEP_LAST, which);
    add_text(made, (struct step_piece){.kind = STEP_PIECE_CALL, .value = number}, name,
             strlen(name) + 1);
    for (uint32_t i = 0; i < 3 && texts[i]; i++) {
        char both[128] = "a";
        strcpy(both + 2, texts[i]);
        add_text(
            made,
            (struct step_piece){.kind = STEP_PIECE_ARGUMENT, .number = i, .value = arguments[i]},
            both, strlen(texts[i]) + 3);
    }
    if (answered)
        add_text(made, (struct step_piece){.kind = STEP_PIECE_ANSWER, .value = (uint64_t)answer},
                 "", 1);
    recording_end_record(&made->recording);
}

static inline struct coverage covered(struct made *made)
{
    struct coverage coverage;
    struct elfgen_error error = {.text = ""};
    ck_assert_msg(coverage_of(&coverage, &made->view, &made->recording, NULL, &error), "%s",
                  error.text);
    recording_free(&made->recording);
    return coverage;
}

TCase *coverage_code_cases(void);

#endif
