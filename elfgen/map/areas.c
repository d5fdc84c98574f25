/* Finds what the program headers lead to, for files without section headers. */
#include "areas.h"

#include "elfgen/memory.h"

#include "record_fields.h"

/* Entries of the dynamic section that are looked at. Real files have fewer than a thousand. */
enum { MOST_ENTRIES = 65536 };

/* The file that is looked at, and what is found. */
struct search {
    const struct elfgen_view *view;
    struct elfgen_areas *areas;
};

unsigned elfgen_hash_width(const struct elfgen_view *view)
{
    /* The 64-bit files of these machines alone, as in readelf's get_hash_size(). */
    uint64_t machine = view->ehdr.e_machine;
    bool wide = machine == ELFGEN_EM_S390 || machine == ELFGEN_EM_ALPHA;
    return wide ? elfgen_address_size(view->class_) : sizeof(uint32_t);
}

/* Notes where the versions of symbols and their names are, for the words about them. */
static void note_versions(struct elfgen_areas *areas, const struct elfgen_view *view,
                          const struct elfgen_shdr *shdr)
{
    struct elfgen_shdr strings;
    enum elfgen_area area =
        shdr->sh_type == ELFGEN_SHT_GNU_VERDEF ? ELFGEN_AREA_VERDEF : ELFGEN_AREA_VERNEED;
    if ((shdr->sh_type != ELFGEN_SHT_GNU_VERDEF && shdr->sh_type != ELFGEN_SHT_GNU_VERNEED) ||
        areas->tables[area].count != 0 ||
        elfgen_view_section(view, shdr->sh_link, &strings, NULL) != ELFGEN_OK)
        return;
    areas->tables[area] = (struct elfgen_table){shdr->sh_offset, 1, shdr->sh_size};
    areas->tables[ELFGEN_AREA_STRINGS] =
        (struct elfgen_table){strings.sh_offset, 1, strings.sh_size};
}

/* Looks whether section headers say what is loaded, or have the notes. */
static void look_at_sections(struct elfgen_areas *areas, const struct elfgen_view *view)
{
    struct elfgen_shdr shdr;
    if (view->ehdr.e_shoff == 0)
        return;
    for (uint64_t i = 0; elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK; i++) {
        if (shdr.sh_type == ELFGEN_SHT_NULL)
            continue;
        if ((shdr.sh_flags & ELFGEN_SHF_ALLOC) || shdr.sh_type == ELFGEN_SHT_NOTE)
            areas->sections = true;
        note_versions(areas, view, &shdr);
    }
}

/* ---- the dynamic section ---- */

static bool entry_at(const struct elfgen_areas *areas, const struct elfgen_view *view,
                     uint64_t index, struct elfgen_dyn *entry)
{
    const struct elfgen_table *table = &areas->tables[ELFGEN_AREA_DYNAMIC];
    size_t size = elfgen_structure_size(ELFGEN_STRUCTURE_dyn, view->class_);
    if (index >= table->count || index >= MOST_ENTRIES)
        return false;
    const uint8_t *bytes = elfgen_view_bytes(view, table->offset + index * size, size);
    if (!bytes)
        return false;
    elfgen_decode_dyn(entry, bytes, view->class_, view->order);
    return entry->d_tag != ELFGEN_DT_NULL;
}

bool elfgen_areas_tag(const struct elfgen_areas *areas, const struct elfgen_view *view,
                      uint64_t tag, uint64_t *value)
{
    struct elfgen_dyn entry;
    for (uint64_t i = 0; entry_at(areas, view, i, &entry); i++)
        if (entry.d_tag == tag) {
            *value = entry.d_val;
            return true;
        }
    return false;
}

static uint64_t tag_or_zero(const struct search *search, uint64_t tag)
{
    uint64_t value;
    return elfgen_areas_tag(search->areas, search->view, tag, &value) ? value : 0;
}

/* Sets an area: where a tag's address leads, with entries of `size` bytes. */
static void set(const struct search *search, enum elfgen_area area, uint64_t tag, uint64_t size,
                uint64_t count)
{
    uint64_t address, offset;
    if (count == 0 || size == 0 || !elfgen_areas_tag(search->areas, search->view, tag, &address) ||
        !elfgen_memory_offset(search->view, address, &offset))
        return;
    uint64_t most = (search->view->length - offset) / size;
    search->areas->tables[area] = (struct elfgen_table){offset, size, count < most ? count : most};
}

/* The same, with the number of bytes from another tag. */
static void set_sized(const struct search *search, enum elfgen_area area, uint64_t tag,
                      uint64_t size_tag, uint64_t size)
{
    set(search, area, tag, size, tag_or_zero(search, size_tag) / size);
}

/* ---- symbols and hash tables ---- */

/* The number of symbols that a GNU hash table knows of: the last one is at the end of the bucket
 * that begins last. Sets the table's own size, too. */
static uint64_t count_by_gnu_hash(const struct search *search)
{
    const struct elfgen_view *view = search->view;
    struct elfgen_table *table = &search->areas->tables[ELFGEN_AREA_GNU_HASH];
    if (table->count == 0)
        return 0;
    uint64_t at = table->offset, word = elfgen_address_size(view->class_);
    uint64_t buckets = elfgen_record_number(view, at, ELFGEN_RECORD_gh_nbuckets);
    uint64_t first = elfgen_record_number(view, at, ELFGEN_RECORD_gh_symoffset), last = 0;
    uint64_t head = elfgen_structure_size(ELFGEN_STRUCTURE_gnu_hash, view->class_) +
                    word * elfgen_record_number(view, at, ELFGEN_RECORD_gh_bloom_size);
    uint64_t chains = head + 4 * buckets; /* numbers of 32 bits: no overflow */
    if (chains > table->count) {
        table->count = head < table->count ? head : table->count;
        return first;
    }
    for (uint64_t i = 0; i < buckets; i++) {
        uint64_t symbol = elfgen_number_at(view, at + head + 4 * i, 4);
        last = symbol > last ? symbol : last;
    }
    uint64_t size = chains, count = first;
    if (last >= first) {
        size += 4 * (last - first);
        while (size + 4 <= table->count && !(elfgen_number_at(view, at + size, 4) & 1))
            size += 4;
        size = size + 4 <= table->count ? size + 4 : table->count;
        count = first + (size - chains) / 4;
    }
    table->count = size;
    return count;
}

static uint64_t count_by_hash(const struct search *search)
{
    struct elfgen_table *table = &search->areas->tables[ELFGEN_AREA_HASH];
    if (table->count == 0)
        return 0;
    unsigned width = elfgen_hash_width(search->view);
    uint64_t buckets = elfgen_number_at(search->view, table->offset, width);
    uint64_t chains = elfgen_number_at(search->view, table->offset + width, width);
    uint64_t most = table->count / width - 2; /* the head is there */
    if (buckets > most)
        buckets = most;
    if (chains > most - buckets)
        chains = most - buckets;
    table->count = (2 + buckets + chains) * width;
    return chains;
}

/* The number of symbols up to whatever comes next in the file. */
static uint64_t count_by_place(const struct search *search)
{
    uint64_t start = search->areas->tables[ELFGEN_AREA_SYMBOLS].offset;
    uint64_t end = 0;
    for (unsigned i = 0; i < ELFGEN_AREA_COUNT; i++) {
        const struct elfgen_table *table = &search->areas->tables[i];
        if (table->count != 0 && table->offset > start && (end == 0 || table->offset < end))
            end = table->offset;
    }
    return end == 0 ? 1 : (end - start) / search->areas->tables[ELFGEN_AREA_SYMBOLS].entry_size;
}

static void find_symbols(const struct search *search)
{
    struct elfgen_table *symbols = &search->areas->tables[ELFGEN_AREA_SYMBOLS];
    unsigned head = 2 * elfgen_hash_width(search->view);
    set(search, ELFGEN_AREA_HASH, ELFGEN_DT_HASH, 1, UINT64_MAX);
    set(search, ELFGEN_AREA_GNU_HASH, ELFGEN_DT_GNU_HASH, 1, UINT64_MAX);
    for (unsigned i = ELFGEN_AREA_HASH; i <= ELFGEN_AREA_GNU_HASH; i++)
        if (search->areas->tables[i].count < (i == ELFGEN_AREA_HASH ? head : 16))
            search->areas->tables[i].count = 0;
    set(search, ELFGEN_AREA_SYMBOLS, ELFGEN_DT_SYMTAB,
        elfgen_structure_size(ELFGEN_STRUCTURE_sym, search->view->class_), UINT64_MAX);
    uint64_t by_gnu_hash = count_by_gnu_hash(search), count = count_by_hash(search);
    if (count == 0)
        count = by_gnu_hash;
    if (symbols->count != 0 && count == 0)
        count = count_by_place(search);
    if (count < symbols->count)
        symbols->count = count;
    set(search, ELFGEN_AREA_VERSYM, ELFGEN_DT_VERSYM, 2, symbols->count);
}

static void find_relocations(const struct search *search)
{
    struct elfgen_areas *areas = search->areas;
    enum elfgen_class class_ = search->view->class_;
    size_t rel = elfgen_structure_size(ELFGEN_STRUCTURE_rel, class_);
    size_t rela = elfgen_structure_size(ELFGEN_STRUCTURE_rela, class_);
    areas->jmprel_has_addends = tag_or_zero(search, ELFGEN_DT_PLTREL) == ELFGEN_DT_RELA;
    set_sized(search, ELFGEN_AREA_REL, ELFGEN_DT_REL, ELFGEN_DT_RELSZ, rel);
    set_sized(search, ELFGEN_AREA_RELA, ELFGEN_DT_RELA, ELFGEN_DT_RELASZ, rela);
    set_sized(search, ELFGEN_AREA_JMPREL, ELFGEN_DT_JMPREL, ELFGEN_DT_PLTRELSZ,
              areas->jmprel_has_addends ? rela : rel);
    set_sized(search, ELFGEN_AREA_RELR, ELFGEN_DT_RELR, ELFGEN_DT_RELRSZ,
              elfgen_address_size(class_));
    /* On some processors the first table has those of the procedure linkage table, too. */
    const struct elfgen_table *all =
        &areas->tables[areas->jmprel_has_addends ? ELFGEN_AREA_RELA : ELFGEN_AREA_REL];
    struct elfgen_table *jumps = &areas->tables[ELFGEN_AREA_JMPREL];
    if (jumps->offset >= all->offset && jumps->offset - all->offset < all->count * all->entry_size)
        jumps->count = 0;
}

static void find_dynamic(const struct search *search)
{
    unsigned word = elfgen_address_size(search->view->class_);
    set_sized(search, ELFGEN_AREA_STRINGS, ELFGEN_DT_STRTAB, ELFGEN_DT_STRSZ, 1);
    find_relocations(search);
    set_sized(search, ELFGEN_AREA_PREINIT_ARRAY, ELFGEN_DT_PREINIT_ARRAY, ELFGEN_DT_PREINIT_ARRAYSZ,
              word);
    set_sized(search, ELFGEN_AREA_INIT_ARRAY, ELFGEN_DT_INIT_ARRAY, ELFGEN_DT_INIT_ARRAYSZ, word);
    set_sized(search, ELFGEN_AREA_FINI_ARRAY, ELFGEN_DT_FINI_ARRAY, ELFGEN_DT_FINI_ARRAYSZ, word);
    set(search, ELFGEN_AREA_VERNEED, ELFGEN_DT_VERNEED, 1, UINT64_MAX);
    set(search, ELFGEN_AREA_VERDEF, ELFGEN_DT_VERDEF, 1, UINT64_MAX);
    find_symbols(search);
}

/* ---- unwind records ---- */

/* Finds .eh_frame by the header of its table, whose first byte is in the file. Its end is that of
 * what is mapped: a record of length 0 comes before. */
static void find_unwind_records(const struct search *search, uint64_t header)
{
    enum { UDATA4 = 3, SDATA4 = 0xb, PC_RELATIVE = 0x10, FORMAT = 0xf, BASE = 0x70 };
    const struct elfgen_view *view = search->view;
    uint64_t encoding = elfgen_record_number(view, header, ELFGEN_RECORD_eh_frame_ptr_enc);
    uint64_t field = header + elfgen_structure_size(ELFGEN_STRUCTURE_eh_frame_hdr, view->class_);
    uint64_t address = 0;
    uint64_t distance = (uint64_t)(int64_t)(int32_t)(uint32_t)elfgen_number_at(view, field, 4);
    struct elfgen_mapping mapping;
    if (((encoding & FORMAT) != UDATA4 && (encoding & FORMAT) != SDATA4) ||
        ((encoding & BASE) != PC_RELATIVE && (encoding & BASE) != 0))
        return;
    if ((encoding & BASE) == PC_RELATIVE && !elfgen_memory_address(view, field, &address))
        return;
    address += distance;
    if (view->class_ != ELFGEN_CLASS64)
        address = (uint32_t)address;
    if (!elfgen_memory_find(view, address, &mapping))
        return;
    search->areas->tables[ELFGEN_AREA_EH_FRAME] = (struct elfgen_table){
        mapping.offset + (address - mapping.start), 1, mapping.file_end - address};
}

/* ---- all ---- */

void elfgen_areas_find(struct elfgen_areas *areas, const struct elfgen_view *view)
{
    const struct search search = {view, areas};
    struct elfgen_phdr phdr;
    *areas = (struct elfgen_areas){.known = true};
    look_at_sections(areas, view);
    if (areas->sections)
        return;
    *areas = (struct elfgen_areas){.known = true};
    for (uint64_t i = 0;
         i < elfgen_memory_segments(view) && elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK;
         i++) {
        unsigned area = phdr.p_type == ELFGEN_PT_DYNAMIC        ? ELFGEN_AREA_DYNAMIC
                        : phdr.p_type == ELFGEN_PT_GNU_EH_FRAME ? ELFGEN_AREA_EH_FRAME_HDR
                                                                : ELFGEN_AREA_COUNT;
        if (area == ELFGEN_AREA_COUNT || areas->tables[area].count != 0 ||
            phdr.p_offset >= view->length)
            continue;
        uint64_t there = view->length - phdr.p_offset;
        uint64_t size = area == ELFGEN_AREA_DYNAMIC
                            ? elfgen_structure_size(ELFGEN_STRUCTURE_dyn, view->class_)
                            : 1;
        areas->tables[area] = (struct elfgen_table){
            phdr.p_offset, size, (phdr.p_filesz < there ? phdr.p_filesz : there) / size};
    }
    if (areas->tables[ELFGEN_AREA_DYNAMIC].count != 0)
        find_dynamic(&search);
    if (areas->tables[ELFGEN_AREA_EH_FRAME_HDR].count != 0)
        find_unwind_records(&search, areas->tables[ELFGEN_AREA_EH_FRAME_HDR].offset);
}
