/* Lines of a label and two columns, and what the second is to the first. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "elfgen/text.h"

enum {
    COLUMNS_LABEL = 22,
    COLUMNS_WIDTH = 30, /* of each, and a blank before it */
    COLUMNS_LINE = 100
};

/* A label, two blanks in front of it for each step of `indent`. */
void columns_label(struct elfgen_text *out, unsigned indent, const char *label);

/* ---- cells: to the right; of what does not fit the end is "..." ---- */

struct columns_cell {
    char room[COLUMNS_WIDTH];
    struct elfgen_text text;
};
void columns_begin_cell(struct columns_cell *cell);
void columns_cell(struct elfgen_text *out, struct columns_cell *cell);

/* Bytes that need not be printable. */
void columns_string(struct elfgen_text *out, const char *string, size_t length);
void columns_word(struct elfgen_text *out, const char *word);
/* A file's name, whose end says more than its beginning. */
void columns_file(struct elfgen_text *out, const char *name);
/* "n/a" unless it is `there`. */
void columns_number(struct elfgen_text *out, bool there, uint64_t value);

/* ---- behind the cells ---- */

/* What `b` is to `a`: from double on, how many times as much; below, the difference. */
void columns_change(struct elfgen_text *out, uint64_t a, uint64_t b);
/* How often `small`, not 0, goes into `large`, with one place behind the point below 100. */
void columns_times_of(struct elfgen_text *out, uint64_t large, uint64_t small);

/* ---- lines ---- */

/* Numbers; `there`: whether each column has one. */
extern const bool columns_both[2];
void columns_row_where(struct elfgen_text *out, unsigned indent, const char *label,
                       const bool there[2], uint64_t a, uint64_t b);
void columns_row(struct elfgen_text *out, unsigned indent, const char *label, uint64_t a,
                 uint64_t b);
/* The same, unless both are 0. */
void columns_row_of_some(struct elfgen_text *out, unsigned indent, const char *label, uint64_t a,
                         uint64_t b);
/* Words; NULL is "unknown". */
void columns_words(struct elfgen_text *out, const char *label, const char *a, const char *b);

#endif
