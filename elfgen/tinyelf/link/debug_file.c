/* Writes FILE.debug: the objects' DWARF with the addresses of a program that contains none of it.
 */
#include <stdlib.h>
#include <string.h>

#include "link_private.h"
#include "elfgen/arch.h"
#include "section_headers.h"

/* Concatenates the debug sections of each name. */
struct debug {
    struct link *link;
    struct link_section_headers headers;
    struct link_table names; /* -> section of the headers */
    uint64_t end;            /* of the file so far */
};

static bool is_wanted(const struct link_section *section)
{
    return !(section->flags & ELFGEN_SHF_ALLOC) && section->bytes && !section->discarded &&
           section->size > 0 && strncmp(section->name, ".debug_", 7) == 0;
}

/* Adds a section to the one that all sections of its name form; its `delta` becomes its offset in
 * that. */
static bool measure(struct debug *debug, struct link_section *section)
{
    uint32_t index = (uint32_t)debug->headers.section_count;
    /* DWARF never needs more; a section that asks for 2^40 does not get it. */
    const uint64_t most = 16;
    const uint64_t align = section->align == 0 ? 1 : section->align < most ? section->align : most;
    bool added;
    if (!link_table_put(&debug->names, section->name, strlen(section->name), &index, &added))
        return report_no_memory(&debug->link->reporter);
    struct elfgen_section_header *whole = &debug->headers.sections[index];
    if (added) {
        *whole = (struct elfgen_section_header){
            .name = section->name, .type = ELFGEN_SHT_PROGBITS, .align = align};
        debug->headers.section_count++;
    }
    section->delta = (whole->size + align - 1) & ~(align - 1);
    whole->size = section->delta + section->size;
    whole->align = align > whole->align ? align : whole->align;
    if (section->delta > UINT32_MAX || whole->size > UINT32_MAX) {
        const struct place place = place_section(NULL, section->name, PLACE_NO_OFFSET);
        return report_error(&debug->link->reporter, &place,
                            "all sections of this name pass 2^32 bytes");
    }
    return true;
}

/* Adds the section to the program, outside all segments. Its address is its offset among the
 * sections of its name: DWARF refers to places by that. */
static bool place(struct debug *debug, const struct link_object *object,
                  struct link_section *section)
{
    uint32_t index = 0;
    link_table_get(&debug->names, section->name, strlen(section->name), &index);
    section->live = true;
    section->place = link_add_section(
        debug->link,
        &(struct elfgen_section){.file = object->name,
                                 .name = section->name,
                                 .bytes = section->bytes,
                                 .size = section->size,
                                 .offset = debug->headers.sections[index].offset + section->delta,
                                 .address = section->delta});
    return section->place != LINK_NONE;
}

/* Gives the symbols of debug sections, which have only now been placed, their values. */
static void find_symbols(struct debug *debug, uint32_t object)
{
    const struct link_object *from = debug->link->objects[object];
    struct elfgen_symbol *symbols = &debug->link->symbols[debug->link->symbol_base[object]];
    for (size_t i = 1; i < from->symbol_count; i++) {
        const struct link_symbol *symbol = &from->symbols[i];
        if (symbol->global != LINK_NONE || symbol->section >= from->section_count ||
            !is_wanted(&from->sections[symbol->section]))
            continue;
        symbols[i].section = from->sections[symbol->section].place;
        symbols[i].value = symbol->value;
    }
}

static bool take_relocations(struct debug *debug, uint32_t object,
                             const struct link_section *section)
{
    struct link *link = debug->link;
    const struct link_object *from = link->objects[object];
    for (uint32_t i = 0; i < section->relocation_count; i++) {
        struct elfgen_relocation relocation = from->relocations[section->first_relocation + i];
        if (relocation.type == ELFGEN_R_NONE)
            continue;
        link_point(link, object, &relocation);
        relocation.section = section->place;
        /* Code that was left out gets address 0, which debuggers understand; in lists that end with
         * two zeros, address 1. */
        if (link->symbols[relocation.symbol].section == ELFGEN_SECTION_UNDEFINED)
            relocation.addend = strcmp(section->name, ".debug_ranges") == 0 ||
                                strcmp(section->name, ".debug_loc") == 0;
        if (!link_add_relocation(link, &relocation))
            return false;
    }
    return true;
}

static bool each(struct debug *debug, int pass)
{
    for (uint32_t i = 0; i < debug->link->object_count; i++) {
        const struct link_object *object = debug->link->objects[i];
        for (size_t j = 1; j < object->section_count; j++) {
            struct link_section *section = &object->sections[j];
            if (is_wanted(section) && !(pass == 0   ? measure(debug, section)
                                        : pass == 1 ? place(debug, object, section)
                                                    : take_relocations(debug, i, section)))
                return false;
        }
        if (pass == 1)
            find_symbols(debug, i);
    }
    return true;
}

/* Sets the offsets of the debug sections in the file, after the ELF header. */
static void set_offsets(struct debug *debug, size_t loaded)
{
    for (size_t i = 0; i < debug->headers.section_count; i++) {
        struct elfgen_section_header *section = &debug->headers.sections[i];
        if (i < loaded) { /* its bytes are in the program */
            section->type = ELFGEN_SHT_NOBITS;
            section->offset = debug->end;
            continue;
        }
        section->offset = (debug->end + section->align - 1) & ~(section->align - 1);
        debug->end = section->offset + section->size;
    }
}

static void set_field(uint8_t *ehdr, enum elfgen_class class_, const char *name, uint64_t value)
{
    const struct elfgen_structure *structure = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    for (size_t i = 0; i < structure->count; i++)
        if (strcmp(structure->fields[i].name, name) == 0)
            elfgen_field_set(&structure->fields[i], class_, ELFGEN_LITTLE_ENDIAN, ehdr, value);
}

/* Writes the ELF header, without program headers since nobody runs this file, then the sections'
 * bytes, and applies their relocations. */
static uint8_t *write_file(struct debug *debug, const uint8_t *image)
{
    struct link *link = debug->link;
    const enum elfgen_class class_ = elfgen_arch_find(link->options.machine)->class_;
    const size_t first = link->program.section_count;
    struct elfgen_error error;
    struct elfgen_program program = link->program;
    uint8_t *file = calloc(1, (size_t)debug->end);
    if (!file) {
        report_error(&link->reporter, NULL, NO_MEMORY " for %llu bytes",
                     (unsigned long long)debug->end);
        return NULL;
    }
    memcpy(file, image, elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, class_));
    set_field(file, class_, "e_phoff", 0);
    set_field(file, class_, "e_phnum", 0);
    set_field(file, class_, "e_phentsize", 0);
    program.sections = link->sections;
    program.section_count = link->section_count;
    program.relocations = link->relocations;
    program.relocation_count = link->relocation_count;
    for (size_t i = first; i < link->section_count; i++)
        memcpy(file + link->sections[i].offset, link->sections[i].bytes,
               (size_t)link->sections[i].size);
    if (elfgen_apply_relocations(&program, link->options.machine, file, debug->end, &error) ==
        ELFGEN_OK)
        return file;
    report_library_error(&link->reporter, NULL, &error);
    free(file);
    return NULL;
}

uint8_t *link_debug_file(struct link *link, const struct elfgen_layout *layout,
                         const uint8_t *image, size_t *size)
{
    struct debug debug = {.link = link, .end = layout->header_size};
    size_t wanted = 0;
    for (size_t i = 0; i < link->object_count; i++)
        for (size_t j = 1; j < link->objects[i]->section_count; j++)
            wanted += is_wanted(&link->objects[i]->sections[j]);
    bool done = link_make_section_headers(link, wanted, &debug.headers);
    const size_t loaded = debug.headers.section_count;
    link->relocation_count = 0;
    done = done && each(&debug, 0);
    if (done)
        set_offsets(&debug, loaded);
    uint8_t *file = done && each(&debug, 1) && each(&debug, 2) ? write_file(&debug, image) : NULL;
    *size = (size_t)debug.end;
    link_table_free(&debug.names);
    return file ? link_put_section_headers(link, &debug.headers, file, size) : NULL;
}
