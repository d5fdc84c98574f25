/* Programs for the tests of golf, from NASM's language. */
#ifndef GOLF_ASSEMBLE_H
#define GOLF_ASSEMBLE_H

#include <string.h>

#include "elfgen/assemble.h"
#include "elfgen/image.h"
#include "room.h"

enum { PROGRAM_ROOM = 8192, SOURCE_ROOM = 4096 };

struct program {
    uint8_t bytes[PROGRAM_ROOM];
    size_t size;
};

/* Assembles a source of 64-bit code, or of 32-bit code. Free the result. */
static inline struct program *assemble(const char *source, uint8_t mode)
{
    static uint8_t memory[ELFGEN_ASSEMBLE_MEMORY(SOURCE_ROOM)];
    struct program *program = malloc(sizeof *program);
    struct elfgen_assembly assembly;
    struct elfgen_layout layout;
    struct elfgen_error error;
    struct elfgen_exec_options exec = ELFGEN_EXEC_DEFAULTS;
    const struct elfgen_assemble_options options = {.mode = mode};
    ck_assert_ptr_nonnull(program);
    ck_assert_msg(elfgen_assemble(source, strlen(source), &options, memory, sizeof memory,
                                  &assembly, &error) == ELFGEN_OK,
                  "%s: %s", error.text, source);
    exec.machine = assembly.machine;
    ck_assert_msg(elfgen_layout_single(&assembly.program, &exec, &layout, &error) == ELFGEN_OK,
                  "%s", error.text);
    program->size =
        elfgen_write_image(&assembly.program, &layout, program->bytes, PROGRAM_ROOM, &error);
    ck_assert_msg(program->size != 0 && program->size <= PROGRAM_ROOM, "%s", error.text);
    return program;
}

#endif
