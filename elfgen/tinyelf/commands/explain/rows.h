/* Rows of bytes, and what is said below each. */
#ifndef EXPLAIN_ROWS_H
#define EXPLAIN_ROWS_H

#include "cli/colour.h"
#include "explain.h"
#include "layout.h"

enum {
    EXPLAIN_MOST_LINE = 512, /* longest line, before it is cut to the columns */
    EXPLAIN_MOST_LINES = 16  /* of one owner */
};

struct span {
    uint64_t end;
    enum colour colour;
};

struct rows {
    struct bytemap_writer writer;
    struct explain_layout layout;
    unsigned digits; /* of an offset */
    uint64_t row;    /* offset of the row that `lines` belong to; UINT64_MAX: none yet */
    bool row_done;   /* the row is printed, and some of its lines are */
    uint64_t end;    /* after the last byte that a line was about */
    bool coloured;
    uint8_t colours[EXPLAIN_MOST_ROW];
    struct span outer, inner; /* claims that reach into the next row */
    struct bytemap_purposes purposes;
    /* Where lines go. In colours those of a row are collected, and come after it: they decide its
     * colours. */
    struct elfgen_text *lines;
    struct elfgen_text collected; /* allocated */
};

/* Begins a colour, or ends it with COLOUR_NONE; nothing unless there are colours. */
void explain_rows_colour(struct rows *rows, struct elfgen_text *out, enum colour colour);

/* Makes the row of `offset` the current one, and prints those between. */
void explain_rows_go_to(struct rows *rows, uint64_t offset);

/* Gives the current row's bytes from `from` to `to` a colour. */
void explain_rows_paint(struct rows *rows, uint64_t from, uint64_t to, enum colour colour);

/* Makes room in `rows->lines` for the lines of an owner. Thousands of owners can begin in one row.
 */
void explain_rows_make_room(struct rows *rows);

/* Ends the current row. */
void explain_rows_end(struct rows *rows);

/* Prints rows up to the one at `row`, in which nothing begins. */
void explain_rows_between(struct rows *rows, uint64_t row);

/* Prints what is collected, in colours after the row. */
void explain_rows_flush(struct rows *rows);

#endif
