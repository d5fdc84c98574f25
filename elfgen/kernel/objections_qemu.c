/* Looks for what keeps QEMU's user-mode emulation from starting a program: linux-user/elfload.c
 * of 7.2. */
#include "objections_private.h"

enum {
    BUFFER = 1024, /* BPRM_BUF_SIZE: what is read of a file first, with zeros after its end */
    PAGE_MASK = PAGE - 1
};

static uint64_t page_down(uint64_t value)
{
    return value & ~(uint64_t)PAGE_MASK;
}

/* Finds the next segment of a type from *i on. Fields past the end of a small file are zero. */
static bool next(const struct looked *file, uint64_t *i, uint64_t type, struct elfgen_phdr *phdr)
{
    const struct elfgen_table *table = &file->view.segments;
    const uint64_t length = file->view.length;
    const uint64_t rest = table->offset < length ? length - table->offset : 0;
    /* The table may be said to be much longer than the file. */
    for (; *i < file->qemu_segments && *i * table->entry_size < rest; ++*i) {
        enum elfgen_status status = elfgen_view_segment(&file->view, *i, phdr, NULL);
        if ((status == ELFGEN_OK || status == ELFGEN_TRUNCATED) && phdr->p_type == type)
            return true;
    }
    return false;
}

static bool next_loaded(const struct looked *file, uint64_t *i, struct elfgen_phdr *phdr)
{
    return next(file, i, ELFGEN_PT_LOAD, phdr);
}

/* The addresses of user space that qemu-x86_64 has. */
static uint64_t end_of_space(const struct looked *file)
{
    return file->is_64 ? (UINT64_C(1) << 47) - PAGE : UINT64_C(1) << 32;
}

bool elfgen_objection_qemu_headers(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t offset = file->view.ehdr.e_phoff, end;
    uint64_t size = file->view.ehdr.e_phnum * size_of(file, ELFGEN_STRUCTURE_phdr);
    if (!elfgen_add(offset, size, &end))
        end = UINT64_MAX;
    return end > BUFFER && end > file->view.length &&
           in_header(file, objection, "e_phoff", offset, file->view.length);
}

bool elfgen_objection_qemu_no_load(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t i = 0;
    (void)objection;
    return !next_loaded(file, &i, &phdr);
}

bool elfgen_objection_qemu_offset(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_loaded(file, &i, &phdr); i++)
        if (phdr.p_filesz != 0 && ((phdr.p_offset ^ phdr.p_vaddr) & PAGE_MASK) != 0)
            return in_segment(file, objection, i, "p_offset", phdr.p_offset, phdr.p_vaddr);
    return false;
}

bool elfgen_objection_qemu_large(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_loaded(file, &i, &phdr); i++)
        if (phdr.p_filesz != 0 && phdr.p_offset > INT64_MAX)
            return in_segment(file, objection, i, "p_offset", phdr.p_offset, INT64_MAX);
    return false;
}

bool elfgen_objection_qemu_end(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t end, limit = end_of_space(file);
    for (uint64_t i = 0; next_loaded(file, &i, &phdr); i++) {
        uint64_t size = phdr.p_memsz > phdr.p_filesz ? phdr.p_memsz : phdr.p_filesz;
        if (!elfgen_add(phdr.p_vaddr, size, &end) || end > limit)
            return in_segment(file, objection, i, "p_vaddr", phdr.p_vaddr, limit);
    }
    return false;
}

/* Whether zero_bss() writes into the last page that shows the file. */
static bool clears(const struct elfgen_phdr *phdr)
{
    return phdr->p_filesz != 0 && phdr->p_memsz > phdr->p_filesz &&
           ((phdr->p_vaddr + phdr->p_filesz) & PAGE_MASK) != 0;
}

bool elfgen_objection_qemu_clear(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_loaded(file, &i, &phdr); i++)
        if (clears(&phdr) && !(phdr.p_flags & ELFGEN_PF_W))
            return in_segment(file, objection, i, "p_memsz", phdr.p_memsz, phdr.p_filesz);
    return false;
}

bool elfgen_objection_qemu_clear_page(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_loaded(file, &i, &phdr); i++)
        if (clears(&phdr) && page_down(phdr.p_offset + phdr.p_filesz) >= file->view.length)
            return in_segment(file, objection, i, "p_filesz", phdr.p_filesz, file->view.length);
    return false;
}

/* Whether the address is in a whole page of the segment. */
static bool has_address(const struct elfgen_phdr *phdr, uint64_t address)
{
    uint64_t size = phdr->p_memsz > phdr->p_filesz ? phdr->p_memsz : phdr->p_filesz;
    return size > 0 && address >= page_down(phdr->p_vaddr) &&
           address <=
               (phdr->p_vaddr + size - 1) + (PAGE_MASK - ((phdr->p_vaddr + size - 1) & PAGE_MASK));
}

/* A segment without memory is not mapped; whoever begins there faults. */
bool elfgen_objection_qemu_no_memory(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_loaded(file, &i, &phdr); i++)
        if (phdr.p_memsz == 0 && phdr.p_filesz != 0 && has_address(&phdr, file->view.ehdr.e_entry))
            return in_segment(file, objection, i, "p_memsz", 0, phdr.p_filesz);
    return false;
}

bool elfgen_objection_qemu_interp(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t i = 0;
    return next(file, &i, ELFGEN_PT_INTERP, &phdr) && phdr.p_filesz == 0 &&
           in_segment(file, objection, i, "p_filesz", 0, 0);
}

/* The path does not end with NUL, is empty, or names a folder. */
bool elfgen_objection_qemu_path(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t i = 0;
    if (!next(file, &i, ELFGEN_PT_INTERP, &phdr) || phdr.p_filesz == 0)
        return false;
    const uint8_t *path = elfgen_view_bytes(&file->view, phdr.p_offset, phdr.p_filesz);
    size_t length = path && path[phdr.p_filesz - 1] == '\0' ? strlen((const char *)path) : 0;
    return (length == 0 || path[length - 1] == '/') &&
           in_segment(file, objection, i, "p_offset", phdr.p_offset, 0);
}

bool elfgen_objection_qemu_entry(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t i = 0, entry = file->view.ehdr.e_entry;
    bool there = false;
    if (next(file, &i, ELFGEN_PT_INTERP, &phdr))
        return false; /* the interpreter begins */
    for (i = 0; next_loaded(file, &i, &phdr); i++) {
        if (phdr.p_memsz == 0 || !has_address(&phdr, entry))
            continue;
        uint64_t offset = entry - page_down(phdr.p_vaddr) + page_down(phdr.p_offset);
        bool in_file = phdr.p_filesz != 0 && page_down(entry) < phdr.p_vaddr + phdr.p_filesz;
        /* The last one that has it counts. */
        there = (phdr.p_flags & ELFGEN_PF_X) != 0 &&
                (!in_file || page_down(offset) < file->view.length);
    }
    return !there && in_header(file, objection, "e_entry", entry, 0);
}
