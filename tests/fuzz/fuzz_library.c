/* Fuzzes every function of the library's headers with structures that are wrong in any way that a
 * contract does not forbid: any numbers, NULL with a count, names of any bytes. Each either does
 * what it says or returns a status with a sentence. */
#include "elfgen.h"
#include "fuzz_input.h"

enum { ROOM = 1 << 16 };

/* What no call sets. */
enum { UNTOUCHED = 99 };

static struct elfgen_error error;

/* The error for one call. */
static struct elfgen_error *told(void)
{
    error = (struct elfgen_error){.status = (enum elfgen_status)UNTOUCHED};
    return &error;
}

/* A call that fails has set the status that it returns, and a sentence; one that succeeds, nothing.
 */
static void is_told(enum elfgen_status status)
{
    if (status == ELFGEN_OK)
        check(error.status == (enum elfgen_status)UNTOUCHED && error.text[0] == '\0');
    else
        check(error.status == status && error.text[0] &&
              memchr(error.text, '\0', sizeof error.text));
}

/* A buffer that a call may write a file to. */
struct buffer {
    uint8_t *bytes, *before; /* NULL, or `capacity` bytes; a copy of them */
    size_t capacity;
};

static void take_buffer(struct input *input, struct buffer *buffer)
{
    static const size_t capacities[] = {0, 1, 119, 120, 176, 300, 4096, ROOM};
    buffer->capacity = capacities[take(input, 1) % 8];
    buffer->bytes = take_array(input, buffer->capacity, 1);
    buffer->before = room(input, buffer->capacity);
}

static void keep_copy(struct buffer *buffer)
{
    if (buffer->bytes && buffer->capacity > 0)
        memcpy(buffer->before, buffer->bytes, buffer->capacity);
}

/* Checks the size that a call returned, before which keep_copy() was called: 0 is refused, more
 * than the capacity is only measured. With `unchanged`, what is refused writes nothing either. */
static void is_size(size_t size, const struct buffer *buffer, bool unchanged)
{
    if (size == 0)
        check(error.status != ELFGEN_OK && error.status != ELFGEN_NO_ROOM && error.text[0] != '\0');
    else
        is_told(size > buffer->capacity ? ELFGEN_NO_ROOM : ELFGEN_OK);
    if (buffer->bytes && (size > buffer->capacity || (size == 0 && unchanged)))
        check(memcmp(buffer->bytes, buffer->before, buffer->capacity) == 0);
}

static uint16_t take_machine(struct input *input)
{
    static const uint16_t machines[] = {62, 62, 62, 3, 6, 183};
    const uint64_t choice = take(input, 1);
    return choice < 240 ? machines[choice % 6] : (uint16_t)take(input, 2);
}

static void take_options(struct input *input, struct elfgen_exec_options *options)
{
    *options = (struct elfgen_exec_options)ELFGEN_EXEC_DEFAULTS;
    options->machine = take_machine(input);
    if (take_bool(input)) {
        options->permissions = (uint32_t)take_number(input);
        options->base = take_number(input) << (take_bool(input) ? 12 : 0);
        options->align = take_number(input);
    }
    if (take_bool(input)) {
        options->zero_fill = take_number(input);
        options->entry = take_number(input);
        options->stack = (uint32_t)take_number(input);
    }
}

/* A text of a few bytes, with or without a flush, which may make no room. */
static void flush(struct elfgen_text *text)
{
    if (*(const bool *)text->context)
        text->length = 0;
}

static const bool makes_room[2] = {false, true};

static void take_text(struct input *input, struct elfgen_text *text)
{
    *text = (struct elfgen_text){.capacity = take(input, 1) + 1};
    text->bytes = room(input, text->capacity);
    if (take_bool(input))
        text->flush = flush;
    text->context = (void *)&makes_room[take_bool(input)];
}

/* ---- image.h ---- */

static void try_exec(struct input *input)
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

static void try_image(struct input *input)
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

static void try_relocations(struct input *input)
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

static void try_section_headers(struct input *input)
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

static void try_hex(struct input *input)
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

/* ---- view.h, memory.h ---- */

static void take_header(struct input *input, struct elfgen_shdr *header)
{
    *header = (struct elfgen_shdr){.sh_name = take_number(input),
                                   .sh_type = take_number(input),
                                   .sh_offset = take_number(input),
                                   .sh_size = take_number(input),
                                   .sh_link = take_number(input),
                                   .sh_entsize = take_number(input)};
}

/* A view of what is left of the input, or of a program. */
static void take_view(struct input *input, struct elfgen_view *view)
{
    const bool program = take_bool(input);
    uint64_t length = input->left;
    uint8_t *bytes = NULL;
    if (program) {
        length = 120 + length;
        bytes = room(input, length);
        check(elfgen_write_exec(bytes, length, input->bytes, length - 120, NULL, NULL) == length);
        for (unsigned i = 0; i < 3; i++)
            bytes[take(input, 1) % 120] ^= (uint8_t)take(input, 1);
    } else if (take(input, 1) != 255) {
        length = input->left;
        bytes = room(input, length);
        memcpy(bytes, input->bytes, length);
    }
    is_told(take_bool(input) ? elfgen_view_open(view, bytes, length, told())
                             : elfgen_view_open_program(view, bytes, length, told()));
}

/* Gives the bytes of a view, and nothing else. */
static const uint8_t *read_view(void *context, uint64_t offset, uint64_t size)
{
    const struct elfgen_view *view = context;
    check(offset <= view->length && size <= view->length - offset);
    return view->bytes + offset;
}

static struct elfgen_file_reader reader_of(struct elfgen_view *view)
{
    return (struct elfgen_file_reader){view->bytes ? read_view : NULL, view, view->length};
}

static void check_reader(struct elfgen_view *view, uint64_t index)
{
    const struct elfgen_file_reader reader = reader_of(view);
    struct elfgen_view read, bytes;
    struct elfgen_shdr one = {0}, other = {0};
    check(elfgen_view_open_reader(&read, &reader, NULL) ==
          elfgen_view_open(&bytes, view->bytes, view->length, NULL));
    check(elfgen_view_section(&read, index, &one, NULL) ==
          elfgen_view_section(&bytes, index, &other, NULL));
    check(one.sh_name == other.sh_name && one.sh_offset == other.sh_offset);
    check(elfgen_view_open_program_reader(&read, &reader, NULL) ==
          elfgen_view_open_program(&bytes, view->bytes, view->length, NULL));
    check(read.segments.count == bytes.segments.count && read.names == bytes.names);
}

static void try_view(struct input *input)
{
    struct elfgen_view view;
    struct elfgen_shdr header, other;
    struct elfgen_phdr phdr;
    struct elfgen_sym symbol;
    struct elfgen_rela relocation;
    struct elfgen_dyn entry;
    struct elfgen_mapping mapping = {.start = take_number(input), .end = take_number(input)};
    const uint64_t index = take_number(input), offset = take_number(input);
    const uint64_t size = take_number(input);
    const char *string = NULL;
    uint64_t found;
    take_header(input, &header);
    take_view(input, &view);
    elfgen_view_is_elf(&view);
    check_reader(&view, index);
    const uint8_t *bytes = elfgen_view_bytes(&view, offset, size);
    check(!bytes || (bytes >= view.bytes && offset + size <= view.length));
    is_told(elfgen_view_segment(&view, index, &phdr, told()));
    is_told(elfgen_view_section(&view, index, &other, told()));
    is_told(elfgen_view_symbol(&view, &header, index, &symbol, told()));
    is_told(elfgen_view_relocation(&view, &header, index, &relocation, told()));
    check(elfgen_view_relocation_info(&view, index).types <= 3);
    is_told(elfgen_view_dynamic(&view, &header, index, &entry, told()));
    size_t length = elfgen_view_string(&view, offset, size, index, &string);
    check(length == SIZE_MAX || length <= view.length);
    length = elfgen_view_section_name(&view, &header, &string);
    check(length == SIZE_MAX || length <= view.length);
    elfgen_mapping_what_is_left(&view, index, &mapping);
    if (elfgen_mapping_get(&view, index, &mapping))
        check(mapping.start <= mapping.file_end && mapping.file_end <= mapping.missing &&
              mapping.missing <= mapping.missing_end && mapping.missing_end <= mapping.end);
    elfgen_mapping_is_executable(&view, &mapping);
    check(elfgen_memory_segments(&view) <= ELFGEN_PHDRS_LARGEST);
    if (elfgen_memory_find(&view, offset, &mapping))
        check(offset >= mapping.start && offset < mapping.file_end);
    if (elfgen_memory_offset(&view, offset, &found))
        check(found < view.length);
    elfgen_memory_address(&view, offset, &found);
    elfgen_map_is_padding(&view, offset, size);
}

/* ---- map.h, code.h ---- */

/* A decoder whose answers are the input's. */
static uint8_t any_length(void *context, const uint8_t *bytes, size_t size)
{
    struct input *input = context;
    check(size > 0 && size <= ELFGEN_INSTRUCTION_MOST);
    return bytes[0] & 0x80 ? (uint8_t)take(input, 1) : bytes[0] & 15;
}

static bool any_decode(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                       struct elfgen_registers *registers, struct elfgen_instruction *instruction)
{
    struct input *input = context;
    *instruction = (struct elfgen_instruction){.length = any_length(context, bytes, size),
                                               .flow = (enum elfgen_flow)(take(input, 1) % 9),
                                               .call_instruction = (uint8_t)(take(input, 1) % 6),
                                               .has_target = take_bool(input),
                                               .target = address + take_number(input) - 100};
    if (take(input, 1) == 255)
        registers->depth = take_number(input);
    elfgen_registers_push(registers, (struct elfgen_bits){take_number(input), take_number(input)});
    registers->general[take(input, 1) % ELFGEN_REGISTERS_MOST] =
        (struct elfgen_bits){take_number(input), take_number(input)};
    return take(input, 1) != 255;
}

static void any_split(void *context, const uint8_t *bytes, size_t size, struct elfgen_parts *parts)
{
    struct input *input = context;
    (void)bytes;
    (void)size;
    parts->count = (uint8_t)take(input, 1);
    for (unsigned i = 0; i < ELFGEN_INSTRUCTION_MOST; i++) {
        parts->parts[i].what = (uint8_t)(take(input, 1) % 6);
        parts->parts[i].offset = (uint8_t)take(input, 1);
        parts->parts[i].length = (uint8_t)take(input, 1);
    }
}

static void any_text(void *context, const uint8_t *bytes, size_t size, uint64_t address,
                     struct elfgen_text *text)
{
    (void)context;
    check(size > 0);
    elfgen_text_0x(text, address);
    elfgen_text_hex_bytes(text, bytes, size, ' ');
}

static bool any_call(void *context, uint8_t by, uint64_t number, struct elfgen_signature *signature)
{
    struct input *input = context;
    check(by < 4);
    memset(signature, (int)number, sizeof *signature);
    signature->known = take_bool(input);
    signature->result = (enum elfgen_result_kind)(take(input, 1) % 10);
    signature->count_in = (uint8_t)take(input, 1);
    signature->count = (uint8_t)take(input, 1);
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++)
        signature->parameters[i].kind = (enum elfgen_parameter_kind)(take(input, 1) % 7);
    return take(input, 1) != 255;
}

static void take_encoding(struct input *input, struct elfgen_encoding *encoding)
{
    struct elfgen_bit_meaning *bits;
    *encoding = (struct elfgen_encoding){.field = {.name = "part", .kind = ELFGEN_KIND_HEX},
                                         .is_number = take_bool(input),
                                         .is_address = take_bool(input)};
    if (take_bool(input))
        encoding->letters = take_name(input);
    encoding->bit_count = (uint8_t)(take(input, 1) % 4);
    encoding->bits = bits = room(input, encoding->bit_count * sizeof *bits);
    for (unsigned i = 0; i < encoding->bit_count; i++)
        bits[i] = (struct elfgen_bit_meaning){(uint8_t)take_number(input),
                                              (uint8_t)take_number(input), take_name(input)};
}

static void take_call_instruction(struct input *input, struct elfgen_call_instruction *by)
{
    *by = (struct elfgen_call_instruction){.number = (uint8_t)take_number(input),
                                           .result = (uint8_t)take_number(input),
                                           .width = (uint8_t)(take_bool(input) ? 64 : 32),
                                           .number_end = (uint32_t)take(input, 4),
                                           .returns = take_bool(input),
                                           .next_address = (uint8_t)take_number(input),
                                           .changed = (uint32_t)take(input, 4)};
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++)
        by->arguments[i] = (uint8_t)take_number(input);
}

/* A processor whose rows and answers are the input's. */
static void take_processor(struct input *input, struct elfgen_machine *machine)
{
    enum { ROWS = 4 };
    struct elfgen_encoding *encodings = room(input, ROWS * sizeof *encodings);
    struct elfgen_call_instruction *calls = room(input, ROWS * sizeof *calls);
    for (unsigned i = 0; i < ROWS; i++) {
        take_encoding(input, &encodings[i]);
        take_call_instruction(input, &calls[i]);
    }
    *machine = (struct elfgen_machine){.context = input,
                                       .encodings = encodings,
                                       .encoding_count = ROWS,
                                       .register_count = (uint8_t)(take(input, 1) % 40),
                                       .stack_pointer = (uint8_t)take(input, 1),
                                       .return_address = (uint8_t)take(input, 1),
                                       .call_instructions = calls,
                                       .call_instruction_count = ROWS,
                                       .length = any_length,
                                       .decode = any_decode,
                                       .split = any_split,
                                       .text = any_text,
                                       .call = any_call};
}

static void try_claim(struct input *input, const struct elfgen_view *view,
                      const struct elfgen_code *code, const struct elfgen_claim *claim)
{
    struct elfgen_text text;
    struct elfgen_bit_group group;
    const size_t allocated = input->memory_count;
    take_text(input, &text);
    elfgen_claim_meaning(view, code, claim, &text);
    for (unsigned i = 0; elfgen_claim_bits(view, claim, i, &group); i++)
        check(group.width > 0);
    elfgen_claim_has_value(claim);
    struct elfgen_reference reference = {.length = 0};
    if (elfgen_claim_refers(view, code, claim, &reference))
        check(reference.offset == ELFGEN_NOWHERE ||
              reference.length <= view->length - reference.offset);
    elfgen_claim_label(view, code, claim, &text);
    elfgen_part_title(claim->part);
    elfgen_class_index(view->class_);
    elfgen_part_name(claim->part);
    elfgen_reader_name(claim->reader);
    while (input->memory_count > allocated)
        free(input->memory[--input->memory_count]);
}

static void take_claim(struct input *input, const struct elfgen_machine *machine,
                       struct elfgen_claim *claim)
{
    const struct elfgen_structure *structure =
        &elfgen_structures[take(input, 1) % ELFGEN_STRUCTURE_COUNT];
    *claim = (struct elfgen_claim){
        .offset = take_number(input),
        .length = take_number(input),
        .part = (enum elfgen_part)(take(input, 1) % (ELFGEN_PART_PADDING + 2)),
        .section = take_number(input),
        .index = take_number(input),
        .value = take_number(input),
        .reader = (enum elfgen_reader)(take(input, 1) % 5)};
    if (take_bool(input))
        claim->field = &structure->fields[take(input, 1) % structure->count];
    if (take_bool(input)) {
        claim->encoding = &machine->encodings[take(input, 1) % machine->encoding_count];
        claim->field = &claim->encoding->field;
    }
}

/* What a run executed: any bits, and calls anywhere in any order. */
static void take_run(struct input *input, const struct elfgen_view *view, struct elfgen_run *run)
{
    const size_t words = (size_t)(view->length / 64 + 1), calls = take(input, 1) % 4;
    uint64_t *starts = take_array(input, words, sizeof *starts);
    uint64_t *executed = take_array(input, words, sizeof *executed);
    struct elfgen_call *call = take_array(input, calls, sizeof *call);
    for (size_t i = 0; i < words && i < 16; i++) {
        if (starts)
            starts[i] = take(input, 8);
        if (executed)
            executed[i] = take(input, 8);
    }
    for (size_t i = 0; call && i < calls; i++)
        call[i] = (struct elfgen_call){.offset = take_number(input),
                                       .address = take_number(input),
                                       .call_instruction = (uint8_t)take(input, 1),
                                       .number = {take_number(input), UINT64_MAX}};
    *run = (struct elfgen_run){starts, executed, view->length, call, calls};
}

static void try_map(struct input *input)
{
    enum { MOST_CLAIMS = 2000 };
    struct elfgen_view view;
    struct elfgen_code code;
    struct elfgen_map map;
    struct elfgen_claim claim;
    struct elfgen_code_place place;
    const enum elfgen_code_mode mode = (enum elfgen_code_mode)(take(input, 1) % 3);
    struct elfgen_machine machine;
    const uint64_t from = take_number(input), to = take_number(input);
    struct elfgen_call call = {.offset = take_number(input)};
    struct elfgen_signature signature = {.count = (uint8_t)take(input, 1)};
    for (unsigned i = 0; i < ELFGEN_ARGUMENTS; i++) {
        call.arguments[i] = (struct elfgen_bits){take_number(input), UINT64_MAX};
        signature.parameters[i].kind = (enum elfgen_parameter_kind)(take(input, 1) % 7);
        signature.parameters[i].size_in = (uint8_t)take(input, 1);
    }
    take_processor(input, &machine);
    take_claim(input, &machine, &claim);
    take_view(input, &view);
    const size_t needed = elfgen_code_room(&view, mode);
    const uint64_t less = take(input, 1);
    const size_t given = less < 3 && needed > less ? needed - less : needed;
    check(needed < (size_t)1 << 26);
    void *memory = take_array(input, given, 1);
    struct elfgen_run run;
    const bool with_run = take_bool(input);
    if (with_run)
        take_run(input, &view, &run);
    if ((with_run ? elfgen_code_follow_run(&code, &view, &machine, mode, &run, memory, given)
                  : elfgen_code_follow(&code, &view, &machine, mode, memory, given)) != ELFGEN_OK)
        return;
    try_claim(input, &view, NULL, &claim);
    if (code.from < code.to)
        try_claim(input, &view, &code, &claim);
    uint64_t offset, length;
    for (unsigned i = 0; i < 8; i++)
        if (elfgen_code_referred(&code, &call, &signature, i, &offset, &length))
            check(offset < view.length && length <= view.length - offset);
    elfgen_code_call(&code, from);
    elfgen_code_failed(&code, from);
    call.number.known = UINT64_MAX;
    elfgen_code_signature(&code, &call, &signature);
    if (elfgen_code_next(&code, from, to, &place))
        check(place.offset >= from && place.offset < to);
    elfgen_map_begin(&map, &view, take_bool(input) ? &code : NULL, take_bool(input), from, to);
    map.beginning = take_bool(input);
    struct elfgen_claim whole = {.length = 0}; /* the instruction that parts are of */
    if (take_bool(input))
        elfgen_map_move(&map, from, to);
    for (unsigned i = 0; i < MOST_CLAIMS && elfgen_map_next(&map, &claim); i++) {
        check(claim.length > 0 && claim.offset + claim.length <= view.length);
        if (claim.part == ELFGEN_PART_INSTRUCTION)
            whole = claim;
        if (claim.part == ELFGEN_PART_ENCODING)
            check(claim.offset >= whole.offset &&
                  claim.offset + claim.length <= whole.offset + whole.length);
        if (i < 100)
            try_claim(input, &view, &code, &claim);
    }
}

/* ---- kernel.h, objections.h, unfold.h ---- */

static void try_kernel(struct input *input)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    struct elfgen_view view;
    struct elfgen_text text;
    elfgen_kernel_has_machine(take_number(input));
    elfgen_kernel_usual(&machine);
    if (take_bool(input)) {
        machine = (struct elfgen_kernel_machine){
            .version = (uint32_t)take_number(input),
            .mmap_min_addr = take_number(input) << 12,
            .lowest_room = take_number(input),
            .raw_io = take_bool(input),
            .ia32 = take_bool(input),
            .five_levels = take_bool(input),
            .overcommit = (enum elfgen_kernel_overcommit)(take(input, 1) % 4),
            .memory_pages = take_number(input),
            .stack_limit = take_number(input),
            .stack_used = take_number(input),
            .largest_file = take_number(input)};
    }
    const struct elfgen_kernel_file interpreter = {
        .length = take(input, 1), .bytes = take_array(input, 255, 1), .error = (int)take(input, 1)};
    struct elfgen_kernel_map map = {.capacity = take(input, 1) * 4};
    map.areas = take_array(input, map.capacity, sizeof *map.areas);
    const bool asks = take_bool(input), maps = take_bool(input);
    take_text(input, &text);
    take_view(input, &view);
    const struct elfgen_file_reader reader = reader_of(&view);
    struct elfgen_kernel_answer again;
    const enum elfgen_status read = elfgen_kernel_ask_reader(
        &reader, &machine, asks ? &interpreter : NULL, &again, maps ? &map : NULL);
    const enum elfgen_status status = elfgen_kernel_ask(
        view.bytes, view.length, &machine, asks ? &interpreter : NULL, &answer, maps ? &map : NULL);
    check(read == status && again.check == answer.check && again.offset == answer.offset &&
          again.value == answer.value && again.path_length == answer.path_length);
    check(status == ELFGEN_OK || status == ELFGEN_NO_ROOM || status == ELFGEN_BAD_ARGUMENT);
    if (status != ELFGEN_OK)
        return;
    elfgen_kernel_message(&answer, &text);
    elfgen_kernel_remedy(&answer, &text);
    elfgen_errno_name(answer.error);
    for (uint64_t i = 0; maps && i < map.count; i++)
        check(map.areas[i].start < map.areas[i].end &&
              (i == 0 || map.areas[i - 1].end <= map.areas[i].start));
}

static void try_objections(struct input *input)
{
    struct elfgen_objection objection;
    struct elfgen_text text;
    struct elfgen_view view;
    unsigned row = (unsigned)take_number(input);
    const unsigned who = (unsigned)take(input, 1);
    take_text(input, &text);
    take_view(input, &view);
    while (elfgen_objection_next(view.bytes, view.length, who, &row, &objection))
        elfgen_objection_text(&objection, &text);
}

static void try_unfold(struct input *input)
{
    struct elfgen_view view;
    struct elfgen_unfold unfold;
    const size_t room_given = take_number(input) % 64;
    const uint64_t address = take_number(input), size = take_number(input);
    struct buffer buffer;
    take_buffer(input, &buffer);
    keep_copy(&buffer);
    struct elfgen_unfold_segment *segments =
        take_array(input, room_given, sizeof(struct elfgen_unfold_segment));
    take_view(input, &view);
    if (!elfgen_is_unfolded(&view, NULL, told()))
        check(error.text[0] != '\0');
    const enum elfgen_status status = elfgen_unfold_check(&view, NULL, told());
    is_told(status);
    if (status != ELFGEN_OK)
        return;
    elfgen_unfold_room(&view);
    is_told(elfgen_unfold_plan(&unfold, &view, segments, room_given, told()));
    elfgen_unfold_reach(&unfold, address, size);
    is_size(elfgen_write_unfolded(&unfold, buffer.bytes, buffer.capacity, told()), &buffer, true);
}

/* ---- format.h, names.h, text.h, error.h, arch.h, version.h ---- */

static void try_numbers(struct input *input)
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

static void try_fields(struct input *input)
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
static void try_x86(struct input *input)
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
static void try_assemble(struct input *input)
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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const tries[])(struct input *) = {
        try_exec,    try_image,  try_relocations, try_section_headers, try_hex,
        try_view,    try_map,    try_kernel,      try_objections,      try_unfold,
        try_numbers, try_fields, try_x86,         try_assemble};
    struct input input = {.bytes = bytes, .left = size};
    tries[take(&input, 1) % (sizeof tries / sizeof tries[0])](&input);
    release(&input);
    return 0;
}
