/* What sources are lifted to, as text, for the tests of golf/lift. */
#ifndef GOLF_LIFTED_TEXT_H
#define GOLF_LIFTED_TEXT_H

#include <stdlib.h>
#include <string.h>

#include "golf/lift/lift.h"
#include "golf_program.h"

enum { TEXT_ROOM = 1 << 16 };

/* What a source is lifted to, as text; "refused: " and the reason. */
static inline const char *lifted_text(const char *source, uint8_t bits, char text[TEXT_ROOM])
{
    static struct program program;
    struct golf_lifted lifted;
    struct elfgen_error error = {.status = ELFGEN_OK};
    struct elfgen_text out = {.bytes = text, .capacity = TEXT_ROOM - 1};
    make_program(&program, source, bits);
    /* A copy of its own size, so that a sanitizer sees reads past its end. */
    uint8_t *copy = malloc(program.size);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, program.bytes, program.size);
    if (golf_lift(copy, program.size, &lifted, &error)) {
        golf_lifted_dump(&lifted, &out);
        golf_lifted_free(&lifted);
    } else {
        elfgen_text_string(&out, "refused: ");
        elfgen_text_string(&out, error.text);
    }
    text[out.length] = '\0';
    free(copy);
    return text;
}

static inline void lifts_to(const char *source, uint8_t bits, const char *expected)
{
    static char text[TEXT_ROOM];
    ck_assert_str_eq(lifted_text(source, bits, text), expected);
}

/* A 64-bit program's code, which begins at _start. */
#define CODE(lines)   "global _start\nsection .text align=1\n_start:\n" lines
#define CODE32(lines) "bits 32\n" CODE(lines)
#define EXIT_WITH     "mov eax, 60\nsyscall\n"
#define EXIT          "mov eax, 60\nxor edi, edi\nsyscall\n"
#define TEXT          "text: db 'Hello world', 10\n"

/* Writes the text, and exits with status 0. */
#define HELLO                                                                                      \
    CODE("mov rax, strict dword 1\nmov rdi, strict dword 1\nmov rsi, strict dword text\n"          \
         "mov rdx, strict dword 12\nsyscall\nmov rax, strict dword 231\n"                          \
         "mov rdi, strict dword 0\nsyscall\n" TEXT)

#endif
