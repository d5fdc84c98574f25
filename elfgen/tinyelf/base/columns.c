/* Prints rows of two columns: cells, labels, numbers, and the second relative to the first. */
#include "columns.h"

#include <string.h>

#include "ascii.h"

/* The end of a line of 100 characters has no room for more. */
enum {
    MOST_DIGITS = 11,     /* of a difference */
    MOST_TIMES = 99999999 /* "  99999999 times" */
};

/* ---- cells ---- */

void columns_begin_cell(struct columns_cell *cell)
{
    cell->text = (struct elfgen_text){.bytes = cell->room, .capacity = sizeof cell->room};
}

/* Right-aligned. A text that did not fit ends in "...". */
void columns_cell(struct elfgen_text *out, struct columns_cell *cell)
{
    if (cell->text.cut)
        memcpy(cell->room + COLUMNS_WIDTH - 3, "...", 3);
    elfgen_text_blanks(out, 1 + COLUMNS_WIDTH - cell->text.length);
    elfgen_text_bytes(out, cell->room, cell->text.length);
}

void columns_string(struct elfgen_text *out, const char *string, size_t length)
{
    struct columns_cell cell;
    columns_begin_cell(&cell);
    for (size_t i = 0; i < length && !cell.text.cut; i++)
        elfgen_text_char(&cell.text, ascii_printable((uint8_t)string[i]));
    columns_cell(out, &cell);
}

void columns_word(struct elfgen_text *out, const char *word)
{
    columns_string(out, word, strlen(word));
}

/* If the name does not fit, its end is shown: that says more. */
void columns_file(struct elfgen_text *out, const char *name)
{
    size_t length = strlen(name);
    struct columns_cell cell;
    columns_begin_cell(&cell);
    if (length > COLUMNS_WIDTH) {
        elfgen_text_string(&cell.text, "...");
        name += length - (COLUMNS_WIDTH - 3);
    }
    for (; *name; name++)
        elfgen_text_char(&cell.text, ascii_printable((uint8_t)*name));
    columns_cell(out, &cell);
}

void columns_label(struct elfgen_text *out, unsigned indent, const char *label)
{
    elfgen_text_blanks(out, (size_t)indent * 2);
    elfgen_text_column(out, label, COLUMNS_LABEL - (size_t)indent * 2, SIZE_MAX);
}

/* ---- numbers ---- */

/* How many decimal digits a number has. */
static unsigned digits(uint64_t value)
{
    unsigned count = 1;
    while (value >= 10) {
        value /= 10;
        count++;
    }
    return count;
}

/* Prints `large` divided by `small`, with one decimal place below 100. */
void columns_times_of(struct elfgen_text *out, uint64_t large, uint64_t small)
{
    uint64_t whole = large / small, tenths = 0;
    if (whole < 100) {
        /* The last four bits of huge numbers hardly matter to a tenth, and ten times the rest fits.
         */
        unsigned shift = small > UINT64_MAX / 11 ? 4 : 0;
        uint64_t rest = large % small >> shift, unit = small >> shift;
        tenths = (rest * 10 + unit / 2) / unit;
        whole += tenths / 10;
        tenths %= 10;
    } else if (large % small > small / 2) {
        whole++;
    }
    elfgen_text_decimal(out, whole, 0);
    if (whole >= 100)
        return;
    elfgen_text_char(out, '.');
    elfgen_text_decimal(out, tenths, 0);
}

/* A factor from 2 on; below that, the difference. */
void columns_change(struct elfgen_text *out, uint64_t a, uint64_t b)
{
    uint64_t large = a > b ? a : b, small = a > b ? b : a;
    if (large == small)
        return;
    uint64_t factor = small > 0 ? large / small : 0;
    if (factor >= 2 && (a > b ? digits(factor) < MOST_DIGITS : factor < MOST_TIMES)) {
        elfgen_text_string(out, a > b ? "  1/" : "  ");
        columns_times_of(out, large, small);
        elfgen_text_string(out, a > b ? "" : " times");
    } else if (digits(large - small) <= MOST_DIGITS) {
        elfgen_text_string(out, a > b ? "  -" : "  +");
        elfgen_text_decimal(out, large - small, 0);
    }
}

void columns_number(struct elfgen_text *out, bool there, uint64_t value)
{
    struct columns_cell cell;
    columns_begin_cell(&cell);
    if (there)
        elfgen_text_decimal(&cell.text, value, 0);
    else
        elfgen_text_string(&cell.text, "n/a");
    columns_cell(out, &cell);
}

/* `there`: whether each column has a number. */
void columns_row_where(struct elfgen_text *out, unsigned indent, const char *label,
                       const bool there[2], uint64_t a, uint64_t b)
{
    columns_label(out, indent, label);
    columns_number(out, there[0], a);
    columns_number(out, there[1], b);
    if (there[0] && there[1])
        columns_change(out, a, b);
    elfgen_text_char(out, '\n');
}

const bool columns_both[2] = {true, true};

void columns_row(struct elfgen_text *out, unsigned indent, const char *label, uint64_t a,
                 uint64_t b)
{
    columns_row_where(out, indent, label, columns_both, a, b);
}

/* Prints no row if both are 0. */
void columns_row_of_some(struct elfgen_text *out, unsigned indent, const char *label, uint64_t a,
                         uint64_t b)
{
    if (a != 0 || b != 0)
        columns_row_where(out, indent, label, columns_both, a, b);
}

void columns_words(struct elfgen_text *out, const char *label, const char *a, const char *b)
{
    columns_label(out, 0, label);
    columns_word(out, a ? a : "unknown");
    columns_word(out, b ? b : "unknown");
    elfgen_text_char(out, '\n');
}
