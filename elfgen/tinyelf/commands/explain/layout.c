/* Finds where the columns of explain's rows and lines are, for the width of the output. */
#include "layout.h"

#include "base/table.h"
#include "base/width.h"

enum {
    LINE = 100,   /* of the wide form, before the marks */
    WIDEST = 160, /* in longer lines the eye loses its way to the reader */
    LEAST_ROW = 4,
    FEWEST_COLUMNS = 6,
    MORE_BYTES = 1, /* the mark of a claim of more bytes than are shown */
    SPARE = 24      /* columns that a name or a value may be longer than its own */
};

enum { OFFSET, BYTES, NAME, VALUE, WORDS, READER, MARK, COLUMN_COUNT };

static const struct table_column usual[COLUMN_COUNT] = {
    [OFFSET] = {.gap = 2, .wide = 4},
    [BYTES] = {.gap = 2,
               .wide = 2 * EXPLAIN_MOST_BYTES + MORE_BYTES,
               .least = 9,
               .shrink = 2,
               .step = 2,
               .optional = true},
    [NAME] = {.gap = 1, .wide = 16},
    [VALUE] = {.gap = 1, .wide = 10},
    [WORDS] = {.gap = 1, .wide = 38, .least = EXPLAIN_FEW_COLUMNS, .shrink = 3, .grow = 1},
    [READER] = {.gap = 1, .wide = 7},
    [MARK] = {.gap = 1, .wide = 12, .least = 8, .shrink = 1},
};

/* How many bytes a row has: twice that in digits, blanks between them, and as many characters. */
static unsigned row_of(size_t width, unsigned digits)
{
    unsigned row = EXPLAIN_MOST_ROW;
    while (width != WIDTH_WIDE && row > LEAST_ROW && digits + 2 + 4 * (size_t)row + 1 > width)
        row /= 2;
    return row;
}

struct explain_layout explain_layout(size_t width, unsigned digits, bool marked)
{
    struct table_column columns[COLUMN_COUNT];
    struct table_place places[COLUMN_COUNT];
    width = width > WIDEST ? WIDEST : width;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        columns[i] = usual[i];
    columns[OFFSET].wide = digits;
    columns[WORDS].wide -= digits - usual[OFFSET].wide;
    const size_t count = marked ? COLUMN_COUNT : MARK;
    size_t end = table_fit(columns, count, width, places);
    if (width != WIDTH_WIDE && end > width) {
        columns[WORDS].least = FEWEST_COLUMNS;
        columns[BYTES] = (struct table_column){.gap = 0};
        columns[VALUE].optional = true;
        end = table_fit(columns, count, width, places);
    }
    size_t shown = places[BYTES].size;
    struct explain_layout layout = {
        .wide = width == WIDTH_WIDE,
        .row = row_of(width, digits),
        .bytes = shown > 0 ? (unsigned)(shown - MORE_BYTES) / 2 : 0,
        .at_bytes = places[BYTES].at,
        .at_name = places[NAME].at,
        .at_value = places[VALUE].size > 0 ? places[VALUE].at : places[WORDS].at,
        .at_words = places[WORDS].at,
        .end_words = places[WORDS].at + places[WORDS].size,
        .at_reader = places[READER].at,
        .end = end,
        .blanks = end + SPARE,
    };
    if (marked) {
        layout.at_mark = places[MARK].at;
        layout.end_mark = end;
    }
    if (layout.wide) { /* marks follow the lines */
        layout.end = LINE;
        layout.at_mark = LINE + 1;
        layout.end_mark = SIZE_MAX;
    }
    return layout;
}
