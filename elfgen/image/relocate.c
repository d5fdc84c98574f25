/* Applies relocations, by the formulas of format/relocations.def. */
#include "relocate.h"

#include "elfgen/names.h"

#include "../format/codec.h"

enum formula {
    FORMULA_NONE, /* no row */
    FORMULA_S_PLUS_A,
    FORMULA_S_PLUS_A_MINUS_P,
    FORMULA_S_PLUS_A_MINUS_GOT,
    FORMULA_Z_PLUS_A
};
enum range { RANGE_ANY, RANGE_SIGNED, RANGE_UNSIGNED, RANGE_EITHER };

struct rule {
    unsigned width; /* bytes */
    enum formula formula;
    enum range range;
};

struct got_rule {
    enum elfgen_got_use use;
    uint32_t plain;
};

enum { INDEX_X86_64, INDEX_386, INDEX_COUNT, TYPE_COUNT = 64 };

/* By machine and type. */
static const struct rule rules[INDEX_COUNT][TYPE_COUNT] = {
#define RELOCATION(machine, number, width, formula, range)                                         \
    [INDEX_##machine][number] = {width, FORMULA_##formula, RANGE_##range},
#define GOT_RELOCATION(machine, number, use, plain)
#include "../arch/x86_64_relocations.def"
#include "../arch/i386_relocations.def"
#undef RELOCATION
#undef GOT_RELOCATION
};

static const struct got_rule got_rules[INDEX_COUNT][TYPE_COUNT] = {
#define RELOCATION(machine, number, width, formula, range)
#define GOT_RELOCATION(machine, number, use, plain)                                                \
    [INDEX_##machine][number] = {ELFGEN_GOT_##use, plain},
#include "../arch/x86_64_relocations.def"
#include "../arch/i386_relocations.def"
#undef RELOCATION
#undef GOT_RELOCATION
};

static int index_of(uint16_t machine)
{
    return machine == ELFGEN_EM_X86_64 ? INDEX_X86_64 : machine == ELFGEN_EM_386 ? INDEX_386 : -1;
}

static const struct rule *find_rule(uint16_t machine, uint32_t type)
{
    int index = index_of(machine);
    if (index < 0 || type >= TYPE_COUNT || rules[index][type].formula == FORMULA_NONE)
        return NULL;
    return &rules[index][type];
}

static const struct got_rule *find_got_rule(uint16_t machine, uint32_t type)
{
    int index = index_of(machine);
    return index < 0 || type >= TYPE_COUNT || got_rules[index][type].use == ELFGEN_GOT_NONE
               ? NULL
               : &got_rules[index][type];
}

unsigned elfgen_relocation_width(uint16_t machine, uint32_t type)
{
    const struct got_rule *got_rule = find_got_rule(machine, type);
    const struct rule *rule = find_rule(machine, got_rule ? got_rule->plain : type);
    return rule ? rule->width : 0;
}

bool elfgen_relocation_is_relative(uint16_t machine, uint32_t type)
{
    const struct rule *rule = find_rule(machine, type);
    return rule && rule->formula == FORMULA_S_PLUS_A_MINUS_P;
}

enum elfgen_got_use elfgen_relocation_got(uint16_t machine, const uint8_t *bytes, uint64_t size,
                                          const struct elfgen_relocation *relocation,
                                          uint32_t *plain)
{
    const struct got_rule *rule = find_got_rule(machine, relocation->type);
    *plain = rule ? rule->plain : relocation->type;
    if (!rule)
        return ELFGEN_GOT_NONE;
    /* An i386 instruction without a base register holds the slot's address, not its distance from
     * the table's base: ModRM is 00 reg 101. */
    if (machine == ELFGEN_EM_386 && rule->use == ELFGEN_GOT_SLOT && bytes &&
        relocation->offset >= 1 && relocation->offset <= size &&
        (bytes[relocation->offset - 1] & 0xc7) == 0x05)
        *plain = ELFGEN_R_386_32;
    return rule->use;
}

/* The lowest and the highest value that fits `rule`. */
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

/* "FILE:(SECTION+0xOFFSET): ", as linkers name a place. */
#define PLACE "%s%s(%s+%x): "
#define PLACE_OF(section, relocation)                                                              \
    (section)->file, (section)->file ? ":" : "", (section)->name, (relocation)->offset

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

static enum elfgen_status check_fit(const struct rule *rule, uint16_t machine, uint64_t value,
                                    const struct elfgen_program *program,
                                    const struct elfgen_relocation *relocation,
                                    struct elfgen_error *error)
{
    if (rule->range == RANGE_ANY)
        return ELFGEN_OK;
    int64_t lowest, highest;
    limits(rule, &lowest, &highest);
    /* Compared as signed 64-bit numbers, since the processor sign-extends the field. */
    if ((int64_t)value >= lowest && (int64_t)value <= highest)
        return ELFGEN_OK;
    const struct elfgen_section *section = &program->sections[relocation->section];
    bool negative = (int64_t)value < 0;
    return elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, section->offset + relocation->offset,
                            PLACE "%s against '%s': %s%x does not fit, %u bits hold %s%x to %x",
                            PLACE_OF(section, relocation), name_of(machine, relocation->type),
                            name_of_target(program, relocation), negative ? "-" : "",
                            negative ? 0 - value : value, (uint64_t)rule->width * 8,
                            lowest < 0 ? "-" : "", (uint64_t)0 - (uint64_t)lowest,
                            (uint64_t)highest);
}

/* Whether a relocation of existing section and symbol is supported, and lies in its section and in
 * the file's `size` bytes. `rule`, `name`: of its type, NULL where there is none. */
static enum elfgen_status check_place(const struct elfgen_program *program,
                                      const struct elfgen_relocation *relocation,
                                      const struct rule *rule, const char *name, uint64_t size,
                                      struct elfgen_error *error)
{
    const struct elfgen_section *section = &program->sections[relocation->section];
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    if (!rule && !name)
        return elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                                PLACE "relocation type %u against '%s' is not supported",
                                PLACE_OF(section, relocation), (uint64_t)relocation->type,
                                symbol->name);
    if (!rule)
        return elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                                PLACE "%s against '%s' is not supported",
                                PLACE_OF(section, relocation), name, symbol->name);
    if (!section->bytes || relocation->offset > section->size ||
        rule->width > section->size - relocation->offset)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                PLACE "%s against '%s' lies outside the section's %u bytes",
                                PLACE_OF(section, relocation), name, symbol->name,
                                section->bytes ? section->size : 0);
    if (section->offset > size || section->size > size - section->offset)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                PLACE "the section does not lie in the file's %u bytes",
                                PLACE_OF(section, relocation), size);
    return ELFGEN_OK;
}

/* The formula's value, addend included. */
static enum elfgen_status compute(const struct elfgen_program *program,
                                  const struct elfgen_relocation *relocation,
                                  const struct rule *rule, const char *name, uint64_t *value,
                                  struct elfgen_error *error)
{
    const struct elfgen_section *section = &program->sections[relocation->section];
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    struct elfgen_error inner;
    enum elfgen_status status = elfgen_symbol_address(program, symbol, value, &inner);
    if (status != ELFGEN_OK)
        return elfgen_error_set(error, status, section->offset + relocation->offset, PLACE "%s",
                                PLACE_OF(section, relocation), inner.text);
    if (rule->formula == FORMULA_S_PLUS_A_MINUS_P)
        *value -= section->address + relocation->offset;
    else if (rule->formula == FORMULA_Z_PLUS_A)
        *value = symbol->size;
    else if (rule->formula == FORMULA_S_PLUS_A_MINUS_GOT) {
        uint64_t base;
        if (!program->got)
            return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                    PLACE "%s against '%s' needs the base of the global offset "
                                          "table, and the program has none",
                                    PLACE_OF(section, relocation), name, symbol->name);
        status = elfgen_symbol_address(program, program->got, &base, error);
        if (status != ELFGEN_OK)
            return status;
        *value -= base;
    }
    *value += (uint64_t)relocation->addend;
    return ELFGEN_OK;
}

enum elfgen_status elfgen_relocate(const struct elfgen_program *program,
                                   const struct elfgen_relocation *relocation,
                                   const struct elfgen_target *target, uint8_t *image,
                                   uint64_t size, struct elfgen_error *error)
{
    if (relocation->type == ELFGEN_R_NONE)
        return ELFGEN_OK;
    if (relocation->section >= program->section_count ||
        relocation->symbol >= program->symbol_count)
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "a relocation names section %u of %u and symbol %u of %u",
                                (uint64_t)relocation->section, (uint64_t)program->section_count,
                                (uint64_t)relocation->symbol, (uint64_t)program->symbol_count);
    const struct elfgen_section *section = &program->sections[relocation->section];
    const struct rule *rule = find_rule(target->machine, relocation->type);
    const char *name = elfgen_relocation_type_name(target->machine, relocation->type);
    enum elfgen_status status = check_place(program, relocation, rule, name, size, error);
    if (status != ELFGEN_OK)
        return status;
    uint64_t value;
    status = compute(program, relocation, rule, name, &value, error);
    if (status != ELFGEN_OK)
        return status;
    /* 32-bit addresses wrap at 2^32. */
    if (target->class_ == ELFGEN_CLASS32)
        value = (uint64_t)(int64_t)(int32_t)(uint32_t)value;
    status = check_fit(rule, target->machine, value, program, relocation, error);
    if (status == ELFGEN_OK)
        elfgen_store(image + section->offset + relocation->offset, value, rule->width,
                     ELFGEN_LITTLE_ENDIAN);
    return status;
}
