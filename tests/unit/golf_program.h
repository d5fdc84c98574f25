/* Makes programs of sources in memory, for golf's tests. */
#ifndef GOLF_PROGRAM_H
#define GOLF_PROGRAM_H

#include <string.h>

#include "elfgen.h"
#include "room.h"

enum { PROGRAM_ROOM = 1 << 18 };

/* A program of NASM's language, or the test ends. `bits` is 64 or 32. */
struct program {
    uint8_t bytes[PROGRAM_ROOM];
    size_t size;
};

static inline void make_program(struct program *program, const char *source, uint8_t bits)
{
    static uint8_t memory[1 << 20];
    const struct elfgen_assemble_options options = {.mode = bits};
    struct elfgen_exec_options exec = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_assembly assembly;
    struct elfgen_layout layout;
    struct elfgen_error error = {.status = ELFGEN_OK};
    enum elfgen_status status =
        elfgen_assemble(source, strlen(source), &options, memory, sizeof memory, &assembly, &error);
    ck_assert_msg(status == ELFGEN_OK, "%s: %s", source, error.text);
    exec.machine = assembly.machine;
    assembly.program.entry_symbol = "_start";
    status = elfgen_layout_single(&assembly.program, &exec, &layout, &error);
    ck_assert_msg(status == ELFGEN_OK, "%s: %s", source, error.text);
    program->size = elfgen_write_image(&assembly.program, &layout, program->bytes,
                                       sizeof program->bytes, &error);
    ck_assert_msg(program->size > 0 && program->size <= sizeof program->bytes, "%s: %s", source,
                  error.text);
}

#endif
