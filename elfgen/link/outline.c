/* What section headers and a symbol table say of a program that is laid out: for tools that ask. */
#include "outline.h"

#include <stdlib.h>
#include <string.h>

#include "link.h"

/* The section of which `name` is a part: compilers write .text.main so that parts can be left out.
 */
static const char *whole_name(const char *name)
{
    static const char *const wholes[] = {".text", ".rodata", ".data", ".bss"};
    for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++) {
        size_t length = strlen(wholes[i]);
        if (strncmp(name, wholes[i], length) == 0 && (name[length] == '.' || name[length] == '\0'))
            return wholes[i];
    }
    return name;
}

static struct elfgen_section_header section_of(const struct elfgen_section *section)
{
    const bool common = !section->bytes && *section->name != '.';
    return (struct elfgen_section_header){
        .name = common ? ".bss" : whole_name(section->name),
        .type = section->bytes ? ELFGEN_SHT_PROGBITS : ELFGEN_SHT_NOBITS,
        .flags = ELFGEN_SHF_ALLOC |
                 (section->permissions & ELFGEN_PF_W ? (uint64_t)ELFGEN_SHF_WRITE : 0) |
                 (section->permissions & ELFGEN_PF_X ? (uint64_t)ELFGEN_SHF_EXECINSTR : 0),
        .address = section->address,
        .offset = section->offset,
        .size = section->size,
        .align = section->align,
    };
}

static bool continues(const struct elfgen_section_header *last,
                      const struct elfgen_section_header *next)
{
    return last->type == next->type && last->flags == next->flags &&
           strcmp(last->name, next->name) == 0;
}

/* Sections of one kind that stand side by side become one. headers[] says which, by section. */
static bool outline_sections(struct link *link, struct link_outline *outline)
{
    const struct elfgen_program *program = &link->program;
    outline->sections =
        link_keep(link, (program->section_count + outline->extra) * sizeof *outline->sections);
    outline->headers = link_keep(link, program->section_count * sizeof *outline->headers);
    if (!outline->sections || !outline->headers)
        return false;
    for (size_t i = 0; i < program->section_count; i++) {
        const uint32_t index = program->order[i];
        const struct elfgen_section *section = &program->sections[index];
        struct elfgen_section_header next = section_of(section);
        outline->headers[index] = ELFGEN_SYMBOL_ABSOLUTE;
        if (section->size == 0)
            continue;
        struct elfgen_section_header *last =
            outline->section_count ? &outline->sections[outline->section_count - 1] : NULL;
        if (last && continues(last, &next)) {
            last->size = next.address + next.size - last->address;
            last->align = next.align > last->align ? next.align : last->align;
        } else {
            outline->sections[outline->section_count++] = next;
        }
        outline->headers[index] = (uint32_t)outline->section_count - 1;
    }
    /* The alignment of a run is its first address' at most. */
    for (size_t i = 0; i < outline->section_count; i++) {
        struct elfgen_section_header *section = &outline->sections[i];
        while (section->align > 1 && section->address & (section->align - 1))
            section->align /= 2;
    }
    return true;
}

static void add_symbol(const struct link *link, struct link_outline *outline, const char *name,
                       const struct elfgen_symbol *symbol, uint8_t type, uint8_t binding)
{
    struct elfgen_symbol_entry *added = &outline->symbols[outline->symbol_count];
    uint64_t address;
    if (!*name || symbol->section == ELFGEN_SECTION_UNDEFINED ||
        elfgen_symbol_address(&link->program, symbol, &address, NULL) != ELFGEN_OK)
        return;
    const bool absolute = symbol->section == ELFGEN_SECTION_ABSOLUTE;
    *added = (struct elfgen_symbol_entry){
        .name = name,
        .value = address,
        .size = symbol->size,
        .type = type,
        .binding = binding,
        .section = absolute ? ELFGEN_SYMBOL_ABSOLUTE : outline->headers[symbol->section],
    };
    outline->symbol_count++;
}

/* Each symbol once: where it is defined, or, of what the linker and COMMON define, by its name. */
static bool outline_symbols(struct link *link, struct link_outline *outline)
{
    size_t most = link->global_count;
    for (size_t i = 0; i < link->object_count; i++)
        most += link->objects[i]->symbol_count;
    outline->symbols = link_keep(link, most * sizeof *outline->symbols);
    if (!outline->symbols)
        return false;
    for (uint32_t i = 0; i < link->object_count; i++) {
        const struct link_object *object = link->objects[i];
        for (uint32_t j = 1; j < object->symbol_count; j++) {
            const struct link_symbol *symbol = &object->symbols[j];
            const struct link_global *global =
                symbol->global == LINK_NONE ? NULL : &link->globals[symbol->global];
            bool known = global &&
                         (global->claim == LINK_CLAIM_COMMON || global->claim == LINK_CLAIM_LINKER);
            bool ours = !global || (global->object == i && global->symbol == j) ||
                        (known && !outline->named[symbol->global]);
            if (!ours || symbol->type == ELFGEN_STT_SECTION || symbol->type == ELFGEN_STT_FILE)
                continue;
            if (known)
                outline->named[symbol->global] = true;
            add_symbol(link, outline, symbol->name, &link->symbols[link->symbol_base[i] + j],
                       symbol->type, symbol->binding);
        }
    }
    return true;
}

bool link_outline(struct link *link, size_t extra, struct link_outline *outline)
{
    *outline = (struct link_outline){.extra = extra};
    outline->named = link_keep(link, link->global_count * sizeof *outline->named);
    return outline->named && outline_sections(link, outline) && outline_symbols(link, outline);
}

uint8_t *link_write_outline(struct link *link, const struct link_outline *outline, uint8_t *file,
                            size_t *size)
{
    struct elfgen_error error;
    const enum elfgen_class class_ =
        link->machine == ELFGEN_EM_X86_64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32;
    const struct elfgen_section_headers whole = {outline->sections, outline->section_count,
                                                 outline->symbols, outline->symbol_count};
    size_t room = elfgen_write_section_headers(NULL, 0, *size, class_, &whole, &error);
    uint8_t *larger = room ? realloc(file, room) : NULL;
    if (larger)
        room = elfgen_write_section_headers(larger, room, *size, class_, &whole, &error);
    if (!larger || room == 0) {
        link_say(link, "section headers and symbols: %s", room ? "out of memory" : error.text);
        free(larger ? larger : file);
        return NULL;
    }
    *size = room;
    return larger;
}
