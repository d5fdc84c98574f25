/* Lists where a linked program has absolute addresses of its own. */
#include <stdlib.h>

#include "build.h"
#include "cli/cli.h"

enum { SHORTEST = 4 };

static int by_value(const void *a, const void *b)
{
    const uint32_t *first = a, *second = b;
    return *first < *second ? -1 : *first > *second;
}

/* Whether a relocation stores an address of the program, or something that may be one. */
static bool is_address(const struct elfgen_program *program, uint16_t machine,
                       const struct elfgen_relocation *relocation)
{
    return elfgen_relocation_width(machine, relocation->type) >= SHORTEST &&
           !elfgen_relocation_is_relative(machine, relocation->type) &&
           program->sections[relocation->section].bytes != NULL;
}

static int by_address(const void *a, const void *b)
{
    const uint64_t *first = a, *second = b;
    return *first < *second ? -1 : *first > *second;
}

/* Drops bounds after `low`, up to `high`: code uses what is around them as one object. */
static void drop_bounds(struct build_made *made, uint64_t low, uint64_t high)
{
    size_t kept = 0;
    for (size_t i = 0; i < made->bound_count; i++)
        if (made->bounds[i] <= low || made->bounds[i] > high)
            made->bounds[kept++] = made->bounds[i];
    made->bound_count = kept;
}

/* An address outside of its symbol's section, or at its end, belongs to that section. */
static void join_sections(const struct elfgen_program *program, uint16_t machine,
                          const struct elfgen_relocation *relocation, struct build_made *made)
{
    enum { AFTER = 4 }; /* a relative one counts from the end of the instruction */
    const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
    if (symbol->section >= program->section_count)
        return;
    const struct elfgen_section *section = &program->sections[symbol->section];
    uint64_t at = section->address + symbol->value + (uint64_t)relocation->addend;
    if (elfgen_relocation_is_relative(machine, relocation->type))
        at += AFTER;
    if (at < section->address)
        drop_bounds(made, at, section->address);
    else if (at >= section->address + section->size)
        drop_bounds(made, section->address + section->size - 1, at);
}

static bool list_bounds(const struct elfgen_program *program, uint16_t machine,
                        struct build_made *made)
{
    made->bounds = malloc((2 * program->section_count + 1) * sizeof *made->bounds);
    if (!made->bounds)
        return message_no_memory("build");
    made->bound_count = 0;
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *section = &program->sections[i];
        if (section->size == 0)
            continue;
        made->bounds[made->bound_count++] = section->address;
        made->bounds[made->bound_count++] = section->address + section->size;
    }
    if (made->bound_count > 0)
        qsort(made->bounds, made->bound_count, sizeof *made->bounds, by_address);
    for (size_t i = 0; i < program->relocation_count; i++)
        join_sections(program, machine, &program->relocations[i], made);
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct elfgen_relocation *first = a, *second = b;
    if (first->section != second->section)
        return first->section < second->section ? -1 : 1;
    return first->offset < second->offset ? -1 : first->offset > second->offset;
}

static bool list_references(const struct elfgen_program *program, uint16_t machine,
                            struct build_made *made)
{
    made->sections = malloc((program->section_count + 1) * sizeof *made->sections);
    made->references = malloc((program->relocation_count + 1) * sizeof *made->references);
    if (!made->sections || !made->references)
        return message_no_memory("build");
    made->section_count = program->section_count;
    for (size_t i = 0; i < program->section_count; i++) {
        made->sections[i] = program->sections[i];
        made->sections[i].bytes = NULL;
        made->sections[i].file = made->sections[i].name = NULL;
        if (!program->sections[i].bytes)
            made->sections[i].offset = ELFGEN_NOWHERE;
    }
    for (size_t i = 0; i < program->relocation_count; i++) {
        struct elfgen_relocation reference = program->relocations[i];
        const struct elfgen_symbol *symbol = &program->symbols[reference.symbol];
        if (symbol->section >= program->section_count ||
            elfgen_relocation_width(machine, reference.type) == 0)
            continue;
        reference.symbol = symbol->section;
        reference.addend += (int64_t)symbol->value;
        made->references[made->reference_count++] = reference;
    }
    if (made->reference_count > 0)
        qsort(made->references, made->reference_count, sizeof *made->references, by_place);
    return true;
}

bool build_addresses(const struct elfgen_program *program, uint16_t machine,
                     struct build_made *made)
{
    made->addresses = malloc((program->relocation_count + 1) * sizeof *made->addresses);
    if (!made->addresses)
        return message_no_memory("build");
    made->address_count = 0;
    for (size_t i = 0; i < program->relocation_count; i++) {
        const struct elfgen_relocation *relocation = &program->relocations[i];
        if (is_address(program, machine, relocation))
            made->addresses[made->address_count++] =
                (uint32_t)(program->sections[relocation->section].offset + relocation->offset);
    }
    if (made->address_count > 0)
        qsort(made->addresses, made->address_count, sizeof *made->addresses, by_value);
    return list_bounds(program, machine, made) && list_references(program, machine, made);
}
