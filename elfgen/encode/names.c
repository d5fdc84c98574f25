/* Names of instructions and registers, and what is known of forms. */
#include <string.h>

#include "elfgen/search.h"
#include "forms.h"

struct text {
    const char *bytes;
    size_t length;
};

/* Compares two names, byte by byte. */
static int order(const char *name, const struct text *key)
{
    for (size_t i = 0; i < key->length; i++)
        if (name[i] != key->bytes[i] || !name[i])
            return (unsigned char)name[i] < (unsigned char)key->bytes[i] ? -1 : 1;
    return name[key->length] ? 1 : 0;
}

static bool mnemonic_comes_before(const void *item, const void *key)
{
    return order(((const struct mnemonic *)item)->name, key) < 0;
}

enum elfgen_x86_mnemonic elfgen_x86_mnemonic(const char *name, size_t length)
{
    const struct text key = {name, length};
    const size_t i = 1 + elfgen_search(elfgen_x86_table + 1, ELFGEN_X86_MNEMONICS - 1,
                                       sizeof *elfgen_x86_table, &key, mnemonic_comes_before);
    return i < ELFGEN_X86_MNEMONICS && order(elfgen_x86_table[i].name, &key) == 0
               ? (enum elfgen_x86_mnemonic)i
               : ELFGEN_X86_OP_NONE;
}

const char *elfgen_x86_mnemonic_name(unsigned mnemonic)
{
    return mnemonic < ELFGEN_X86_MNEMONICS ? elfgen_x86_table[mnemonic].name : NULL;
}

static const struct {
    char name[6];
    uint8_t value;
} registers[] = {
#define ELFGEN_X86_REGISTER(name, value) {#name, value},
#include "elfgen/x86_registers.def"
#undef ELFGEN_X86_REGISTER
};

enum elfgen_x86_register elfgen_x86_register(const char *name, size_t length)
{
    const struct text key = {name, length};
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        if (order(registers[i].name, &key) == 0)
            return (enum elfgen_x86_register)registers[i].value;
    return ELFGEN_X86_REG_NONE;
}

const char *elfgen_x86_register_name(unsigned reg)
{
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        if (registers[i].value == reg)
            return registers[i].name;
    return NULL;
}

static const uint8_t places[] = {
    [PLACE_NOWHERE] = ELFGEN_X86_IMPLIED,
    [PLACE_REG] = ELFGEN_X86_IN_REG,
    [PLACE_RM] = ELFGEN_X86_IN_RM,
    [PLACE_BOTH] = ELFGEN_X86_IN_REG_AND_RM,
    [PLACE_OPCODE] = ELFGEN_X86_IN_OPCODE,
    [PLACE_IMMEDIATE] = ELFGEN_X86_IN_IMMEDIATE,
    [PLACE_TARGET] = ELFGEN_X86_IN_DISPLACEMENT,
    [PLACE_FAR_TARGET] = ELFGEN_X86_IN_IMMEDIATE,
    [PLACE_OFFSET] = ELFGEN_X86_IN_DISPLACEMENT,
};

bool elfgen_x86_form(unsigned mnemonic, unsigned form, struct elfgen_x86_form *result)
{
    const struct form *row = elfgen_x86_form_row(mnemonic, form);
    if (!row)
        return false;
    *result = (struct elfgen_x86_form){.sizes = row->sizes & (2 | 4 | 8),
                                       .in_64 = !(row->properties & ONLY32),
                                       .in_32 = !(row->properties & ONLY64) && row->sizes != 8,
                                       .may_lock = (row->properties & LOCK) != 0,
                                       .is_string = (row->properties & STRING) != 0};
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        const struct kind_row *kind = &elfgen_x86_kinds[row->kinds[i]];
        if (row->kinds[i] == KIND_none)
            continue;
        result->operands[i] = kind->text;
        result->places[i] = places[kind->place];
        result->is_sized[i] = kind->size == SIZE_OF_OPERAND;
    }
    return true;
}

bool elfgen_x86_effects(unsigned mnemonic, unsigned form, struct elfgen_x86_effects *effects)
{
    const struct form *row = elfgen_x86_form_row(mnemonic, form);
    if (!row)
        return false;
    const struct effect *effect = &elfgen_x86_effect_rows[row->effect];
    *effects = (struct elfgen_x86_effects){.registers_read = effect->registers_read,
                                           .registers_written = effect->registers_written,
                                           .flags_read = effect->flags_read,
                                           .flags_written = effect->flags_written,
                                           .flags_undefined = effect->flags_undefined};
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        if (row->kinds[i] == KIND_none)
            continue;
        effects->reads[i] = effect->operands[i] == 'r' || effect->operands[i] == 'm';
        effects->writes[i] = effect->operands[i] == 'w' || effect->operands[i] == 'm';
    }
    return true;
}
