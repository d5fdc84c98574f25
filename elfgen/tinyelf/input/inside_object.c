/* Makes an object for the linker of what the library assembled. Sections and symbols have the
 * numbers that they have in NASM's object. */
#include "inside.h"

#include <stdlib.h>
#include <string.h>

#include "elfgen/arch.h"
#include "inside_private.h"
#include "object_private.h"

/* What the object points into. */
struct assembled {
    struct inside *inside;
    struct file_bytes input;
    char *name;
};

static void release(void *owner)
{
    struct assembled *assembled = owner;
    inside_close(assembled->inside);
    file_free(&assembled->input);
    free(assembled->name);
    free(assembled);
}

/* The same number in an object, where 0 is that of no section. */
static uint32_t home_of(const struct elfgen_assembly *assembly, size_t index)
{
    const uint32_t section = assembly->program.symbols[index].section;
    if (assembly->symbols[index].is_common)
        return LINK_COMMON;
    if (section == ELFGEN_SECTION_UNDEFINED)
        return LINK_UNDEFINED;
    return section == ELFGEN_SECTION_ABSOLUTE ? LINK_ABSOLUTE : section + 1;
}

static uint8_t binding_of(enum elfgen_binding binding)
{
    switch (binding) {
    case ELFGEN_GLOBAL:
        return ELFGEN_STB_GLOBAL;
    case ELFGEN_WEAK:
        return ELFGEN_STB_WEAK;
    case ELFGEN_LOCAL:
        break;
    }
    return ELFGEN_STB_LOCAL;
}

static bool take_sections(struct link_object *object, const struct elfgen_assembly *assembly,
                          const struct object_options *options)
{
    const struct elfgen_program *program = &assembly->program;
    object->sections[0] = (struct link_section){.name = "", .place = LINK_NONE};
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *from = &program->sections[i];
        const struct elfgen_assembly_section *header = &assembly->sections[i];
        struct link_section *to = &object->sections[i + 1];
        *to = (struct link_section){.name = from->name,
                                    .size = from->size,
                                    .align = from->align,
                                    .flags = header->flags,
                                    .entry_size = header->entry_size,
                                    .type = header->type,
                                    .place = LINK_NONE};
        if (!(header->flags & ELFGEN_SHF_ALLOC))
            continue;
        if (!object_supports_section(options, to))
            return false;
        if (header->type != ELFGEN_SHT_NOBITS)
            to->bytes = from->bytes ? from->bytes : (const uint8_t *)"";
    }
    object->section_count = program->section_count + 1;
    return true;
}

static void take_symbols(struct link_object *object, const struct elfgen_assembly *assembly)
{
    const struct elfgen_program *program = &assembly->program;
    object->symbols[0] =
        (struct link_symbol){.name = "", .section = LINK_UNDEFINED, .global = LINK_NONE};
    for (size_t i = 0; i < program->symbol_count; i++) {
        const struct elfgen_symbol *from = &program->symbols[i];
        object->symbols[i + 1] = (struct link_symbol){.name = from->name ? from->name : "",
                                                      .value = from->value,
                                                      .size = from->size,
                                                      .section = home_of(assembly, i),
                                                      .global = LINK_NONE,
                                                      .type = assembly->symbols[i].type,
                                                      .binding = binding_of(from->binding)};
    }
    object->symbol_count = program->symbol_count + 1;
}

/* Relocations of sections that the linker does not read are left out, as object.c does. */
static void take_relocations(struct link_object *object, const struct elfgen_program *program)
{
    for (size_t i = 0; i < program->relocation_count; i++) {
        const struct elfgen_relocation *from = &program->relocations[i];
        struct link_section *section = &object->sections[from->section + 1];
        if (!(section->flags & ELFGEN_SHF_ALLOC))
            continue;
        if (section->relocation_count++ == 0)
            section->first_relocation = (uint32_t)object->relocation_count;
        object->relocations[object->relocation_count] = *from;
        object->relocations[object->relocation_count].section++;
        object->relocations[object->relocation_count++].symbol++;
    }
}

static bool fill(struct link_object *object, const struct elfgen_assembly *assembly,
                 const struct object_options *options)
{
    const struct elfgen_program *program = &assembly->program;
    object->sections = calloc(program->section_count + 1, sizeof *object->sections);
    object->symbols = calloc(program->symbol_count + 1, sizeof *object->symbols);
    object->relocations = calloc(program->relocation_count + 1, sizeof *object->relocations);
    if (!object->sections || !object->symbols || !object->relocations)
        return object_no_memory(options);
    if (!take_sections(object, assembly, options))
        return false;
    take_symbols(object, assembly);
    take_relocations(object, program);
    return true;
}

struct link_object *inside_take_object(struct inside *inside, struct file_bytes *input,
                                       const struct object_options *options)
{
    struct link_object *object = calloc(1, sizeof *object);
    struct assembled *assembled = calloc(1, sizeof *assembled);
    char *name = strdup(options->name);
    if (!object || !assembled || !name) {
        free(object);
        free(assembled);
        free(name);
        inside_close(inside);
        file_free(input);
        object_no_memory(options);
        return NULL;
    }
    *assembled = (struct assembled){inside, *input, name};
    *input = (struct file_bytes){0};
    *object = (struct link_object){
        .name = name, .machine = inside->assembly.machine, .release = release, .owner = assembled};
    if (fill(object, &inside->assembly, options))
        return object;
    link_object_release(object);
    return NULL;
}
