/* Finds the strings and symbols that a claim's value is an index of. */
#include "lookup.h"

#include <string.h>

#include "elfgen/names.h"

#include "record_fields.h"
#include "references.h"

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

bool elfgen_lookup_symbols(const struct elfgen_view *view, const struct elfgen_claim *claim,
                           struct elfgen_table *symbols)
{
    struct elfgen_shdr shdr;
    if (claim->section == ELFGEN_NO_SECTION) {
        if (!claim->areas)
            return false;
        *symbols = claim->areas->tables[ELFGEN_AREA_SYMBOLS];
        return symbols->count > 0;
    }
    if (!linked(view, claim, &shdr) || shdr.sh_type == ELFGEN_SHT_NOBITS || shdr.sh_entsize == 0)
        return false;
    *symbols =
        (struct elfgen_table){shdr.sh_offset, shdr.sh_entsize, shdr.sh_size / shdr.sh_entsize};
    return true;
}

/* The file offset of the section or area that has the claim. */
static bool start_of_table(const struct elfgen_view *view, const struct elfgen_claim *claim,
                           enum elfgen_area area, uint64_t *offset)
{
    struct elfgen_shdr shdr;
    if (claim->section == ELFGEN_NO_SECTION) {
        *offset = claim->areas ? claim->areas->tables[area].offset : 0;
        return claim->areas != NULL;
    }
    if (elfgen_view_section(view, claim->section, &shdr, NULL) != ELFGEN_OK)
        return false;
    *offset = shdr.sh_offset;
    return true;
}

uint64_t elfgen_lookup_hashed(const struct elfgen_view *view, const struct elfgen_claim *claim)
{
    uint64_t offset;
    return start_of_table(view, claim, ELFGEN_AREA_GNU_HASH, &offset)
               ? elfgen_record_number(view, offset, ELFGEN_RECORD_gh_symoffset) + claim->index
               : 0;
}

bool elfgen_lookup_unwind_header(const struct elfgen_view *view, const struct elfgen_claim *claim,
                                 uint64_t *offset)
{
    return start_of_table(view, claim, ELFGEN_AREA_EH_FRAME_HDR, offset);
}

bool elfgen_lookup_is_relative(const struct elfgen_view *view, const struct elfgen_claim *claim)
{
    unsigned width = elfgen_address_size(view->class_);
    /* The info is before the addend, and as large as an address. */
    const struct elfgen_relocation_info info =
        elfgen_view_relocation_info(view, elfgen_number_at(view, claim->offset - width, width));
    const char *name = info.symbol == 0 && info.type[0] != ELFGEN_R_NONE
                           ? elfgen_relocation_type_name(view->ehdr.e_machine, info.type[0])
                           : NULL;
    return name && (strstr(name, "_RELATIVE") || strstr(name, "_IRELATIVE"));
}

/* ---- versions ---- */

/* Structures that are looked at for one name. Libraries with the most versions have about 60. */
enum { MOST_VERSIONS = 256 };

/* Sets a version's record, of that structure, and its name. */
static bool set_version(const struct elfgen_view *view, const struct elfgen_areas *areas,
                        uint64_t record, enum elfgen_structure_id id, uint64_t name,
                        struct elfgen_version *version)
{
    const struct elfgen_table *strings = &areas->tables[ELFGEN_AREA_STRINGS];
    version->record = record;
    version->size = elfgen_structure_size(id, view->class_);
    version->name = NULL;
    version->length =
        elfgen_view_string(view, strings->offset, strings->count, name, &version->name);
    return true;
}

static bool find_defined(const struct elfgen_view *view, const struct elfgen_areas *areas,
                         uint64_t index, struct elfgen_version *version)
{
    uint64_t at = areas->tables[ELFGEN_AREA_VERDEF].offset;
    for (unsigned i = 0; at < view->length && i < MOST_VERSIONS; i++) {
        uint64_t next = elfgen_record_number(view, at, ELFGEN_RECORD_vd_next);
        if (elfgen_record_number(view, at, ELFGEN_RECORD_vd_ndx) == index) {
            uint64_t own = at + elfgen_record_number(view, at, ELFGEN_RECORD_vd_aux);
            return set_version(view, areas, at, ELFGEN_STRUCTURE_verdef,
                               elfgen_record_number(view, own, ELFGEN_RECORD_vda_name), version);
        }
        if (next == 0)
            break;
        at += next;
    }
    return false;
}

static bool find_needed(const struct elfgen_view *view, const struct elfgen_areas *areas,
                        uint64_t index, struct elfgen_version *version)
{
    uint64_t file = areas->tables[ELFGEN_AREA_VERNEED].offset;
    unsigned seen = 0;
    while (file < view->length && seen < MOST_VERSIONS) {
        uint64_t next_file = elfgen_record_number(view, file, ELFGEN_RECORD_vn_next);
        uint64_t at = file + elfgen_record_number(view, file, ELFGEN_RECORD_vn_aux);
        while (at < view->length && seen++ < MOST_VERSIONS) {
            uint64_t next = elfgen_record_number(view, at, ELFGEN_RECORD_vna_next);
            if (elfgen_record_number(view, at, ELFGEN_RECORD_vna_other) == index)
                return set_version(view, areas, at, ELFGEN_STRUCTURE_vernaux,
                                   elfgen_record_number(view, at, ELFGEN_RECORD_vna_name), version);
            if (next == 0)
                break;
            at += next;
        }
        if (next_file == 0)
            break;
        file += next_file;
    }
    return false;
}

bool elfgen_lookup_version(const struct elfgen_view *view, const struct elfgen_areas *areas,
                           uint64_t index, struct elfgen_version *version)
{
    return (areas->tables[ELFGEN_AREA_VERDEF].count != 0 &&
            find_defined(view, areas, index, version)) ||
           (areas->tables[ELFGEN_AREA_VERNEED].count != 0 &&
            find_needed(view, areas, index, version));
}

bool elfgen_lookup_text(const struct elfgen_view *view, uint64_t address,
                        struct elfgen_reference *reference)
{
    enum { MOST = 2048 };
    if (!elfgen_reference_at_address(view, address, MOST, reference) ||
        reference->offset == ELFGEN_NOWHERE)
        return false;
    const uint8_t *text = view->bytes + reference->offset;
    const uint8_t *nul = memchr(text, '\0', (size_t)reference->length);
    reference->length = nul ? (uint64_t)(nul - text) + 1 : 0;
    return nul != NULL;
}
