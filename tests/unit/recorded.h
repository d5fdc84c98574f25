/* A file of headers and code, and a recording of its run that is made here; shared by the tests of
 * what reads recordings. */
#ifndef RECORDED_H
#define RECORDED_H

#include <string.h>

#include "elfgen/image.h"
#include "elfgen/view.h"
#include "room.h"
#include "stepper/recording.h"

enum { HEADERS = 120, BASE = 0x10000, SIZE = 256 };

struct made {
    uint8_t file[SIZE];
    size_t size;
    struct elfgen_view view;
    struct step_recording recording;
    struct step_registers now;
    uint64_t bias; /* what is added to addresses */
    char *text;    /* what was made of it */
};

/* The recording's first file is the program, whose bytes it has, another one the second. It begins
 * at the code. */
static inline void record_program(struct made *made, const void *code, size_t size,
                                  const char *program, const char *other)
{
    memset(made, 0, sizeof *made);
    made->size = elfgen_write_exec(made->file, SIZE, code, size, NULL, NULL);
    ck_assert_uint_eq(made->size, HEADERS + size);
    ck_assert_int_eq(elfgen_view_open_program(&made->view, made->file, made->size, NULL),
                     ELFGEN_OK);
    ck_assert_uint_eq(recording_add_file(&made->recording, program, strlen(program)), 0);
    ck_assert_uint_eq(recording_add_file(&made->recording, other, strlen(other)), 1);
    struct step_file *file = &made->recording.files[0];
    file->bytes = malloc(made->size);
    file->size = made->size;
    ck_assert_ptr_nonnull(file->bytes);
    memcpy(file->bytes, made->file, made->size);
    made->now.value[STEP_cs] = 0x33;
    made->now.value[STEP_rip] = BASE + HEADERS;
    made->recording.start = made->now;
    made->recording.end = STEP_EXITED;
}

#endif
