/* Makes section headers and a symbol table for a program that is laid out. */
#include "section_headers.h"

#include <stdlib.h>
#include <string.h>

#include "link_private.h"
#include "elfgen/arch.h"

/* The output section's name: compilers write .text.main so that linkers can leave out parts of
 * .text. */
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

/* Makes one header of adjacent sections of one kind; header_of[] tells which, by section. */
static bool add_sections(struct link *link, struct link_section_headers *headers)
{
    const struct elfgen_program *program = &link->program;
    headers->sections =
        link_keep(link, (program->section_count + headers->extra) * sizeof *headers->sections);
    headers->header_of = link_keep(link, program->section_count * sizeof *headers->header_of);
    if (!headers->sections || !headers->header_of)
        return false;
    for (size_t i = 0; i < program->section_count; i++) {
        const uint32_t index = program->order[i];
        const struct elfgen_section *section = &program->sections[index];
        struct elfgen_section_header next = section_of(section);
        headers->header_of[index] = ELFGEN_SYMBOL_ABSOLUTE;
        if (section->size == 0)
            continue;
        struct elfgen_section_header *last =
            headers->section_count ? &headers->sections[headers->section_count - 1] : NULL;
        if (last && continues(last, &next)) {
            last->size = next.address + next.size - last->address;
            last->align = next.align > last->align ? next.align : last->align;
        } else {
            headers->sections[headers->section_count++] = next;
        }
        headers->header_of[index] = (uint32_t)headers->section_count - 1;
    }
    /* A header's alignment is at most that of its address. */
    for (size_t i = 0; i < headers->section_count; i++) {
        struct elfgen_section_header *section = &headers->sections[i];
        while (section->align > 1 && section->address & (section->align - 1))
            section->align /= 2;
    }
    return true;
}

static void add_symbol(const struct link *link, struct link_section_headers *headers,
                       const char *name, const struct elfgen_symbol *symbol, uint8_t type,
                       uint8_t binding)
{
    struct elfgen_symbol_entry *added = &headers->symbols[headers->symbol_count];
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
        .section = absolute ? ELFGEN_SYMBOL_ABSOLUTE : headers->header_of[symbol->section],
    };
    headers->symbol_count++;
}

/* Adds each symbol once: where it is defined or, for COMMON symbols and the linker's own, where it
 * is first mentioned. */
static bool add_symbols(struct link *link, struct link_section_headers *headers)
{
    size_t most = link->global_count;
    for (size_t i = 0; i < link->object_count; i++)
        most += link->objects[i]->symbol_count;
    headers->symbols = link_keep(link, most * sizeof *headers->symbols);
    if (!headers->symbols)
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
                        (known && !headers->named[symbol->global]);
            if (!ours || symbol->type == ELFGEN_STT_SECTION || symbol->type == ELFGEN_STT_FILE)
                continue;
            if (known)
                headers->named[symbol->global] = true;
            add_symbol(link, headers, symbol->name, &link->symbols[link_symbol_number(link, i, j)],
                       symbol->type, symbol->binding);
        }
    }
    return true;
}

bool link_make_section_headers(struct link *link, size_t extra,
                               struct link_section_headers *headers)
{
    *headers = (struct link_section_headers){.extra = extra};
    headers->named = link_keep(link, link->global_count * sizeof *headers->named);
    return headers->named && add_sections(link, headers) && add_symbols(link, headers);
}

uint8_t *link_put_section_headers(struct link *link, const struct link_section_headers *headers,
                                  uint8_t *file, size_t *size)
{
    struct elfgen_error error;
    const enum elfgen_class class_ = elfgen_arch_find(link->options.machine)->class_;
    const struct elfgen_section_headers whole = {headers->sections, headers->section_count,
                                                 headers->symbols, headers->symbol_count};
    size_t room = elfgen_write_section_headers(NULL, 0, *size, class_, &whole, &error);
    uint8_t *larger = room ? realloc(file, room) : NULL;
    if (larger)
        room = elfgen_write_section_headers(larger, room, *size, class_, &whole, &error);
    if (!larger || room == 0) {
        if (room)
            report_no_memory(&link->reporter);
        else
            report_library_error(&link->reporter, NULL, &error);
        free(larger ? larger : file);
        return NULL;
    }
    *size = room;
    return larger;
}

uint8_t *link_write_section_headers(struct link *link, uint8_t *file, size_t *size)
{
    struct link_section_headers headers;
    if (link_make_section_headers(link, 0, &headers))
        return link_put_section_headers(link, &headers, file, size);
    free(file);
    return NULL;
}
