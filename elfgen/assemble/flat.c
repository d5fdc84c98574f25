/* Makes a flat file of a program: sections one after another, addresses stored. */
#include "flat.h"

#include <string.h>

/* A flat file has `.text` first, then the others as they come, at multiples of 4 unless they say
 * something else. What has no bytes in the file comes after the section that the source made before
 * it; `.bss` after the last one with bytes. */
enum { USUAL_ALIGN = 4 };

static uint64_t aligned(uint64_t address, uint64_t align)
{
    return address + (-address & (align - 1));
}

/* A section's row in the program; NULL: it is `.text`, which is not there. */
static struct elfgen_section *row_of(const struct elfgen_assembly *assembly,
                                     const struct asm_section *section)
{
    const bool is_there = section->is_named || section->is_used || section->has_label;
    return is_there ? &assembly->program.sections[section->order] : NULL;
}

/* Places a section at an address. */
static void place(const struct state *state, const struct elfgen_assembly *assembly,
                  struct asm_section *section, uint64_t address)
{
    struct elfgen_section *row = row_of(assembly, section);
    section->address = address;
    if (row) {
        row->address = address;
        row->offset = address - state->origin;
    }
}

/* Where a section begins that follows another. */
static uint64_t after(const struct asm_section *before, const struct asm_section *section)
{
    return aligned(before->address + before->size,
                   section->said_align ? section->said_align : USUAL_ALIGN);
}

/* Places all sections; within the first one addresses may wrap at 2^64, as NASM has it. Returns the
 * size of the file, in which nothing follows the last byte; it may be more than MOST_BYTES. */
static uint64_t place_all(struct state *state, struct elfgen_assembly *assembly)
{
    struct asm_section *last = state->sections[0];
    const uint64_t first_align = state->has_origin && last->said_align ? last->said_align : 1;
    uint64_t size = 0;
    place(state, assembly, last, aligned(state->origin, first_align));
    for (uint32_t i = 0; i < state->section_count; i++) {
        struct asm_section *section = state->sections[i];
        if (section->type == ELFGEN_SHT_NOBITS)
            continue;
        if (i > 0)
            place(state, assembly, section, after(last, section));
        const uint64_t offset = section->address - state->origin;
        const bool is_wrapped = i > 0 && section->address + section->size < state->origin;
        if (offset > MOST_BYTES || section->size > MOST_BYTES || is_wrapped)
            return UINT64_MAX;
        size = section->size > 0 ? offset + section->size : size;
        last = section;
    }
    for (uint32_t i = 1; i < state->section_count; i++) {
        struct asm_section *section = state->sections[i];
        if (section->type == ELFGEN_SHT_NOBITS)
            place(
                state, assembly, section,
                after(strcmp(section->name, ".bss") == 0 ? last : state->sections[i - 1], section));
    }
    return size;
}

/* Symbols and lines count from the beginning of the file. Sections have no symbols here, and
 * neither has what relocations against nothing name. */
static bool move_symbols(struct state *state, struct elfgen_assembly *assembly)
{
    const struct elfgen_program *program = &assembly->program;
    const size_t first = program->section_count;
    size_t count = program->symbol_count - first;
    count -= count > 0 && !program->symbols[first + count - 1].name[0];
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

/* Stores addresses: what has no room for one keeps its lowest bytes. */
static void store_addresses(const struct elfgen_program *program, uint8_t *bytes)
{
    for (size_t i = 0; i < program->relocation_count; i++) {
        const struct elfgen_relocation *row = &program->relocations[i];
        const struct elfgen_section *section = &program->sections[row->section];
        const struct elfgen_symbol *symbol = &program->symbols[row->symbol];
        const uint64_t offset = section->offset + row->offset;
        uint64_t value = symbol->value + (uint64_t)row->addend;
        if (symbol->section < program->section_count)
            value += program->sections[symbol->section].address;
        if (elfgen_relocation_is_relative(ELFGEN_EM_X86_64, row->type))
            value -= section->address + row->offset;
        const unsigned width = elfgen_relocation_width(ELFGEN_EM_X86_64, row->type);
        for (unsigned byte = 0; byte < width; byte++)
            bytes[offset + byte] = (uint8_t)(value >> 8 * byte);
    }
}

bool elfgen_asm_flat(struct state *state, struct elfgen_assembly *assembly)
{
    struct elfgen_program *program = &assembly->program;
    struct elfgen_section *whole = arena_take(&state->arena, sizeof *whole, 16);
    struct elfgen_assembly_section *more = arena_take(&state->arena, sizeof *more, 16);
    if (!whole || !more)
        return false;
    const uint64_t size = place_all(state, assembly);
    if (size > MOST_BYTES) {
        const struct elfgen_source_place nowhere = {0};
        elfgen_error_set(&state->last, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                         "the file would have more than 2^32 bytes, or addresses above 2^64");
        return elfgen_asm_tell_last(state, &nowhere);
    }
    uint8_t *bytes = arena_take(&state->arena, (size_t)size, 16);
    if (!bytes)
        return false;
    memset(bytes, 0, (size_t)size);
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *from = &program->sections[i];
        if (from->bytes && from->size > 0)
            memcpy(bytes + from->offset, from->bytes, (size_t)from->size);
    }
    store_addresses(program, bytes);
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
