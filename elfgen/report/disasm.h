/* Instructions as a listing. */
#ifndef DISASM_H
#define DISASM_H

#include "elfgen.h"

struct disasm {
    bool addresses, bytes; /* before each instruction */
    struct elfgen_text *out;
};

/* Prints every instruction of `code`. `source`: as something to assemble, with the addresses that
 * it needs. False: there is none. */
bool disasm_report(const struct disasm *disasm, struct elfgen_code *code, bool source);

#endif
