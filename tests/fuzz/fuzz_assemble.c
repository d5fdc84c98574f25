/* Fuzzes the assembler with sources of any bytes: in much memory and in little it makes the same,
 * and what it makes is a program that the layouts take or refuse. The first byte chooses the
 * options. */
#include "elfgen.h"
#include "fuzz_input.h"

enum { MOST_MEMORY = 1 << 26, MOST_TRIES = 12, MOST_FILES = 8 };

/* A source, and what an assembly of it made. */
struct run {
    const char *text;
    size_t size;
    unsigned files, errors;
    enum elfgen_status status;
    struct elfgen_assembly assembly;
    struct elfgen_error error;
    void *memory;
};

/* Files are the source from some byte on. */
static bool read_file(void *context, const char *name, const uint8_t **bytes, size_t *size,
                      const char **reason)
{
    struct run *run = context;
    const size_t skipped = strlen(name) * 7 % (run->size + 1);
    *reason = "it is not there";
    if (*name == 'x' || run->files++ >= MOST_FILES)
        return false;
    *bytes = (const uint8_t *)run->text + skipped;
    *size = run->size - skipped;
    return true;
}

static void hear(void *context, const struct elfgen_assemble_message *message)
{
    struct run *run = context;
    run->errors += message->class_ == ELFGEN_ASSEMBLE_ERROR;
    check(elfgen_assemble_class_name(message->class_) != NULL);
    check(message->text[0] != '\0' && message->place.offset <= run->size &&
          message->place.length <= run->size);
}

/* Assembles in `size` bytes, and in as many as are asked for. False: that are too many. */
static bool assemble(struct run *run, const struct elfgen_assemble_options *options, size_t size)
{
    struct elfgen_assemble_options given = *options;
    given.context = run;
    for (unsigned i = 0; i < MOST_TRIES; i++) {
        run->files = run->errors = 0;
        run->error = (struct elfgen_error){0};
        free(run->memory);
        run->memory = malloc(size ? size : 1);
        check(run->memory != NULL);
        run->status = elfgen_assemble(run->text, run->size, &given, run->memory, size,
                                      &run->assembly, &run->error);
        check((run->status == ELFGEN_OK) == (run->error.text[0] == '\0'));
        if (run->status != ELFGEN_NO_ROOM)
            return true;
        check(run->assembly.needed > size);
        size = run->assembly.needed;
        if (size > MOST_MEMORY)
            return false;
    }
    check(false);
    return false;
}

static void check_program(const struct run *run)
{
    const struct elfgen_assembly *assembly = &run->assembly;
    const struct elfgen_program *program = &assembly->program;
    check(run->errors == 0);
    for (size_t i = 0; i < program->symbol_count; i++)
        check(program->symbols[i].section < program->section_count ||
              program->symbols[i].section >= ELFGEN_SECTION_ABSOLUTE);
    for (size_t i = 0; i < program->relocation_count; i++) {
        const struct elfgen_relocation *relocation = &program->relocations[i];
        check(relocation->section < program->section_count &&
              relocation->symbol < program->symbol_count);
        const unsigned width = elfgen_relocation_width(assembly->machine, relocation->type);
        check(relocation->offset + width <= program->sections[relocation->section].size);
    }
    for (size_t i = 0; i < assembly->line_count; i++) {
        const struct elfgen_assembly_line *line = &assembly->lines[i];
        check(line->section < program->section_count && line->place.line > 0);
        check(line->offset <= program->sections[line->section].size);
    }
}

static void check_same(const struct run *left, const struct run *right)
{
    const struct elfgen_program *a = &left->assembly.program, *b = &right->assembly.program;
    check(left->status == right->status && strcmp(left->error.text, right->error.text) == 0);
    if (left->status != ELFGEN_OK)
        return;
    check(a->section_count == b->section_count && a->symbol_count == b->symbol_count &&
          a->relocation_count == b->relocation_count);
    for (size_t i = 0; i < a->section_count; i++) {
        const struct elfgen_section *one = &a->sections[i], *other = &b->sections[i];
        check(one->size == other->size && !one->bytes == !other->bytes);
        check(!one->bytes || one->size == 0 ||
              memcmp(one->bytes, other->bytes, (size_t)one->size) == 0);
    }
    for (size_t i = 0; i < a->symbol_count; i++)
        check(a->symbols[i].value == b->symbols[i].value);
}

/* A layout and an image of the program, if it is small. */
static void lay_out(const struct run *run)
{
    const struct elfgen_assembly *assembly = &run->assembly;
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    struct elfgen_layout layout;
    options.machine = assembly->machine;
    if (elfgen_layout_split(&assembly->program, &options, &layout, NULL) != ELFGEN_OK ||
        layout.file_size > 1 << 20)
        return;
    uint8_t *file = malloc(layout.file_size);
    check(file != NULL);
    elfgen_write_image(&assembly->program, &layout, file, layout.file_size, NULL);
    free(file);
}

static void try_instruction(const struct run *run)
{
    struct elfgen_x86_instruction instruction;
    struct elfgen_x86_encoding encoding;
    struct elfgen_error error = {0};
    uint32_t places[1 + ELFGEN_X86_OPERANDS] = {0};
    const enum elfgen_status status = elfgen_assemble_instruction(
        run->text, run->size, run->size % 2 ? 64 : 32, &instruction, places, &error);
    check((status == ELFGEN_OK) == (error.text[0] == '\0'));
    if (status == ELFGEN_OK)
        elfgen_encode(&instruction, &encoding);
    else
        check(error.offset <= run->size || error.offset == ELFGEN_NOWHERE);
    for (unsigned i = 0; i <= ELFGEN_X86_OPERANDS; i++)
        check(places[i] <= run->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    const uint8_t choice = bytes[0];
    char *text = malloc(size);
    check(text != NULL);
    memcpy(text, bytes + 1, size - 1);
    struct run much = {.text = text, .size = size - 1}, little = much;
    const struct elfgen_assemble_options options = {.mode = choice & 1 ? 32 : 64,
                                                    .flat = (choice & 14) == 14,
                                                    .read = choice & 128 ? NULL : read_file,
                                                    .tell = hear};
    struct elfgen_source_place place = {0};
    if (elfgen_assemble_foreign(text, size - 1, &place))
        check(place.offset + place.length <= size - 1 && place.line > 0);
    try_instruction(&much);
    if (assemble(&much, &options, ELFGEN_ASSEMBLE_MEMORY(size))) {
        if (much.status == ELFGEN_OK) {
            check_program(&much);
            lay_out(&much);
        } else {
            check(much.errors > 0 || much.error.status == ELFGEN_BAD_ARGUMENT);
        }
        if (choice & 64 && assemble(&little, &options, (size_t)choice * 64))
            check_same(&much, &little);
    }
    free(much.memory);
    free(little.memory);
    free(text);
    return 0;
}
