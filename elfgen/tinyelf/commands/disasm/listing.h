/* Prints instructions as a listing. */
#ifndef DISASM_LISTING_H
#define DISASM_LISTING_H

#include "coverage/coverage.h"
#include "elfgen.h"
#include "symbols/relocations.h"
#include "symbols/symbols.h"
#include "x86/x86.h"

struct disasm {
    bool addresses, bytes;                 /* before each instruction */
    bool whole;                            /* source for nasm has all bytes of the file */
    struct x86 *x86;                       /* whose names a source for nasm may switch off */
    struct symbols *symbols;               /* labels; NULL: none */
    const struct relocations *relocations; /* beside the bytes; NULL: none */
    const struct coverage *run;            /* what a run did; NULL: none is known */
    struct elfgen_text *out;
    volatile size_t at; /* the offset that is printed, for who watches */
};

/* Prints all instructions of `code`. Returns false if there are none. */
bool disasm_report(struct disasm *disasm, struct elfgen_code *code);

/* Prints source for nasm -f bin that gives the bytes from the first instruction to the last, or
 * with `whole` those of the file; addresses and bytes are comments. `code` may be NULL: there is
 * none. Returns false if there is nothing to print. */
bool disasm_source(struct disasm *disasm, struct elfgen_code *code, const struct elfgen_view *view);

/* Parts of both: how a run ended, as a comment; labels; relocations, "only if execve fails" and
 * what a run did as comments. */
void disasm_put_run(const struct disasm *disasm);
void disasm_put_labels(const struct disasm *disasm, uint64_t offset);
void disasm_put_relocations(const struct disasm *disasm, const struct elfgen_code_place *place);
void disasm_put_failure(const struct disasm *disasm, const struct elfgen_code *code,
                        uint64_t offset);
void disasm_put_mark(const struct disasm *disasm, const struct elfgen_code_place *place);

#endif
