/* Prints rows of a label, two columns, and the second relative to the first, for the width of the
 * output.
 *
 *     struct columns columns;
 *     columns_open(&columns, out, width_of_output());
 *     columns_row(&columns, 0, "size", 178, 15960);
 *
 * In the wide form the label has 22 columns, a cell 30, and the line 100. */
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include "elfgen/text.h"
#include "table.h"

enum { COLUMNS_LABEL, COLUMNS_FIRST, COLUMNS_SECOND, COLUMNS_CHANGE, COLUMNS_COUNT };

/* Set by columns_open(). */
struct columns {
    struct elfgen_text *out;
    struct table_place places[COLUMNS_COUNT];
    size_t line;     /* how long a line may be */
    unsigned next;   /* which cell comes next */
    unsigned excess; /* of a label that reaches into the first cell */
    bool wide;
};

/* `width`: of the output, 0: any (base/width.h). */
void columns_open(struct columns *columns, struct elfgen_text *out, size_t width);

/* Begins a row with a label, indented by two blanks per step of `indent`. A longer one takes room
 * of the first cell; in the wide form, the row is longer. */
void columns_label(struct columns *columns, unsigned indent, const char *label);

/* ---- cells: right-aligned, first and second; a text that does not fit ends in "..." ---- */

struct columns_cell {
    char room[128];
    struct elfgen_text text;
};
void columns_begin_cell(struct columns_cell *cell);
void columns_cell(struct columns *columns, struct columns_cell *cell);

/* Bytes need not be printable. */
void columns_string(struct columns *columns, const char *string, size_t length);
void columns_word(struct columns *columns, const char *word);
/* If it does not fit, its end is shown, as of a path. */
void columns_end_of(struct columns *columns, const char *string, size_t length);
/* "n/a" unless `there`. */
void columns_number(struct columns *columns, bool there, uint64_t value);

/* ---- after the cells ---- */

/* Prints `b` relative to `a`: a factor from 2 on; below that, the difference. Nothing if that is
 * too long. */
void columns_change(struct columns *columns, uint64_t a, uint64_t b);
/* Prints `large` divided by `small`, which is not 0, with one decimal place below 100. */
void columns_times_of(struct elfgen_text *out, uint64_t large, uint64_t small);
/* Prints "1/" or nothing, the same, and " times" or nothing. */
void columns_factor(struct columns *columns, bool less, uint64_t large, uint64_t small);

/* ---- lines ---- */

/* A row of numbers; `there`: whether each column has one. */
extern const bool columns_both[2];
void columns_row_where(struct columns *columns, unsigned indent, const char *label,
                       const bool there[2], uint64_t a, uint64_t b);
void columns_row(struct columns *columns, unsigned indent, const char *label, uint64_t a,
                 uint64_t b);
/* The same, but no row if both are 0. */
void columns_row_of_some(struct columns *columns, unsigned indent, const char *label, uint64_t a,
                         uint64_t b);
/* A row of words, of which the end is shown where they do not fit; NULL is "unknown". */
void columns_words(struct columns *columns, const char *label, const char *a, const char *b);

#endif
