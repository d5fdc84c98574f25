/* Reports of explain: every byte of a file with its owners, in one of six formats. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "bytemap/bytemap.h"

enum explain_format {
    EXPLAIN_TEXT,   /* rows of bytes, each followed by a line for each owner */
    EXPLAIN_DETAIL, /* everything about one place */
    EXPLAIN_MEMORY, /* beside the address space that the file becomes */
    EXPLAIN_JSON,
    EXPLAIN_MARKDOWN,
    EXPLAIN_HEX /* source in the hex language */
};

/* Set by the caller. */
struct explain {
    struct bytemap map; /* its `error` is the answer */
    enum explain_format format;
    bool colour;
};

/* Prints the report. Returns false if it ended early: map.error says why. */
bool explain_report(struct explain *explain);

/* One function per format. */
bool explain_text(struct explain *explain);
bool explain_detail(struct explain *explain);
bool explain_memory(struct explain *explain);
bool explain_json(struct explain *explain);
bool explain_markdown(struct explain *explain);
bool explain_hex(struct explain *explain);

#endif
