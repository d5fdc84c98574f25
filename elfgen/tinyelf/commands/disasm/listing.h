/* Prints instructions as a listing. */
#ifndef DISASM_LISTING_H
#define DISASM_LISTING_H

#include "elfgen.h"
#include "symbols/relocations.h"
#include "symbols/symbols.h"

struct disasm {
    bool addresses, bytes;   /* before each instruction */
    bool source;             /* source for nasm: at `addresses`, with `bytes` as comments */
    struct symbols *symbols; /* labels; NULL: none */
    const struct relocations *relocations; /* beside the bytes; NULL: none */
    struct elfgen_text *out;
};

/* Prints all instructions of `code`. Returns false if there are none. */
bool disasm_report(const struct disasm *disasm, struct elfgen_code *code);

#endif
