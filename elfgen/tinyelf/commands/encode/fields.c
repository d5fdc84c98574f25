/* The fields of REX, ModRM and SIB, and what they mean in an encoding. */
#include <string.h>

#include "encode.h"

static bool find_byte(const struct elfgen_x86_encoding *encoding, enum elfgen_x86_part part,
                      unsigned *byte)
{
    if (encoding->part_length[part] == 0)
        return false;
    *byte = encoding->bytes[encoding->part_offset[part]];
    return true;
}

struct encode_rex encode_rex(const struct elfgen_x86_encoding *encoding)
{
    unsigned byte;
    if (!find_byte(encoding, ELFGEN_X86_REX_PART, &byte))
        return (struct encode_rex){0};
    return (struct encode_rex){true, byte >> 3 & 1, byte >> 2 & 1, byte >> 1 & 1, byte & 1};
}

struct encode_modrm encode_modrm(const struct elfgen_x86_encoding *encoding)
{
    unsigned byte;
    if (!find_byte(encoding, ELFGEN_X86_MODRM, &byte))
        return (struct encode_modrm){0};
    return (struct encode_modrm){true, byte >> 6 & 3, byte >> 3 & 7, byte & 7};
}

struct encode_sib encode_sib(const struct elfgen_x86_encoding *encoding)
{
    unsigned byte;
    if (!find_byte(encoding, ELFGEN_X86_SIB, &byte))
        return (struct encode_sib){0};
    return (struct encode_sib){true, byte >> 6 & 3, byte >> 3 & 7, byte & 7};
}

/* The operand that an encoding has at a place; NULL: none. */
static const struct elfgen_x86_operand *find_operand(const struct encode_answer *answer,
                                                     const struct elfgen_x86_encoding *encoding,
                                                     enum elfgen_x86_place place)
{
    struct elfgen_x86_form form;
    if (!elfgen_x86_form(answer->instruction.mnemonic, encoding->form, &form))
        return NULL;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++)
        if (form.operands[i] && form.places[i] == place)
            return &answer->instruction.operands[i];
    return NULL;
}

static void put_name(struct elfgen_text *out, unsigned reg)
{
    elfgen_text_string(out, elfgen_x86_register_name(reg));
}

/* A field of the opcode, as manuals write it. */
static void put_digit(struct elfgen_text *out, unsigned digit)
{
    elfgen_text_char(out, '/');
    elfgen_text_decimal(out, digit, 0);
}

void encode_put_opcode_register(struct elfgen_text *out, const struct encode_answer *answer,
                                const struct elfgen_x86_encoding *encoding)
{
    const struct elfgen_x86_operand *operand = find_operand(answer, encoding, ELFGEN_X86_IN_OPCODE);
    if (operand)
        put_name(out, operand->reg);
}

void encode_put_reg(struct elfgen_text *out, const struct encode_answer *answer,
                    const struct elfgen_x86_encoding *encoding)
{
    const struct elfgen_x86_operand *operand = find_operand(answer, encoding, ELFGEN_X86_IN_REG);
    if (!operand)
        operand = find_operand(answer, encoding, ELFGEN_X86_IN_REG_AND_RM);
    if (operand)
        put_name(out, operand->reg);
    else
        put_digit(out, encode_modrm(encoding).reg);
}

/* A register of the memory's address, by its number. */
static void put_address_register(struct elfgen_text *out, const struct elfgen_x86_operand *memory,
                                 unsigned number)
{
    const unsigned known = memory->base ? memory->base : memory->index;
    put_name(out, (known & ~15u) | number);
}

void encode_put_rm(struct elfgen_text *out, const struct encode_answer *answer,
                   const struct elfgen_x86_encoding *encoding)
{
    const struct encode_modrm modrm = encode_modrm(encoding);
    const struct elfgen_x86_operand *operand = find_operand(answer, encoding, ELFGEN_X86_IN_RM);
    if (!operand)
        operand = find_operand(answer, encoding, ELFGEN_X86_IN_REG_AND_RM);
    if (!operand) {
        put_digit(out, modrm.rm);
    } else if (operand->kind == ELFGEN_X86_REGISTER_OPERAND) {
        put_name(out, operand->reg);
    } else if (elfgen_x86_register_size(operand->base ? operand->base : operand->index) == 2) {
        put_name(out, operand->base);
        elfgen_text_string(out, operand->base && operand->index ? "+" : "");
        put_name(out, operand->index);
    } else if (encode_sib(encoding).is_there) {
        elfgen_text_string(out, "SIB");
    } else if (modrm.mod == 0 && modrm.rm == 5) {
        elfgen_text_string(out, answer->instruction.mode == 64 ? "rip" : "address");
    } else if (!operand->base && !operand->index) {
        elfgen_text_string(out, "address"); /* of 16 bits */
    } else {
        put_address_register(out, operand, encode_rex(encoding).b * 8u + modrm.rm);
    }
}

void encode_put_index(struct elfgen_text *out, const struct encode_answer *answer,
                      const struct elfgen_x86_encoding *encoding)
{
    const unsigned number = encode_rex(encoding).x * 8u + encode_sib(encoding).index;
    const struct elfgen_x86_operand *operand = find_operand(answer, encoding, ELFGEN_X86_IN_RM);
    if (number == 4 || !operand)
        elfgen_text_string(out, "none");
    else
        put_address_register(out, operand, number);
}

void encode_put_base(struct elfgen_text *out, const struct encode_answer *answer,
                     const struct elfgen_x86_encoding *encoding)
{
    const unsigned low = encode_sib(encoding).base;
    const struct elfgen_x86_operand *operand = find_operand(answer, encoding, ELFGEN_X86_IN_RM);
    if ((low == 5 && encode_modrm(encoding).mod == 0) || !operand)
        elfgen_text_string(out, "none");
    else
        put_address_register(out, operand, encode_rex(encoding).b * 8u + low);
}

void encode_put_operand(struct elfgen_text *out, const struct elfgen_x86_form *form, unsigned i,
                        unsigned size)
{
    static const char *const accumulators[] = {[2] = "ax", [4] = "eax", [8] = "rax"};
    const bool is_sized = form->is_sized[i] && size > 0;
    if (is_sized && size <= 8 && form->places[i] == ELFGEN_X86_IMPLIED) {
        elfgen_text_string(out, accumulators[size]);
        return;
    }
    if (is_sized && strcmp(form->operands[i], "m far") == 0)
        elfgen_text_string(out, "m16:");
    else if (is_sized && strcmp(form->operands[i], "ptr") == 0)
        elfgen_text_string(out, "ptr16:");
    else
        elfgen_text_string(out, form->operands[i]);
    if (!is_sized)
        return;
    if (form->places[i] == ELFGEN_X86_IN_IMMEDIATE && size == 8)
        elfgen_text_string(out, "32, sign-extended");
    else
        elfgen_text_decimal(out, (uint64_t)size * 8, 0);
}
