/* Makes a flat file of a program: sections one after another, addresses stored. */
#include "flat.h"

#include <string.h>

/* A flat file has `.text` first, then the others as they come, at multiples of 4 unless they say
 * something else. */
enum { USUAL_ALIGN = 4 };

static uint64_t aligned(uint64_t address, uint64_t align)
{
    return address + (-address & (align - 1));
}

/* Gives a section the next address; returns where it ends, `before` if it is empty. */
static uint64_t place(struct state *state, struct elfgen_assembly *assembly,
                      const struct asm_section *section, uint64_t *end, uint64_t before)
{
    struct elfgen_section *made = &assembly->program.sections[section->order];
    const uint64_t align = section->said_align   ? section->said_align
                           : section->index == 0 ? 1
                                                 : USUAL_ALIGN;
    made->address = aligned(*end, align);
    made->offset = made->address - state->origin;
    *end = made->address + made->size;
    return made->size > 0 ? *end : before;
}

/* Places all sections; returns the size of the file, in which nothing follows the last byte. */
static uint64_t place_all(struct state *state, struct elfgen_assembly *assembly)
{
    const struct asm_section *text = state->sections[0];
    uint64_t end = state->origin, file_end = end;
    if (text->is_named || text->is_used || text->has_label)
        file_end = place(state, assembly, text, &end, file_end);
    for (uint32_t i = 1; i < state->section_count; i++)
        if (state->sections[i]->type != ELFGEN_SHT_NOBITS)
            file_end = place(state, assembly, state->sections[i], &end, file_end);
    for (uint32_t i = 1; i < state->section_count; i++)
        if (state->sections[i]->type == ELFGEN_SHT_NOBITS)
            place(state, assembly, state->sections[i], &end, end);
    return file_end - state->origin;
}

/* Symbols and lines count from the beginning of the file. Sections have no symbols here. */
static bool move_symbols(struct state *state, struct elfgen_assembly *assembly)
{
    const struct elfgen_program *program = &assembly->program;
    const size_t first = program->section_count;
    const size_t count = program->symbol_count - first;
    struct elfgen_symbol *symbols = arena_take(&state->arena, count * sizeof *symbols, 16);
    struct elfgen_assembly_line *lines =
        arena_take(&state->arena, assembly->line_count * sizeof *lines, 16);
    if (!symbols || !lines)
        return false;
    for (size_t i = 0; i < count; i++) {
        symbols[i] = program->symbols[first + i];
        if (symbols[i].section >= program->section_count)
            continue;
        symbols[i].value += program->sections[symbols[i].section].offset;
        symbols[i].section = 0;
    }
    for (size_t i = 0; i < assembly->line_count; i++) {
        lines[i] = assembly->lines[i];
        lines[i].offset += program->sections[lines[i].section].offset;
        lines[i].section = 0;
    }
    assembly->symbols += first;
    assembly->program.symbols = symbols;
    assembly->program.symbol_count = count;
    assembly->lines = lines;
    return true;
}

/* Whether a section is one that NASM places in a way of its own: without bytes, and neither `.data`
 * nor `.bss`. Tells an error. */
static bool has_others(struct state *state)
{
    for (uint32_t i = 1; i < state->section_count; i++) {
        const struct asm_section *section = state->sections[i];
        if (strcmp(section->name, ".data") != 0 && strcmp(section->name, ".bss") != 0 &&
            (section->size == 0 || section->type == ELFGEN_SHT_NOBITS))
            return !asm_error(state, NULL, ELFGEN_UNSUPPORTED,
                              "sections without bytes in a flat file are .data and .bss, not %s",
                              section->name);
    }
    return false;
}

static bool has_outside(struct state *state, const struct elfgen_assembly *assembly)
{
    for (size_t i = 0; i < assembly->program.relocation_count; i++) {
        const struct elfgen_symbol *symbol =
            &assembly->program.symbols[assembly->program.relocations[i].symbol];
        if (symbol->section == ELFGEN_SECTION_UNDEFINED)
            return !asm_error(state, NULL, ELFGEN_UNDEFINED,
                              "a flat file has no symbols from elsewhere, such as %s",
                              symbol->name);
    }
    return false;
}

bool elfgen_asm_flat(struct state *state, struct elfgen_assembly *assembly)
{
    struct elfgen_program *program = &assembly->program;
    struct elfgen_section *whole = arena_take(&state->arena, sizeof *whole, 16);
    struct elfgen_assembly_section *more = arena_take(&state->arena, sizeof *more, 16);
    if (!whole || !more || has_others(state) || has_outside(state, assembly))
        return false;
    const uint64_t size = place_all(state, assembly);
    uint8_t *bytes = size > MOST_BYTES ? NULL : arena_take(&state->arena, (size_t)size, 16);
    if (size > MOST_BYTES)
        return asm_error(state, NULL, ELFGEN_DOES_NOT_FIT,
                         "the file would have more than 2^32 bytes");
    if (!bytes)
        return false;
    memset(bytes, 0, (size_t)size);
    for (size_t i = 0; i < program->section_count; i++)
        if (program->sections[i].bytes && program->sections[i].size > 0)
            memcpy(bytes + program->sections[i].offset, program->sections[i].bytes,
                   (size_t)program->sections[i].size);
    const enum elfgen_status status =
        elfgen_apply_relocations(program, ELFGEN_EM_X86_64, bytes, size, &state->last);
    if (status != ELFGEN_OK)
        return elfgen_asm_told(state, NULL, status);
    if (!move_symbols(state, assembly))
        return false;
    *whole = (struct elfgen_section){
        .name = ".text", .bytes = bytes, .size = size, .align = 1, .permissions = ELFGEN_PF_R};
    *more = (struct elfgen_assembly_section){.type = ELFGEN_SHT_PROGBITS};
    program->sections = whole;
    program->section_count = 1;
    program->relocations = NULL;
    program->relocation_count = 0;
    assembly->sections = more;
    assembly->origin = state->origin;
    return true;
}
