/* Formats instructions with Zydis, and hooks into it for names of conditions and of symbols. */
#include "formatter.h"

#include <string.h>

/* What the hooks are about. */
struct printing {
    const struct x86 *machine;
    const uint8_t *bytes;
};

/* ---- names of conditions ---- */

/* Replaces the names of conditions. Zydis's are never shorter. */
static ZyanStatus print_mnemonic(const ZydisFormatter *formatter, ZydisFormatterBuffer *buffer,
                                 ZydisFormatterContext *context)
{
    const struct printing *printing = context->user_data;
    const char *ours = x86_mnemonic(context->instruction->mnemonic);
    const char *theirs = ZydisMnemonicGetString(context->instruction->mnemonic);
    ZyanString *line;
    ZYAN_CHECK(ZydisFormatterBufferGetString(buffer, &line));
    size_t before = line->vector.size - 1; /* it counts the NUL */
    ZYAN_CHECK(printing->machine->print_mnemonic(formatter, buffer, context));
    if (!ours || ours == theirs)
        return ZYAN_STATUS_SUCCESS;
    char *name = (char *)line->vector.data + before;
    size_t new = strlen(ours), old = strlen(theirs), end = line->vector.size - before;
    for (size_t i = 0; i < new; i++)
        name[i] = ours[i];
    memmove(name + new, name + old, end - old);
    line->vector.size -= old - new;
    return ZYAN_STATUS_SUCCESS;
}

/* ---- symbols ---- */

/* What a relocation's value is relative to. */
enum relative { NOWHERE, THERE, START };

struct kind {
    uint64_t type;
    bool is_64_bit;
    enum relative relative;
    const char *suffix;
};

static const struct kind *kind_of(uint64_t type, bool is_64_bit)
{
    enum { FIRST_CHARACTER_OF_386 = 2 };
    static const struct kind kinds[] = {
#define RELOCATED(name, relative, suffix)                                                          \
    {ELFGEN_##name, #name[FIRST_CHARACTER_OF_386] == 'X', relative, suffix},
#include "relocated.def"
#undef RELOCATED
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].type == type && kinds[i].is_64_bit == is_64_bit)
            return &kinds[i];
    return NULL;
}

static bool is_relative(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE
               ? operand->imm.is_relative
               : operand->mem.base == ZYDIS_REGISTER_RIP || operand->mem.base == ZYDIS_REGISTER_EIP;
}

/* Where in the instruction a number of an operand is; size 0: nowhere. */
static void find_number(const ZydisDecodedInstruction *instruction,
                        const ZydisDecodedOperand *operand, uint8_t *offset, uint8_t *size)
{
    enum { BITS = 8 };
    const ZydisDecodedInstructionRaw *raw = &instruction->raw;
    *offset = *size = 0;
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY) {
        *offset = raw->disp.offset;
        *size = raw->disp.size / BITS;
    } else if (operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        *offset = raw->imm[0].offset;
        *size = raw->imm[0].size / BITS;
    }
}

/* Finds the relocation of an operand's number; `offset`: where that is in the instruction. */
static const struct kind *find_relocation(const struct x86 *machine,
                                          const ZydisDecodedInstruction *instruction,
                                          const ZydisDecodedOperand *operand, const uint8_t *bytes,
                                          struct elfgen_rela *relocation,
                                          struct elfgen_text *symbol, uint8_t *offset)
{
    const struct x86_names *names = machine->names;
    uint8_t size;
    find_number(instruction, operand, offset, &size);
    if (!names || !names->relocation || size == 0 ||
        !names->relocation(names->relocations, bytes + *offset, size, relocation, symbol) ||
        relocation->r_offset != 0)
        return NULL;
    const struct kind *kind =
        kind_of(relocation->r_info, instruction->machine_mode == ZYDIS_MACHINE_MODE_LONG_64);
    return kind && is_relative(operand) == (kind->relative == THERE) ? kind : NULL;
}

/* Appends the symbol that a relocation puts in an operand, and what is added to it. Returns false
 * if there is none, or if the relocation computes something else than the operand is. */
static bool put_symbol(const struct printing *printing, const ZydisDecodedInstruction *instruction,
                       const ZydisDecodedOperand *operand, struct elfgen_text *text)
{
    struct elfgen_rela relocation;
    uint8_t offset;
    const struct kind *kind = find_relocation(printing->machine, instruction, operand,
                                              printing->bytes, &relocation, text, &offset);
    if (!kind)
        return false;
    uint64_t addend = (uint64_t)relocation.r_addend;
    if (kind->relative == THERE)
        addend += (uint64_t)instruction->length - offset;
    else if (kind->relative == START)
        addend -= offset;
    elfgen_text_string(text, kind->suffix);
    if (addend == 0)
        return true;
    bool negative = addend >> 63;
    elfgen_text_char(text, negative ? '-' : '+');
    elfgen_text_0x(text, negative ? 0 - addend : addend);
    return true;
}

/* As ZyanStringAppend(), which is in another library than Zydis. */
static ZyanStatus append(ZyanString *line, const char *text, size_t length)
{
    if (line->vector.capacity - line->vector.size < length)
        return ZYAN_STATUS_INSUFFICIENT_BUFFER_SIZE;
    char *end =
        (char *)line->vector.data + line->vector.size - 1; /* of the text; it counts the NUL */
    memcpy(end, text, length);
    end[length] = '\0';
    line->vector.size += length;
    return ZYAN_STATUS_SUCCESS;
}

/* Appends an operand's symbol in place of its number, or calls the formatter's own function. */
static ZyanStatus print_number(const ZydisFormatter *formatter, ZydisFormatterBuffer *buffer,
                               ZydisFormatterContext *context, const char *before,
                               ZydisFormatterFunc otherwise)
{
    enum { NAME = 255, REST = 40 };
    char room[NAME + REST];
    struct elfgen_text text = {.bytes = room, .capacity = sizeof room};
    ZyanString *line;
    if (!put_symbol(context->user_data, context->instruction, context->operand, &text))
        return otherwise(formatter, buffer, context);
    ZYAN_CHECK(ZydisFormatterBufferGetString(buffer, &line));
    ZYAN_CHECK(append(line, before, strlen(before)));
    return append(line, room, text.length);
}

static ZyanStatus print_displacement(const ZydisFormatter *formatter, ZydisFormatterBuffer *buffer,
                                     ZydisFormatterContext *context)
{
    const struct x86 *machine = ((const struct printing *)context->user_data)->machine;
    return print_number(formatter, buffer, context, machine->syntax == SYNTAX_ATT ? "" : "+",
                        machine->print_displacement);
}

static ZyanStatus print_immediate(const ZydisFormatter *formatter, ZydisFormatterBuffer *buffer,
                                  ZydisFormatterContext *context)
{
    const struct x86 *machine = ((const struct printing *)context->user_data)->machine;
    return print_number(formatter, buffer, context, machine->syntax == SYNTAX_ATT ? "$" : "",
                        machine->print_immediate);
}

static ZyanStatus print_absolute(const ZydisFormatter *formatter, ZydisFormatterBuffer *buffer,
                                 ZydisFormatterContext *context)
{
    const struct x86 *machine = ((const struct printing *)context->user_data)->machine;
    return print_number(formatter, buffer, context, "", machine->print_absolute);
}

/* ---- instructions ---- */

static void hook(ZydisFormatter *formatter, ZydisFormatterFunction which, ZydisFormatterFunc ours,
                 ZydisFormatterFunc *theirs)
{
    *theirs = ours;
    ZydisFormatterSetHook(formatter, which, (const void **)theirs);
}

void x86_set_up_formatter(struct x86 *machine)
{
    static const struct {
        ZydisFormatterProperty property;
        ZyanUPointer value;
    } properties[] = {
        {ZYDIS_FORMATTER_PROP_HEX_UPPERCASE, ZYAN_FALSE},
        {ZYDIS_FORMATTER_PROP_IMM_PADDING, ZYDIS_PADDING_DISABLED},
        {ZYDIS_FORMATTER_PROP_DISP_PADDING, ZYDIS_PADDING_DISABLED},
        {ZYDIS_FORMATTER_PROP_ADDR_PADDING_ABSOLUTE, ZYDIS_PADDING_DISABLED},
        {ZYDIS_FORMATTER_PROP_ADDR_PADDING_RELATIVE, ZYDIS_PADDING_DISABLED},
        {ZYDIS_FORMATTER_PROP_FORCE_RELATIVE_RIPREL, ZYAN_TRUE},
    };
    ZydisFormatter *formatter = &machine->formatter;
    ZydisFormatterInit(formatter, machine->syntax == SYNTAX_ATT ? ZYDIS_FORMATTER_STYLE_ATT
                                                                : ZYDIS_FORMATTER_STYLE_INTEL);
    for (size_t i = 0; i < sizeof properties / sizeof properties[0]; i++)
        ZydisFormatterSetProperty(formatter, properties[i].property, properties[i].value);
    hook(formatter, ZYDIS_FORMATTER_FUNC_PRINT_MNEMONIC, print_mnemonic, &machine->print_mnemonic);
    hook(formatter, ZYDIS_FORMATTER_FUNC_PRINT_DISP, print_displacement,
         &machine->print_displacement);
    hook(formatter, ZYDIS_FORMATTER_FUNC_PRINT_IMM, print_immediate, &machine->print_immediate);
    hook(formatter, ZYDIS_FORMATTER_FUNC_PRINT_ADDRESS_ABS, print_absolute,
         &machine->print_absolute);
}

/* Makes the formatter print a displacement of 0 if a symbol is to replace it. */
static void show_displacement(const struct x86 *machine, const ZydisDecodedInstruction *instruction,
                              const uint8_t *bytes, ZydisDecodedOperand *operand)
{
    struct elfgen_rela relocation;
    uint8_t offset;
    if (operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.disp.value == 0 &&
        find_relocation(machine, instruction, operand, bytes, &relocation, NULL, &offset))
        operand->mem.disp.value = 1;
}

bool x86_format(const struct x86 *machine, const ZydisDecodedInstruction *instruction,
                const ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT], const uint8_t *bytes,
                uint64_t address, char *line, size_t size)
{
    ZydisDecodedOperand shown[ZYDIS_MAX_OPERAND_COUNT];
    struct printing printing = {machine, bytes};
    uint8_t count = instruction->operand_count_visible;
    if (machine->names && machine->names->relocation) {
        memcpy(shown, operands, sizeof shown);
        for (uint8_t i = 0; i < count; i++)
            show_displacement(machine, instruction, bytes, &shown[i]);
        operands = shown;
    }
    return ZYAN_SUCCESS(ZydisFormatterFormatInstruction(&machine->formatter, instruction, operands,
                                                        count, line, size, address, &printing));
}
