/* Maps addresses to file offsets and back, by the PT_LOADs as Linux maps them. */
#include "elfgen/memory.h"

#include "elfgen/arch.h"
#include "elfgen/kernel.h"

#include "../format/codec.h"

/* The last PT_GNU_STACK counts. Returns false if there is none. */
static bool find_stack(const struct elfgen_view *view, uint64_t *flags)
{
    struct elfgen_phdr phdr;
    bool found = false;
    for (uint64_t i = 0;
         i < elfgen_memory_segments(view) && elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK;
         i++)
        if (phdr.p_type == ELFGEN_PT_GNU_STACK) {
            *flags = phdr.p_flags;
            found = true;
        }
    return found;
}

/* On some processors, a file without PT_GNU_STACK gets everything that is readable executable, too;
 * before Linux 5.8 on all of them, and with an executable stack as well (fs/binfmt_elf.c,
 * elf_read_implies_exec()). */
static bool reads_imply_execution(const struct elfgen_view *view)
{
    const struct elfgen_arch *arch = elfgen_arch_find(view->ehdr.e_machine);
    bool is_old = view->kernel != 0 && view->kernel < ELFGEN_LINUX(5, 8);
    uint64_t flags = 0;
    if (!arch || (!arch->readable_is_executable && !is_old))
        return false;
    return !find_stack(view, &flags) || (is_old && (flags & ELFGEN_PF_X) != 0);
}

/* Finds the pages that p_filesz asks for and the file does not have. `there`: the file's bytes from
 * the mapping's offset on; `asked`: where the bytes that it asks for end. */
static void find_missing(struct elfgen_mapping *mapping, uint64_t there, uint64_t asked)
{
    uint64_t unit = mapping->whole_pages ? ELFGEN_PAGE : 1, pages;
    mapping->missing = mapping->missing_end = mapping->end;
    if (!elfgen_round_up(there, unit, &pages) || asked <= mapping->start ||
        asked - mapping->start <= pages)
        return;
    mapping->missing = mapping->start + pages;
    mapping->missing_end = asked;
}

bool elfgen_mapping_get(const struct elfgen_view *view, uint64_t index,
                        struct elfgen_mapping *mapping)
{
    struct elfgen_phdr phdr;
    enum elfgen_status status = elfgen_view_segment(view, index, &phdr, NULL);
    if ((status != ELFGEN_OK && status != ELFGEN_TRUNCATED) || phdr.p_type != ELFGEN_PT_LOAD)
        return false;
    uint64_t page = phdr.p_vaddr % ELFGEN_PAGE;
    bool whole_pages = phdr.p_offset % ELFGEN_PAGE == page;
    uint64_t unit = whole_pages ? ELFGEN_PAGE : 1;
    uint64_t size = phdr.p_filesz > phdr.p_memsz ? phdr.p_filesz : phdr.p_memsz;
    uint64_t file_end, end;
    if (!whole_pages)
        page = 0;
    if (size == 0 || !elfgen_add(phdr.p_vaddr, size, &end) ||
        !elfgen_add(phdr.p_vaddr, phdr.p_filesz, &file_end) || !elfgen_round_up(end, unit, &end))
        return false;
    *mapping = (struct elfgen_mapping){.start = phdr.p_vaddr - page,
                                       .end = end,
                                       .offset = phdr.p_offset - page,
                                       .flags = phdr.p_flags,
                                       .whole_pages = whole_pages};
    /* The rest of the last page shows the file, too, unless elf_load() clears it: it does so where
     * p_memsz is larger than p_filesz, and only where the segment is writable. */
    bool cleared = phdr.p_memsz > phdr.p_filesz && (phdr.p_flags & ELFGEN_PF_W);
    uint64_t asked, there = mapping->offset < view->length ? view->length - mapping->offset : 0;
    if (!elfgen_round_up(file_end, unit, &asked))
        return false;
    if (phdr.p_filesz == 0)
        file_end = asked = mapping->start;
    else if (!cleared)
        file_end = asked;
    find_missing(mapping, there, asked);
    if (file_end - mapping->start > there)
        file_end = mapping->start + there;
    mapping->file_end = file_end;
    return true;
}

bool elfgen_mapping_is_executable(const struct elfgen_view *view,
                                  const struct elfgen_mapping *mapping)
{
    return (mapping->flags & ELFGEN_PF_X) != 0 ||
           ((mapping->flags & ELFGEN_PF_R) && reads_imply_execution(view));
}

bool elfgen_mapping_what_is_left(const struct elfgen_view *view, uint64_t index,
                                 struct elfgen_mapping *mapping)
{
    struct elfgen_mapping later;
    while (++index < elfgen_memory_segments(view)) {
        if (!elfgen_mapping_get(view, index, &later) || later.end <= mapping->start ||
            later.start >= mapping->end)
            continue;
        if (later.start <= mapping->start)
            return false;
        mapping->end = later.start;
        uint64_t *limits[] = {&mapping->file_end, &mapping->missing, &mapping->missing_end};
        for (unsigned i = 0; i < sizeof limits / sizeof limits[0]; i++)
            if (*limits[i] > mapping->end)
                *limits[i] = mapping->end;
    }
    return true;
}

uint64_t elfgen_memory_segments(const struct elfgen_view *view)
{
    uint64_t most =
        ELFGEN_PHDRS_LARGEST / elfgen_structure_size(ELFGEN_STRUCTURE_phdr, view->class_);
    return view->segments.count < most ? view->segments.count : most;
}

bool elfgen_memory_find(const struct elfgen_view *view, uint64_t address,
                        struct elfgen_mapping *mapping)
{
    uint64_t count = elfgen_memory_segments(view);
    while (count-- > 0)
        if (elfgen_mapping_get(view, count, mapping) && address >= mapping->start &&
            address < mapping->end)
            return address < mapping->file_end;
    return false;
}

bool elfgen_memory_offset(const struct elfgen_view *view, uint64_t address, uint64_t *offset)
{
    struct elfgen_mapping mapping;
    if (!elfgen_memory_find(view, address, &mapping))
        return false;
    *offset = mapping.offset + (address - mapping.start);
    return true;
}

bool elfgen_memory_address(const struct elfgen_view *view, uint64_t offset, uint64_t *address)
{
    struct elfgen_mapping mapping;
    uint64_t count = elfgen_memory_segments(view);
    for (uint64_t i = 0; i < count; i++) {
        if (!elfgen_mapping_get(view, i, &mapping) || offset < mapping.offset ||
            offset - mapping.offset >= mapping.file_end - mapping.start)
            continue;
        *address = mapping.start + (offset - mapping.offset);
        return true;
    }
    return false;
}
