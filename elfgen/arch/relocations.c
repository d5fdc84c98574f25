/* Finds the rows of relocation types, and stores what they compute. */
#include "relocations.h"

#include "../format/codec.h"
#include "elfgen/search.h"

/* The rows are sorted by type. */
static bool is_rule_below(const void *row, const void *type)
{
    return ((const struct elfgen_relocation_rule *)row)->type < *(const uint32_t *)type;
}

static bool is_got_rule_below(const void *row, const void *type)
{
    return ((const struct elfgen_got_rule *)row)->type < *(const uint32_t *)type;
}

const struct elfgen_relocation_rule *elfgen_relocation_find(const struct elfgen_arch *arch,
                                                            uint32_t type)
{
    const struct elfgen_relocation_rule *rules = arch->relocations->rules;
    size_t count = arch->relocations->rule_count;
    size_t row = elfgen_search(rules, count, sizeof *rules, &type, is_rule_below);
    return row < count && rules[row].type == type ? &rules[row] : NULL;
}

static const struct elfgen_got_rule *find_got_rule(const struct elfgen_arch *arch, uint32_t type)
{
    const struct elfgen_got_rule *rules = arch->relocations->got_rules;
    size_t count = arch->relocations->got_rule_count;
    size_t row = elfgen_search(rules, count, sizeof *rules, &type, is_got_rule_below);
    return row < count && rules[row].type == type ? &rules[row] : NULL;
}

void elfgen_relocation_store(const struct elfgen_bit_field *field, uint8_t *bytes, uint64_t value)
{
    uint64_t number = 0;
    unsigned bits = field->top - field->low + 1u;
    value >>= field->low;
    if (bits < 64)
        value &= (UINT64_C(1) << bits) - 1;
    if (field->pieces[0].bits == 0) {
        number = value;
    } else {
        number = elfgen_load(bytes, field->width, ELFGEN_LITTLE_ENDIAN);
        for (size_t i = 0; i < 2; i++) {
            const uint64_t mask = (UINT64_C(1) << field->pieces[i].bits) - 1;
            number &= ~(mask << field->pieces[i].at);
            number |= (value & mask) << field->pieces[i].at;
            value >>= field->pieces[i].bits;
        }
    }
    elfgen_store(bytes, number, field->width, ELFGEN_LITTLE_ENDIAN);
}

unsigned elfgen_relocation_width(uint16_t machine, uint32_t type)
{
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    const struct elfgen_got_rule *got_rule = arch ? find_got_rule(arch, type) : NULL;
    const struct elfgen_relocation_rule *rule =
        arch ? elfgen_relocation_find(arch, got_rule ? got_rule->plain : type) : NULL;
    return rule ? rule->field.width : 0;
}

bool elfgen_relocation_is_relative(uint16_t machine, uint32_t type)
{
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    const struct elfgen_relocation_rule *rule = arch ? elfgen_relocation_find(arch, type) : NULL;
    return rule && rule->formula == ELFGEN_FORMULA_S_PLUS_A_MINUS_P;
}

enum elfgen_got_use elfgen_relocation_got(uint16_t machine, const uint8_t *bytes, uint64_t size,
                                          const struct elfgen_relocation *relocation,
                                          uint32_t *plain)
{
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    const struct elfgen_got_rule *rule = arch ? find_got_rule(arch, relocation->type) : NULL;
    *plain = rule ? rule->plain : relocation->type;
    if (!rule)
        return ELFGEN_GOT_NONE;
    if (arch->relocations->plain)
        *plain = arch->relocations->plain(rule, bytes, size, relocation);
    return (enum elfgen_got_use)rule->use;
}

bool elfgen_can_relax(uint16_t machine, const uint8_t *bytes, uint64_t size,
                      const struct elfgen_relocation *relocation)
{
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    return arch && arch->relocations->can_relax &&
           arch->relocations->can_relax(bytes, size, relocation);
}

bool elfgen_relax(uint16_t machine, uint8_t *bytes, uint64_t size,
                  struct elfgen_relocation *relocation)
{
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    return arch && arch->relocations->relax && arch->relocations->relax(bytes, size, relocation);
}
