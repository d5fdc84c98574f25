/* The byte map as a report: every byte of a file with its owners. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdbool.h>

#include "elfgen.h"
#include "symbols.h"

enum explain_format {
    EXPLAIN_TEXT,   /* rows of bytes, and a line for each owner */
    EXPLAIN_DETAIL, /* all about a place */
    EXPLAIN_MEMORY, /* beside the address space that the file becomes */
    EXPLAIN_JSON,
    EXPLAIN_MARKDOWN,
    EXPLAIN_HEX /* source in the hex language */
};

struct explain {
    /* Set by the caller. */
    const struct elfgen_view *view; /* explain_open() */
    const char *file;               /* its name */
    struct elfgen_code *code;       /* its code, followed; NULL: none is shown */
    struct symbols *symbols;        /* names of places; NULL: none */
    enum explain_format format;
    bool encodings; /* the parts of instructions, too */
    bool colour;
    uint64_t from, to; /* only claims that touch [from, to) */
    struct elfgen_text *out;

    /* The answer, where there was no whole report. */
    const char *problem;
};

/* Opens a view for a report: of what is no ELF file, one in which nothing is claimed. */
void explain_open(struct elfgen_view *view, const void *bytes, uint64_t length);

/* Prints the report. False: it ends early, `problem` says why. */
bool explain_report(struct explain *explain);

/* The place of a field or structure by its name: "e_phentsize", "p_flags", "phdr[1].p_flags",
 * "phdr[1]", "ehdr", "instruction[0x10078]"; or the first byte of a symbol, unless a field has its
 * name. *field: it is one of the first kind, or a symbol. False: the file has none of that name. */
bool explain_find(const struct explain *explain, const char *name, uint64_t *offset,
                  uint64_t *length, bool *field);

#endif
