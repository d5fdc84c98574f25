/* What an instruction reads and writes: operands, registers of addresses, implicit registers,
 * flags. */
#include <string.h>

#include "encode.h"

static const struct {
    uint32_t flag;
    const char *name;
} flags[] = {
    {ELFGEN_X86_CF, "CF"}, {ELFGEN_X86_PF, "PF"}, {ELFGEN_X86_AF, "AF"}, {ELFGEN_X86_ZF, "ZF"},
    {ELFGEN_X86_SF, "SF"}, {ELFGEN_X86_TF, "TF"}, {ELFGEN_X86_IF, "IF"}, {ELFGEN_X86_DF, "DF"},
    {ELFGEN_X86_OF, "OF"}, {ELFGEN_X86_AC, "AC"},
};

const char *encode_next_flag(uint32_t *set)
{
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (*set & flags[i].flag) {
            *set &= ~flags[i].flag;
            return flags[i].name;
        }
    return NULL;
}

static void add(struct encode_value *values, size_t *count, const char *text, size_t length,
                bool is_implicit)
{
    for (size_t i = 0; i < *count; i++)
        if (values[i].length == length && memcmp(values[i].text, text, length) == 0)
            return;
    if (*count < ENCODE_VALUES)
        values[(*count)++] = (struct encode_value){text, length, is_implicit};
}

static void add_register(struct encode_value *values, size_t *count, unsigned reg, bool is_implicit)
{
    const char *name = elfgen_x86_register_name(reg);
    if (name)
        add(values, count, name, strlen(name), is_implicit);
}

/* Registers that no operand names, as wide as those of the mode. */
static void add_implicit(struct encode_value *values, size_t *count, uint32_t set, uint8_t mode)
{
    const unsigned first = mode == 64 ? ELFGEN_X86_REG_rax : ELFGEN_X86_REG_eax;
    for (unsigned number = 0; number < 16; number++)
        if (set & 1u << number)
            add_register(values, count, first + number, true);
}

void encode_effects(const struct encode_answer *answer, const struct encode_operands *operands,
                    struct encode_effects *effects)
{
    enum { CX = 1 << 1 };
    const struct elfgen_x86_instruction *instruction = &answer->instruction;
    const unsigned form = answer->encodings[answer->usual].form;
    struct elfgen_x86_effects of_form;
    struct elfgen_x86_form facts;
    *effects = (struct encode_effects){.read_count = 0};
    if (!elfgen_x86_effects(instruction->mnemonic, form, &of_form) ||
        !elfgen_x86_form(instruction->mnemonic, form, &facts))
        return;
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const struct elfgen_x86_operand *operand = &instruction->operands[i];
        if (operand->kind != ELFGEN_X86_REGISTER_OPERAND && operand->kind != ELFGEN_X86_MEMORY)
            continue;
        if (of_form.reads[i])
            add(effects->reads, &effects->read_count, operands->at[i].text, operands->at[i].length,
                false);
        if (of_form.writes[i])
            add(effects->writes, &effects->write_count, operands->at[i].text,
                operands->at[i].length, false);
        if (operand->kind == ELFGEN_X86_MEMORY) {
            const unsigned registers[] = {operand->segment, operand->base, operand->index};
            for (size_t j = 0; j < sizeof registers / sizeof *registers; j++)
                add_register(effects->reads, &effects->read_count, registers[j], false);
        }
    }
    add_register(effects->reads, &effects->read_count, instruction->segment, false);
    if (facts.is_string && instruction->prefixes & (ELFGEN_X86_REP | ELFGEN_X86_REPNE)) {
        of_form.registers_read |= CX;
        of_form.registers_written |= CX;
    }
    add_implicit(effects->reads, &effects->read_count, of_form.registers_read, instruction->mode);
    add_implicit(effects->writes, &effects->write_count, of_form.registers_written,
                 instruction->mode);
    effects->flags_read = of_form.flags_read;
    effects->flags_written = of_form.flags_written;
    effects->flags_undefined = of_form.flags_undefined;
}
