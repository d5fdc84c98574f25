/* Breaks lines that are too long for the output between words.
 *
 *     struct fold fold;
 *     fold_open(&fold, out, width_of_output(), 0);
 *     elfgen_text_string(&fold.text, "  practice: a long sentence\n");
 *     fold_close(&fold);
 *
 * Sentences are folded. Rows of a table are fitted by base/table.h instead, so that their columns
 * are aligned. */
#ifndef BASE_FOLD_H
#define BASE_FOLD_H

#include "elfgen/text.h"

/* Set by fold_open(). */
struct fold {
    struct elfgen_text text; /* what is written here goes to `out` */
    struct elfgen_text *out;
    size_t width;
    size_t hang;   /* the column in which a line goes on; 0: two after its own indentation */
    size_t begins; /* that column for the present line */
    size_t at;     /* columns of the present line */
    size_t blanks; /* that may come before the next word */
    bool inside;   /* the present line has a word */
    char room[512];
};

/* Lines that are written to `fold->text` go to `out`, none wider than `width` columns
 * (base/visible.h); a width of 0 leaves them as they are. A line is broken between words, and
 * within a word that is wider than a line. It goes on in column `hang` if it begins with a blank or
 * `hang` is 0, or else in column 2. Colours (ESC [ ... m) take no column. `out` stays the caller's.
 */
void fold_open(struct fold *fold, struct elfgen_text *out, size_t width, size_t hang);

/* Writes what is left. The fold may be used on. */
void fold_close(struct fold *fold);

#endif
