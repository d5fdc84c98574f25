/* format.h, names.h, text.h, error.h, arch.h, version.h, x86.h and assemble.h. */
#include "fuzz_library.h"

void try_numbers(struct input *input)
{
    const uint64_t machine = take_bool(input) ? take_machine(input) : take_number(input);
    const uint64_t osabi = take_number(input), value = take_number(input);
    struct elfgen_text text;
    take_text(input, &text);
    const char *const names[] = {elfgen_class_name(value),
                                 elfgen_order_name(value),
                                 elfgen_file_type_name(value),
                                 elfgen_machine_name(value),
                                 elfgen_osabi_name(machine, value),
                                 elfgen_osabi_ident((unsigned)value),
                                 elfgen_segment_type_name(machine, osabi, value),
                                 elfgen_section_type_name(machine, osabi, value),
                                 elfgen_symbol_type_name(value),
                                 elfgen_symbol_binding_name(value),
                                 elfgen_symbol_visibility_name(value),
                                 elfgen_dynamic_tag_name(machine, value),
                                 elfgen_relocation_type_name(machine, value),
                                 elfgen_note_type_name(take_name(input), value),
                                 elfgen_auxv_type_name(value),
                                 elfgen_signal_name(machine, value),
                                 elfgen_signal_code_name(machine, machine, (int32_t)value),
                                 elfgen_version_text()};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        elfgen_text_string(&text, names[i]);
    const char *name = take_name(input);
    check(elfgen_osabi_number(machine, name) <= 255);
    check(elfgen_auxv_type_kind(value) <= ELFGEN_KIND_BYTES);
    elfgen_text_char(&text, elfgen_section_flag_letter(machine, osabi, value));
    elfgen_machine_flags_text(&text, machine, osabi, take(input, 1), (uint32_t)value);
    check(elfgen_dynamic_tag_kind(machine, value) <= ELFGEN_KIND_BYTES);
    elfgen_dynamic_flags_text(&text, value, osabi);
    elfgen_text_column(&text, name, take(input, 1), take_number(input));
    elfgen_text_decimal(&text, value, (unsigned)take(input, 1));
    elfgen_text_signed(&text, (int64_t)value);
    elfgen_text_hex(&text, value, (unsigned)take(input, 1));
    elfgen_text_blanks(&text, take(input, 2));
    elfgen_text_bytes(&text, NULL, 0);
    check(text.length <= text.capacity);
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    check(!arch || elfgen_arch_named(arch->name) == arch);
    elfgen_arch_get((unsigned)value);
    if (name)
        elfgen_arch_named(name);
    check(elfgen_version() == ELFGEN_VERSION);
    struct elfgen_error told;
    elfgen_error_set(&told, ELFGEN_BAD_VALUE, value, "%s %x %u %d %% %", name, value, value,
                     (int64_t)value);
    elfgen_error_in_section(&told, name, name, value);
    elfgen_error_in_section(NULL, name, name, value);
    check(memchr(told.text, '\0', sizeof told.text) != NULL);
}

void try_fields(struct input *input)
{
    const enum elfgen_structure_id id =
        (enum elfgen_structure_id)(take(input, 1) % (ELFGEN_STRUCTURE_COUNT + 3));
    const enum elfgen_class class_ = (enum elfgen_class)(take(input, 1) % 4);
    const enum elfgen_order order = (enum elfgen_order)(take(input, 1) % 4);
    check(elfgen_address_size(class_) == (class_ == ELFGEN_CLASS64 ? 8 : 4));
    const size_t size = elfgen_structure_size(id, class_);
    const unsigned column = elfgen_class_index(class_);
    check(size == (id < ELFGEN_STRUCTURE_COUNT ? elfgen_structures[id].size[column] : 0));
    uint8_t *bytes = take_bytes(input, size);
    for (unsigned i = 0; size > 0 && i < elfgen_structures[id].count; i++) {
        const struct elfgen_field *field = &elfgen_structures[id].fields[i];
        const uint64_t value = elfgen_field_get(field, class_, order, bytes);
        elfgen_field_set(field, class_, order, bytes, value);
        check(elfgen_field_get(field, class_, order, bytes) == value);
    }
}

static bool stop_sometimes(const struct elfgen_x86_encoding *encoding, void *context)
{
    struct input *input = context;
    check(encoding->length > 0 && encoding->length <= ELFGEN_X86_LONGEST);
    return !is_rare(input);
}

/* Names, numbers and instructions of any bytes; fuzz_encode.c compares what is encoded. */
void try_x86(struct input *input)
{
    struct elfgen_x86_instruction instruction;
    struct elfgen_x86_encoding encoding;
    struct elfgen_x86_form form;
    struct elfgen_x86_effects effects;
    char printed[64];
    struct elfgen_text text = {.bytes = printed, .capacity = sizeof printed};
    const char *name = take_name(input);
    const unsigned number = (unsigned)take_index(input, ELFGEN_X86_MNEMONICS);
    const char *known = elfgen_x86_mnemonic_name(number);
    check(!known || elfgen_x86_mnemonic(known, strlen(known)) == number);
    if (name)
        check(elfgen_x86_mnemonic(name, strlen(name)) < ELFGEN_X86_MNEMONICS &&
              elfgen_x86_register(name, strlen(name)) < 256);
    (void)elfgen_x86_register_name(number);
    check(elfgen_x86_register_size(number) <= 16);
    const unsigned index = (unsigned)take_number(input);
    check(elfgen_x86_form(number, index, &form) == elfgen_x86_effects(number, index, &effects));
    memcpy(&instruction, take_bytes(input, sizeof instruction), sizeof instruction);
    instruction.truncate = take_bool(input);
    instruction.any_prefix = take_bool(input);
    for (unsigned i = 0; i < ELFGEN_X86_OPERANDS; i++) {
        struct elfgen_x86_operand *operand = &instruction.operands[i];
        operand->no_split = take_bool(input);
        operand->relative = take_bool(input);
        operand->symbolic = take_bool(input);
        operand->strict = take_bool(input);
    }
    check(elfgen_x86_status_text(elfgen_encode(&instruction, &encoding)) != NULL);
    elfgen_encodings(&instruction, take_bool(input), stop_sometimes, input);
    elfgen_x86_print(&instruction, &text);
}

/* Text of any bytes; fuzz targets of the assembler's own compare what it makes. */
void try_assemble(struct input *input)
{
    struct elfgen_assembly assembly;
    const struct elfgen_assemble_options options = {
        .mode = take_bool(input) ? 64 : (uint8_t)take(input, 1), .flat = take_bool(input)};
    const size_t length = (size_t)take(input, 1), size = ELFGEN_ASSEMBLE_MEMORY(length);
    const char *text = (const char *)take_bytes(input, length);
    void *memory = room(input, size);
    check(take_bool(input) || elfgen_assemble_class_name((unsigned)take_number(input)) != memory);
    struct elfgen_x86_instruction instruction;
    uint32_t places[1 + ELFGEN_X86_OPERANDS];
    const enum elfgen_status read = elfgen_assemble_instruction(
        text, length, options.mode, &instruction, take_bool(input) ? places : NULL, told());
    if (read == ELFGEN_OK) {
        struct elfgen_x86_encoding encoding;
        check(elfgen_encode(&instruction, &encoding) <= ELFGEN_X86_TOO_LONG);
    }
    is_told(read);
    struct elfgen_source_place place;
    if (elfgen_assemble_foreign(text, length, &place))
        check(place.offset + place.length <= length);
    is_told(elfgen_assemble(text, length, take_bool(input) ? &options : NULL, memory,
                            take_bool(input) ? size : (size_t)take(input, 4) % size, &assembly,
                            told()));
}
