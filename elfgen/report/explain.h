/* The byte map as a report: every byte of a file with its owners, in file order. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdbool.h>

#include "elfgen.h"

enum explain_format { EXPLAIN_TEXT, EXPLAIN_JSON, EXPLAIN_HEX };

struct explain {
    /* Set by the caller. */
    const void *bytes;
    uint64_t length;
    const char *file; /* the name, for JSON */
    enum explain_format format;
    uint64_t from, to; /* only claims that touch [from, to) */
    struct elfgen_text *out;

    /* The answer, where there was no whole report. */
    const char *problem;

    /* The report's own. */
    struct elfgen_view view;
    bool first; /* nothing was printed into the JSON array yet */
};

/* Prints the report. False: it ends early, `problem` says why. */
bool explain_report(struct explain *explain);

/* The offset of a field by its name: "e_phentsize", "p_flags", "phdr[1].p_flags". False: the file
 * has none of that name. */
bool explain_find(const void *bytes, uint64_t length, const char *name, uint64_t *offset);

#endif
