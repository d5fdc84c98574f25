/* Writes the file of a program that is laid out: headers, sections, relocations applied. */
#include "elfgen/image.h"

#include <string.h>

#include "../format/argument.h"
#include "exec.h"
#include "program.h"
#include "relocate.h"

/* Brings the symbol of a later relocation nearer to the processor: where a program has many, they
 * are not in its caches. */
static void expect(const struct elfgen_program *program, size_t index)
{
#ifdef __GNUC__
    enum { AHEAD = 8 };
    const size_t left = program->relocation_count - index;
    const uint32_t symbol = left > AHEAD ? program->relocations[index + AHEAD].symbol : UINT32_MAX;
    if (symbol < program->symbol_count)
        __builtin_prefetch(&program->symbols[symbol]);
#else
    (void)program;
    (void)index;
#endif
}

enum elfgen_status elfgen_apply_relocations(const struct elfgen_program *program, uint16_t machine,
                                            void *bytes, uint64_t size, struct elfgen_error *error)
{
    const struct elfgen_arch *arch = elfgen_arch_of(machine, error);
    if (!arch)
        return ELFGEN_UNSUPPORTED;
    if (!elfgen_program_has_arrays(program, error) ||
        !elfgen_has_memory(bytes, size, "bytes of the file", error))
        return ELFGEN_BAD_ARGUMENT;
    for (size_t i = 0; i < program->relocation_count; i++) {
        expect(program, i);
        enum elfgen_status status =
            elfgen_relocate(program, &program->relocations[i], arch, bytes, size, error);
        if (status != ELFGEN_OK)
            return status;
    }
    return ELFGEN_OK;
}

size_t elfgen_write_image(const struct elfgen_program *program, const struct elfgen_layout *layout,
                          void *buffer, size_t capacity, struct elfgen_error *error)
{
    uint64_t size = layout->file_size;
    const uint64_t headers = layout->header_size;
    const struct elfgen_arch *arch = elfgen_arch_of(layout->exec.machine, error);
    if (!arch)
        return 0;
    if (layout->segment_count > ELFGEN_MOST_SEGMENTS || size < headers || size >= SIZE_MAX ||
        headers != elfgen_header_size(layout->exec.machine, layout->segment_count)) {
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "the layout is not one that this library made");
        return 0;
    }
    if (!elfgen_exec_check(&layout->exec, arch, size, error))
        return 0;
    if (!elfgen_has_room(size, capacity, error))
        return (size_t)size;
    if (!elfgen_program_has_arrays(program, error) ||
        !elfgen_has_memory(buffer, capacity, "bytes of the buffer", error))
        return 0;
    uint8_t *bytes = buffer;
    memset(bytes, 0, (size_t)size);
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[i];
        if (!section->bytes || section->size == 0)
            continue;
        if (section->offset < headers || section->offset > size ||
            section->size > size - section->offset) {
            elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                             "the section does not lie in the laid-out file");
            elfgen_error_in_section(error, section->file, section->name, ELFGEN_NOWHERE);
            return 0;
        }
        memcpy(bytes + section->offset, section->bytes, (size_t)section->size);
    }
    if (elfgen_apply_relocations(program, layout->exec.machine, bytes, size, error) != ELFGEN_OK)
        return 0;
    elfgen_write_headers(bytes, arch, layout);
    return (size_t)size;
}
