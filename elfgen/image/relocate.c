#include "relocate.h"

#include "elfgen/names.h"

#include "../format/codec.h"

enum formula { FORMULA_S_PLUS_A, FORMULA_S_PLUS_A_MINUS_P };
enum range { RANGE_ANY, RANGE_SIGNED, RANGE_UNSIGNED, RANGE_EITHER };

struct rule {
    uint16_t machine;
    uint32_t type;
    unsigned width; /* bytes */
    enum formula formula;
    enum range range;
};

static const struct rule rules[] = {
#define RELOCATION(machine, number, width, formula, range)                                         \
    {ELFGEN_EM_##machine, number, width, FORMULA_##formula, RANGE_##range},
#include "../format/relocations.def"
#undef RELOCATION
};

static const struct rule *find_rule(uint16_t machine, uint32_t type)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (rules[i].machine == machine && rules[i].type == type)
            return &rules[i];
    return NULL;
}

unsigned elfgen_relocation_width(uint16_t machine, uint32_t type)
{
    const struct rule *rule = find_rule(machine, type);
    return rule ? rule->width : 0;
}

/* The lowest and highest value that fits `rule`, for the compare and for the message. */
static void limits(const struct rule *rule, int64_t *lowest, int64_t *highest)
{
    unsigned bits = rule->width * 8;
    *lowest = rule->range == RANGE_UNSIGNED ? 0 : -(INT64_C(1) << (bits - 1));
    *highest = (INT64_C(1) << (rule->range == RANGE_SIGNED ? bits - 1 : bits)) - 1;
}

static const char *name_of(uint16_t machine, uint32_t type)
{
    const char *name = elfgen_relocation_type_name(machine, type);
    return name ? name : "a relocation";
}

/* The name that a message gives to what a relocation points to. Assemblers often point to a section
 * and an addend; the user knows the label that stands there. */
static const char *name_of_target(const struct elfgen_program *program,
                                  const struct elfgen_relocation *relocation)
{
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    if (*symbol->name && *symbol->name != '.')
        return symbol->name;
    uint64_t target = symbol->value + (uint64_t)relocation->addend;
    for (size_t i = 0; i < program->symbol_count; i++) {
        const struct elfgen_symbol *label = &program->symbols[i];
        if (label->section == symbol->section && label->value == target && *label->name &&
            *label->name != '.')
            return label->name;
    }
    return symbol->name;
}

static enum elfgen_status check_fit(const struct rule *rule, uint64_t value,
                                    const struct elfgen_program *program,
                                    const struct elfgen_relocation *relocation,
                                    struct elfgen_error *error)
{
    if (rule->range == RANGE_ANY)
        return ELFGEN_OK;
    int64_t lowest, highest;
    limits(rule, &lowest, &highest);
    /* As signed 64-bit numbers, which is how the processor extends them. */
    if ((int64_t)value >= lowest && (int64_t)value <= highest)
        return ELFGEN_OK;
    const struct elfgen_section *section = &program->sections[relocation->section];
    bool negative = (int64_t)value < 0;
    return elfgen_error_set(
        error, ELFGEN_DOES_NOT_FIT, section->offset + relocation->offset,
        "(%s+%x): %s against '%s': %s%x does not fit, %u bits hold %s%x to %x", section->name,
        relocation->offset, name_of(rule->machine, relocation->type),
        name_of_target(program, relocation), negative ? "-" : "", negative ? 0 - value : value,
        (uint64_t)rule->width * 8, lowest < 0 ? "-" : "", (uint64_t)0 - (uint64_t)lowest,
        (uint64_t)highest);
}

enum elfgen_status elfgen_relocate(const struct elfgen_program *program,
                                   const struct elfgen_relocation *relocation,
                                   const struct elfgen_target *target, uint8_t *image,
                                   struct elfgen_error *error)
{
    if (relocation->section >= program->section_count ||
        relocation->symbol >= program->symbol_count)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "a relocation names section %u of %u and symbol %u of %u",
                                (uint64_t)relocation->section, (uint64_t)program->section_count,
                                (uint64_t)relocation->symbol, (uint64_t)program->symbol_count);
    const struct elfgen_section *section = &program->sections[relocation->section];
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    const struct rule *rule = find_rule(target->machine, relocation->type);
    const char *name = elfgen_relocation_type_name(target->machine, relocation->type);
    if (!rule && !name)
        return elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                                "(%s+%x): relocation type %u against '%s' is not supported",
                                section->name, relocation->offset, (uint64_t)relocation->type,
                                symbol->name);
    if (!rule)
        return elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                                "(%s+%x): %s against '%s' is not supported: static code, compiled "
                                "with -fno-pic and without -fno-plt, has no need of it",
                                section->name, relocation->offset, name, symbol->name);
    if (!section->bytes || relocation->offset > section->size ||
        rule->width > section->size - relocation->offset)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "(%s+%x): %s against '%s' lies outside the section's %u bytes",
                                section->name, relocation->offset, name, symbol->name,
                                section->bytes ? section->size : 0);
    uint64_t value;
    struct elfgen_error inner;
    enum elfgen_status status = elfgen_symbol_address(program, symbol, &value, &inner);
    if (status != ELFGEN_OK)
        return elfgen_error_set(error, status, section->offset + relocation->offset, "(%s+%x): %s",
                                section->name, relocation->offset, inner.text);
    value += (uint64_t)relocation->addend;
    if (rule->formula == FORMULA_S_PLUS_A_MINUS_P)
        value -= section->address + relocation->offset;
    /* 32-bit addresses wrap at 2^32. */
    if (target->class_ == ELFGEN_CLASS32)
        value = (uint64_t)(int64_t)(int32_t)(uint32_t)value;
    status = check_fit(rule, value, program, relocation, error);
    if (status == ELFGEN_OK)
        elfgen_store(image + section->offset + relocation->offset, value, rule->width,
                     ELFGEN_LITTLE_ENDIAN);
    return status;
}
