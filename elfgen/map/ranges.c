/* Finds where code may be: executable mappings, executable sections, functions in symbol tables. */
#include "ranges.h"

#include "../format/codec.h"
#include "elfgen/search.h"

static bool ends_before(const void *range, const void *offset)
{
    const struct elfgen_range *section = range;
    return section->offset + section->size <= *(const uint64_t *)offset;
}

const struct elfgen_range *elfgen_section_from(const struct elfgen_code *code, uint64_t offset)
{
    size_t index = elfgen_search(code->sections, code->section_count, sizeof *code->sections,
                                 &offset, ends_before);
    return index < code->section_count ? &code->sections[index] : NULL;
}

static bool is_in(const struct elfgen_range *range, uint64_t offset)
{
    return range && offset >= range->offset && offset - range->offset < range->size;
}

/* Whether all executable sections are without bytes, as in a file of debugging data, which has the
 * headers of its program but not its code. */
static bool has_no_code(const struct elfgen_view *view)
{
    struct elfgen_shdr shdr;
    bool missing = false;
    for (uint64_t i = 0; elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK; i++) {
        if (!(shdr.sh_flags & ELFGEN_SHF_EXECINSTR))
            continue;
        if (shdr.sh_type != ELFGEN_SHT_NOBITS)
            return false;
        missing = true;
    }
    return missing;
}

/* Finds the next executable section that has bytes in the file. */
static bool next_section(const struct elfgen_view *view, uint64_t *index,
                         struct elfgen_range *range)
{
    struct elfgen_shdr shdr;
    while (elfgen_view_section(view, (*index)++, &shdr, NULL) == ELFGEN_OK) {
        if (!(shdr.sh_flags & ELFGEN_SHF_EXECINSTR) || shdr.sh_type == ELFGEN_SHT_NULL ||
            shdr.sh_type == ELFGEN_SHT_NOBITS || shdr.sh_size == 0 ||
            shdr.sh_offset >= view->length)
            continue;
        uint64_t there = view->length - shdr.sh_offset;
        *range = (struct elfgen_range){shdr.sh_offset, shdr.sh_size < there ? shdr.sh_size : there,
                                       shdr.sh_addr};
        return true;
    }
    return false;
}

size_t elfgen_code_count_sections(const struct elfgen_view *view)
{
    struct elfgen_range range;
    uint64_t index = 0;
    size_t count = 0;
    while (next_section(view, &index, &range))
        count++;
    return count;
}

/* Sifts down in a heap, for heapsort: the core has no qsort(), and a file's sections may come in
 * any order. */
static void sift(struct elfgen_range *ranges, size_t root, size_t count)
{
    struct elfgen_range range = ranges[root];
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && ranges[child + 1].offset > ranges[child].offset)
            child++;
        if (ranges[child].offset <= range.offset)
            break;
        ranges[root] = ranges[child];
    }
    ranges[root] = range;
}

/* Sorts sections by offset, and drops those that overlap an earlier one. */
static void sort_sections(struct elfgen_code *code)
{
    struct elfgen_range *ranges = code->sections;
    size_t count = code->section_count, kept = 0;
    for (size_t root = count / 2; root-- > 0;)
        sift(ranges, root, count);
    for (size_t last = count; last-- > 1;) {
        struct elfgen_range largest = ranges[0];
        ranges[0] = ranges[last];
        ranges[last] = largest;
        sift(ranges, 0, last);
    }
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || ranges[i].offset >= ranges[kept - 1].offset + ranges[kept - 1].size)
            ranges[kept++] = ranges[i];
    code->section_count = kept;
}

static void widen(struct elfgen_code *code, const struct elfgen_range *range)
{
    if (range->offset < code->from)
        code->from = range->offset;
    if (range->offset + range->size > code->to)
        code->to = range->offset + range->size;
}

/* Where very much is executable, keeps only what sections call code: some linkers put all read-only
 * data into executable segments, and each byte costs half a byte of memory. */
static void narrow(struct elfgen_code *code, uint64_t from, uint64_t to)
{
    if (from >= to || code->to - code->from <= ELFGEN_CODE_MUCH)
        return;
    code->from = from;
    code->to = to;
}

static void find_mappings(struct elfgen_code *code)
{
    const struct elfgen_view *view = code->view;
    struct elfgen_mapping mapping;
    uint64_t entry = view->ehdr.e_entry;
    for (uint64_t i = 0; i < elfgen_memory_segments(view) && code->mapping_count < ELFGEN_MAPPINGS;
         i++) {
        if (!elfgen_mapping_get(view, i, &mapping) ||
            !elfgen_mapping_is_executable(view, &mapping) ||
            !elfgen_mapping_what_is_left(view, i, &mapping) || mapping.file_end <= mapping.start)
            continue;
        struct elfgen_range *range = &code->mappings[code->mapping_count];
        *range =
            (struct elfgen_range){mapping.offset, mapping.file_end - mapping.start, mapping.start};
        if (entry - range->address < range->size)
            code->home = code->mapping_count;
        code->mapping_count++;
        widen(code, range);
    }
}

/* Without sections, treats everything from the entry point on as code. */
static void take_entry_for_a_section(struct elfgen_code *code)
{
    struct elfgen_mapping mapping;
    uint64_t entry = code->view->ehdr.e_entry;
    if (!elfgen_memory_find(code->view, entry, &mapping))
        return;
    code->sections[0] = (struct elfgen_range){mapping.offset + (entry - mapping.start),
                                              mapping.file_end - entry, entry};
    code->section_count = 1;
    code->first_section = 0;
    widen(code, &code->sections[0]);
}

/* Finds the first section that is loaded or code. Only headers come before it, and no code: a jump
 * to an undefined weak function leads to address 0, where headers may be. If the program begins
 * before that section, its section headers are not trusted. */
static void find_first_section(struct elfgen_code *code)
{
    struct elfgen_shdr shdr;
    uint64_t offset, first = UINT64_MAX;
    for (uint64_t i = 0; elfgen_view_section(code->view, i, &shdr, NULL) == ELFGEN_OK; i++)
        if ((shdr.sh_flags & (ELFGEN_SHF_ALLOC | ELFGEN_SHF_EXECINSTR)) &&
            shdr.sh_type != ELFGEN_SHT_NULL && shdr.sh_type != ELFGEN_SHT_NOBITS &&
            shdr.sh_offset < first)
            first = shdr.sh_offset;
    bool found = elfgen_memory_offset(code->view, code->view->ehdr.e_entry, &offset);
    if (first != UINT64_MAX && (code->view->ehdr.e_entry == 0 || (found && offset >= first)))
        code->first_section = first;
}

void elfgen_code_find_ranges(struct elfgen_code *code)
{
    /* At half a byte for each, 64 MiB; no program has that much code. */
    enum { MOST_BYTES = 1 << 27 };
    struct elfgen_range range;
    uint64_t index = 0, end = 0, first = UINT64_MAX; /* of all sections */
    code->from = UINT64_MAX;
    code->to = 0;
    code->relocatable = code->view->ehdr.e_type == ELFGEN_ET_REL;
    if (has_no_code(code->view)) {
        code->from = 0;
        return;
    }
    if (!code->relocatable)
        find_mappings(code);
    while (next_section(code->view, &index, &range)) {
        if (code->sections)
            code->sections[code->section_count++] = range;
        if (range.offset < first)
            first = range.offset;
        if (range.offset + range.size > end)
            end = range.offset + range.size;
        widen(code, &range);
    }
    if (code->sections)
        sort_sections(code);
    find_first_section(code);
    if (code->mode == ELFGEN_CODE_ALL && end == 0 && code->sections)
        take_entry_for_a_section(code);
    if (code->from > code->to)
        code->from = code->to = 0;
    narrow(code, first, end);
    if (code->to - code->from > MOST_BYTES)
        code->to = code->from + MOST_BYTES;
}

const struct elfgen_range *elfgen_range_of(const struct elfgen_code *code, uint64_t offset)
{
    if (!elfgen_code_has(code, offset) || offset < code->first_section)
        return NULL;
    /* In a linked file addresses come from mappings, since sections may lie. If two have the byte,
     * the one with the entry point counts. */
    if (code->mapping_count > 0 && is_in(&code->mappings[code->home], offset))
        return &code->mappings[code->home];
    for (size_t i = 0; i < code->mapping_count; i++)
        if (is_in(&code->mappings[i], offset))
            return &code->mappings[i];
    const struct elfgen_range *section = elfgen_section_from(code, offset);
    return is_in(section, offset) ? section : NULL;
}

bool elfgen_code_leaves_section(const struct elfgen_code *code, uint64_t from, uint64_t to)
{
    const struct elfgen_range *section = elfgen_section_from(code, from);
    return is_in(section, from) && !is_in(section, to);
}

/* Finds the file offset of the function that a symbol names. Returns false if it is not a function,
 * or not in the file. */
static bool place_of(const struct elfgen_code *code, const struct elfgen_sym *symbol,
                     uint64_t *offset)
{
    struct elfgen_shdr shdr;
    uint64_t type = symbol->st_info & 15;
    if ((type != ELFGEN_STT_FUNC && type != ELFGEN_STT_GNU_IFUNC) ||
        symbol->st_shndx == ELFGEN_SHN_UNDEF)
        return false;
    if (!code->relocatable)
        return elfgen_memory_offset(code->view, symbol->st_value, offset);
    return symbol->st_shndx < ELFGEN_SHN_LORESERVE &&
           elfgen_view_section(code->view, symbol->st_shndx, &shdr, NULL) == ELFGEN_OK &&
           (shdr.sh_flags & ELFGEN_SHF_EXECINSTR) &&
           elfgen_add(shdr.sh_offset, symbol->st_value, offset);
}

void elfgen_code_functions(struct elfgen_code *code,
                           void (*reach)(struct elfgen_code *code, uint64_t offset))
{
    const struct elfgen_view *view = code->view;
    struct elfgen_shdr shdr;
    struct elfgen_sym symbol;
    /* A file cannot hold more symbols than this, unless its tables overlap. */
    uint64_t left = view->length / elfgen_structure_size(ELFGEN_STRUCTURE_sym, view->class_);
    for (uint64_t i = 0; elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK; i++) {
        if (shdr.sh_type != ELFGEN_SHT_SYMTAB && shdr.sh_type != ELFGEN_SHT_DYNSYM)
            continue;
        for (uint64_t s = 0;
             left > 0 && elfgen_view_symbol(view, &shdr, s, &symbol, NULL) == ELFGEN_OK;
             s++, left--) {
            uint64_t offset;
            if (place_of(code, &symbol, &offset) && elfgen_code_has(code, offset))
                reach(code, offset);
        }
    }
}
