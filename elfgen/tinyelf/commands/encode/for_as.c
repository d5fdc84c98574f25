/* Prints an instruction for GNU as, in the Intel syntax. */
#include "encode.h"

static void put_name(struct elfgen_text *out, unsigned reg)
{
    elfgen_text_string(out, elfgen_x86_register_name(reg));
}

static const char *size_words(uint8_t size)
{
    switch (size) {
    case 1:
        return "byte ptr ";
    case 2:
        return "word ptr ";
    case 4:
        return "dword ptr ";
    case 8:
        return "qword ptr ";
    case 16:
        return "xmmword ptr ";
    default:
        return "";
    }
}

/* Returns false for an address that cannot be written with numbers alone. */
static bool put_memory(struct elfgen_text *out, const struct elfgen_x86_operand *operand)
{
    /* NASM's rax*3 is rax+rax*2. */
    const bool is_odd = operand->scale == 3 || operand->scale == 5 || operand->scale == 9;
    const uint8_t base = is_odd ? operand->index : operand->base;
    const unsigned scale = operand->scale ? operand->scale : 1;
    if (operand->relative || operand->reach == ELFGEN_X86_FAR)
        return false;
    elfgen_text_string(out, size_words(operand->size));
    if (operand->segment || (!base && !operand->index)) {
        /* Without registers or a segment as takes the brackets for those of an expression. */
        put_name(out, operand->segment ? operand->segment : ELFGEN_X86_REG_ds);
        elfgen_text_char(out, ':');
    }
    elfgen_text_char(out, '[');
    if (base) {
        put_name(out, base);
        elfgen_text_char(out, '+');
    }
    if (operand->index) {
        put_name(out, operand->index);
        elfgen_text_char(out, '*');
        elfgen_text_decimal(out, is_odd ? scale - 1 : scale, 0);
        elfgen_text_char(out, '+');
    }
    elfgen_text_signed(out, operand->value);
    elfgen_text_char(out, ']');
    return true;
}

static bool put_operand(struct elfgen_text *out, const struct elfgen_x86_instruction *instruction,
                        const struct elfgen_x86_operand *operand)
{
    switch (operand->kind) {
    case ELFGEN_X86_REGISTER_OPERAND:
        put_name(out, operand->reg);
        return true;
    case ELFGEN_X86_MEMORY:
        return put_memory(out, operand);
    case ELFGEN_X86_IMMEDIATE:
        elfgen_text_signed(out, operand->value);
        return true;
    case ELFGEN_X86_TARGET:
        elfgen_text_string(out, ".+");
        elfgen_text_signed(out, (int64_t)((uint64_t)operand->value - instruction->address));
        return true;
    default:
        return false;
    }
}

bool encode_put_for_as(struct elfgen_text *out, const struct elfgen_x86_instruction *instruction)
{
    static const struct {
        uint16_t prefix;
        const char *word;
    } words[] = {{ELFGEN_X86_REX, "{rex} "},  {ELFGEN_X86_LOCK, "lock "},
                 {ELFGEN_X86_REP, "rep "},    {ELFGEN_X86_REPNE, "repne "},
                 {ELFGEN_X86_A16, "addr16 "}, {ELFGEN_X86_A32, "addr32 "},
                 {ELFGEN_X86_A64, ""},        {ELFGEN_X86_O16, "data16 "},
                 {ELFGEN_X86_O32, ""},        {ELFGEN_X86_O64, "rex.w "}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (instruction->prefixes & words[i].prefix)
            elfgen_text_string(out, words[i].word);
    if (instruction->segment) {
        put_name(out, instruction->segment);
        elfgen_text_char(out, ' ');
    }
    elfgen_text_string(out, elfgen_x86_mnemonic_name(instruction->mnemonic));
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        if (instruction->operands[i].kind == ELFGEN_X86_NO_OPERAND)
            break;
        elfgen_text_string(out, i == 0 ? " " : ", ");
        if (!put_operand(out, instruction, &instruction->operands[i]))
            return false;
    }
    return true;
}
