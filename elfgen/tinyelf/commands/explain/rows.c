/* Prints rows of bytes, and collects what is said below each. */
#include "rows.h"

#include <string.h>

#include "base/ascii.h"

/* Rows shown in which nothing begins; further ones are only counted. */
enum { REPEATED = 3 };

void explain_rows_colour(struct rows *rows, struct elfgen_text *out, enum colour colour)
{
    if (rows->coloured)
        elfgen_text_string(out, colour_begin(colour));
}

/* The bytes of a row from `from` to `to`, in their colours. */
static void put_coloured(struct rows *rows, struct elfgen_text *line, uint64_t from, uint64_t to)
{
    const uint8_t *bytes = rows->writer.map->view->bytes;
    enum colour colour = COLOUR_NONE;
    for (uint64_t i = from; i < to; i++) {
        if (rows->colours[i - rows->row] != colour) {
            colour = (enum colour)rows->colours[i - rows->row];
            explain_rows_colour(rows, line, colour);
        }
        elfgen_text_hex_bytes(line, bytes + i, 1, '\0');
        elfgen_text_char(line, ' ');
    }
    explain_rows_colour(rows, line, COLOUR_NONE);
}

static void put_row(struct rows *rows, struct elfgen_text *out)
{
    struct bytemap *map = rows->writer.map;
    const uint8_t *bytes = map->view->bytes;
    const unsigned size = rows->layout.row;
    uint64_t row = rows->row, from = row < map->from ? map->from : row;
    uint64_t to = map->to - row < size ? map->to : row + size;
    char room[EXPLAIN_MOST_ROW + 1];
    size_t length = (size_t)(to - from);
    elfgen_text_hex(out, row, rows->digits);
    elfgen_text_blanks(out, 2 + 3 * (size_t)(from - row));
    if (rows->coloured) {
        put_coloured(rows, out, from, to);
    } else {
        elfgen_text_hex_bytes(out, bytes + from, length, ' ');
        elfgen_text_char(out, ' ');
    }
    elfgen_text_blanks(out, 3 * (size_t)(row + size - to) + 1 + (size_t)(from - row));
    for (size_t i = 0; i < length; i++)
        room[i] = ascii_printable(bytes[from + i]);
    room[length] = '\n';
    elfgen_text_bytes(out, room, length + 1);
}

void explain_rows_paint(struct rows *rows, uint64_t from, uint64_t to, enum colour colour)
{
    if (!rows->coloured)
        return;
    for (uint64_t i = from; i < to && i < rows->row + rows->layout.row; i++)
        rows->colours[i - rows->row] = (uint8_t)colour;
}

/* Prints what is collected, in colours after the row. */
void explain_rows_flush(struct rows *rows)
{
    struct elfgen_text *out = rows->writer.map->out;
    if (rows->lines == out) {
        out->flush(out);
        return;
    }
    if (rows->coloured && !rows->row_done)
        put_row(rows, out);
    rows->row_done = true;
    elfgen_text_bytes(out, rows->lines->bytes, rows->lines->length);
    rows->lines->length = 0;
}

/* Makes room for the lines of an owner. Thousands of owners can begin in one row. */
void explain_rows_make_room(struct rows *rows)
{
    if (rows->lines->capacity - rows->lines->length <
        (size_t)EXPLAIN_MOST_LINES * EXPLAIN_MOST_LINE)
        explain_rows_flush(rows);
}

static void begin_row(struct rows *rows, uint64_t row)
{
    rows->row = row;
    rows->row_done = false;
    if (rows->coloured) {
        memset(rows->colours, 0, sizeof rows->colours);
        explain_rows_paint(rows, row, rows->outer.end, rows->outer.colour);
        explain_rows_paint(rows, row, rows->inner.end, rows->inner.colour);
    } else {
        explain_rows_make_room(rows);
        put_row(rows, rows->lines);
    }
}

void explain_rows_end(struct rows *rows)
{
    if (rows->row != UINT64_MAX && rows->coloured)
        explain_rows_flush(rows);
}

/* Prints rows up to the one at `row`, in which nothing begins. */
void explain_rows_between(struct rows *rows, uint64_t row)
{
    struct elfgen_text *out = rows->coloured ? rows->writer.map->out : rows->lines;
    const unsigned size = rows->layout.row;
    uint64_t next = rows->row == UINT64_MAX ? row : rows->row + size;
    uint64_t shown = (row - next) / size > REPEATED + 1 ? REPEATED : REPEATED + 1;
    for (uint64_t i = 0; next < row && i < shown; i++, next += size) {
        begin_row(rows, next);
        explain_rows_end(rows);
    }
    if (next >= row)
        return;
    elfgen_text_blanks(out, rows->digits + 2);
    elfgen_text_string(out, "... ");
    elfgen_text_decimal(out, row - next, 0);
    elfgen_text_string(out, " more bytes\n");
}

/* Makes the row of `offset` the current one. */
void explain_rows_go_to(struct rows *rows, uint64_t offset)
{
    uint64_t row = offset - offset % rows->layout.row;
    if (rows->row == row)
        return;
    explain_rows_end(rows);
    explain_rows_between(rows, row);
    begin_row(rows, row);
}
