/* Lays out the columns of a table for the width of the output, without a look at its rows, so that
 * long tables are written as they come.
 *
 *     enum { NAME, SIZE, WORDS, READER, COLUMN_COUNT };
 *     static const struct table_column columns[COLUMN_COUNT] = {
 *         [NAME] = {.gap = 2, .wide = 30, .least = 12, .shrink = 1},
 *         [SIZE] = {.gap = 1, .wide = 8},
 *         [WORDS] = {.gap = 2, .wide = 50, .least = 10, .shrink = 3, .grow = 1},
 *         [READER] = {.gap = 1, .wide = 7},
 *     };
 *     struct table_place places[COLUMN_COUNT];
 *     table_fit(columns, COLUMN_COUNT, width_of_output(), places);
 *     table_put_string(out, &places[NAME], TABLE_LEFT, name);
 *     ...
 *     elfgen_text_char(out, '\n');
 *
 * Where the width is WIDTH_WIDE, each column is `wide`. Texts that do not fit their column are
 * shortened and end in "...". Cells are measured in the columns of a terminal: what a file made up
 * goes through base/visible.h or base/ascii.h first. Sentences above and below a table are folded
 * (base/fold.h). Rows whose last column is better broken than shortened put that with
 * table_words(). */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include "elfgen/text.h"

/* Zeros for what is not wanted. */
struct table_column {
    unsigned gap;    /* blanks before it; it has none if the column is left out */
    unsigned wide;   /* its columns in the wide form */
    unsigned least;  /* as few as it may have */
    unsigned shrink; /* its share of what is missing; 0: it keeps its `wide` columns */
    unsigned grow;   /* its share of what there is more; 0: it has at most `wide` columns */
    unsigned step;   /* it is shortened by a multiple of this */
    bool optional;   /* may be left out where all have their least: the first of these first */
};

struct table_place {
    unsigned gap;
    unsigned at;   /* the first column, from 0 */
    unsigned size; /* how many; 0: the column is left out */
};

/* Gives each of the columns, at most 16, its place in lines of `width` columns, 0: any. Returns how
 * wide the table is: `width`, or less if no column grows, or more if it cannot be as narrow. */
size_t table_fit(const struct table_column *columns, size_t count, size_t width,
                 struct table_place *places);

/* ---- cells ---- */

enum table_alignment {
    TABLE_LEFT = 0,
    TABLE_RIGHT = 1,
    TABLE_LAST = 2, /* to the left, and no blanks after it: the last one of a row */
    TABLE_END = 4   /* with these: of a text that does not fit, the end is shown, as for paths */
};

/* Appends the gap and the text in its columns; nothing for a column that is left out. */
void table_put(struct elfgen_text *out, const struct table_place *place, unsigned alignment,
               const char *text, size_t length);
void table_put_string(struct elfgen_text *out, const struct table_place *place, unsigned alignment,
                      const char *string);

/* Appends the text between words on as many lines as it needs, each in the columns of `place`: the
 * first goes on the line that stands, without the gap if `place->gap` is 0. No line break follows.
 */
void table_words(struct elfgen_text *out, const struct table_place *place, const char *text,
                 size_t length);

/* How many bytes of a text go into `size` columns: up to a blank if there is one, or else as many
 * as fit, but at least one character. */
size_t table_fitting(const char *text, size_t length, size_t size);

/* Shortens a line in a buffer of its own to that many columns, with "..." at its end.
 */
void table_cut(struct elfgen_text *line, size_t columns);

#endif
