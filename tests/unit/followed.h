/* Follows a program's code, and says which instructions were found and what is known at them. */
#ifndef FOLLOWED_H
#define FOLLOWED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "x86/session.h"
#include "room.h"

enum { MOST = 256, BASE = 0x10000, HEADERS = 120 };

/* A program of code alone, after 120 bytes of headers, and the instructions found in it. */
struct found {
    uint8_t *file; /* allocated at its exact size, for the sanitizer */
    struct elfgen_view view;
    struct x86_session *code;
    size_t count;
    uint64_t offsets[MOST]; /* of its instructions, counted after the headers */
};

static inline struct found *open_file(const uint8_t *file, size_t size, enum elfgen_code_mode mode)
{
    struct found *found = calloc(1, sizeof *found);
    struct elfgen_code_place place;
    struct elfgen_error error;
    found->file = malloc(size);
    memcpy(found->file, file, size);
    elfgen_view_open_program(&found->view, found->file, size, NULL);
    found->code = x86_session_open(&found->view, mode, SYNTAX_INTEL, &error);
    ck_assert_ptr_nonnull(found->code);
    for (uint64_t at = 0;
         found->count < MOST && elfgen_code_next(&found->code->code, at, size, &place);
         at = place.offset + 1)
        found->offsets[found->count++] = place.offset - HEADERS;
    return found;
}

static inline struct found *follow_in(const char *code, size_t size, enum elfgen_code_mode mode)
{
    uint8_t file[HEADERS + 4096];
    size_t written = elfgen_write_exec(file, sizeof file, code, size, NULL, NULL);
    ck_assert_uint_eq(written, HEADERS + size);
    return open_file(file, written, mode);
}

/* The instructions' offsets as words: "0 5 7". */
static inline void has_instructions(const struct found *found, const char *expected)
{
    char text[8 * MOST] = "";
    for (size_t i = 0; i < found->count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), i ? " %d" : "%d",
                 (int)found->offsets[i]);
    ck_assert_str_eq(text, expected);
}

/* The text and notes of the instruction at `offset`. */
static inline void says(const struct found *found, uint64_t offset, const char *expected)
{
    char room[200];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room - 1};
    const struct elfgen_claim claim = {.offset = HEADERS + offset,
                                       .length = 2,
                                       .part = ELFGEN_PART_INSTRUCTION,
                                       .index = BASE + HEADERS + offset};
    elfgen_claim_meaning(&found->view, &found->code->code, &claim, &text);
    room[text.length] = '\0';
    ck_assert_str_eq(room, expected);
}

static inline void done(struct found *found)
{
    x86_session_close(found->code);
    free(found->file);
    free(found);
}

#define FOLLOW(bytes) follow_in(bytes, sizeof(bytes) - 1, ELFGEN_CODE_FLOW)

#endif
