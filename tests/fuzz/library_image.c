/* image.h, section_headers.h and hex.h: what makes files. */
#include "fuzz_library.h"

void try_exec(struct input *input)
{
    struct elfgen_exec_options options;
    struct buffer buffer;
    const size_t length = take_number(input);
    take_buffer(input, &buffer);
    take_options(input, &options);
    const uint8_t *code = NULL;
    if (length <= 4096 && take_bool(input))
        code = take_bytes(input, length);
    else if (length < buffer.capacity && take_bool(input) && buffer.bytes)
        code = buffer.bytes + (buffer.capacity - length) / 2; /* they overlap */
    keep_copy(&buffer);
    is_size(elfgen_write_exec(buffer.bytes, buffer.capacity, code, length,
                              take_bool(input) ? &options : NULL, told()),
            &buffer, true);
    elfgen_exec_headers(options.machine);
}

/* The relocations come first: what is left of a short input is zeros. */
static void take_program(struct input *input, struct elfgen_program *program)
{
    const uint64_t counts = take(input, 2);
    const size_t sections = counts % 16 == 15 ? 14 : counts % 4, symbols = counts / 16 % 8;
    const size_t relocations = counts / 256 % 8;
    struct elfgen_section *section = take_array(input, sections, sizeof *section);
    struct elfgen_symbol *symbol = take_array(input, symbols, sizeof *symbol);
    struct elfgen_relocation *relocation = take_array(input, relocations, sizeof *relocation);
    for (size_t i = 0; relocation && i < relocations; i++)
        relocation[i] = (struct elfgen_relocation){
            .type = (uint32_t)(is_rare(input) ? take_number(input) : take(input, 1) % 44),
            .section = (uint32_t)take_index(input, sections),
            .symbol = (uint32_t)take_index(input, symbols),
            .offset = take_index(input, 24),
            .addend = (int64_t)take_number(input)};
    for (size_t i = 0; symbol && i < symbols; i++)
        symbol[i] =
            (struct elfgen_symbol){.value = take_number(input),
                                   .section = (uint32_t)(take_index(input, sections + 2) - 2),
                                   .binding = (enum elfgen_binding)(take(input, 1) % 4),
                                   .size = take_number(input),
                                   .name = take_name(input)};
    for (size_t i = 0; section && i < sections; i++) {
        section[i] = (struct elfgen_section){.size = take(input, 1) % 80,
                                             .align = UINT64_C(1) << take(input, 1) % 13,
                                             .permissions = (uint32_t)take(input, 1) % 8,
                                             .file = take_name(input),
                                             .name = take_name(input)};
        if (!is_rare(input))
            section[i].bytes = room(input, section[i].size);
        else
            section[i].size = take_number(input);
        if (is_rare(input)) {
            section[i].align = take_number(input);
            section[i].permissions = (uint32_t)take_number(input);
        }
    }
    *program = (struct elfgen_program){.sections = section,
                                       .section_count = sections,
                                       .symbols = symbol,
                                       .symbol_count = symbols,
                                       .relocations = relocation,
                                       .relocation_count = relocations};
    if (is_rare(input))
        program->entry_symbol = take_name(input);
    else if (symbol && symbols > 0 && take_bool(input))
        program->entry_symbol = symbol[take(input, 1) % symbols].name;
    if (symbol && symbols > 0 && take_bool(input))
        program->got = &symbol[take(input, 1) % symbols];
    if (take_bool(input))
        program->order = room(input, sections * sizeof *program->order);
}

void try_image(struct input *input)
{
    struct elfgen_program program;
    struct elfgen_exec_options options;
    struct elfgen_layout layout;
    struct buffer buffer;
    take_program(input, &program);
    take_options(input, &options);
    const struct elfgen_exec_options *given = is_rare(input) ? &options : NULL;
    enum elfgen_status status = take_bool(input)
                                    ? elfgen_layout_split(&program, given, &layout, told())
                                    : elfgen_layout_single(&program, given, &layout, told());
    is_told(status);
    if (status != ELFGEN_OK) {
        if (take_bool(input))
            return;
        /* What is left of it, or of another program. */
        layout.header_size = take_number(input);
        layout.file_size = take_number(input);
        layout.segment_count = take_number(input);
    }
    take_buffer(input, &buffer);
    keep_copy(&buffer);
    is_size(elfgen_write_image(&program, &layout, buffer.bytes, buffer.capacity, told()), &buffer,
            false);
    is_told(
        elfgen_apply_relocations(&program, options.machine, buffer.bytes, buffer.capacity, told()));
    for (size_t i = 0; program.symbols && program.sections && i < program.symbol_count; i++) {
        uint64_t address;
        is_told(elfgen_symbol_address(&program, &program.symbols[i], &address, told()));
    }
}

void try_relocations(struct input *input)
{
    const uint16_t machine = take_machine(input);
    struct elfgen_relocation relocation = {.type = (uint32_t)take_number(input),
                                           .offset = take_number(input),
                                           .addend = (int64_t)take_number(input)};
    const size_t size = take(input, 1) % 32;
    uint8_t *bytes = take_bool(input) ? take_bytes(input, size) : NULL;
    uint32_t plain;
    check(elfgen_relocation_width(machine, relocation.type) <= 8);
    elfgen_relocation_is_relative(machine, relocation.type);
    elfgen_relocation_got(machine, bytes, size, &relocation, &plain);
    const bool can = elfgen_can_relax(machine, bytes, size, &relocation);
    check(elfgen_relax(machine, bytes, size, &relocation) == can);
}

/* ---- section_headers.h ---- */

void try_section_headers(struct input *input)
{
    const size_t sections = take(input, 1) % 8, symbols = take(input, 1) % 8;
    struct elfgen_section_header *section = take_array(input, sections, sizeof *section);
    struct elfgen_symbol_entry *symbol = take_array(input, symbols, sizeof *symbol);
    for (size_t i = 0; section && i < sections; i++)
        section[i] =
            (struct elfgen_section_header){.name = take_name(input),
                                           .type = (uint32_t)take_number(input),
                                           .flags = take_number(input),
                                           .address = take_number(input),
                                           .offset = take_number(input),
                                           .size = take_number(input),
                                           .align = take_bool(input) ? take_number(input) : 1,
                                           .entry_size = take_number(input)};
    for (size_t i = 0; symbol && i < symbols; i++)
        symbol[i] = (struct elfgen_symbol_entry){
            .name = take_name(input),
            .value = take_number(input),
            .size = take_number(input),
            .type = (uint8_t)(take(input, 1) % 18),
            .binding = (uint8_t)(take(input, 1) % 18),
            .section = (uint32_t)(take_index(input, sections + 2) - 2)};
    const struct elfgen_section_headers wanted = {section, sections, symbol, symbols};
    struct buffer buffer;
    take_buffer(input, &buffer);
    uint64_t size = take_number(input);
    if (buffer.bytes && take_bool(input))
        size = elfgen_write_exec(buffer.bytes, buffer.capacity, "\xf4", 1, NULL, NULL);
    keep_copy(&buffer);
    is_size(elfgen_write_section_headers(buffer.bytes, buffer.capacity, size,
                                         (enum elfgen_class)(take(input, 1) % 4), &wanted, told()),
            &buffer, true);
}

/* ---- hex.h ---- */

static void no_line(void *context, uint64_t line, uint64_t offset, uint64_t size)
{
    check(context != NULL && line > 0 && offset + size < UINT32_MAX);
}

void try_hex(struct input *input)
{
    const struct elfgen_hex_options options = {.base = take_number(input),
                                               .order = (enum elfgen_order)(take(input, 1) % 4)};
    struct elfgen_hex_needs needs, given;
    const bool other = take_bool(input);
    const size_t size = take(input, 2) % 2048;
    const char *source = take(input, 1) == 255 ? NULL : (const char *)take_bytes(input, size);
    const enum elfgen_status status = elfgen_hex_measure(source, size, &needs, told());
    is_told(status);
    given = needs;
    if (other) /* of another source */
        given = (struct elfgen_hex_needs){take_number(input) % ROOM, UINT64_C(1)
                                                                         << take(input, 1) % 12};
    struct elfgen_hex_label *labels = take_array(input, given.labels, sizeof *labels);
    if (labels && given.labels > 0)
        memset(labels, (int)take(input, 1), sizeof *labels);
    uint8_t *buffer = take_array(input, given.bytes, 1);
    const enum elfgen_status assembled =
        elfgen_hex_assemble(source, size, take_bool(input) ? &options : NULL, &given, labels,
                            buffer, take_bool(input) ? no_line : NULL, &needs, told());
    is_told(assembled);
    check(other || status != ELFGEN_OK || assembled != ELFGEN_NO_ROOM);
}
