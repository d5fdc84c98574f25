/* Where the columns of explain's rows and lines are, for the width of the output. */
#ifndef EXPLAIN_LAYOUT_H
#define EXPLAIN_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct explain_layout {
    bool wide;      /* the form that does not go by a width */
    unsigned row;   /* bytes of a row */
    unsigned bytes; /* of a claim that its line shows; 0: no such column */
    /* Columns, from 0. */
    size_t at_bytes, at_name, at_value;
    size_t at_words;  /* of a field; those of others begin at the value; if both are one, no field
                         has a value */
    size_t end_words; /* where they end */
    size_t at_reader;
    size_t at_mark, end_mark; /* what a run did; the end is no limit in the wide form */
    size_t end;               /* of a line */
    size_t blanks;            /* if no column follows */
};

enum {
    EXPLAIN_MOST_ROW = 16,
    EXPLAIN_MOST_BYTES = 8,
    EXPLAIN_FEW_COLUMNS = 20 /* of words: fewer, and they are shortened and do not go on below */
};

/* `width`: of the output, WIDTH_WIDE for the wide form. `digits`: of an offset. `marked`: there are
 * marks of a run. */
struct explain_layout explain_layout(size_t width, unsigned digits, bool marked);

#endif
