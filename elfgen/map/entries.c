/* Claims what sections and areas hold: tables of entries, strings, notes, chains. */
#include "entries.h"

#include <string.h>

#include "elfgen/arch.h"

#include "record_fields.h"
#include "areas.h"
#include "chains.h"
#include "notes.h"
#include "unwind.h"

/* The lower one. */
static uint64_t at_most(uint64_t value, uint64_t most)
{
    return value < most ? value : most;
}

/* Adds a table of a structure of several, as far as the `*left` bytes from `*at` go. */
static void add_table(struct elfgen_map *map, uint64_t *at, uint64_t *left, uint64_t count,
                      enum elfgen_structure_id id)
{
    size_t size = elfgen_structure_size(id, map->view->class_);
    count = at_most(count, *left / size);
    elfgen_walk_add(map, *at, size, count, (int)id);
    *at += count * size;
    *left -= count * size;
}

/* What is left becomes single bytes. */
static void end_pieces(struct elfgen_map *map, uint64_t at, uint64_t left, enum elfgen_stage after)
{
    elfgen_walk_add(map, at, 1, left, ELFGEN_PIECE_BYTES);
    elfgen_walk_pieces(map, after);
}

static void enter_hash(struct elfgen_map *map, uint64_t offset, uint64_t size, bool wide,
                       enum elfgen_stage after)
{
    unsigned width = wide ? sizeof(uint64_t) : sizeof(uint32_t);
    uint64_t buckets = elfgen_number_at(map->view, offset, width), at = offset;
    elfgen_walk_no_pieces(map);
    add_table(map, &at, &size, 1, wide ? ELFGEN_STRUCTURE_hash8 : ELFGEN_STRUCTURE_hash);
    add_table(map, &at, &size, buckets,
              wide ? ELFGEN_STRUCTURE_hash8_bucket : ELFGEN_STRUCTURE_hash_bucket);
    add_table(map, &at, &size, elfgen_number_at(map->view, offset + width, width),
              wide ? ELFGEN_STRUCTURE_hash8_chain : ELFGEN_STRUCTURE_hash_chain);
    end_pieces(map, at, size, after);
}

static void enter_gnu_hash(struct elfgen_map *map, uint64_t offset, uint64_t size,
                           enum elfgen_stage after)
{
    uint64_t at = offset;
    elfgen_walk_no_pieces(map);
    add_table(map, &at, &size, 1, ELFGEN_STRUCTURE_gnu_hash);
    add_table(map, &at, &size, elfgen_record_number(map->view, offset, ELFGEN_RECORD_gh_bloom_size),
              ELFGEN_STRUCTURE_gnu_hash_bloom);
    add_table(map, &at, &size, elfgen_record_number(map->view, offset, ELFGEN_RECORD_gh_nbuckets),
              ELFGEN_STRUCTURE_gnu_hash_bucket);
    add_table(map, &at, &size, size, ELFGEN_STRUCTURE_gnu_hash_chain);
    end_pieces(map, at, size, after);
}

/* The header of the unwind table, and the table as far as it has the usual encoding. */
static void enter_unwind_table(struct elfgen_map *map, uint64_t offset, uint64_t size,
                               enum elfgen_stage after)
{
    enum { UDATA4 = 3, SDATA4 = 0xb, FORMAT = 0xf, HEADER_RELATIVE = 0x3b };
    uint64_t at = offset;
    uint64_t pointer = elfgen_record_number(map->view, offset, ELFGEN_RECORD_eh_frame_ptr_enc);
    uint64_t count = elfgen_record_number(map->view, offset, ELFGEN_RECORD_eh_fde_count_enc);
    uint64_t table = elfgen_record_number(map->view, offset, ELFGEN_RECORD_eh_table_enc);
    elfgen_walk_no_pieces(map);
    add_table(map, &at, &size, 1, ELFGEN_STRUCTURE_eh_frame_hdr);
    if ((pointer & FORMAT) == UDATA4 || (pointer & FORMAT) == SDATA4) {
        add_table(map, &at, &size, 1, ELFGEN_STRUCTURE_eh_frame_ptr);
        if ((count & FORMAT) == UDATA4 || (count & FORMAT) == SDATA4) {
            uint64_t entries = elfgen_number_at(map->view, at, 4);
            add_table(map, &at, &size, 1, ELFGEN_STRUCTURE_eh_fde_count);
            if (table == HEADER_RELATIVE)
                add_table(map, &at, &size, entries, ELFGEN_STRUCTURE_eh_entry);
        }
    }
    end_pieces(map, at, size, after);
}

/* ---- areas ---- */

/* What an area's entries are, and whose. */
static const struct {
    enum elfgen_part part;
    enum elfgen_structure_id id;
} kinds[ELFGEN_AREA_COUNT] = {
    [ELFGEN_AREA_DYNAMIC] = {ELFGEN_PART_DYNAMIC, ELFGEN_STRUCTURE_dyn},
    [ELFGEN_AREA_STRINGS] = {ELFGEN_PART_STRING, ELFGEN_STRUCTURE_COUNT},
    [ELFGEN_AREA_SYMBOLS] = {ELFGEN_PART_SYMBOL, ELFGEN_STRUCTURE_sym},
    [ELFGEN_AREA_HASH] = {ELFGEN_PART_HASH, ELFGEN_STRUCTURE_hash},
    [ELFGEN_AREA_GNU_HASH] = {ELFGEN_PART_HASH, ELFGEN_STRUCTURE_gnu_hash},
    [ELFGEN_AREA_VERSYM] = {ELFGEN_PART_VERSYM, ELFGEN_STRUCTURE_versym},
    [ELFGEN_AREA_VERNEED] = {ELFGEN_PART_VERNEED, ELFGEN_STRUCTURE_verneed},
    [ELFGEN_AREA_VERDEF] = {ELFGEN_PART_VERDEF, ELFGEN_STRUCTURE_verdef},
    [ELFGEN_AREA_REL] = {ELFGEN_PART_RELOCATION, ELFGEN_STRUCTURE_rel},
    [ELFGEN_AREA_RELA] = {ELFGEN_PART_RELOCATION, ELFGEN_STRUCTURE_rela},
    [ELFGEN_AREA_JMPREL] = {ELFGEN_PART_RELOCATION, ELFGEN_STRUCTURE_rel},
    [ELFGEN_AREA_RELR] = {ELFGEN_PART_RELOCATION, ELFGEN_STRUCTURE_relr},
    [ELFGEN_AREA_PREINIT_ARRAY] = {ELFGEN_PART_ARRAY, ELFGEN_STRUCTURE_pointer},
    [ELFGEN_AREA_INIT_ARRAY] = {ELFGEN_PART_ARRAY, ELFGEN_STRUCTURE_pointer},
    [ELFGEN_AREA_FINI_ARRAY] = {ELFGEN_PART_ARRAY, ELFGEN_STRUCTURE_pointer},
    [ELFGEN_AREA_EH_FRAME_HDR] = {ELFGEN_PART_UNWIND, ELFGEN_STRUCTURE_eh_frame_hdr},
    [ELFGEN_AREA_EH_FRAME] = {ELFGEN_PART_UNWIND, ELFGEN_STRUCTURE_COUNT}};

void elfgen_area_enter(struct elfgen_map *map, enum elfgen_area area)
{
    const struct elfgen_table table = map->areas.tables[area];
    enum elfgen_structure_id id = kinds[area].id;
    if (table.count == 0 || table.offset >= map->to)
        return;
    elfgen_walk_owner(map, kinds[area].part, ELFGEN_NO_SECTION, true);
    switch (area) {
    case ELFGEN_AREA_STRINGS:
        elfgen_walk_strings(map, table.offset, table.count, STAGE_AREAS);
        break;
    case ELFGEN_AREA_HASH:
        enter_hash(map, table.offset, table.count, elfgen_hash_width(map->view) == 8, STAGE_AREAS);
        break;
    case ELFGEN_AREA_GNU_HASH:
        enter_gnu_hash(map, table.offset, table.count, STAGE_AREAS);
        break;
    case ELFGEN_AREA_VERNEED:
    case ELFGEN_AREA_VERDEF:
        elfgen_versions_enter(map, table.offset, table.count, area == ELFGEN_AREA_VERNEED,
                              STAGE_AREAS);
        break;
    case ELFGEN_AREA_EH_FRAME_HDR:
        enter_unwind_table(map, table.offset, table.count, STAGE_AREAS);
        break;
    case ELFGEN_AREA_EH_FRAME:
        elfgen_unwind_enter(map, table.offset, table.count, STAGE_AREAS);
        break;
    case ELFGEN_AREA_JMPREL:
        if (map->areas.jmprel_has_addends)
            id = ELFGEN_STRUCTURE_rela;
        elfgen_walk_table(map, table, id, STAGE_AREAS);
        break;
    default:
        elfgen_walk_table(map, table, id, STAGE_AREAS);
        break;
    }
}

/* ---- sections ---- */

/* The structure of a section's entries; ELFGEN_STRUCTURE_COUNT: the section is not a table. */
static enum elfgen_structure_id entries_of(uint64_t type, enum elfgen_part *part)
{
    static const struct {
        uint32_t type;
        enum elfgen_part part;
        enum elfgen_structure_id id;
    } rows[] = {
        {ELFGEN_SHT_SYMTAB, ELFGEN_PART_SYMBOL, ELFGEN_STRUCTURE_sym},
        {ELFGEN_SHT_DYNSYM, ELFGEN_PART_SYMBOL, ELFGEN_STRUCTURE_sym},
        {ELFGEN_SHT_REL, ELFGEN_PART_RELOCATION, ELFGEN_STRUCTURE_rel},
        {ELFGEN_SHT_RELA, ELFGEN_PART_RELOCATION, ELFGEN_STRUCTURE_rela},
        {ELFGEN_SHT_RELR, ELFGEN_PART_RELOCATION, ELFGEN_STRUCTURE_relr},
        {ELFGEN_SHT_DYNAMIC, ELFGEN_PART_DYNAMIC, ELFGEN_STRUCTURE_dyn},
        {ELFGEN_SHT_GNU_VERSYM, ELFGEN_PART_VERSYM, ELFGEN_STRUCTURE_versym},
        {ELFGEN_SHT_INIT_ARRAY, ELFGEN_PART_ARRAY, ELFGEN_STRUCTURE_pointer},
        {ELFGEN_SHT_FINI_ARRAY, ELFGEN_PART_ARRAY, ELFGEN_STRUCTURE_pointer},
        {ELFGEN_SHT_PREINIT_ARRAY, ELFGEN_PART_ARRAY, ELFGEN_STRUCTURE_pointer},
        {ELFGEN_SHT_SYMTAB_SHNDX, ELFGEN_PART_SYMBOL, ELFGEN_STRUCTURE_shndx},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].type == type) {
            *part = rows[i].part;
            return rows[i].id;
        }
    return ELFGEN_STRUCTURE_COUNT;
}

static bool enter_table(struct elfgen_map *map, const struct elfgen_shdr *shdr, uint64_t index)
{
    enum elfgen_part part = ELFGEN_PART_SECTION;
    enum elfgen_structure_id id = entries_of(shdr->sh_type, &part);
    if (id == ELFGEN_STRUCTURE_COUNT)
        return false;
    uint64_t size = elfgen_structure_size(id, map->view->class_);
    /* Arrays of addresses need not say how large their entries are. */
    uint64_t entry =
        part == ELFGEN_PART_ARRAY || part == ELFGEN_PART_VERSYM ? size : shdr->sh_entsize;
    if (entry < size)
        return false;
    elfgen_walk_owner(map, part, index, false);
    elfgen_walk_table(map, (struct elfgen_table){shdr->sh_offset, entry, shdr->sh_size / entry}, id,
                      STAGE_SECTIONS);
    return true;
}

/* Enters what unwinders read, which sections have no type for, or one of a processor's own. */
static bool enter_unwind_section(struct elfgen_map *map, const struct elfgen_shdr *shdr,
                                 uint64_t index)
{
    const struct elfgen_arch *arch = elfgen_arch_find(map->view->ehdr.e_machine);
    uint64_t offset = shdr->sh_offset, size = at_most(shdr->sh_size, map->view->length - offset);
    const char *name = NULL;
    if (shdr->sh_type != ELFGEN_SHT_PROGBITS &&
        (!arch || arch->unwind_section == 0 || shdr->sh_type != arch->unwind_section))
        return false;
    size_t length = elfgen_view_section_name(map->view, shdr, &name);
    bool is_table = length == strlen(".eh_frame_hdr") && memcmp(name, ".eh_frame_hdr", length) == 0;
    if (!is_table && (length != strlen(".eh_frame") || memcmp(name, ".eh_frame", length) != 0))
        return false;
    elfgen_walk_owner(map, ELFGEN_PART_UNWIND, index, false);
    if (is_table)
        enter_unwind_table(map, offset, size, STAGE_SECTIONS);
    else
        elfgen_unwind_enter(map, offset, size, STAGE_SECTIONS);
    return true;
}

bool elfgen_section_enter(struct elfgen_map *map, const struct elfgen_shdr *shdr, uint64_t index)
{
    uint64_t offset = shdr->sh_offset, size = at_most(shdr->sh_size, map->view->length - offset);
    if (shdr->sh_flags & ELFGEN_SHF_COMPRESSED)
        return false;
    switch (shdr->sh_type) {
    case ELFGEN_SHT_STRTAB:
        elfgen_walk_owner(map, ELFGEN_PART_STRING, index, false);
        elfgen_walk_strings(map, offset, size, STAGE_SECTIONS);
        return true;
    case ELFGEN_SHT_NOTE:
        elfgen_walk_owner(map, ELFGEN_PART_NOTE, index, false);
        elfgen_notes_enter(map, offset, size, shdr->sh_addralign, STAGE_SECTIONS);
        return true;
    case ELFGEN_SHT_HASH:
        elfgen_walk_owner(map, ELFGEN_PART_HASH, index, false);
        enter_hash(map, offset, size, shdr->sh_entsize == 8, STAGE_SECTIONS);
        return true;
    case ELFGEN_SHT_GNU_HASH:
        elfgen_walk_owner(map, ELFGEN_PART_HASH, index, false);
        enter_gnu_hash(map, offset, size, STAGE_SECTIONS);
        return true;
    case ELFGEN_SHT_GNU_VERNEED:
    case ELFGEN_SHT_GNU_VERDEF: {
        bool needed = shdr->sh_type == ELFGEN_SHT_GNU_VERNEED;
        elfgen_walk_owner(map, needed ? ELFGEN_PART_VERNEED : ELFGEN_PART_VERDEF, index, false);
        elfgen_versions_enter(map, offset, size, needed, STAGE_SECTIONS);
        return true;
    }
    case ELFGEN_SHT_GROUP:
        elfgen_walk_owner(map, ELFGEN_PART_GROUP, index, false);
        elfgen_walk_no_pieces(map);
        add_table(map, &offset, &size, 1, ELFGEN_STRUCTURE_group);
        add_table(map, &offset, &size, size, ELFGEN_STRUCTURE_member);
        end_pieces(map, offset, size, STAGE_SECTIONS);
        return true;
    default:
        return enter_unwind_section(map, shdr, index) || enter_table(map, shdr, index);
    }
}
