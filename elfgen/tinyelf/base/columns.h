/* Prints rows of a label, two columns, and the second relative to the first. */
#ifndef BASE_COLUMNS_H
#define BASE_COLUMNS_H

#include "elfgen/text.h"

enum {
    COLUMNS_LABEL = 22,
    COLUMNS_WIDTH = 30, /* of each column, after a blank */
    COLUMNS_LINE = 100
};

/* Prints a label, indented by two blanks per step of `indent`. */
void columns_label(struct elfgen_text *out, unsigned indent, const char *label);

/* ---- cells: right-aligned; a text that does not fit ends in "..." ---- */

struct columns_cell {
    char room[COLUMNS_WIDTH];
    struct elfgen_text text;
};
void columns_begin_cell(struct columns_cell *cell);
void columns_cell(struct elfgen_text *out, struct columns_cell *cell);

/* Bytes need not be printable. */
void columns_string(struct elfgen_text *out, const char *string, size_t length);
void columns_word(struct elfgen_text *out, const char *word);
/* If the name does not fit, its end is shown. */
void columns_file(struct elfgen_text *out, const char *name);
/* "n/a" unless `there`. */
void columns_number(struct elfgen_text *out, bool there, uint64_t value);

/* ---- after the cells ---- */

/* Prints `b` relative to `a`: a factor from 2 on; below that, the difference. */
void columns_change(struct elfgen_text *out, uint64_t a, uint64_t b);
/* Prints `large` divided by `small`, which is not 0, with one decimal place below 100. */
void columns_times_of(struct elfgen_text *out, uint64_t large, uint64_t small);

/* ---- lines ---- */

/* A row of numbers; `there`: whether each column has one. */
extern const bool columns_both[2];
void columns_row_where(struct elfgen_text *out, unsigned indent, const char *label,
                       const bool there[2], uint64_t a, uint64_t b);
void columns_row(struct elfgen_text *out, unsigned indent, const char *label, uint64_t a,
                 uint64_t b);
/* The same, but no row if both are 0. */
void columns_row_of_some(struct elfgen_text *out, unsigned indent, const char *label, uint64_t a,
                         uint64_t b);
/* A row of words; NULL is "unknown". */
void columns_words(struct elfgen_text *out, const char *label, const char *a, const char *b);

#endif
