/* Prints rows of two columns: cells, labels, numbers, and the second relative to the first. */
#include "columns.h"

#include <string.h>

#include "ascii.h"

/* A change has room for this and no more. */
enum {
    MOST_DIGITS = 11,     /* of a difference */
    MOST_TIMES = 99999999 /* "99999999 times" */
};

void columns_open(struct columns *columns, struct elfgen_text *out, size_t width)
{
    static const struct table_column parts[COLUMNS_COUNT] = {
        [COLUMNS_LABEL] = {.wide = 22, .least = 12, .shrink = 1},
        [COLUMNS_FIRST] = {.gap = 1, .wide = 30, .least = 8, .shrink = 4, .grow = 1},
        [COLUMNS_SECOND] = {.gap = 1, .wide = 30, .least = 8, .shrink = 4, .grow = 1},
        [COLUMNS_CHANGE] = {.gap = 2, .wide = 14, .least = 10, .shrink = 1},
    };
    *columns = (struct columns){.out = out, .wide = width == 0};
    columns->line = table_fit(parts, COLUMNS_COUNT, width, columns->places);
}

/* ---- cells ---- */

void columns_begin_cell(struct columns_cell *cell)
{
    cell->text = (struct elfgen_text){.bytes = cell->room, .capacity = sizeof cell->room};
}

static void put_cell(struct columns *columns, struct columns_cell *cell, unsigned alignment)
{
    struct table_place place = columns->places[COLUMNS_FIRST + columns->next % 2];
    place.size -= columns->excess;
    columns->excess = 0;
    columns->next++;
    table_put(columns->out, &place, TABLE_RIGHT | alignment, cell->room, cell->text.length);
}

void columns_cell(struct columns *columns, struct columns_cell *cell)
{
    put_cell(columns, cell, 0);
}

static void put_string(struct columns *columns, unsigned alignment, const char *string,
                       size_t length)
{
    struct columns_cell cell;
    columns_begin_cell(&cell);
    size_t skipped =
        (alignment & TABLE_END) && length > sizeof cell.room ? length - sizeof cell.room : 0;
    for (size_t i = skipped; i < length && !cell.text.cut; i++)
        elfgen_text_char(&cell.text, ascii_printable((uint8_t)string[i]));
    put_cell(columns, &cell, alignment);
}

void columns_string(struct columns *columns, const char *string, size_t length)
{
    put_string(columns, 0, string, length);
}

void columns_word(struct columns *columns, const char *word)
{
    put_string(columns, 0, word, strlen(word));
}

void columns_end_of(struct columns *columns, const char *string, size_t length)
{
    put_string(columns, TABLE_END, string, length);
}

void columns_label(struct columns *columns, unsigned indent, const char *label)
{
    enum { CELL = 8 }; /* what a label leaves of the first cell */
    const struct table_place *place = &columns->places[COLUMNS_LABEL];
    const struct table_place *first = &columns->places[COLUMNS_FIRST];
    size_t length = strlen(label), size = place->size - (size_t)indent * 2;
    size_t most = size + (first->size > CELL ? first->size - CELL : 0);
    elfgen_text_blanks(columns->out, (size_t)indent * 2);
    if (columns->wide || length <= size)
        elfgen_text_column(columns->out, label, size, SIZE_MAX);
    else
        table_put(columns->out, &(struct table_place){.size = (unsigned)most}, TABLE_LAST, label,
                  length);
    length = length < most ? length : most;
    columns->excess = columns->wide || length <= size ? 0 : (unsigned)(length - size);
    columns->next = 0;
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

/* Prints a change, which is left out where it does not fit. */
static void put_change(struct columns *columns, const struct elfgen_text *text)
{
    const struct table_place *place = &columns->places[COLUMNS_CHANGE];
    if (text->length == 0 || text->cut || text->length > place->size)
        return;
    elfgen_text_blanks(columns->out, place->gap);
    elfgen_text_bytes(columns->out, text->bytes, text->length);
}

void columns_factor(struct columns *columns, bool less, uint64_t large, uint64_t small)
{
    char room[64];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    elfgen_text_string(&text, less ? "1/" : "");
    columns_times_of(&text, large, small);
    elfgen_text_string(&text, less ? "" : " times");
    put_change(columns, &text);
}

void columns_change(struct columns *columns, uint64_t a, uint64_t b)
{
    char room[64];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    uint64_t large = a > b ? a : b, small = a > b ? b : a;
    if (large == small)
        return;
    uint64_t factor = small > 0 ? large / small : 0;
    if (factor >= 2 && (a > b ? digits(factor) < MOST_DIGITS : factor < MOST_TIMES)) {
        columns_factor(columns, a > b, large, small);
    } else if (digits(large - small) <= MOST_DIGITS) {
        elfgen_text_char(&text, a > b ? '-' : '+');
        elfgen_text_decimal(&text, large - small, 0);
        put_change(columns, &text);
    }
}

void columns_number(struct columns *columns, bool there, uint64_t value)
{
    struct columns_cell cell;
    columns_begin_cell(&cell);
    if (there)
        elfgen_text_decimal(&cell.text, value, 0);
    else
        elfgen_text_string(&cell.text, "n/a");
    columns_cell(columns, &cell);
}

/* `there`: whether each column has a number. */
void columns_row_where(struct columns *columns, unsigned indent, const char *label,
                       const bool there[2], uint64_t a, uint64_t b)
{
    columns_label(columns, indent, label);
    columns_number(columns, there[0], a);
    columns_number(columns, there[1], b);
    if (there[0] && there[1])
        columns_change(columns, a, b);
    elfgen_text_char(columns->out, '\n');
}

const bool columns_both[2] = {true, true};

void columns_row(struct columns *columns, unsigned indent, const char *label, uint64_t a,
                 uint64_t b)
{
    columns_row_where(columns, indent, label, columns_both, a, b);
}

/* Prints no row if both are 0. */
void columns_row_of_some(struct columns *columns, unsigned indent, const char *label, uint64_t a,
                         uint64_t b)
{
    if (a != 0 || b != 0)
        columns_row_where(columns, indent, label, columns_both, a, b);
}

void columns_words(struct columns *columns, const char *label, const char *a, const char *b)
{
    const char *words[2] = {a ? a : "unknown", b ? b : "unknown"};
    columns_label(columns, 0, label);
    for (int i = 0; i < 2; i++)
        columns_end_of(columns, words[i], strlen(words[i]));
    elfgen_text_char(columns->out, '\n');
}
