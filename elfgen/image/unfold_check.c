/* What Linux asks of a file before it starts it, and what else the tools ask. */
#include "elfgen/unfold.h"

#include "elfgen/memory.h"
#include "elfgen/names.h"

#include "../format/codec.h"
#include "unfold.h"

enum { PATH_LONGEST = 4096, TABLE_LARGEST = 65536 }; /* PATH_MAX; load_elf_phdrs() */

uint64_t elfgen_unfold_user_end(const struct elfgen_view *view)
{
    /* TASK_SIZE_MAX with four-level page tables; IA32_PAGE_OFFSET of a 64-bit kernel. */
    return view->class_ == ELFGEN_CLASS64 ? (UINT64_C(1) << 47) - ELFGEN_PAGE : 0xffffe000;
}

/* The file offset of a field of a structure at `offset`. */
static uint64_t place_of(const struct elfgen_view *view, enum elfgen_structure_id id,
                         uint64_t offset, const char *name)
{
    const struct elfgen_structure *structure = &elfgen_structures[id];
    for (size_t i = 0; i < structure->count; i++)
        if (strcmp(structure->fields[i].name, name) == 0)
            return offset + structure->fields[i].offset[view->class_ == ELFGEN_CLASS64];
    return ELFGEN_NOWHERE;
}

static uint64_t in_header(const struct elfgen_view *view, const char *name)
{
    return place_of(view, ELFGEN_STRUCTURE_ehdr, 0, name);
}

static uint64_t in_segment(const struct elfgen_view *view, uint64_t index, const char *name)
{
    return place_of(view, ELFGEN_STRUCTURE_phdr,
                    view->segments.offset + index * view->segments.entry_size, name);
}

static enum elfgen_status check_kind(const struct elfgen_view *view, struct elfgen_error *error)
{
    const struct elfgen_ehdr *ehdr = &view->ehdr;
    if (ehdr->ei_mag0 != 0x7f || ehdr->ei_mag1 != 'E' || ehdr->ei_mag2 != 'L' ||
        ehdr->ei_mag3 != 'F')
        return elfgen_error_set(error, ELFGEN_NOT_ELF, 0,
                                "not an ELF file: it does not start with 7f 45 4c 46");
    if (ehdr->e_machine != ELFGEN_EM_386 && ehdr->e_machine != ELFGEN_EM_X86_64)
        return elfgen_error_set(
            error, ELFGEN_UNSUPPORTED, in_header(view, "e_machine"),
            "e_machine is %u (%s): only programs for x86, 62 or 3, are unfolded", ehdr->e_machine,
            elfgen_machine_name(ehdr->e_machine) ? elfgen_machine_name(ehdr->e_machine)
                                                 : "unknown");
    if (ehdr->e_type != ELFGEN_ET_EXEC && ehdr->e_type != ELFGEN_ET_DYN)
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, in_header(view, "e_type"),
                                "Linux does not start it: e_type is %u, not 2 (ET_EXEC) or 3 "
                                "(ET_DYN)",
                                ehdr->e_type);
    return ELFGEN_OK;
}

static enum elfgen_status check_table(const struct elfgen_view *view, struct elfgen_error *error)
{
    bool is_64 = view->ehdr.e_machine == ELFGEN_EM_X86_64;
    uint64_t size = is_64 ? elfgen_size64_phdr : elfgen_size32_phdr;
    uint64_t count = view->ehdr.e_phnum;
    /* By class, since the view goes by EI_CLASS where Linux would refuse. */
    uint8_t bytes[elfgen_size64_ehdr] = {0};
    struct elfgen_ehdr ehdr;
    memcpy(bytes, view->bytes, view->length < sizeof bytes ? (size_t)view->length : sizeof bytes);
    elfgen_decode_ehdr(&ehdr, bytes, is_64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN);
    if (ehdr.e_phentsize != size)
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, is_64 ? 54 : 42,
                                "Linux does not start it: e_phentsize is %u, not %u",
                                ehdr.e_phentsize, size);
    if (ehdr.e_phnum == 0)
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, is_64 ? 56 : 44,
                                "Linux does not start it: e_phnum is 0");
    if (count * size > TABLE_LARGEST)
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, in_header(view, "e_phnum"),
                                "Linux does not start it: %u program headers are more than 64 KiB",
                                count);
    if (elfgen_view_bytes(view, view->ehdr.e_phoff, count * size))
        return ELFGEN_OK;
    return elfgen_error_set(error, ELFGEN_TRUNCATED, in_header(view, "e_phoff"),
                            "Linux does not start it: the program headers, %u bytes at %x, are "
                            "not all in the file, which ends at %x",
                            count * size, view->ehdr.e_phoff, view->length);
}

static enum elfgen_status check_interpreter(const struct elfgen_view *view, uint64_t index,
                                            const struct elfgen_phdr *phdr,
                                            struct elfgen_error *error)
{
    if (phdr->p_filesz < 2 || phdr->p_filesz > PATH_LONGEST)
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, in_segment(view, index, "p_filesz"),
                                "Linux does not start it: the interpreter's path has %u bytes, "
                                "not 2 to 4096",
                                phdr->p_filesz);
    const uint8_t *path = elfgen_view_bytes(view, phdr->p_offset, phdr->p_filesz);
    if (path && path[phdr->p_filesz - 1] == '\0')
        return ELFGEN_OK;
    return elfgen_error_set(error, ELFGEN_BAD_VALUE, in_segment(view, index, "p_offset"),
                            "Linux does not start it: the interpreter's path does not end with "
                            "NUL in the file");
}

/* elf_load() and what it calls, for one PT_LOAD. */
static enum elfgen_status check_load(const struct elfgen_view *view, uint64_t index,
                                     const struct elfgen_phdr *phdr, struct elfgen_error *error)
{
    const uint64_t end = elfgen_unfold_user_end(view), page = ELFGEN_PAGE;
    uint64_t file_end = phdr->p_vaddr + phdr->p_filesz;
    if (phdr->p_filesz > phdr->p_memsz)
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, in_segment(view, index, "p_memsz"),
                                "Linux kills it at its start: p_filesz %x is larger than p_memsz "
                                "%x",
                                phdr->p_filesz, phdr->p_memsz);
    if (phdr->p_vaddr >= end || phdr->p_memsz > end - phdr->p_vaddr)
        return elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, in_segment(view, index, "p_vaddr"),
                                "Linux kills it at its start: %u bytes at %x pass the end of user "
                                "space, %x",
                                phdr->p_memsz, phdr->p_vaddr, end);
    if (phdr->p_filesz == 0)
        return ELFGEN_OK;
    if (phdr->p_offset % page != phdr->p_vaddr % page)
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, in_segment(view, index, "p_offset"),
                                "Linux kills it at its start: p_offset %x and p_vaddr %x differ "
                                "within a page of %x",
                                phdr->p_offset, phdr->p_vaddr, page);
    if (phdr->p_offset > INT64_MAX - phdr->p_filesz - page)
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, in_segment(view, index, "p_offset"),
                                "Linux kills it at its start: p_offset %x is past the end of all "
                                "files",
                                phdr->p_offset);
    /* padzero() fails where the file has no page. */
    uint64_t last = (phdr->p_offset + phdr->p_filesz) & ~(page - 1);
    if (phdr->p_memsz > phdr->p_filesz && (phdr->p_flags & ELFGEN_PF_W) && file_end % page != 0 &&
        last >= view->length)
        return elfgen_error_set(error, ELFGEN_TRUNCATED, in_segment(view, index, "p_filesz"),
                                "Linux kills it at its start: the rest of the page at %x is to be "
                                "cleared, and the file ends before it",
                                last);
    return ELFGEN_OK;
}

bool elfgen_unfold_is_placed(const struct elfgen_view *view)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; i < view->ehdr.e_phnum; i++)
        if (elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK &&
            phdr.p_type == ELFGEN_PT_INTERP)
            return false;
    return view->ehdr.e_type == ELFGEN_ET_DYN;
}

/* Where mmap() chooses the address, it is asked for the first segment only if that has a file. */
static enum elfgen_status check_first(const struct elfgen_view *view, struct elfgen_error *error)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; elfgen_unfold_is_placed(view) && i < view->ehdr.e_phnum; i++) {
        elfgen_view_segment(view, i, &phdr, NULL);
        if (phdr.p_type != ELFGEN_PT_LOAD)
            continue;
        if (phdr.p_filesz > 0)
            break;
        return elfgen_error_set(error, ELFGEN_BAD_VALUE, in_segment(view, i, "p_filesz"),
                                "p_filesz of the first PT_LOAD is 0: Linux then puts an ET_DYN "
                                "without interpreter at address 0, where programs may not be");
    }
    return ELFGEN_OK;
}

enum elfgen_status elfgen_unfold_check(const struct elfgen_view *view, struct elfgen_error *error)
{
    enum elfgen_status status = check_kind(view, error);
    if (status == ELFGEN_OK)
        status = check_table(view, error);
    bool loads = false, interpreted = false;
    struct elfgen_phdr phdr;
    if (status == ELFGEN_OK)
        status = check_first(view, error);
    for (uint64_t i = 0; status == ELFGEN_OK && i < view->ehdr.e_phnum; i++) {
        elfgen_view_segment(view, i, &phdr, NULL);
        if (phdr.p_type == ELFGEN_PT_INTERP && !interpreted) {
            interpreted = true;
            status = check_interpreter(view, i, &phdr, error);
        } else if (phdr.p_type == ELFGEN_PT_LOAD) {
            loads |= phdr.p_memsz > 0;
            status = check_load(view, i, &phdr, error);
        }
    }
    /* An interpreter runs first, and finds that out itself. */
    if (status == ELFGEN_OK && !interpreted && view->ehdr.e_entry >= elfgen_unfold_user_end(view))
        status = elfgen_error_set(error, ELFGEN_BAD_VALUE, in_header(view, "e_entry"),
                                  "Linux kills it at its start: e_entry %x is past the end of user "
                                  "space, %x",
                                  view->ehdr.e_entry, elfgen_unfold_user_end(view));
    if (status == ELFGEN_OK && !loads)
        status = elfgen_error_set(error, ELFGEN_BAD_VALUE, in_header(view, "e_phoff"),
                                  "no PT_LOAD segment: Linux maps nothing of the file, and it dies "
                                  "with its first instruction");
    return status;
}

/* ---- what tools ask besides ---------------------------------------------------------------- */

static bool is_wrong(struct elfgen_error *error, const struct elfgen_view *view, const char *field,
                     uint64_t value, uint64_t right)
{
    if (value == right)
        return false;
    elfgen_error_set(error, ELFGEN_BAD_VALUE, in_header(view, field), "%s is %u, not %u", field,
                     value, right);
    return true;
}

static bool header_is_right(const struct elfgen_view *view, struct elfgen_error *error)
{
    const struct elfgen_ehdr *ehdr = &view->ehdr;
    uint64_t size = elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_);
    return !is_wrong(error, view, "ei_class", ehdr->ei_class, view->class_) &&
           !is_wrong(error, view, "ei_data", ehdr->ei_data, ELFGEN_LITTLE_ENDIAN) &&
           !is_wrong(error, view, "ei_version", ehdr->ei_version, ELFGEN_EV_CURRENT) &&
           !is_wrong(error, view, "ei_pad", ehdr->ei_pad, 0) &&
           !is_wrong(error, view, "e_version", ehdr->e_version, ELFGEN_EV_CURRENT) &&
           !is_wrong(error, view, "e_flags", ehdr->e_flags, 0) &&
           !is_wrong(error, view, "e_ehsize", ehdr->e_ehsize, size);
}

bool elfgen_unfold_header_is_right(const struct elfgen_view *view)
{
    return header_is_right(view, NULL);
}

static bool segments_are_right(const struct elfgen_view *view, struct elfgen_error *error)
{
    struct elfgen_phdr phdr;
    uint64_t last = 0;
    if (view->ehdr.e_phoff < view->ehdr.e_ehsize) {
        elfgen_error_set(error, ELFGEN_BAD_VALUE, in_header(view, "e_phoff"),
                         "the program headers overlap the ELF header");
        return false;
    }
    for (uint64_t i = 0; i < view->ehdr.e_phnum; i++) {
        elfgen_view_segment(view, i, &phdr, NULL);
        uint64_t align = phdr.p_align ? phdr.p_align : 1;
        const char *problem = NULL;
        if (phdr.p_filesz > 0 && !elfgen_view_bytes(view, phdr.p_offset, phdr.p_filesz))
            problem = "is not all in the file";
        else if ((align & (align - 1)) != 0)
            problem = "has a p_align that is no power of two";
        else if (phdr.p_type == ELFGEN_PT_LOAD && ((phdr.p_vaddr - phdr.p_offset) & (align - 1)))
            problem = "has an offset and an address that differ within p_align";
        else if (phdr.p_type == ELFGEN_PT_LOAD && phdr.p_vaddr < last)
            problem = "begins before the end of the one before it";
        if (problem) {
            elfgen_error_set(error, ELFGEN_BAD_VALUE, in_segment(view, i, "p_type"),
                             "segment %u %s", i, problem);
            return false;
        }
        /* No overflow: Linux would not start it. */
        if (phdr.p_type == ELFGEN_PT_LOAD)
            last = phdr.p_vaddr + phdr.p_memsz;
    }
    return true;
}

static bool sections_are_right(const struct elfgen_view *view, struct elfgen_error *error)
{
    const struct elfgen_table *table = &view->sections;
    uint64_t size = elfgen_structure_size(ELFGEN_STRUCTURE_shdr, view->class_);
    uint64_t segments_end = view->ehdr.e_phoff + view->ehdr.e_phnum * view->ehdr.e_phentsize;
    const char *name;
    struct elfgen_shdr shdr;
    if (table->offset == 0 || table->count <= 1) {
        elfgen_error_set(error, ELFGEN_UNDEFINED, in_header(view, "e_shoff"), "it has no sections");
        return false;
    }
    if (table->entry_size != size || table->count > view->length / size ||
        !elfgen_view_bytes(view, table->offset, table->count * size) ||
        table->offset < view->ehdr.e_ehsize ||
        (table->offset < segments_end &&
         table->offset + table->count * size > view->ehdr.e_phoff)) {
        elfgen_error_set(error, ELFGEN_BAD_VALUE, in_header(view, "e_shoff"),
                         "the section headers are not all in a place of their own");
        return false;
    }
    for (uint64_t i = 1; i < table->count; i++) {
        elfgen_view_section(view, i, &shdr, NULL);
        if ((shdr.sh_type == ELFGEN_SHT_NOBITS || shdr.sh_type == ELFGEN_SHT_NULL ||
             elfgen_view_bytes(view, shdr.sh_offset, shdr.sh_size)) &&
            elfgen_view_section_name(view, &shdr, &name) != SIZE_MAX)
            continue;
        elfgen_error_set(error, ELFGEN_BAD_VALUE,
                         place_of(view, ELFGEN_STRUCTURE_shdr, table->offset + i * size, "sh_name"),
                         "section %u: its name or its bytes are not in the file", i);
        return false;
    }
    return true;
}

bool elfgen_is_unfolded(const struct elfgen_view *view, struct elfgen_error *error)
{
    return elfgen_unfold_check(view, error) == ELFGEN_OK && header_is_right(view, error) &&
           segments_are_right(view, error) && sections_are_right(view, error);
}
