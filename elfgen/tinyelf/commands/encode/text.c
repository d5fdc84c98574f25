/* Prints an instruction: its encodings, what it reads and writes, what assemblers make of it. */
#include <string.h>

#include "encode.h"
#include "base/fold.h"
#include "base/width.h"

static void put_heading(struct elfgen_text *out, const struct encode_answer *answer,
                        const struct encode_operands *printed)
{
    const unsigned least = answer->encodings[0].length;
    const unsigned most = answer->encodings[answer->count - 1].length;
    elfgen_text_bytes(out, printed->room, printed->length);
    elfgen_text_string(out, ": ");
    elfgen_text_decimal(out, answer->count, 0);
    elfgen_text_string(out, answer->count == 1 ? " encoding of " : " encodings of ");
    elfgen_text_decimal(out, least, 0);
    if (most != least) {
        elfgen_text_string(out, " to ");
        elfgen_text_decimal(out, most, 0);
    }
    elfgen_text_string(out, most == 1 ? " byte in " : " bytes in ");
    elfgen_text_decimal(out, answer->instruction.mode, 0);
    elfgen_text_string(out, "-bit code\n\n");
}

static void put_values(struct elfgen_text *out, const char *label,
                       const struct encode_value *values, size_t count)
{
    elfgen_text_string(out, label);
    for (size_t i = 0; i < count; i++) {
        elfgen_text_string(out, i ? ", " : "");
        elfgen_text_bytes(out, values[i].text, values[i].length);
        elfgen_text_string(out, values[i].is_implicit ? " (implicit)" : "");
    }
    elfgen_text_string(out, count ? "\n" : "nothing\n");
}

/* "CF, OF written"; nothing for an empty set. */
static void put_flags(struct elfgen_text *out, uint32_t flags, const char *what, bool *any)
{
    const char *name = encode_next_flag(&flags);
    if (!name)
        return;
    elfgen_text_string(out, *any ? "; " : "");
    for (const char *between = ""; name; between = ", ", name = encode_next_flag(&flags)) {
        elfgen_text_string(out, between);
        elfgen_text_string(out, name);
    }
    elfgen_text_string(out, what);
    *any = true;
}

static void put_effects(struct elfgen_text *out, const struct encode_answer *answer,
                        const struct encode_operands *printed)
{
    struct encode_effects effects;
    bool any = false;
    encode_effects(answer, printed, &effects);
    put_values(out, "reads   ", effects.reads, effects.read_count);
    put_values(out, "writes  ", effects.writes, effects.write_count);
    elfgen_text_string(out, "flags   ");
    put_flags(out, effects.flags_read, " read", &any);
    put_flags(out, effects.flags_written, " written", &any);
    put_flags(out, effects.flags_undefined, " undefined", &any);
    elfgen_text_string(out, any ? "\n" : "none\n");
}

/* A 64-bit register written by an instruction that is one of 32 bits. */
static void put_narrow(struct elfgen_text *out, const struct encode_answer *answer)
{
    const struct elfgen_x86_encoding *usual = &answer->encodings[answer->usual];
    struct elfgen_x86_instruction narrow = answer->instruction;
    struct elfgen_x86_encoding encoding;
    struct encode_operands printed;
    const unsigned reg = narrow.operands[0].reg;
    if (narrow.mnemonic != ELFGEN_X86_OP_mov || usual->operand_size != 8 || encode_rex(usual).w ||
        narrow.operands[0].kind != ELFGEN_X86_REGISTER_OPERAND ||
        narrow.operands[1].kind != ELFGEN_X86_IMMEDIATE)
        return;
    narrow.operands[0].reg = (uint8_t)(reg - ELFGEN_X86_REG_rax + ELFGEN_X86_REG_eax);
    narrow.operands[1].size = 0;
    if (elfgen_encode(&narrow, &encoding) != ELFGEN_X86_OK || encoding.length != usual->length ||
        memcmp(encoding.bytes, usual->bytes, usual->length) != 0)
        return;
    encode_print(&narrow, &printed);
    elfgen_text_string(out, "nasm makes ");
    elfgen_text_bytes(out, printed.room, printed.length);
    elfgen_text_string(out, " of it, since writing ");
    elfgen_text_bytes(out, printed.at[0].text, printed.at[0].length);
    elfgen_text_string(out, " clears the upper half of ");
    elfgen_text_string(out, elfgen_x86_register_name(reg));
    elfgen_text_char(out, '\n');
}

static void put_asked(struct elfgen_text *out, const struct encode_asked *asked)
{
    elfgen_text_string(out, asked->tool);
    elfgen_text_blanks(out, 8 - strlen(asked->tool));
    elfgen_text_hex_bytes(out, asked->bytes, asked->length, ' ');
    elfgen_text_string(out, asked->length && asked->says[0] ? ": " : "");
    elfgen_text_string(out, asked->says);
    elfgen_text_char(out, '\n');
}

/* What stands below the table. */
static void put_rest(struct elfgen_text *out, const struct encode_answer *answer,
                     const struct encode_operands *printed)
{
    elfgen_text_char(out, '\n');
    put_effects(out, answer, printed);
    for (unsigned tool = 0; answer->is_asked && tool < ENCODE_TOOLS; tool++)
        put_asked(out, &answer->asked[tool]);
    put_narrow(out, answer);
}

void encode_put_text(struct elfgen_text *out, size_t width, const struct encode_answer *answer)
{
    struct encode_operands printed;
    struct fold fold;
    encode_print(&answer->instruction, &printed);
    if (width == WIDTH_WIDE) {
        put_heading(out, answer, &printed);
        encode_put_table(out, width, answer);
        put_rest(out, answer, &printed);
        return;
    }
    fold_open(&fold, out, width, 8);
    put_heading(&fold.text, answer, &printed);
    fold_close(&fold);
    encode_put_table(out, width, answer);
    fold_open(&fold, out, width, 8);
    put_rest(&fold.text, answer, &printed);
    fold_close(&fold);
}
