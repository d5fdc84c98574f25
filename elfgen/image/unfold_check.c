/* Checks what Linux requires of a file to start it, and what else tools require. */
#include "elfgen/unfold.h"

#include "elfgen/kernel.h"
#include "elfgen/names.h"

#include "../format/codec.h"
#include "unfold_check.h"

/* The file offset of a field of a structure at `offset`. */
static uint64_t place_of(const struct elfgen_view *view, enum elfgen_structure_id id,
                         uint64_t offset, const char *name)
{
    const struct elfgen_structure *structure = &elfgen_structures[id];
    for (size_t i = 0; i < structure->count; i++)
        if (strcmp(structure->fields[i].name, name) == 0)
            return offset + structure->fields[i].offset[elfgen_class_index(view->class_)];
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
    if (!elfgen_view_is_elf(view))
        return elfgen_error_set(error, ELFGEN_NOT_ELF, 0, ELFGEN_NOT_ELF_TEXT);
    if (!elfgen_kernel_has_machine(ehdr->e_machine))
        return elfgen_error_set(
            error, ELFGEN_UNSUPPORTED, in_header(view, "e_machine"),
            "e_machine is %u (%s): only programs for x86, 62, 3 or 6, are unfolded",
            ehdr->e_machine,
            elfgen_machine_name(ehdr->e_machine) ? elfgen_machine_name(ehdr->e_machine)
                                                 : "unknown");
    return ELFGEN_OK;
}

static enum elfgen_status status_of(const struct elfgen_kernel_answer *answer)
{
    switch (answer->check) {
    case ELFGEN_CHECK_headers_short:
    case ELFGEN_CHECK_headers_cut:
    case ELFGEN_CHECK_interpreter_cut:
    case ELFGEN_CHECK_clear:
        return ELFGEN_TRUNCATED;
    case ELFGEN_CHECK_map_end:
    case ELFGEN_CHECK_map_size:
    case ELFGEN_CHECK_load_bad:
    case ELFGEN_CHECK_load_memsz:
    case ELFGEN_CHECK_e_entry:
        return ELFGEN_DOES_NOT_FIT;
    default:
        return ELFGEN_BAD_VALUE;
    }
}

/* Whether the model of execve starts it, on the most permissive machine. A program that starts and
 * then faults has memory that can be unfolded. */
static enum elfgen_status check_start(const struct elfgen_view *view, struct elfgen_kernel_map *map,
                                      struct elfgen_error *error)
{
    struct elfgen_kernel_machine machine;
    struct elfgen_kernel_answer answer;
    elfgen_kernel_usual(&machine);
    if (view->kernel != 0)
        machine.version = view->kernel;
    machine.mmap_min_addr = 0;
    machine.overcommit = ELFGEN_OVERCOMMIT_ALWAYS;
    const enum elfgen_status status =
        elfgen_kernel_ask(view->bytes, view->length, &machine, NULL, &answer, map);
    if (status != ELFGEN_OK)
        return elfgen_error_set(error, status, in_header(view, "e_phnum"),
                                status == ELFGEN_NO_ROOM
                                    ? "it has more PT_LOADs than there is room for areas of memory"
                                    : "NULL is given for the areas of memory");
    if (answer.verdict == ELFGEN_STARTS || answer.verdict == ELFGEN_FAULTS)
        return ELFGEN_OK;
    char sentence[512];
    struct elfgen_text text = {.bytes = sentence, .capacity = sizeof sentence - 1};
    elfgen_kernel_message(&answer, &text);
    sentence[text.length] = '\0';
    return elfgen_error_set(
        error, status_of(&answer), answer.offset, "Linux %s: %s",
        answer.verdict == ELFGEN_KILLED ? "kills it at its start" : "does not start it", sentence);
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

/* Where Linux lets mmap() choose the address, it does so for the first segment, if that has bytes
 * in the file. */
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

enum elfgen_status elfgen_unfold_check(const struct elfgen_view *view,
                                       struct elfgen_kernel_map *map, struct elfgen_error *error)
{
    enum elfgen_status status = check_kind(view, error);
    if (status == ELFGEN_OK)
        status = check_start(view, map, error);
    if (status == ELFGEN_OK)
        status = check_first(view, error);
    bool loads = false;
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; status == ELFGEN_OK && i < view->ehdr.e_phnum; i++)
        loads |= elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK &&
                 phdr.p_type == ELFGEN_PT_LOAD && phdr.p_memsz > 0;
    if (status == ELFGEN_OK && !loads)
        status = elfgen_error_set(error, ELFGEN_BAD_VALUE, in_header(view, "e_phoff"),
                                  "no PT_LOAD segment: Linux maps nothing of the file, and it dies "
                                  "at its first instruction");
    return status;
}

/* ---- what tools require besides ----------------------------------------------------------------
 */

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
            problem = "has a p_align that is not a power of two";
        else if (phdr.p_type == ELFGEN_PT_LOAD && ((phdr.p_vaddr - phdr.p_offset) & (align - 1)))
            problem = "has an offset and an address that differ within p_align";
        else if (phdr.p_type == ELFGEN_PT_LOAD && phdr.p_vaddr < last)
            problem = "begins before the end of the one before it";
        if (problem) {
            elfgen_error_set(error, ELFGEN_BAD_VALUE, in_segment(view, i, "p_type"),
                             "segment %u %s", i, problem);
            return false;
        }
        /* No overflow: Linux would not start such a file. */
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

bool elfgen_is_unfolded(const struct elfgen_view *view, struct elfgen_kernel_map *map,
                        struct elfgen_error *error)
{
    return elfgen_unfold_check(view, map, error) == ELFGEN_OK && header_is_right(view, error) &&
           segments_are_right(view, error) && sections_are_right(view, error);
}
