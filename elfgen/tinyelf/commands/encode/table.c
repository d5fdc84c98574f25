/* Prints an instruction's encodings as a table that fits the output. */
#include <string.h>

#include "encode.h"
#include "base/table.h"

enum column {
    COLUMN_LENGTH,
    COLUMN_TAKEN, /* by which assembler */
    COLUMN_PREFIXES,
    COLUMN_REX,
    COLUMN_OPCODE,
    COLUMN_MODRM,
    COLUMN_MOD,
    COLUMN_REG,
    COLUMN_RM,
    COLUMN_SIB,
    COLUMN_SCALE,
    COLUMN_INDEX,
    COLUMN_BASE,
    COLUMN_DISPLACEMENT,
    COLUMN_IMMEDIATE,
    COLUMN_FORM,
    COLUMN_COUNT
};

/* What is left out where a table would be wider than the output. */
enum detail {
    DETAIL_ALL,
    DETAIL_NO_FORM,
    DETAIL_CLOSE, /* fields of ModRM and SIB stand beside their bytes */
    DETAIL_SHORT, /* so, with shorter titles */
    DETAIL_BYTES  /* an encoding is its bytes, on as many lines as they need */
};

struct table {
    const struct encode_answer *answer;
    struct elfgen_text *out;
    size_t width;
    enum detail detail;
    struct table_place places[COLUMN_COUNT];
};

static const struct {
    const char *usual, *brief;
} titles[COLUMN_COUNT] = {
    [COLUMN_LENGTH] = {"length", "len"},
    [COLUMN_TAKEN] = {"taken by", "by"},
    [COLUMN_PREFIXES] = {"prefix", "prefix"},
    [COLUMN_REX] = {"REX", "REX"},
    [COLUMN_OPCODE] = {"opcode", "opcode"},
    [COLUMN_MODRM] = {"ModRM", "ModRM"},
    [COLUMN_MOD] = {"mod", "mod"},
    [COLUMN_REG] = {"reg", "reg"},
    [COLUMN_RM] = {"rm", "rm"},
    [COLUMN_SIB] = {"SIB", "SIB"},
    [COLUMN_SCALE] = {"scale", "scale"},
    [COLUMN_INDEX] = {"index", "index"},
    [COLUMN_BASE] = {"base", "base"},
    [COLUMN_DISPLACEMENT] = {"displacement", "disp"},
    [COLUMN_IMMEDIATE] = {"immediate", "imm"},
    [COLUMN_FORM] = {"form", "form"},
};

static const char *title_of(const struct table *table, unsigned column)
{
    return table->detail >= DETAIL_SHORT ? titles[column].brief : titles[column].usual;
}

static bool is_left_out(enum detail detail, enum column column)
{
    return (detail >= DETAIL_NO_FORM && column == COLUMN_FORM) ||
           (detail >= DETAIL_CLOSE && ((column >= COLUMN_MOD && column <= COLUMN_RM) ||
                                       (column >= COLUMN_SCALE && column <= COLUMN_BASE))) ||
           (detail == DETAIL_BYTES && column > COLUMN_TAKEN);
}

static void put_part(struct elfgen_text *out, const struct elfgen_x86_encoding *encoding,
                     enum elfgen_x86_part part)
{
    elfgen_text_hex_bytes(out, encoding->bytes + encoding->part_offset[part],
                          encoding->part_length[part], ' ');
}

/* The assemblers that take an encoding. */
static void put_taken(struct elfgen_text *out, const struct encode_answer *answer, size_t i)
{
    const struct elfgen_x86_encoding *encoding = &answer->encodings[i];
    if (!answer->is_asked) {
        elfgen_text_string(out, i == answer->usual ? "nasm" : "");
        return;
    }
    for (unsigned tool = 0; tool < ENCODE_TOOLS; tool++)
        if (answer->asked[tool].length == encoding->length &&
            memcmp(answer->asked[tool].bytes, encoding->bytes, encoding->length) == 0) {
            elfgen_text_string(out, out->length > 0 ? ", " : "");
            elfgen_text_string(out, answer->asked[tool].tool);
        }
}

static void put_rex(struct elfgen_text *out, const struct elfgen_x86_encoding *encoding)
{
    const struct encode_rex rex = encode_rex(encoding);
    put_part(out, encoding, ELFGEN_X86_REX_PART);
    if (rex.w | rex.r | rex.x | rex.b)
        elfgen_text_char(out, ' ');
    elfgen_text_string(out, rex.w ? "W" : "");
    elfgen_text_string(out, rex.r ? "R" : "");
    elfgen_text_string(out, rex.x ? "X" : "");
    elfgen_text_string(out, rex.b ? "B" : "");
}

static void put_opcode(struct elfgen_text *out, const struct encode_answer *answer,
                       const struct elfgen_x86_encoding *encoding)
{
    put_part(out, encoding, ELFGEN_X86_OPCODE);
    const size_t length = out->length;
    elfgen_text_char(out, ' ');
    encode_put_opcode_register(out, answer, encoding);
    if (out->length == length + 1)
        out->length = length;
}

/* A byte of three fields; close: with the fields beside it. */
static void put_fields(struct elfgen_text *out, const struct elfgen_x86_encoding *encoding,
                       enum elfgen_x86_part part, bool is_close)
{
    put_part(out, encoding, part);
    if (!is_close || encoding->part_length[part] == 0)
        return;
    const unsigned byte = encoding->bytes[encoding->part_offset[part]];
    elfgen_text_char(out, ' ');
    elfgen_text_decimal(out, byte >> 6, 0);
    elfgen_text_char(out, '.');
    elfgen_text_decimal(out, byte >> 3 & 7, 0);
    elfgen_text_char(out, '.');
    elfgen_text_decimal(out, byte & 7, 0);
}

static void put_form(struct elfgen_text *out, const struct encode_answer *answer,
                     const struct elfgen_x86_encoding *encoding)
{
    struct elfgen_x86_form form;
    if (!elfgen_x86_form(answer->instruction.mnemonic, encoding->form, &form))
        return;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS && form.operands[i]; i++) {
        elfgen_text_string(out, i ? ", " : "");
        encode_put_operand(out, &form, i, encoding->operand_size);
    }
}

/* A number, and what it means. */
static void put_number_of(struct elfgen_text *out, const struct encode_answer *answer,
                          const struct elfgen_x86_encoding *encoding, unsigned number,
                          void (*put)(struct elfgen_text *, const struct encode_answer *,
                                      const struct elfgen_x86_encoding *))
{
    elfgen_text_decimal(out, number, 0);
    elfgen_text_char(out, ' ');
    put(out, answer, encoding);
}

/* The cells of ModRM's and SIB's fields. */
static void put_field(struct elfgen_text *out, const struct encode_answer *answer,
                      const struct elfgen_x86_encoding *encoding, enum column column)
{
    const struct encode_modrm modrm = encode_modrm(encoding);
    const struct encode_sib sib = encode_sib(encoding);
    if (!(column < COLUMN_SIB ? modrm.is_there : sib.is_there))
        return;
    switch (column) {
    case COLUMN_MOD:
        elfgen_text_decimal(out, modrm.mod, 0);
        break;
    case COLUMN_REG:
        put_number_of(out, answer, encoding, modrm.reg, encode_put_reg);
        break;
    case COLUMN_RM:
        put_number_of(out, answer, encoding, modrm.rm, encode_put_rm);
        break;
    case COLUMN_SCALE:
        elfgen_text_decimal(out, sib.scale, 0);
        elfgen_text_string(out, " *");
        elfgen_text_decimal(out, 1u << sib.scale, 0);
        break;
    case COLUMN_INDEX:
        put_number_of(out, answer, encoding, sib.index, encode_put_index);
        break;
    default:
        put_number_of(out, answer, encoding, sib.base, encode_put_base);
        break;
    }
}

/* Appends what stands in a column for an encoding. */
static void put_cell(struct elfgen_text *out, const struct table *table, size_t i,
                     enum column column)
{
    const struct encode_answer *answer = table->answer;
    const struct elfgen_x86_encoding *encoding = &answer->encodings[i];
    switch (column) {
    case COLUMN_LENGTH:
        elfgen_text_decimal(out, encoding->length, 0);
        break;
    case COLUMN_TAKEN:
        put_taken(out, answer, i);
        break;
    case COLUMN_PREFIXES:
        put_part(out, encoding, ELFGEN_X86_PREFIXES);
        break;
    case COLUMN_REX:
        put_rex(out, encoding);
        break;
    case COLUMN_OPCODE:
        put_opcode(out, answer, encoding);
        break;
    case COLUMN_MODRM:
        put_fields(out, encoding, ELFGEN_X86_MODRM, table->detail >= DETAIL_CLOSE);
        break;
    case COLUMN_SIB:
        put_fields(out, encoding, ELFGEN_X86_SIB, table->detail >= DETAIL_CLOSE);
        break;
    case COLUMN_DISPLACEMENT:
        put_part(out, encoding, ELFGEN_X86_DISPLACEMENT);
        break;
    case COLUMN_IMMEDIATE:
        put_part(out, encoding, ELFGEN_X86_IMMEDIATE_PART);
        elfgen_text_string(out, encoding->part_length[ELFGEN_X86_IMMEDIATE_2] ? " " : "");
        put_part(out, encoding, ELFGEN_X86_IMMEDIATE_2);
        break;
    case COLUMN_FORM:
        put_form(out, answer, encoding);
        break;
    default:
        put_field(out, answer, encoding, column);
        break;
    }
}

struct cell {
    char room[96];
    struct elfgen_text text;
};

static void make_cell(struct cell *cell, const struct table *table, size_t i, enum column column)
{
    cell->text = (struct elfgen_text){.bytes = cell->room, .capacity = sizeof cell->room};
    put_cell(&cell->text, table, i, column);
}

/* Gives each column the width of its widest cell, none where all are empty. Returns how wide the
 * table is. */
static size_t measure(struct table *table)
{
    enum { GAP = 2 };
    size_t at = 0;
    for (unsigned column = 0; column < COLUMN_COUNT; column++) {
        size_t widest = 0;
        table->places[column] = (struct table_place){.at = (unsigned)at};
        if (is_left_out(table->detail, column))
            continue;
        for (size_t i = 0; i < table->answer->count; i++) {
            struct cell cell;
            make_cell(&cell, table, i, column);
            widest = cell.text.length > widest ? cell.text.length : widest;
        }
        if (widest == 0 && column != COLUMN_TAKEN)
            continue;
        const size_t title = strlen(title_of(table, column));
        widest = title > widest ? title : widest;
        table->places[column].gap = at > 0 ? GAP : 0;
        table->places[column].at = (unsigned)(at + table->places[column].gap);
        table->places[column].size = (unsigned)widest;
        at += table->places[column].gap + widest;
    }
    return at;
}

/* The last column that a row fills, after which no blanks follow. */
static unsigned last_column(const struct table *table)
{
    unsigned last = 0;
    for (unsigned column = 0; column < COLUMN_COUNT; column++)
        last = table->places[column].size > 0 ? column : last;
    return last;
}

/* Ends a row without blanks at its end. */
static void put_row(struct table *table, struct elfgen_text *row)
{
    while (row->length > 0 && row->bytes[row->length - 1] == ' ')
        row->length--;
    elfgen_text_bytes(table->out, row->bytes, row->length);
    elfgen_text_char(table->out, '\n');
}

/* Appends a cell to a row, with the gap before it; cells are plain ASCII. */
static void put_aligned(struct elfgen_text *row, const struct table_place *place, bool is_right,
                        const char *text, size_t length)
{
    const size_t blanks = place->size > length ? place->size - length : 0;
    elfgen_text_blanks(row, place->gap + (is_right ? blanks : 0));
    elfgen_text_bytes(row, text, length);
    elfgen_text_blanks(row, is_right ? 0 : blanks);
}

static void put_titles(struct table *table)
{
    char room[512];
    struct elfgen_text row = {.bytes = room, .capacity = sizeof room};
    for (unsigned column = 0; column < COLUMN_COUNT; column++)
        if (table->places[column].size > 0)
            put_aligned(&row, &table->places[column], column == COLUMN_LENGTH,
                        title_of(table, column), strlen(title_of(table, column)));
    put_row(table, &row);
}

/* Where there is room for no table: the bytes between words. */
static void put_bytes(struct table *table, const struct elfgen_x86_encoding *encoding,
                      struct elfgen_text *row)
{
    char room[3 * ELFGEN_X86_LONGEST];
    struct elfgen_text bytes = {.bytes = room, .capacity = sizeof room};
    const size_t at = row->length + 2;
    const struct table_place place = {
        .gap = 2,
        .at = (unsigned)at,
        .size = (unsigned)(table->width > at + 2 ? table->width - at : 2)};
    elfgen_text_hex_bytes(&bytes, encoding->bytes, encoding->length, ' ');
    elfgen_text_bytes(table->out, row->bytes, row->length);
    table_words(table->out, &place, room, bytes.length);
    elfgen_text_char(table->out, '\n');
}

void encode_put_table(struct elfgen_text *out, size_t width, const struct encode_answer *answer)
{
    struct table whole = {.answer = answer, .out = out, .width = width};
    struct table *const table = &whole;
    table->detail = DETAIL_ALL;
    while (measure(table) > table->width && table->width > 0 && table->detail < DETAIL_BYTES)
        table->detail++;
    put_titles(table);
    const unsigned last = last_column(table);
    for (size_t i = 0; i < table->answer->count; i++) {
        char room[512];
        struct elfgen_text row = {.bytes = room, .capacity = sizeof room};
        for (unsigned column = 0; column <= last; column++) {
            struct cell cell;
            if (table->places[column].size == 0)
                continue;
            make_cell(&cell, table, i, column);
            put_aligned(&row, &table->places[column], column == COLUMN_LENGTH, cell.room,
                        cell.text.length);
        }
        if (table->detail == DETAIL_BYTES)
            put_bytes(table, &table->answer->encodings[i], &row);
        else
            put_row(table, &row);
    }
}
