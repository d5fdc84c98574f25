/* What the library assembled as a flat file: its bytes and labels. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "inside_private.h"
#include "magic.h"

bool inside_is_flat(const struct inside *inside)
{
    return inside->options.flat;
}

bool inside_is_file(const struct inside *inside)
{
    const struct file_bytes bytes = inside_bytes(inside);
    return begins_with_magic(bytes.bytes, bytes.size);
}

struct file_bytes inside_bytes(const struct inside *inside)
{
    const struct elfgen_section *whole = &inside->assembly.program.sections[0];
    return (struct file_bytes){.bytes = (char *)whole->bytes, .size = (size_t)whole->size};
}

uint64_t inside_origin(const struct inside *inside)
{
    return inside->assembly.origin;
}

/* Whether a symbol is of use to a reader: NASM's own begin so, as those that macros make. */
static bool is_label(const struct elfgen_symbol *symbol)
{
    return symbol->section != ELFGEN_SECTION_UNDEFINED && strncmp(symbol->name, "..@", 3) != 0;
}

/* Adds the symbols that are numbers, or the others; returns the end of their names. */
static char *put_labels(const struct elfgen_assembly *assembly, bool are_constants, char *name,
                        struct source_file *file)
{
    const struct elfgen_program *program = &assembly->program;
    for (size_t i = 0; i < program->symbol_count; i++) {
        const struct elfgen_symbol *from = &program->symbols[i];
        const bool is_constant = from->section == ELFGEN_SECTION_ABSOLUTE;
        if (!is_label(from) || is_constant != are_constants)
            continue;
        /* Zeros after the file's end are in memory only. */
        const bool is_in_file = !is_constant && from->value <= file->bytes.size;
        const size_t length = strlen(from->name) + 1;
        memcpy(name, from->name, length);
        file->labels[file->label_count++] = (struct source_label){
            .name = name,
            .value = is_constant ? from->value : assembly->origin + from->value,
            .offset = is_in_file ? from->value : SOURCE_NO_OFFSET,
            .is_constant = is_constant};
        name += length;
    }
    return name;
}

bool inside_put_labels(const struct inside *inside, struct source_file *file)
{
    const struct elfgen_program *program = &inside->assembly.program;
    size_t size = 1;
    for (size_t i = 0; i < program->symbol_count; i++)
        size += strlen(program->symbols[i].name) + 1;
    file->labels = calloc(program->symbol_count + 1, sizeof *file->labels);
    file->names = calloc(size, 1);
    file->names_size = size - 1;
    if (!file->labels || !file->names)
        return false;
    char *const after = put_labels(&inside->assembly, true, file->names, file);
    put_labels(&inside->assembly, false, after, file);
    return true;
}
