/* Finds the strings and symbols that a claim's value is an index of. */
#include "lookup.h"

#include "record_fields.h"

/* The section that the claim's section links to. */
static bool linked(const struct elfgen_view *view, const struct elfgen_claim *claim,
                   struct elfgen_shdr *shdr)
{
    struct elfgen_shdr own;
    return claim->section != ELFGEN_NO_SECTION &&
           elfgen_view_section(view, claim->section, &own, NULL) == ELFGEN_OK &&
           own.sh_link != ELFGEN_SHN_UNDEF &&
           elfgen_view_section(view, own.sh_link, shdr, NULL) == ELFGEN_OK;
}

bool elfgen_lookup_strings(const struct elfgen_view *view, const struct elfgen_claim *claim,
                           struct elfgen_table *strings)
{
    struct elfgen_shdr shdr;
    if (claim->section == ELFGEN_NO_SECTION) {
        if (!claim->areas)
            return false;
        *strings = claim->areas->tables[ELFGEN_AREA_STRINGS];
        return strings->count > 0;
    }
    if (!linked(view, claim, &shdr))
        return false;
    *strings = (struct elfgen_table){shdr.sh_offset, 1, shdr.sh_size};
    return true;
}

/* In a file without section headers. */
static bool area_symbol(const struct elfgen_view *view, const struct elfgen_areas *areas,
                        uint64_t index, struct elfgen_sym *symbol, struct elfgen_table *strings)
{
    const struct elfgen_table *table = &areas->tables[ELFGEN_AREA_SYMBOLS];
    if (index >= table->count)
        return false;
    /* No overflow: the table is in the file. */
    const uint8_t *bytes =
        elfgen_view_bytes(view, table->offset + index * table->entry_size, table->entry_size);
    if (!bytes)
        return false;
    elfgen_decode_sym(symbol, bytes, view->class_, view->order);
    *strings = areas->tables[ELFGEN_AREA_STRINGS];
    return true;
}

bool elfgen_lookup_symbol(const struct elfgen_view *view, const struct elfgen_claim *claim,
                          uint64_t index, struct elfgen_sym *symbol, struct elfgen_table *strings)
{
    struct elfgen_shdr symbols, names;
    if (claim->section == ELFGEN_NO_SECTION)
        return claim->areas && area_symbol(view, claim->areas, index, symbol, strings);
    if (!linked(view, claim, &symbols) ||
        elfgen_view_symbol(view, &symbols, index, symbol, NULL) != ELFGEN_OK)
        return false;
    *strings = (struct elfgen_table){0, 1, 0};
    if (elfgen_view_section(view, symbols.sh_link, &names, NULL) == ELFGEN_OK)
        *strings = (struct elfgen_table){names.sh_offset, 1, names.sh_size};
    return true;
}

/* ---- versions ---- */

/* Structures that are looked at for one name. Libraries with the most versions have about 60. */
enum { MOST_VERSIONS = 256 };

static size_t name_at(const struct elfgen_view *view, const struct elfgen_areas *areas,
                      uint64_t index, const char **name)
{
    const struct elfgen_table *strings = &areas->tables[ELFGEN_AREA_STRINGS];
    return elfgen_view_string(view, strings->offset, strings->count, index, name);
}

static size_t defined_name(const struct elfgen_view *view, const struct elfgen_areas *areas,
                           uint64_t index, const char **name)
{
    uint64_t at = areas->tables[ELFGEN_AREA_VERDEF].offset;
    for (unsigned i = 0; at < view->length && i < MOST_VERSIONS; i++) {
        uint64_t next = elfgen_record_number(view, at, ELFGEN_RECORD_vd_next);
        if (elfgen_record_number(view, at, ELFGEN_RECORD_vd_ndx) == index) {
            uint64_t own = at + elfgen_record_number(view, at, ELFGEN_RECORD_vd_aux);
            return name_at(view, areas, elfgen_record_number(view, own, ELFGEN_RECORD_vda_name),
                           name);
        }
        if (next == 0)
            break;
        at += next;
    }
    return SIZE_MAX;
}

static size_t needed_name(const struct elfgen_view *view, const struct elfgen_areas *areas,
                          uint64_t index, const char **name)
{
    uint64_t file = areas->tables[ELFGEN_AREA_VERNEED].offset;
    unsigned seen = 0;
    while (file < view->length && seen < MOST_VERSIONS) {
        uint64_t next_file = elfgen_record_number(view, file, ELFGEN_RECORD_vn_next);
        uint64_t at = file + elfgen_record_number(view, file, ELFGEN_RECORD_vn_aux);
        while (at < view->length && seen++ < MOST_VERSIONS) {
            uint64_t next = elfgen_record_number(view, at, ELFGEN_RECORD_vna_next);
            if (elfgen_record_number(view, at, ELFGEN_RECORD_vna_other) == index)
                return name_at(view, areas, elfgen_record_number(view, at, ELFGEN_RECORD_vna_name),
                               name);
            if (next == 0)
                break;
            at += next;
        }
        if (next_file == 0)
            break;
        file += next_file;
    }
    return SIZE_MAX;
}

size_t elfgen_lookup_version(const struct elfgen_view *view, const struct elfgen_areas *areas,
                             uint64_t index, const char **name)
{
    size_t length = SIZE_MAX;
    if (areas->tables[ELFGEN_AREA_VERDEF].count != 0)
        length = defined_name(view, areas, index, name);
    if (length == SIZE_MAX && areas->tables[ELFGEN_AREA_VERNEED].count != 0)
        length = needed_name(view, areas, index, name);
    return length;
}
