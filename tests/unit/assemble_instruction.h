/* Shared by the tests of instructions in NASM's language. */
#ifndef ASSEMBLE_INSTRUCTION_H
#define ASSEMBLE_INSTRUCTION_H

#include "elfgen/assemble.h"
#include "room.h"

/* An instruction, and its bytes as hex digits. */
struct row {
    unsigned mode;
    const char *text, *bytes;
};

TCase *assemble_instruction_name_cases(void);

#endif
