/* Applies relocations, by the rows of the architecture. */
#include "relocate.h"

#include "elfgen/names.h"

#include "../arch/relocations.h"

/* The lowest and the highest value that fits `rule`. */
static void limits(const struct elfgen_relocation_rule *rule, int64_t *lowest, int64_t *highest)
{
    unsigned bits = rule->bits;
    *lowest = rule->range == ELFGEN_RANGE_UNSIGNED ? 0 : -(INT64_C(1) << (bits - 1));
    *highest = (INT64_C(1) << (rule->range == ELFGEN_RANGE_SIGNED ? bits - 1 : bits)) - 1;
}

static const char *name_of(const struct elfgen_arch *arch, uint32_t type)
{
    const char *name = elfgen_relocation_type_name(arch->machines[0], type);
    return name ? name : "a relocation";
}

static bool is_label(const struct elfgen_symbol *symbol)
{
    return symbol->name && *symbol->name && *symbol->name != '.';
}

/* The name of what a relocation refers to, for messages. Assemblers often refer to a section and an
 * addend; the user knows the label at that place. */
static const char *name_of_target(const struct elfgen_program *program,
                                  const struct elfgen_relocation *relocation)
{
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    if (is_label(symbol))
        return symbol->name;
    uint64_t target = symbol->value + (uint64_t)relocation->addend;
    for (size_t i = 0; i < program->symbol_count; i++) {
        const struct elfgen_symbol *label = &program->symbols[i];
        if (label->section == symbol->section && label->value == target && is_label(label))
            return label->name;
    }
    return symbol->name;
}

static enum elfgen_status check_fit(const struct elfgen_relocation_rule *rule,
                                    const struct elfgen_arch *arch, uint64_t value,
                                    const struct elfgen_program *program,
                                    const struct elfgen_relocation *relocation,
                                    struct elfgen_error *error)
{
    if (rule->range == ELFGEN_RANGE_ANY)
        return ELFGEN_OK;
    int64_t lowest, highest;
    limits(rule, &lowest, &highest);
    /* Compared as signed 64-bit numbers, since the processor sign-extends the field. */
    if ((int64_t)value >= lowest && (int64_t)value <= highest)
        return ELFGEN_OK;
    bool negative = (int64_t)value < 0;
    return elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                            "%s against '%s': %s%x does not fit, %u bits hold %s%x to %x",
                            name_of(arch, relocation->type), name_of_target(program, relocation),
                            negative ? "-" : "", negative ? 0 - value : value, (uint64_t)rule->bits,
                            lowest < 0 ? "-" : "", (uint64_t)0 - (uint64_t)lowest,
                            (uint64_t)highest);
}

static enum elfgen_status set_unsupported(const struct elfgen_program *program,
                                          const struct elfgen_relocation *relocation,
                                          const struct elfgen_arch *arch,
                                          struct elfgen_error *error)
{
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    const char *name = elfgen_relocation_type_name(arch->machines[0], relocation->type);
    if (!name)
        return elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                                "relocation type %u against '%s' is not supported",
                                (uint64_t)relocation->type, symbol->name);
    return elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                            "%s against '%s' is not supported", name, symbol->name);
}

/* Whether a relocation of existing section and symbol lies in its section and in the file's `size`
 * bytes. */
static enum elfgen_status check_place(const struct elfgen_program *program,
                                      const struct elfgen_relocation *relocation,
                                      const struct elfgen_arch *arch,
                                      const struct elfgen_relocation_rule *rule, uint64_t size,
                                      struct elfgen_error *error)
{
    const struct elfgen_section *section = &program->sections[relocation->section];
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    if (!section->bytes || relocation->offset > section->size ||
        rule->field.width > section->size - relocation->offset)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "%s against '%s' lies outside the section's %u bytes",
                                name_of(arch, relocation->type), symbol->name,
                                section->bytes ? section->size : 0);
    if (section->offset > size || section->size > size - section->offset)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "the section does not lie in the file's %u bytes", size);
    return ELFGEN_OK;
}

static bool is_undefined_weak(const struct elfgen_symbol *symbol)
{
    return symbol->section == ELFGEN_SECTION_UNDEFINED && symbol->binding == ELFGEN_WEAK;
}

static bool is_relative(const struct elfgen_relocation_rule *rule)
{
    return rule->formula == ELFGEN_FORMULA_S_PLUS_A_MINUS_P ||
           rule->formula == ELFGEN_FORMULA_PAGE_S_PLUS_A_MINUS_PAGE_P;
}

/* The address of the global offset table, for formulas that have it. */
static enum elfgen_status got_base(const struct elfgen_program *program,
                                   const struct elfgen_relocation *relocation,
                                   const struct elfgen_arch *arch, uint64_t *base,
                                   struct elfgen_error *error)
{
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    if (program->got)
        return elfgen_symbol_address(program, program->got, base, error);
    return elfgen_error_set(
        error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
        "%s against '%s' needs the base of the global offset table, and the program has none",
        name_of(arch, relocation->type), symbol->name);
}

/* The formula's value, addend included. */
static enum elfgen_status compute(const struct elfgen_program *program,
                                  const struct elfgen_relocation *relocation,
                                  const struct elfgen_arch *arch,
                                  const struct elfgen_relocation_rule *rule, uint64_t *value,
                                  struct elfgen_error *error)
{
    const uint64_t page = ~UINT64_C(0xfff);
    const struct elfgen_section *section = &program->sections[relocation->section];
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    const uint64_t place = section->address + relocation->offset;
    const uint64_t addend = (uint64_t)relocation->addend;
    uint64_t base = 0;
    enum elfgen_status status = elfgen_symbol_address(program, symbol, value, error);
    if (status != ELFGEN_OK)
        return status;
    if (arch->relocations->weak_is_place && is_relative(rule) && is_undefined_weak(symbol))
        *value = place;
    switch ((enum elfgen_formula)rule->formula) {
    case ELFGEN_FORMULA_S_PLUS_A:
        *value += addend;
        break;
    case ELFGEN_FORMULA_S_PLUS_A_MINUS_P:
        *value += addend - place;
        break;
    case ELFGEN_FORMULA_Z_PLUS_A:
        *value = symbol->size + addend;
        break;
    case ELFGEN_FORMULA_PAGE_S_PLUS_A_MINUS_PAGE_P:
        *value = ((*value + addend) & page) - (place & page);
        break;
    case ELFGEN_FORMULA_S_PLUS_A_MINUS_GOT:
    case ELFGEN_FORMULA_S_PLUS_A_MINUS_PAGE_GOT:
        status = got_base(program, relocation, arch, &base, error);
        if (status == ELFGEN_OK)
            *value +=
                addend - (rule->formula == ELFGEN_FORMULA_S_PLUS_A_MINUS_GOT ? base : base & page);
        break;
    }
    return status;
}

static enum elfgen_status check_multiple(const struct elfgen_relocation_rule *rule,
                                         const struct elfgen_arch *arch, uint64_t value,
                                         const struct elfgen_program *program,
                                         const struct elfgen_relocation *relocation,
                                         struct elfgen_error *error)
{
    if ((value & (rule->field.multiple - 1u)) == 0)
        return ELFGEN_OK;
    return elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                            "%s against '%s': %x is not a multiple of %u",
                            name_of(arch, relocation->type), name_of_target(program, relocation),
                            value, (uint64_t)rule->field.multiple);
}

/* Applies a relocation of existing section and symbol. */
static enum elfgen_status apply(const struct elfgen_program *program,
                                const struct elfgen_relocation *relocation,
                                const struct elfgen_arch *arch, uint8_t *image, uint64_t size,
                                struct elfgen_error *error)
{
    const struct elfgen_section *section = &program->sections[relocation->section];
    const struct elfgen_relocation_rule *rule = elfgen_relocation_find(arch, relocation->type);
    if (!rule)
        return set_unsupported(program, relocation, arch, error);
    enum elfgen_status status = check_place(program, relocation, arch, rule, size, error);
    if (status != ELFGEN_OK)
        return status;
    uint8_t *bytes = image + section->offset + relocation->offset;
    if (rule->field.nop != 0 && is_undefined_weak(&program->symbols[relocation->symbol])) {
        const struct elfgen_bit_field whole = {.width = 4, .top = 31};
        elfgen_relocation_store(&whole, bytes, rule->field.nop);
        return ELFGEN_OK;
    }
    uint64_t value;
    status = compute(program, relocation, arch, rule, &value, error);
    if (status != ELFGEN_OK)
        return status;
    /* 32-bit addresses wrap at 2^32. */
    if (arch->class_ == ELFGEN_CLASS32)
        value = (uint64_t)(int64_t)(int32_t)(uint32_t)value;
    status = check_fit(rule, arch, value, program, relocation, error);
    if (status == ELFGEN_OK)
        status = check_multiple(rule, arch, value, program, relocation, error);
    if (status == ELFGEN_OK)
        elfgen_relocation_store(&rule->field, bytes, value);
    return status;
}

enum elfgen_status elfgen_relocate(const struct elfgen_program *program,
                                   const struct elfgen_relocation *relocation,
                                   const struct elfgen_arch *arch, uint8_t *image, uint64_t size,
                                   struct elfgen_error *error)
{
    if (relocation->type == ELFGEN_R_NONE)
        return ELFGEN_OK;
    if (relocation->section >= program->section_count)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "a relocation names section %u of %u",
                                (uint64_t)relocation->section, (uint64_t)program->section_count);
    enum elfgen_status status =
        relocation->symbol < program->symbol_count
            ? apply(program, relocation, arch, image, size, error)
            : elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                               "a relocation names symbol %u of %u", (uint64_t)relocation->symbol,
                               (uint64_t)program->symbol_count);
    const struct elfgen_section *section = &program->sections[relocation->section];
    if (status != ELFGEN_OK)
        elfgen_error_in_section(error, section->file, section->name, relocation->offset);
    return status;
}
