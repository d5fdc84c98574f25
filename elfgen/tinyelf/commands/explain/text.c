/* Prints rows of bytes, each followed by a line for each owner that begins in it. */
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/fold.h"
#include "base/no_memory.h"
#include "base/table.h"
#include "explain.h"
#include "rows.h"

enum {
    MOST_PURPOSE = 160, /* characters of what a field is for */
    MOST_CALL = 300,    /* of a call that was made */
    MOST_BELOW = 3      /* lines of a meaning below the first, in the width of a terminal */
};

/* ---- lines ---- */

/* Moves on to a column. The line is full of blanks already. At least one blank separates the
 * columns. */
static void pad(struct elfgen_text *line, size_t column)
{
    line->length = line->length < column ? column : line->length + 1;
}

/* Cuts a line to `columns` columns. Blanks follow it again. */
static void cut(struct elfgen_text *line, size_t columns)
{
    const size_t before = line->length;
    if (before <= columns)
        return;
    table_cut(line, columns);
    memset(line->bytes + line->length, ' ', before - line->length);
}

static void put_short_bytes(struct rows *rows, struct elfgen_text *line,
                            const struct elfgen_claim *claim)
{
    const uint8_t *bytes = rows->writer.map->view->bytes + claim->offset;
    const size_t most = rows->layout.bytes;
    size_t shown = claim->length < most ? (size_t)claim->length : most;
    elfgen_text_hex_bytes(line, bytes, shown, '\0');
    elfgen_text_char(line, claim->length > most ? '+' : ' ');
}

/* Fields of the ELF header are printed without "ehdr.": no other structure has such names. */
static void put_line_name(struct elfgen_text *line, const struct elfgen_claim *claim)
{
    static const char instruction[] = "instruction";
    if (claim->part == ELFGEN_PART_INSTRUCTION)
        elfgen_text_bytes(line, instruction, sizeof instruction - 1);
    else if (claim->part == ELFGEN_PART_EHDR && claim->field)
        elfgen_text_string(line, claim->field->name);
    else if (claim->part == ELFGEN_PART_PADDING)
        elfgen_text_string(line, elfgen_part_name(claim->part));
    else if (claim->part == ELFGEN_PART_ENCODING && claim->field) {
        elfgen_text_string(line, "  ");
        elfgen_text_string(line, claim->field->name);
    } else
        bytemap_put_name(line, claim);
}

/* Begins a line after those in the buffer. */
static struct elfgen_text new_line(const struct rows *rows)
{
    struct elfgen_text line = {.bytes = rows->lines->bytes + rows->lines->length,
                               .capacity = EXPLAIN_MOST_LINE};
    memset(line.bytes, ' ', rows->layout.blanks);
    return line;
}

/* The same, with an offset. */
static struct elfgen_text open_line(const struct rows *rows, uint64_t offset)
{
    struct elfgen_text line = new_line(rows);
    line.length = 2 + rows->digits;
    for (unsigned i = 0; i < rows->digits || offset > 0; i++, offset >>= 4)
        line.bytes[line.length - 1 - i] = "0123456789abcdef"[offset & 15];
    return line;
}

/* Appends a finished line. */
static void close_line(struct rows *rows, const struct elfgen_text *line)
{
    rows->lines->length += line->length;
    explain_rows_colour(rows, rows->lines, COLOUR_NONE);
    elfgen_text_char(rows->lines, '\n');
}

/* Puts the mark of a run after the reader, or below if it is too long for that. */
static void put_mark(struct rows *rows, struct elfgen_text *line, const struct elfgen_claim *claim)
{
    const struct explain_layout *layout = &rows->layout;
    char room[160];
    struct elfgen_text mark = {.bytes = room, .capacity = sizeof room};
    explain_put_mark(&mark, rows->writer.map, claim);
    if (mark.length == 0)
        return;
    if (layout->at_mark + mark.length <= layout->end_mark || layout->wide) {
        pad(line, layout->at_mark);
        elfgen_text_bytes(line, mark.bytes, mark.length);
        return;
    }
    close_line(rows, line);
    *line = new_line(rows);
    size_t left = layout->end - layout->at_value;
    pad(line, mark.length < left ? layout->end - mark.length : layout->at_value);
    elfgen_text_bytes(line, mark.bytes, mark.length);
    cut(line, layout->end);
}

/* Ends a line with the reader and what a run did with the bytes. */
static void end_line(struct rows *rows, struct elfgen_text *line, const struct elfgen_claim *claim)
{
    cut(line, rows->layout.end_words);
    pad(line, rows->layout.at_reader);
    elfgen_text_string(line, elfgen_reader_name(claim->reader));
    put_mark(rows, line, claim);
    close_line(rows, line);
}

/* Moves the first words of a text, as many as fit before `column`, to a line. */
static void move_words(struct elfgen_text *text, struct elfgen_text *line, size_t column)
{
    size_t length = line->length < column
                        ? table_fitting(text->bytes, text->length, column - line->length)
                        : text->length;
    elfgen_text_bytes(line, text->bytes, length);
    while (length < text->length && text->bytes[length] == ' ')
        length++;
    text->bytes += length;
    text->length -= length;
}

/* Begins a line that goes on in a column. */
static struct elfgen_text below(struct rows *rows, size_t column, enum colour colour)
{
    explain_rows_colour(rows, rows->lines, colour);
    struct elfgen_text next = new_line(rows);
    pad(&next, column);
    return next;
}

/* Puts the rest of a text on `most` lines at the most, which end at `end`; what is left is cut. */
static void put_below(struct rows *rows, struct elfgen_text *text, size_t column, size_t end,
                      enum colour colour, unsigned most)
{
    for (unsigned i = 1; text->length > 0 && i <= most; i++) {
        struct elfgen_text next = below(rows, column, colour);
        if (i == most && text->length > end - column) {
            elfgen_text_bytes(&next, text->bytes, text->length);
            cut(&next, end);
            text->length = 0;
        } else {
            move_words(text, &next, end);
        }
        close_line(rows, &next);
    }
}

/* Appends what the value says and what the field is for: on one line if both fit, or else the
 * second below the first. */
static void put_words_wide(struct rows *rows, struct elfgen_text *line,
                           const struct elfgen_claim *claim, enum colour colour)
{
    const struct bytemap *map = rows->writer.map;
    const size_t column = line->length, end = rows->layout.end_words;
    char room[MOST_PURPOSE];
    struct elfgen_text purpose = {.bytes = room, .capacity = sizeof room};
    elfgen_claim_meaning(map->view, map->code, claim, line);
    if (!claim->field) {
        end_line(rows, line, claim);
        return;
    }
    bytemap_put_purpose(&purpose, &rows->purposes, map, claim);
    bool says = line->length > column;
    bool fits = line->length + 2 + purpose.length <= end;
    if (purpose.length > 0 && (fits || !says)) {
        elfgen_text_string(line, says ? "; " : "");
        move_words(&purpose, line, end);
    }
    end_line(rows, line, claim);
    put_below(rows, &purpose, column, rows->layout.end, colour, EXPLAIN_MOST_LINES);
}

/* The column of a claim's words. */
static size_t column_of(const struct rows *rows, const struct elfgen_claim *claim)
{
    return claim->field ? rows->layout.at_words : rows->layout.at_value;
}

/* Puts a text on the line, whose end follows, and below it. Where there are few columns for words,
 * or the name of the field has taken them, nothing goes below or all of it. Lines below end at
 * `end_below`. */
static void put_text(struct rows *rows, struct elfgen_text *line, struct elfgen_text *text,
                     const struct elfgen_claim *claim, enum colour colour, size_t end_below)
{
    const struct explain_layout *layout = &rows->layout;
    const size_t column = column_of(rows, claim), end = layout->end_words;
    bool few = end - column < EXPLAIN_FEW_COLUMNS;
    bool beside =
        line->length + EXPLAIN_FEW_COLUMNS / 2 <= end || line->length + text->length <= end;
    if (few) {
        elfgen_text_bytes(line, text->bytes, text->length);
        text->length = 0;
    } else if (beside) {
        move_words(text, line, end);
    }
    end_line(rows, line, claim);
    put_below(rows, text, column, end_below, colour, MOST_BELOW);
}

/* The same in the width of a terminal: a meaning goes on below. */
static void put_words_fitted(struct rows *rows, struct elfgen_text *line,
                             const struct elfgen_claim *claim, enum colour colour)
{
    const struct explain_layout *layout = &rows->layout;
    const struct bytemap *map = rows->writer.map;
    const size_t column = column_of(rows, claim), before = line->length;
    char room[EXPLAIN_MOST_LINE], other[MOST_PURPOSE];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    struct elfgen_text purpose = {.bytes = other, .capacity = sizeof other};
    elfgen_claim_meaning(map->view, map->code, claim, line);
    if (!claim->field && line->length <= layout->end_words) {
        end_line(rows, line, claim); /* most of a program is this */
        return;
    }
    elfgen_text_bytes(&text, line->bytes + before, line->length - before);
    memset(line->bytes + before, ' ', text.length);
    line->length = before;
    bool says = text.length > 0;
    if (claim->field)
        bytemap_put_purpose(&purpose, &rows->purposes, map, claim);
    if (purpose.length > 0 && (!says || layout->end_words - column < EXPLAIN_FEW_COLUMNS ||
                               before + text.length + 2 + purpose.length <= layout->end_words)) {
        elfgen_text_string(&text, says ? "; " : "");
        elfgen_text_bytes(&text, purpose.bytes, purpose.length);
        purpose.length = 0;
    }
    put_text(rows, line, &text, claim, colour, says ? layout->end_words : layout->end);
    put_below(rows, &purpose, column, layout->end, colour, EXPLAIN_MOST_LINES / 2);
}

/* Puts calls that an instruction made below it: those after the first. */
static void put_other_calls(struct rows *rows, const struct coverage_call *calls, size_t column,
                            enum colour colour)
{
    for (size_t i = 1; i < calls->text_count; i++) {
        struct elfgen_text next = below(rows, column, colour);
        coverage_put_call(&next, calls, i);
        cut(&next, rows->layout.end);
        close_line(rows, &next);
    }
    if (calls->others == 0)
        return;
    struct elfgen_text next = below(rows, column, colour);
    elfgen_text_string(&next, "and ");
    elfgen_text_decimal(&next, calls->others, 0);
    elfgen_text_string(&next, calls->others == 1 ? " other call" : " other calls");
    close_line(rows, &next);
}

/* Appends the calls that an instruction made: the first after it, others below. */
static void put_calls(struct rows *rows, struct elfgen_text *line, const struct elfgen_claim *claim,
                      enum colour colour)
{
    const size_t column = line->length, end = rows->layout.end_words;
    char room[MOST_CALL];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    explain_put_meaning(&text, rows->writer.map, claim);
    move_words(&text, line, end);
    end_line(rows, line, claim);
    put_below(rows, &text, column, end, colour, EXPLAIN_MOST_LINES);
    put_other_calls(rows, explain_calls(rows->writer.map, claim), column, colour);
}

static void put_line(struct rows *rows, const struct elfgen_claim *claim, enum colour colour)
{
    const struct explain_layout *layout = &rows->layout;
    explain_rows_colour(rows, rows->lines, colour);
    struct elfgen_text line = open_line(rows, claim->offset);
    if (layout->bytes > 0) {
        pad(&line, layout->at_bytes);
        put_short_bytes(rows, &line, claim);
    }
    pad(&line, layout->at_name);
    put_line_name(&line, claim);
    pad(&line, layout->at_value);
    if (claim->field && layout->at_value < layout->at_words) {
        bytemap_put_hex(&line, claim);
        pad(&line, layout->at_words);
    }
    if (explain_calls(rows->writer.map, claim))
        put_calls(rows, &line, claim, colour);
    else if (layout->wide)
        put_words_wide(rows, &line, claim, colour);
    else
        put_words_fitted(rows, &line, claim, colour);
}

/* A colour says who reads the byte. */
static enum colour colour_of(enum elfgen_reader reader)
{
    switch (reader) {
    case ELFGEN_READER_KERNEL:
        return COLOUR_KERNEL;
    case ELFGEN_READER_PROGRAM:
        return COLOUR_PROGRAM;
    case ELFGEN_READER_TOOLS:
        return COLOUR_TOOLS;
    case ELFGEN_READER_NOBODY:
        break;
    }
    return COLOUR_NOBODY;
}

static void put_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct rows *rows = (struct rows *)writer;
    uint64_t end = claim->offset + claim->length;
    enum colour colour = colour_of(claim->reader);
    /* A claim that began before the range is printed at its first row. */
    explain_rows_go_to(rows, claim->offset > writer->map->from ? claim->offset : writer->map->from);
    explain_rows_make_room(rows);
    explain_rows_paint(rows, claim->offset > rows->row ? claim->offset : rows->row, end, colour);
    if (end > rows->row + rows->layout.row) {
        struct span *span = rows->outer.end >= end || claim->part == ELFGEN_PART_INSTRUCTION
                                ? &rows->inner
                                : &rows->outer;
        *span = (struct span){end, colour};
    }
    put_line(rows, claim, colour);
    if (end > rows->end)
        rows->end = end;
}

/* What a run did with bytes that nothing claims. */
static void put_gap_mark(struct rows *rows, struct elfgen_text *line, uint64_t offset,
                         uint64_t length)
{
    char room[160];
    struct elfgen_text mark = {.bytes = room, .capacity = sizeof room};
    if (rows->writer.map->run)
        coverage_put_mark(&mark, rows->writer.map->run, offset, length, false);
    if (mark.length > 0)
        elfgen_text_string(line, ", ");
    elfgen_text_bytes(line, mark.bytes, mark.length);
}

static void put_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    struct rows *rows = (struct rows *)writer;
    explain_rows_go_to(rows, offset);
    explain_rows_make_room(rows);
    struct elfgen_text line = open_line(rows, offset);
    elfgen_text_string(&line, "  unclaimed, ");
    elfgen_text_decimal(&line, length, 0);
    elfgen_text_string(&line, length == 1 ? " byte" : " bytes");
    put_gap_mark(rows, &line, offset, length);
    if (!rows->layout.wide)
        cut(&line, rows->layout.end);
    rows->lines->length += line.length;
    elfgen_text_char(rows->lines, '\n');
    rows->end = offset + length;
}

/* Prints a symbol before what it names. */
static void put_symbol_line(struct bytemap_writer *writer, const struct symbol *symbol)
{
    struct rows *rows = (struct rows *)writer;
    const struct explain_layout *layout = &rows->layout;
    explain_rows_go_to(rows, symbol->offset);
    explain_rows_make_room(rows);
    struct elfgen_text line = open_line(rows, symbol->offset);
    const size_t before = line.length;
    pad(&line, layout->at_name);
    bytemap_put_symbol(&line, symbol);
    if (line.length > layout->end && !layout->wide) { /* a long name begins further left */
        line.length = before;
        memset(line.bytes + before, ' ', layout->at_name - before);
        pad(&line, layout->at_bytes);
        bytemap_put_symbol(&line, symbol);
    }
    cut(&line, layout->end);
    rows->lines->length += line.length;
    elfgen_text_char(rows->lines, '\n');
}

/* What the whole file is. Returns false if the walk over it ended early. */
static bool put_title(struct bytemap *map)
{
    struct elfgen_text *out = map->out;
    const struct elfgen_ehdr *ehdr = &map->view->ehdr;
    for (const char *c = map->file; *c; c++)
        elfgen_text_char(out, ascii_printable((uint8_t)*c));
    elfgen_text_string(out, ": ");
    elfgen_text_decimal(out, map->view->length, 0);
    elfgen_text_string(out, map->view->length == 1 ? " byte" : " bytes");
    if (elfgen_view_is_elf(map->view)) {
        const char *class_ = elfgen_class_name(ehdr->ei_class);
        const char *machine = elfgen_machine_name(ehdr->e_machine);
        if (!explain_put_account(map))
            return false;
        elfgen_text_char(out, '\n');
        elfgen_text_string(out, class_ ? class_ : "ELF of no known class");
        elfgen_text_string(out, ", ");
        elfgen_text_string(out, machine ? machine : "unknown machine");
    } else {
        elfgen_text_string(out, ", not an ELF file");
    }
    elfgen_text_char(out, '\n');
    if (map->run) {
        elfgen_text_string(out, "run: ");
        coverage_put_summary(out, map->run);
        elfgen_text_char(out, '\n');
    }
    return true;
}

static bool put_head(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct elfgen_text *out = map->out;
    struct fold fold;
    fold_open(&fold, out, explain->width, 0);
    map->out = &fold.text;
    bool good = put_title(map);
    fold_close(&fold);
    map->out = out;
    return good;
}

/* Digits of the largest offset, at least 4. */
static unsigned digits_of(uint64_t length)
{
    unsigned digits = 4;
    while (digits < 16 && length > 0 && (length - 1) >> (4 * digits) != 0)
        digits++;
    return digits;
}

/* Opens where lines go. Returns false if there is no memory. */
static bool open_lines(struct rows *rows, const struct explain *explain)
{
    enum { COLLECTED = 1 << 16 };
    struct elfgen_text *out = explain->map.out;
    if (!explain->colour && out->flush && out->capacity >= COLLECTED) {
        rows->lines = out;
        return true;
    }
    rows->lines = &rows->collected;
    rows->collected = (struct elfgen_text){.bytes = malloc(COLLECTED), .capacity = COLLECTED};
    return rows->collected.bytes != NULL;
}

/* Prints all rows. */
static bool put_rows(struct rows *rows)
{
    const struct bytemap *map = rows->writer.map;
    bool good = bytemap_walk(&rows->writer);
    uint64_t end = rows->end < map->to ? rows->end : map->to;
    explain_rows_end(rows);
    /* Rows that the last claim or gap covers after its first. */
    const unsigned size = rows->layout.row;
    if (rows->row != UINT64_MAX && end > rows->row + size)
        explain_rows_between(rows, (end + size - 1) / size * size);
    if (rows->lines == &rows->collected)
        explain_rows_flush(rows);
    return good;
}

bool explain_text(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    unsigned digits = digits_of(map->view->length);
    struct rows rows = {.writer = {map, false, put_claim, put_gap, put_symbol_line, 0},
                        .layout = explain_layout(explain->width, digits, map->run != NULL),
                        .digits = digits,
                        .row = UINT64_MAX,
                        .row_done = true,
                        .coloured = explain->colour};
    if (!open_lines(&rows, explain))
        return error_no_memory(&map->error);
    const bool is_whole = map->from == 0 && map->to == map->view->length;
    bool good = (!is_whole || put_head(explain)) && put_rows(&rows);
    free(rows.collected.bytes);
    return good;
}
