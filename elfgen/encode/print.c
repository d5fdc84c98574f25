/* Prints an instruction in NASM's language, so that NASM makes of it what elfgen_encode() does. */
#include "elfgen/text.h"
#include "forms.h"

static void put_size(struct elfgen_text *text, uint8_t size)
{
    const char *name = size == 1    ? "byte "
                       : size == 2  ? "word "
                       : size == 4  ? "dword "
                       : size == 8  ? "qword "
                       : size == 16 ? "oword "
                                    : NULL;
    elfgen_text_string(text, name);
}

static void put_register(struct elfgen_text *text, unsigned reg)
{
    const char *name = elfgen_x86_register_name(reg);
    elfgen_text_string(text, name ? name : "?");
}

static void put_number(struct elfgen_text *text, int64_t value)
{
    if (value < 0)
        elfgen_text_char(text, '-');
    elfgen_text_0x(text, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* An address, relative to the instruction's own. */
static void put_address(struct elfgen_text *text, const struct elfgen_x86_instruction *instruction,
                        const struct elfgen_x86_operand *operand)
{
    const int64_t distance = (int64_t)((uint64_t)operand->value - instruction->address);
    elfgen_text_string(text, distance < 0 ? "$" : "$+");
    put_number(text, distance);
}

static void put_memory(struct elfgen_text *text, const struct elfgen_x86_instruction *instruction,
                       const struct elfgen_x86_operand *operand)
{
    const bool is_pointer =
        operand->base == ELFGEN_X86_REG_rip || operand->base == ELFGEN_X86_REG_eip;
    const uint8_t base = is_pointer ? 0 : operand->base;
    if (operand->reach == ELFGEN_X86_FAR)
        elfgen_text_string(text, "far ");
    put_size(text, operand->size);
    elfgen_text_char(text, '[');
    if (operand->no_split)
        elfgen_text_string(text, "nosplit ");
    put_size(text, operand->displacement_size);
    if (operand->relative || is_pointer)
        elfgen_text_string(text, "rel ");
    if (operand->segment) {
        put_register(text, operand->segment);
        elfgen_text_char(text, ':');
    }
    if (base)
        put_register(text, base);
    if (operand->index) {
        if (base)
            elfgen_text_char(text, '+');
        put_register(text, operand->index);
        elfgen_text_char(text, '*');
        elfgen_text_decimal(text, operand->scale ? operand->scale : 1, 0);
    }
    if (operand->relative) {
        put_address(text, instruction, operand);
    } else if (operand->value != 0 || (!base && !operand->index)) {
        if ((base || operand->index) && operand->value >= 0)
            elfgen_text_char(text, '+');
        put_number(text, operand->value);
    }
    if (is_pointer) {
        struct elfgen_x86_encoding encoding;
        const bool is_known = elfgen_encode(instruction, &encoding) == ELFGEN_X86_OK;
        elfgen_text_string(text, "+$+");
        elfgen_text_decimal(text, is_known ? encoding.length : 0, 0);
    }
    elfgen_text_char(text, ']');
}

/* Whether a jump exists with a distance of one byte alone, which NASM does not let one say. */
static bool is_always_short(unsigned mnemonic)
{
    return (mnemonic >= ELFGEN_X86_OP_loop && mnemonic <= ELFGEN_X86_OP_loopz) ||
           mnemonic == ELFGEN_X86_OP_jcxz || mnemonic == ELFGEN_X86_OP_jecxz ||
           mnemonic == ELFGEN_X86_OP_jrcxz;
}

/* Whether NASM calls the byte f2 before an instruction bnd. */
static bool has_bnd(const struct elfgen_x86_instruction *instruction)
{
    const struct elfgen_x86_operand *operand = &instruction->operands[0];
    const unsigned mnemonic = instruction->mnemonic;
    return mnemonic == ELFGEN_X86_OP_ret || mnemonic == ELFGEN_X86_OP_retn ||
           ((mnemonic == ELFGEN_X86_OP_call || mnemonic == ELFGEN_X86_OP_jmp) &&
            operand->kind != ELFGEN_X86_FAR_TARGET && operand->reach != ELFGEN_X86_FAR);
}

static void put_operand(struct elfgen_text *text, const struct elfgen_x86_instruction *instruction,
                        const struct elfgen_x86_operand *operand)
{
    switch (operand->kind) {
    case ELFGEN_X86_REGISTER_OPERAND:
        put_register(text, operand->reg);
        break;
    case ELFGEN_X86_MEMORY:
        put_memory(text, instruction, operand);
        break;
    case ELFGEN_X86_IMMEDIATE:
        if (operand->strict)
            elfgen_text_string(text, "strict ");
        put_size(text, operand->size);
        put_number(text, operand->value);
        break;
    case ELFGEN_X86_TARGET:
        if (operand->reach == ELFGEN_X86_SHORT && !is_always_short(instruction->mnemonic))
            elfgen_text_string(text, "short ");
        else if (operand->reach == ELFGEN_X86_NEAR)
            elfgen_text_string(text, "near ");
        else if (operand->strict)
            elfgen_text_string(text, "strict ");
        put_address(text, instruction, operand);
        break;
    case ELFGEN_X86_FAR_TARGET:
        put_size(text, operand->size);
        elfgen_text_0x(text, operand->selector);
        elfgen_text_char(text, ':');
        put_number(text, operand->value);
        break;
    default:
        break;
    }
}

void elfgen_x86_print(const struct elfgen_x86_instruction *instruction, struct elfgen_text *text)
{
    static const struct {
        uint16_t prefix;
        const char *word;
    } words[] = {{ELFGEN_X86_REX, "{rex} "},   {ELFGEN_X86_LOCK, "lock "}, {ELFGEN_X86_REP, "rep "},
                 {ELFGEN_X86_REPNE, "repne "}, {ELFGEN_X86_A16, "a16 "},   {ELFGEN_X86_A32, "a32 "},
                 {ELFGEN_X86_A64, "a64 "},     {ELFGEN_X86_O16, "o16 "},   {ELFGEN_X86_O32, "o32 "},
                 {ELFGEN_X86_O64, "o64 "}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (instruction->prefixes & words[i].prefix)
            elfgen_text_string(text, words[i].prefix == ELFGEN_X86_REPNE && has_bnd(instruction)
                                         ? "bnd "
                                         : words[i].word);
    if (instruction->segment) {
        put_register(text, instruction->segment);
        elfgen_text_char(text, ' ');
    }
    const char *name = elfgen_x86_mnemonic_name(instruction->mnemonic);
    elfgen_text_string(text, name ? name : "?");
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        if (instruction->operands[i].kind == ELFGEN_X86_NO_OPERAND)
            break;
        elfgen_text_string(text, i == 0 ? " " : ", ");
        put_operand(text, instruction, &instruction->operands[i]);
    }
}
