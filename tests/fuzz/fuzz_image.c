/* Fuzzes layout, relocation and image with random programs; the file must read back. */
#include "elfgen.h"
#include "fuzz_input.h"

enum { SECTIONS = 4, SYMBOLS = 4, RELOCATIONS = 4, ROOM = 1 << 16 };

/* Mostly small numbers, otherwise any number. */
static uint64_t take_any(struct input *input)
{
    uint64_t kind = take(input, 1);
    return kind < 200 ? kind : take(input, kind < 230 ? 4 : 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const uint8_t contents[4096];
    static uint8_t file[ROOM];
    struct input input = {.bytes = bytes, .left = size};
    struct elfgen_section sections[SECTIONS];
    struct elfgen_symbol symbols[SYMBOLS];
    struct elfgen_relocation relocations[RELOCATIONS];
    uint32_t order[SECTIONS];
    const unsigned choices = (unsigned)take(&input, 1);
    struct elfgen_program program = {.sections = sections,
                                     .section_count = SECTIONS,
                                     .symbols = symbols,
                                     .symbol_count = SYMBOLS,
                                     .relocations = relocations,
                                     .relocation_count = RELOCATIONS,
                                     .entry_symbol = choices & 1 ? "a" : NULL,
                                     .got = choices & 2 ? &symbols[1] : NULL,
                                     .order = choices & 4 ? order : NULL};
    for (int i = 0; i < SECTIONS; i++) {
        uint64_t length = take_any(&input);
        bool zeros = take(&input, 1) & 1 || length > sizeof contents;
        sections[i] = (struct elfgen_section){.name = "s",
                                              .bytes = zeros ? NULL : contents,
                                              .size = length,
                                              .align = take_any(&input),
                                              .permissions = (uint32_t)take(&input, 1)};
    }
    for (int i = 0; i < SYMBOLS; i++)
        symbols[i] = (struct elfgen_symbol){.name = i ? "a" : "",
                                            .section = (uint32_t)(take_any(&input) - 2),
                                            .binding = take(&input, 1) % 3,
                                            .value = take_any(&input)};
    for (int i = 0; i < RELOCATIONS; i++)
        relocations[i] = (struct elfgen_relocation){.section = (uint32_t)take_any(&input),
                                                    .symbol = (uint32_t)take_any(&input),
                                                    .type = (uint32_t)take(&input, 1) % 30,
                                                    .offset = take_any(&input),
                                                    .addend = (int64_t)take_any(&input)};
    struct elfgen_exec_options options = ELFGEN_EXEC_DEFAULTS;
    options.base = take_any(&input) << 12;
    options.align = take_any(&input);
    struct elfgen_layout layout;
    struct elfgen_error error = {.text = ""};
    const bool split = choices & 8;
    options.stack = choices & 16 ? ELFGEN_PF_R | ELFGEN_PF_W : 0;
    if ((split ? elfgen_layout_split(&program, &options, &layout, &error)
               : elfgen_layout_single(&program, &options, &layout, &error)) != ELFGEN_OK) {
        if (!error.text[0])
            abort();
        return 0;
    }
    size_t made = elfgen_write_image(&program, &layout, file, sizeof file, &error);
    if (made == 0 && !error.text[0])
        abort();
    if (made == 0 || made > sizeof file)
        return 0;
    struct elfgen_view view;
    struct elfgen_phdr phdr;
    uint64_t entry = layout.exec.entry == ELFGEN_ENTRY_FIRST ? options.base + layout.header_size
                                                             : layout.exec.entry;
    if (elfgen_view_open(&view, file, made, NULL) != ELFGEN_OK || view.ehdr.e_entry != entry ||
        view.ehdr.e_phnum != layout.segment_count)
        abort();
    uint64_t file_end = 0, memory_end = 0;
    for (uint64_t i = 0; i < view.ehdr.e_phnum; i++) {
        if (elfgen_view_segment(&view, i, &phdr, NULL) != ELFGEN_OK)
            abort();
        if (phdr.p_type != ELFGEN_PT_LOAD)
            continue;
        file_end = phdr.p_offset + phdr.p_filesz;
        memory_end = phdr.p_vaddr + phdr.p_memsz - options.base;
        if (split && ((phdr.p_flags & 3) == 3 || (phdr.p_vaddr - phdr.p_offset) % 4096 != 0))
            abort();
    }
    if (file_end != made || memory_end != layout.memory_size)
        abort();
    return 0;
}
