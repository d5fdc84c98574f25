/* Makes one program of all live sections: its symbol table, GOT slots, and relocations that the
 * library can apply. */
#include <string.h>

#include "base/populate.h"
#include "link_private.h"
#include "elfgen/arch.h"

/* Indices in the program's symbol table: the entry, one symbol per section, then the others. */
enum { SYMBOL_ENTRY, SYMBOL_SECTIONS };

uint32_t link_symbol_number(const struct link *link, uint32_t object, uint32_t index)
{
    const uint32_t global = link->objects[object]->symbols[index].global;
    return global == LINK_NONE ? link->symbol_base[object] + index : link->global_base + global;
}

static bool place_sections(struct link *link)
{
    for (size_t i = 0; i < link->object_count; i++) {
        const struct link_object *object = link->objects[i];
        for (size_t j = 1; j < object->section_count; j++) {
            struct link_section *section = &object->sections[j];
            if (!section->live || section->merges || section->place != LINK_NONE)
                continue;
            section->place = link_add_section(
                link, &(struct elfgen_section){.file = object->name,
                                               .name = section->name,
                                               .bytes = section->bytes,
                                               .size = section->size,
                                               .align = section->align,
                                               .permissions = link_permissions(section)});
            if (section->place == LINK_NONE)
                return false;
        }
    }
    return true;
}

static bool place_commons(struct link *link)
{
    for (size_t i = 0; i < link->global_count; i++) {
        struct link_global *global = &link->globals[i];
        if (global->claim != LINK_CLAIM_COMMON || !global->live)
            continue;
        global->section = link_add_section(
            link, &(struct elfgen_section){.file = link->objects[global->object]->name,
                                           .name = global->name,
                                           .size = global->size,
                                           .align = global->align,
                                           .permissions = ELFGEN_PF_R | ELFGEN_PF_W});
        if (global->section == LINK_NONE)
            return false;
    }
    return true;
}

/* Whether all addresses will fit 31 bits, judged by the sizes. */
static bool is_low(const struct link *link)
{
    const uint64_t limit = UINT64_C(1) << 31;
    uint64_t end = link->options.base + 0x10000;
    for (size_t i = 0; i < link->section_count && end < limit; i++) {
        const struct elfgen_section *section = &link->sections[i];
        end += section->align < limit ? section->align : limit;
        end += section->size < limit ? section->size : limit;
    }
    return link->options.base < limit && end < limit;
}

/* The symbol that defines a global one, and the object that it is in; NULL: none does. */
static const struct link_symbol *definition(const struct link *link,
                                            const struct link_object **object,
                                            const struct link_global *global)
{
    if (global->object == LINK_NONE)
        return NULL;
    *object = link->objects[global->object];
    return (*object)->symbols + global->symbol;
}

/* Finds where an offset in an object's section is in the program. Returns false if it is not there.
 */
static bool locate(const struct link_section *section, uint64_t offset, uint32_t *place,
                   uint64_t *value)
{
    const struct link_piece *piece = link_piece_at(section, offset);
    if (section->merges && (!piece || !piece->live || piece->section == LINK_NONE))
        return false;
    *place = piece ? piece->section : section->place;
    *value = piece ? piece->place + (offset - piece->offset) : section->delta + offset;
    return section->live && *place != LINK_NONE;
}

/* A symbol of the program for one that an object defines. */
static struct elfgen_symbol defined_symbol(const struct link_object *object,
                                           const struct link_symbol *symbol)
{
    struct elfgen_symbol made = {.name = symbol->name,
                                 .section = ELFGEN_SECTION_UNDEFINED,
                                 .binding = ELFGEN_WEAK,
                                 .size = symbol->size};
    if (symbol->section == LINK_ABSOLUTE) {
        made.section = ELFGEN_SECTION_ABSOLUTE;
        made.value = symbol->value;
    } else if (symbol->section < object->section_count) {
        const struct link_section *section = &object->sections[symbol->section];
        if (symbol->type == ELFGEN_STT_SECTION)
            made.name = section->name;
        locate(section, symbol->value, &made.section, &made.value);
    }
    return made;
}

static struct elfgen_symbol global_symbol(const struct link *link, const struct link_global *global)
{
    struct elfgen_symbol made = {
        .name = global->name, .section = ELFGEN_SECTION_UNDEFINED, .binding = ELFGEN_WEAK};
    const struct link_object *object;
    if (global->claim == LINK_CLAIM_LINKER || global->claim == LINK_CLAIM_COMMON) {
        made.size = global->size;
        made.value = global->value;
        made.section = global->section != LINK_NONE         ? global->section
                       : global->claim == LINK_CLAIM_LINKER ? ELFGEN_SECTION_ABSOLUTE
                                                            : ELFGEN_SECTION_UNDEFINED;
        return made;
    }
    const struct link_symbol *symbol = definition(link, &object, global);
    return symbol ? defined_symbol(object, symbol) : made;
}

/* The program's symbols: the entry, one a section, each object's local ones, and global ones once.
 */
static bool make_symbols(struct link *link)
{
    size_t count = SYMBOL_SECTIONS + link->section_count;
    link->symbol_base = link_keep(link, link->object_count * sizeof *link->symbol_base);
    if (!link->symbol_base)
        return false;
    for (size_t i = 0; i < link->object_count; i++) {
        link->symbol_base[i] = (uint32_t)count;
        count += link->objects[i]->local_count;
    }
    link->global_base = (uint32_t)count;
    count += link->global_count;
    if (count >= UINT32_MAX)
        return report_error(&link->reporter, NULL, "more than 2^32 symbols");
    link->symbols = link_keep(link, count * sizeof *link->symbols);
    if (!link->symbols)
        return false;
    populate(link->symbols, count * sizeof *link->symbols);
    for (size_t i = 0; i < link->section_count; i++)
        link->symbols[SYMBOL_SECTIONS + i] =
            (struct elfgen_symbol){.name = link->sections[i].name, .section = (uint32_t)i};
    for (size_t i = 0; i < link->object_count; i++) {
        const struct link_object *from = link->objects[i];
        struct elfgen_symbol *to = &link->symbols[link->symbol_base[i]];
        for (size_t j = 1; j < from->local_count; j++)
            to[j] = defined_symbol(from, &from->symbols[j]);
        if (from->local_count > 0) /* symbol 0 is the null symbol, at address 0 */
            to[0] = (struct elfgen_symbol){.name = "", .section = ELFGEN_SECTION_ABSOLUTE};
    }
    for (size_t i = 0; i < link->global_count; i++)
        link->symbols[link->global_base + i] = global_symbol(link, &link->globals[i]);
    uint32_t object, symbol;
    if (link->options.entry && link_find_entry(link, &object, &symbol))
        link->symbols[SYMBOL_ENTRY] = link->symbols[link_symbol_number(link, object, symbol)];
    else
        link->symbols[SYMBOL_ENTRY] =
            (struct elfgen_symbol){.name = "", .section = ELFGEN_SECTION_ABSOLUTE};
    link->symbols[SYMBOL_ENTRY].binding = ELFGEN_GLOBAL;
    link->program.symbols = link->symbols;
    link->program.symbol_count = count;
    link->program.got = &link->symbols[SYMBOL_SECTIONS + link->got];
    return true;
}

/* Finds a symbol's GOT slot, which is added at the first request. All objects share the slot of a
 * global symbol. */
static bool find_slot(struct link *link, uint32_t object, uint32_t index, uint64_t *offset)
{
    const struct elfgen_arch *arch = elfgen_arch_find(link->options.machine);
    const uint32_t name = link->objects[object]->symbols[index].global;
    uint32_t *key = link_keep(link, 2 * sizeof *key), slot = (uint32_t)link->slot_count;
    bool added;
    if (!key)
        return false;
    key[0] = name == LINK_NONE ? object : LINK_NONE;
    key[1] = name == LINK_NONE ? index : name;
    if (!link_table_put(&link->slots, key, 2 * sizeof *key, &slot, &added))
        return report_no_memory(&link->reporter);
    *offset = (uint64_t)slot * elfgen_address_size(arch->class_);
    if (!added)
        return true;
    link->slot_count++;
    return link_add_relocation(
        link, &(struct elfgen_relocation){.section = link->got,
                                          .symbol = link_symbol_number(link, object, index),
                                          .type = arch->address_relocation,
                                          .offset = *offset});
}

/* Rewrites an instruction that loads an address from the GOT into one that contains the address. */
static bool relax(struct link *link, const struct link_object *object,
                  const struct link_section *section, struct elfgen_relocation *relocation,
                  bool *relaxed)
{
    const struct link_object *from = object;
    const struct link_symbol *symbol = &object->symbols[relocation->symbol];
    const struct link_symbol *defined =
        symbol->global == LINK_NONE ? NULL
                                    : definition(link, &from, &link->globals[symbol->global]);
    symbol = defined ? defined : symbol;
    struct elfgen_section *placed = &link->sections[section->place];
    *relaxed = false;
    if ((symbol->section == LINK_ABSOLUTE && symbol->value >= UINT64_C(1) << 31) ||
        !elfgen_can_relax(link->options.machine, section->bytes, section->size, relocation))
        return true;
    uint8_t *bytes = link_own(placed->bytes); /* ours, if not the object's */
    if (placed->bytes == section->bytes) {
        bytes = link_keep(link, (size_t)section->size);
        if (!bytes)
            return false;
        memcpy(bytes, section->bytes, (size_t)section->size);
        placed->bytes = bytes;
    }
    *relaxed =
        elfgen_relax(link->options.machine, bytes + section->delta, section->size, relocation);
    return true;
}

void link_point(const struct link *link, uint32_t from, struct elfgen_relocation *relocation)
{
    const struct link_object *object = link->objects[from];
    const struct link_symbol *symbol = &object->symbols[relocation->symbol];
    uint32_t place;
    uint64_t value;
    relocation->symbol = link_symbol_number(link, from, relocation->symbol);
    /* In a section of pieces, the addend tells which piece is meant. */
    if (symbol->type == ELFGEN_STT_SECTION && symbol->section < object->section_count &&
        object->sections[symbol->section].merges &&
        locate(&object->sections[symbol->section], symbol->value + (uint64_t)relocation->addend,
               &place, &value)) {
        relocation->symbol = SYMBOL_SECTIONS + place;
        relocation->addend = (int64_t)value;
    }
}

/* Adds one of an object's relocations to the program's. */
static bool take_relocation(struct link *link, uint32_t from, const struct link_section *section,
                            struct elfgen_relocation relocation, bool low)
{
    const struct link_object *object = link->objects[from];
    uint32_t plain;
    if (relocation.type == ELFGEN_R_NONE)
        return true; /* its only effect was to keep its symbol */
    enum elfgen_got_use use = elfgen_relocation_got(link->options.machine, section->bytes,
                                                    section->size, &relocation, &plain);
    bool relaxed = false;
    if (use == ELFGEN_GOT_SLOT && low && !relax(link, object, section, &relocation, &relaxed))
        return false;
    if (!relaxed)
        relocation.type = plain;
    if (use != ELFGEN_GOT_NONE && !relaxed) {
        uint64_t offset = 0;
        if (use == ELFGEN_GOT_SLOT && !find_slot(link, from, relocation.symbol, &offset))
            return false;
        relocation.symbol = SYMBOL_SECTIONS + link->got;
        relocation.addend = (int64_t)((uint64_t)relocation.addend + offset);
    } else {
        link_point(link, from, &relocation);
    }
    relocation.section = section->place;
    relocation.offset += section->delta;
    return link_add_relocation(link, &relocation);
}

static bool take_relocations(struct link *link)
{
    const bool low = is_low(link);
    size_t most = 0;
    for (size_t i = 0; i < link->object_count; i++)
        most += link->objects[i]->relocation_count;
    if (!link_grow(link, &link->relocations, most, &link->relocation_capacity,
                   sizeof *link->relocations))
        return false;
    populate(link->relocations, most * sizeof *link->relocations);
    for (uint32_t i = 0; i < link->object_count; i++) {
        const struct link_object *object = link->objects[i];
        for (size_t j = 1; j < object->section_count; j++) {
            const struct link_section *section = &object->sections[j];
            for (uint32_t k = 0; section->live && k < section->relocation_count; k++)
                if (!take_relocation(link, i, section,
                                     object->relocations[section->first_relocation + k], low))
                    return false;
        }
    }
    return true;
}

/* Makes room for the slots, which relocations fill. */
static bool fill_got(struct link *link)
{
    struct elfgen_section *got = &link->sections[link->got];
    got->size = link->slot_count * got->align;
    got->bytes = link_keep(link, (size_t)got->size + 1);
    return got->bytes != NULL;
}

bool link_emit(struct link *link)
{
    if (!place_sections(link) || !place_commons(link) || !make_symbols(link) ||
        !take_relocations(link) || !fill_got(link))
        return false;
    struct elfgen_program *program = &link->program;
    program->sections = link->sections;
    program->section_count = link->section_count;
    program->relocations = link->relocations;
    program->relocation_count = link->relocation_count;
    program->entry_symbol = link->options.entry;
    program->order = link_keep(link, (link->section_count + 1) * sizeof *program->order);
    return program->order != NULL;
}
