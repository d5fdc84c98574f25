/* Instructions as a listing. */
#ifndef DISASM_H
#define DISASM_H

#include "elfgen.h"
#include "symbols.h"

struct disasm {
    bool addresses, bytes;   /* before each instruction */
    bool source;             /* for nasm to assemble: at `addresses`, `bytes` as comments */
    struct symbols *symbols; /* labels; NULL: none */
    struct elfgen_text *out;
};

/* Prints every instruction of `code`. False: there is none. */
bool disasm_report(const struct disasm *disasm, struct elfgen_code *code);

#endif
