/* A program in a file of memory, for tests that run one. */
#ifndef PROGRAM_FILE_H
#define PROGRAM_FILE_H

#include "base/file.h"
#include "elfgen/image.h"
#include "room.h"

/* Makes a program of 64 bits from machine code. Returns its descriptor. */
static inline int file_of(const uint8_t *code, size_t size)
{
    uint8_t bytes[512];
    size_t length = elfgen_write_exec(bytes, sizeof bytes, code, size, NULL, NULL);
    ck_assert_uint_gt(length, size);
    int file = file_make_program(bytes, length);
    ck_assert_int_ge(file, 0);
    return file;
}

#endif
