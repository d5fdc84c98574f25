/* Prints rows of bytes, each followed by a line for each owner that begins in it. */
#include <string.h>

#include "base/ascii.h"
#include "explain.h"

enum {
    ROW = 16,
    REPEATED = 3, /* rows shown in which nothing begins; further ones are only counted */
    COLUMNS = 100,
    READER = 7, /* "program" */
    NAME = 16,
    VALUE = 10,
    MOST_BYTES = 8, /* bytes of a claim that its line shows */
    COLOURS = 6,
    MOST_LINE = 512,    /* longest line, before it is cut to the columns */
    MOST_PURPOSE = 160, /* characters of what a field is for */
    MOST_CALL = 300,    /* of a call that was made */
    MOST_LINES = 12,    /* of one owner */
    BLANKS = 128        /* columns lie in these first bytes of a line */
};

struct span {
    uint64_t end;
    unsigned colour;
};

struct rows {
    struct bytemap_writer writer;
    unsigned digits; /* of an offset */
    uint64_t row;    /* offset of the row that `lines` belong to; UINT64_MAX: none yet */
    bool row_done;   /* the row is printed, and some of its lines are */
    uint64_t end;    /* after the last byte that a line was about */
    bool coloured;
    unsigned colour; /* of the next claim, 1... */
    uint8_t colours[ROW];
    struct span outer, inner; /* claims that reach into the next row */
    struct bytemap_purposes purposes;
    /* Where lines go. In colours those of a row are collected, and come after it: they decide its
     * colours. */
    struct elfgen_text *lines;
    struct elfgen_text collected;
    char room[1 << 16];
};

static void put_colour(struct rows *rows, struct elfgen_text *out, unsigned colour)
{
    static const char *const codes[] = {"\33[0m",  "\33[36m", "\33[33m", "\33[32m",
                                        "\33[35m", "\33[94m", "\33[91m"};
    if (rows->coloured)
        elfgen_text_string(out, codes[colour]);
}

/* ---- rows ---- */

/* The bytes of a row from `from` to `to`, in their colours. */
static void put_coloured(struct rows *rows, struct elfgen_text *line, uint64_t from, uint64_t to)
{
    const uint8_t *bytes = rows->writer.map->view->bytes;
    unsigned colour = 0;
    for (uint64_t i = from; i < to; i++) {
        if (rows->colours[i - rows->row] != colour) {
            colour = rows->colours[i - rows->row];
            put_colour(rows, line, colour);
        }
        elfgen_text_hex_bytes(line, bytes + i, 1, '\0');
        elfgen_text_char(line, ' ');
    }
    put_colour(rows, line, 0);
}

static void put_row(struct rows *rows, struct elfgen_text *out)
{
    struct bytemap *map = rows->writer.map;
    const uint8_t *bytes = map->view->bytes;
    uint64_t row = rows->row, from = row < map->from ? map->from : row;
    uint64_t to = map->to - row < ROW ? map->to : row + ROW;
    char room[ROW + 1];
    size_t length = (size_t)(to - from);
    elfgen_text_hex(out, row, rows->digits);
    elfgen_text_blanks(out, 2 + 3 * (size_t)(from - row));
    if (rows->coloured) {
        put_coloured(rows, out, from, to);
    } else {
        elfgen_text_hex_bytes(out, bytes + from, length, ' ');
        elfgen_text_char(out, ' ');
    }
    elfgen_text_blanks(out, 3 * (size_t)(row + ROW - to) + 1 + (size_t)(from - row));
    for (size_t i = 0; i < length; i++)
        room[i] = ascii_printable(bytes[from + i]);
    room[length] = '\n';
    elfgen_text_bytes(out, room, length + 1);
}

static void paint(struct rows *rows, uint64_t from, uint64_t to, unsigned colour)
{
    if (!rows->coloured)
        return;
    for (uint64_t i = from; i < to && i < rows->row + ROW; i++)
        rows->colours[i - rows->row] = (uint8_t)colour;
}

/* Prints what is collected, in colours after the row. */
static void flush_lines(struct rows *rows)
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
static void make_room(struct rows *rows)
{
    if (rows->lines->capacity - rows->lines->length < (size_t)MOST_LINES * MOST_LINE)
        flush_lines(rows);
}

static void begin_row(struct rows *rows, uint64_t row)
{
    rows->row = row;
    rows->row_done = false;
    if (rows->coloured) {
        memset(rows->colours, 0, sizeof rows->colours);
        paint(rows, row, rows->outer.end, rows->outer.colour);
        paint(rows, row, rows->inner.end, rows->inner.colour);
    } else {
        make_room(rows);
        put_row(rows, rows->lines);
    }
}

static void end_row(struct rows *rows)
{
    if (rows->row != UINT64_MAX && rows->coloured)
        flush_lines(rows);
}

/* Prints rows up to the one at `row`, in which nothing begins. */
static void put_rows_between(struct rows *rows, uint64_t row)
{
    struct elfgen_text *out = rows->coloured ? rows->writer.map->out : rows->lines;
    uint64_t next = rows->row == UINT64_MAX ? row : rows->row + ROW;
    uint64_t shown = (row - next) / ROW > REPEATED + 1 ? REPEATED : REPEATED + 1;
    for (uint64_t i = 0; next < row && i < shown; i++, next += ROW) {
        begin_row(rows, next);
        end_row(rows);
    }
    if (next >= row)
        return;
    elfgen_text_blanks(out, rows->digits + 2);
    elfgen_text_string(out, "... ");
    elfgen_text_decimal(out, row - next, 0);
    elfgen_text_string(out, " more bytes\n");
}

/* Makes the row of `offset` the current one. */
static void go_to(struct rows *rows, uint64_t offset)
{
    uint64_t row = offset / ROW * ROW;
    if (rows->row == row)
        return;
    end_row(rows);
    put_rows_between(rows, row);
    begin_row(rows, row);
}

/* ---- lines ---- */

/* Moves on to a column. The line is full of blanks already. At least one blank separates the
 * columns. */
static void pad(struct elfgen_text *line, size_t column)
{
    line->length = line->length < column ? column : line->length + 1;
}

/* Cuts a line to `columns` columns. */
static void cut(struct elfgen_text *line, size_t columns)
{
    if (line->length <= columns)
        return;
    memset(line->bytes + columns, ' ', line->length - columns);
    memcpy(line->bytes + columns - 3, "...", 3);
    line->length = columns;
}

static void put_short_bytes(struct rows *rows, struct elfgen_text *line,
                            const struct elfgen_claim *claim)
{
    const uint8_t *bytes = rows->writer.map->view->bytes + claim->offset;
    size_t shown = claim->length < MOST_BYTES ? (size_t)claim->length : MOST_BYTES;
    elfgen_text_hex_bytes(line, bytes, shown, '\0');
    elfgen_text_char(line, claim->length > MOST_BYTES ? '+' : ' ');
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
                               .capacity = MOST_LINE};
    memset(line.bytes, ' ', BLANKS);
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
    put_colour(rows, rows->lines, 0);
    elfgen_text_char(rows->lines, '\n');
}

/* Ends a line with the reader and, behind the columns, what a run did with the bytes. */
static void end_line(struct rows *rows, struct elfgen_text *line, const struct elfgen_claim *claim)
{
    char room[160];
    struct elfgen_text mark = {.bytes = room, .capacity = sizeof room};
    cut(line, COLUMNS - READER - 1);
    pad(line, COLUMNS - READER);
    elfgen_text_string(line, elfgen_reader_name(claim->reader));
    explain_put_mark(&mark, rows->writer.map, claim);
    if (mark.length > 0)
        pad(line, COLUMNS + 1);
    elfgen_text_bytes(line, mark.bytes, mark.length);
    close_line(rows, line);
}

/* How many characters of a text go on a line of `room` columns: to the end of a word, if one ends
 * there. */
static size_t fitting(const struct elfgen_text *text, size_t room)
{
    size_t length = room;
    if (text->length <= room)
        return text->length;
    while (length > 0 && text->bytes[length] != ' ')
        length--;
    return length > 0 ? length : room;
}

/* Moves the first words of a text, as many as fit before `column`, to a line. */
static void move_words(struct elfgen_text *text, struct elfgen_text *line, size_t column)
{
    size_t length = line->length < column ? fitting(text, column - line->length) : text->length;
    elfgen_text_bytes(line, text->bytes, length);
    while (length < text->length && text->bytes[length] == ' ')
        length++;
    text->bytes += length;
    text->length -= length;
}

/* Begins a line that goes on in a column. */
static struct elfgen_text below(struct rows *rows, size_t column, unsigned colour)
{
    put_colour(rows, rows->lines, colour);
    struct elfgen_text next = new_line(rows);
    pad(&next, column);
    return next;
}

/* Appends what the value says and what the field is for: on one line if both fit, or else the
 * second below the first. */
static void put_words(struct rows *rows, struct elfgen_text *line, const struct elfgen_claim *claim,
                      unsigned colour)
{
    const struct bytemap *map = rows->writer.map;
    const size_t column = line->length;
    char room[MOST_PURPOSE];
    struct elfgen_text purpose = {.bytes = room, .capacity = sizeof room};
    elfgen_claim_meaning(map->view, map->code, claim, line);
    if (!claim->field) {
        end_line(rows, line, claim);
        return;
    }
    bytemap_put_purpose(&purpose, &rows->purposes, map, claim);
    bool says = line->length > column;
    bool fits = line->length + 2 + purpose.length <= COLUMNS - READER - 1;
    if (purpose.length > 0 && (fits || !says)) {
        elfgen_text_string(line, says ? "; " : "");
        move_words(&purpose, line, COLUMNS - READER - 1);
    }
    end_line(rows, line, claim);
    while (purpose.length > 0) {
        struct elfgen_text next = below(rows, column, colour);
        move_words(&purpose, &next, COLUMNS);
        close_line(rows, &next);
    }
}

/* Appends the calls that an instruction made: the first after it, others below. */
static void put_calls(struct rows *rows, struct elfgen_text *line, const struct elfgen_claim *claim,
                      unsigned colour)
{
    const struct coverage_call *calls = explain_calls(rows->writer.map, claim);
    const size_t column = line->length;
    char room[MOST_CALL];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    explain_put_meaning(&text, rows->writer.map, claim);
    move_words(&text, line, COLUMNS - READER - 1);
    end_line(rows, line, claim);
    while (text.length > 0) {
        struct elfgen_text next = below(rows, column, colour);
        move_words(&text, &next, COLUMNS - READER - 1);
        close_line(rows, &next);
    }
    for (size_t i = 1; i < calls->text_count; i++) {
        struct elfgen_text next = below(rows, column, colour);
        coverage_put_call(&next, calls, i);
        cut(&next, COLUMNS);
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

static void put_line(struct rows *rows, const struct elfgen_claim *claim, unsigned colour)
{
    size_t bytes_column = 2 + rows->digits + 2,
           name_column = bytes_column + (size_t)2 * MOST_BYTES + 2;
    put_colour(rows, rows->lines, colour);
    struct elfgen_text line = open_line(rows, claim->offset);
    pad(&line, bytes_column);
    put_short_bytes(rows, &line, claim);
    pad(&line, name_column);
    put_line_name(&line, claim);
    pad(&line, name_column + NAME + 1);
    if (claim->field) {
        bytemap_put_hex(&line, claim);
        pad(&line, name_column + NAME + 1 + VALUE + 1);
    }
    if (explain_calls(rows->writer.map, claim))
        put_calls(rows, &line, claim, colour);
    else
        put_words(rows, &line, claim, colour);
}

static void put_claim(struct bytemap_writer *writer, const struct elfgen_claim *claim)
{
    struct rows *rows = (struct rows *)writer;
    uint64_t end = claim->offset + claim->length;
    unsigned colour = rows->colour;
    rows->colour = colour % COLOURS + 1;
    /* A claim that began before the range is printed at its first row. */
    go_to(rows, claim->offset > writer->map->from ? claim->offset : writer->map->from);
    make_room(rows);
    paint(rows, claim->offset > rows->row ? claim->offset : rows->row, end, colour);
    if (end > rows->row + ROW) {
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
static void put_gap_mark(struct rows *rows, uint64_t offset, uint64_t length)
{
    char room[160];
    struct elfgen_text mark = {.bytes = room, .capacity = sizeof room};
    if (rows->writer.map->run)
        coverage_put_mark(&mark, rows->writer.map->run, offset, length, false);
    if (mark.length > 0)
        elfgen_text_string(rows->lines, ", ");
    elfgen_text_bytes(rows->lines, mark.bytes, mark.length);
}

static void put_gap(struct bytemap_writer *writer, uint64_t offset, uint64_t length)
{
    struct rows *rows = (struct rows *)writer;
    go_to(rows, offset);
    make_room(rows);
    elfgen_text_string(rows->lines, "  ");
    elfgen_text_hex(rows->lines, offset, rows->digits);
    elfgen_text_string(rows->lines, "  unclaimed, ");
    elfgen_text_decimal(rows->lines, length, 0);
    elfgen_text_string(rows->lines, length == 1 ? " byte" : " bytes");
    put_gap_mark(rows, offset, length);
    elfgen_text_char(rows->lines, '\n');
    rows->end = offset + length;
}

/* Prints a symbol before what it names. */
static void put_symbol_line(struct bytemap_writer *writer, const struct symbol *symbol)
{
    struct rows *rows = (struct rows *)writer;
    size_t name_column = 2 + rows->digits + 2 + (size_t)2 * MOST_BYTES + 2;
    go_to(rows, symbol->offset);
    make_room(rows);
    struct elfgen_text line = open_line(rows, symbol->offset);
    pad(&line, name_column);
    bytemap_put_symbol(&line, symbol);
    cut(&line, COLUMNS);
    rows->lines->length += line.length;
    elfgen_text_char(rows->lines, '\n');
}

static bool put_head(struct bytemap *map)
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

/* Digits of the largest offset, at least 4. */
static unsigned digits_of(uint64_t length)
{
    unsigned digits = 4;
    while (digits < 16 && length > 0 && (length - 1) >> (4 * digits) != 0)
        digits++;
    return digits;
}

bool explain_text(struct explain *explain)
{
    struct bytemap *map = &explain->map;
    struct rows rows = {.writer = {map, false, put_claim, put_gap, put_symbol_line, 0},
                        .digits = digits_of(map->view->length),
                        .row = UINT64_MAX,
                        .row_done = true,
                        .coloured = explain->colour,
                        .colour = 1};
    rows.collected = (struct elfgen_text){.bytes = rows.room, .capacity = sizeof rows.room};
    bool direct =
        !explain->colour && map->out->flush && map->out->capacity >= rows.collected.capacity;
    rows.lines = direct ? map->out : &rows.collected;
    if (map->from == 0 && map->to == map->view->length && !put_head(map))
        return false;
    bool good = bytemap_walk(&rows.writer);
    uint64_t end = rows.end < map->to ? rows.end : map->to;
    end_row(&rows);
    /* Rows that the last claim or gap covers after its first. */
    if (rows.row != UINT64_MAX && end > rows.row + ROW)
        put_rows_between(&rows, (end + ROW - 1) / ROW * ROW);
    if (!direct)
        flush_lines(&rows);
    return good;
}
