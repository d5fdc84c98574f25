/* Describes unwind records in words: call frame instructions, encodings of pointers. */
#include "unwind_words.h"

#include "record_fields.h"
#include "unwind.h"

enum {
    MOST_BYTES =
        4096, /* of instructions that are looked at: more words than any line has room for */
    HIGH_OPCODE = 0xc0 /* these bits alone are the opcode, if one of them is set */
};

static const struct {
    uint8_t opcode;
    const char *name, *operands;
} instructions[] = {
#define FRAME_INSTRUCTION(opcode, name, operands) {opcode, name, operands},
#include "frame_instructions.def"
#undef FRAME_INSTRUCTION
};

/* What is read, and what the CIE says of it. */
struct reader {
    struct elfgen_text *text;
    const struct elfgen_view *view;
    const struct elfgen_unwind_common *common;
    uint64_t at, end;
};

/* The next number, of `width` bytes, or for 0 a LEB128 one. Ends the reading where it is cut. */
static uint64_t next_number(struct reader *reader, unsigned width, bool is_signed)
{
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte = 0x80;
    if (width > 0) {
        bool is_there = width <= reader->end - reader->at;
        value = is_there ? elfgen_number_at(reader->view, reader->at, width) : 0;
        reader->at = is_there ? reader->at + width : reader->end;
        return value;
    }
    while (reader->at < reader->end && (byte & 0x80)) {
        byte = reader->view->bytes[reader->at++];
        if (shift < 64)
            value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    }
    if (is_signed && shift < 64 && byte & 0x40)
        value |= ~UINT64_C(0) << shift;
    return value;
}

static void put_register(struct elfgen_text *text, uint64_t number)
{
    elfgen_text_string(text, "r");
    elfgen_text_decimal(text, number, 0);
}

/* "cfa-8" */
static void put_distance(struct elfgen_text *text, const char *from, int64_t distance)
{
    elfgen_text_string(text, from);
    if (distance >= 0)
        elfgen_text_char(text, '+');
    elfgen_text_signed(text, distance);
}

static int64_t scaled(uint64_t number, int64_t unit)
{
    return (int64_t)(number * (uint64_t)unit); /* wraps around, as in C's unsigned numbers */
}

/* Appends an operand. */
static void put_operand(struct reader *reader, char operand, uint8_t opcode)
{
    struct elfgen_text *text = reader->text;
    const int64_t unit = reader->common->data_align;
    uint64_t block;
    switch (operand) {
    case 'R':
        put_register(text, opcode & ~(unsigned)HIGH_OPCODE);
        break;
    case 'r':
        put_register(text, next_number(reader, 0, false));
        break;
    case 'i':
        elfgen_text_string(text, "in ");
        put_register(text, next_number(reader, 0, false));
        break;
    case 'o':
        put_distance(text, "at cfa", scaled(next_number(reader, 0, false), unit));
        break;
    case 'O':
        put_distance(text, "at cfa", scaled(next_number(reader, 0, true), unit));
        break;
    case 'v':
        put_distance(text, "is cfa", scaled(next_number(reader, 0, false), unit));
        break;
    case 'V':
        put_distance(text, "is cfa", scaled(next_number(reader, 0, true), unit));
        break;
    case 'N':
        elfgen_text_string(text, "ofs ");
        elfgen_text_signed(text, scaled(next_number(reader, 0, true), unit));
        break;
    case 's':
        elfgen_text_signed(text, scaled(next_number(reader, 0, true), unit));
        break;
    case 'n':
        elfgen_text_string(text, "ofs ");
        elfgen_text_decimal(text, next_number(reader, 0, false), 0);
        break;
    case 'u':
        elfgen_text_decimal(text, next_number(reader, 0, false), 0);
        break;
    case 'd':
        elfgen_text_decimal(text, (opcode & ~(unsigned)HIGH_OPCODE) * reader->common->code_align,
                            0);
        break;
    case 'b':
        block = next_number(reader, 0, false);
        reader->at += block < reader->end - reader->at ? block : reader->end - reader->at;
        elfgen_text_decimal(text, block, 0);
        elfgen_text_string(text, block == 1 ? " byte" : " bytes");
        break;
    case 'a':
        /* An address in the format of pointers; those that this is used with have 4 or 8 bytes. */
        elfgen_text_0x(text, next_number(reader, elfgen_address_size(reader->view->class_), false));
        break;
    default:
        elfgen_text_decimal(
            text,
            next_number(reader, (unsigned)(operand - '0'), false) * reader->common->code_align, 0);
        break;
    }
}

/* Appends the instruction at reader->at, which has a byte. Returns false if it is unknown. */
static bool put_instruction(struct reader *reader)
{
    uint8_t opcode = reader->view->bytes[reader->at++];
    uint8_t key = opcode & HIGH_OPCODE ? opcode & HIGH_OPCODE : opcode;
    for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
        if (instructions[i].opcode != key)
            continue;
        elfgen_text_string(reader->text, instructions[i].name + strlen("DW_CFA_"));
        for (const char *operand = instructions[i].operands; *operand != '\0'; operand++) {
            elfgen_text_string(reader->text, operand == instructions[i].operands ? ": " : " ");
            put_operand(reader, *operand, opcode);
        }
        return true;
    }
    elfgen_text_string(reader->text, "unknown instruction ");
    elfgen_text_0x(reader->text, opcode);
    return false;
}

/* How many nops are at reader->at. */
static uint64_t count_nops(struct reader *reader)
{
    uint64_t start = reader->at;
    while (reader->at < reader->end && reader->view->bytes[reader->at] == 0)
        reader->at++;
    return reader->at - start;
}

void elfgen_put_frame_instructions(struct elfgen_text *text, const struct elfgen_view *view,
                                   const struct elfgen_claim *claim)
{
    struct elfgen_unwind_record record;
    if (!elfgen_unwind_read(view, 0, claim->record, view->length, NULL, &record) ||
        !record.common.known)
        return;
    struct reader reader = {text, view, &record.common, claim->offset,
                            claim->offset + claim->length};
    const char *between = "";
    while (reader.at < reader.end && text->length < text->capacity &&
           reader.at - claim->offset < MOST_BYTES) {
        uint64_t nops = count_nops(&reader);
        elfgen_text_string(text, between);
        between = ", ";
        if (nops > 1) {
            elfgen_text_decimal(text, nops, 0);
            elfgen_text_char(text, ' ');
        }
        if (nops > 0)
            elfgen_text_string(text, "nop");
        else if (!put_instruction(&reader))
            return;
    }
}

void elfgen_put_pointer_encoding(struct elfgen_text *text, const struct elfgen_view *view,
                                 const struct elfgen_claim *claim)
{
    static const char *const formats[] = {
        "absptr", "uleb128", "udata2", "udata4", "udata8", NULL, NULL, NULL,
        "signed", "sleb128", "sdata2", "sdata4", "sdata8", NULL, NULL, NULL};
    static const char *const bases[] = {"",         "pcrel ",   "textrel ", "datarel ",
                                        "funcrel ", "aligned ", NULL,       NULL};
    const char *format = formats[claim->value & ELFGEN_POINTER_FORMAT];
    const char *base = bases[(claim->value & ELFGEN_POINTER_BASE) >> 4];
    (void)view;
    if (claim->value == ELFGEN_POINTER_OMITTED) {
        elfgen_text_string(text, "omit");
    } else if (format && base) {
        elfgen_text_string(text, claim->value & ELFGEN_POINTER_INDIRECT ? "indirect " : "");
        elfgen_text_string(text, base);
        elfgen_text_string(text, format);
    }
}
