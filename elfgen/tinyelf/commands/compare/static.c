/* Measures a file: segments, sections, memory, libraries, and what is missing. */
#include <limits.h>
#include <string.h>

#include "compare.h"
#include "x86/x86.h"

const char *const compare_permission_names[COMPARE_PERMISSIONS] = {"---", "--x", "-w-", "-wx",
                                                                   "r--", "r-x", "rw-", "rwx"};

enum { LONGEST_STRING = PATH_MAX }; /* a table without a NUL has no longer names */

static unsigned permissions_of_section(const struct elfgen_shdr *shdr)
{
    return ELFGEN_PF_R | (shdr->sh_flags & ELFGEN_SHF_WRITE ? ELFGEN_PF_W : 0U) |
           (shdr->sh_flags & ELFGEN_SHF_EXECINSTR ? ELFGEN_PF_X : 0U);
}

static void count_sections(struct compare_facts *facts)
{
    const struct elfgen_view *view = facts->view;
    struct elfgen_shdr shdr;
    if (view->ehdr.e_shoff == 0)
        return;
    for (uint64_t i = 0; elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK; i++) {
        facts->sections.all++;
        if (shdr.sh_flags & ELFGEN_SHF_ALLOC)
            facts->sections.loaded[permissions_of_section(&shdr)]++;
        else
            facts->sections.others++;
    }
}

static void find_interpreter(struct compare_facts *facts, const struct elfgen_phdr *phdr)
{
    const struct elfgen_view *view = facts->view;
    uint64_t size = phdr->p_filesz < LONGEST_STRING ? phdr->p_filesz : LONGEST_STRING;
    const char *string;
    size_t length = elfgen_view_string(view, phdr->p_offset, size, 0, &string);
    if (length != SIZE_MAX && !facts->interpreter.bytes)
        facts->interpreter = (struct compare_string){string, length};
}

static void count_segments(struct compare_facts *facts)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; elfgen_view_segment(facts->view, i, &phdr, NULL) == ELFGEN_OK; i++) {
        facts->segments.all++;
        if (phdr.p_type == ELFGEN_PT_LOAD)
            facts->segments.loaded[phdr.p_flags % COMPARE_PERMISSIONS]++;
        else
            facts->segments.others++;
        if (phdr.p_type == ELFGEN_PT_INTERP)
            find_interpreter(facts, &phdr);
    }
}

static void measure_memory(struct compare_facts *facts)
{
    const struct elfgen_view *view = facts->view;
    struct compare_memory *memory = &facts->memory;
    struct elfgen_mapping mapping;
    for (uint64_t i = 0; i < elfgen_memory_segments(view); i++) {
        if (!elfgen_mapping_get(view, i, &mapping) ||
            !elfgen_mapping_what_is_left(view, i, &mapping))
            continue;
        uint64_t size = mapping.end - mapping.start;
        unsigned may = (unsigned)(mapping.flags % COMPARE_PERMISSIONS);
        if (elfgen_mapping_is_executable(view, &mapping))
            may |= ELFGEN_PF_X;
        memory->bytes += size;
        memory->pages += size / ELFGEN_PAGE + (size % ELFGEN_PAGE != 0);
        memory->by[may] += size;
        memory->from_file += mapping.file_end - mapping.start;
        memory->refused = memory->refused || !mapping.whole_pages;
    }
}

/* ---- libraries ---- */

/* The name of entry `index` of a dynamic segment; NULL after the last. */
static const char *dynamic_entry(const struct elfgen_view *view, const struct elfgen_shdr *table,
                                 uint64_t index, uint64_t *value)
{
    struct elfgen_dyn entry;
    if (elfgen_view_dynamic(view, table, index, &entry, NULL) != ELFGEN_OK)
        return NULL;
    const char *tag = elfgen_dynamic_tag_name(view->ehdr.e_machine, entry.d_tag);
    *value = entry.d_val;
    if (!tag)
        return "";
    return strcmp(tag, "NULL") == 0 ? NULL : tag;
}

/* Collects what the dynamic linker would load: DT_NEEDED entries of PT_DYNAMIC, read as it reads
 * them. */
static void find_needed(struct compare_facts *facts, const struct elfgen_phdr *phdr)
{
    const struct elfgen_view *view = facts->view;
    const struct elfgen_shdr table = {
        .sh_type = ELFGEN_SHT_DYNAMIC,
        .sh_offset = phdr->p_offset,
        .sh_size = phdr->p_filesz,
        .sh_entsize = elfgen_structure_size(ELFGEN_STRUCTURE_dyn, view->class_)};
    uint64_t value, address = 0, size = 0, offset = 0;
    const char *tag;
    for (uint64_t i = 0; (tag = dynamic_entry(view, &table, i, &value)); i++) {
        if (strcmp(tag, "STRTAB") == 0)
            address = value;
        else if (strcmp(tag, "STRSZ") == 0)
            size = value;
    }
    if (!elfgen_memory_offset(view, address, &offset))
        size = 0;
    for (uint64_t i = 0; (tag = dynamic_entry(view, &table, i, &value)); i++) {
        if (strcmp(tag, "NEEDED") != 0)
            continue;
        if (facts->needed_count < COMPARE_NEEDED && value < size) {
            struct compare_string *name = &facts->needed[facts->needed_count];
            uint64_t most = size - value > LONGEST_STRING ? value + LONGEST_STRING : size;
            name->length = elfgen_view_string(view, offset, most, value, &name->bytes);
            if (name->length == SIZE_MAX)
                *name = (struct compare_string){NULL, 0};
        }
        facts->needed_count++;
    }
}

static void find_dynamic(struct compare_facts *facts)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; i < elfgen_memory_segments(facts->view) &&
                         elfgen_view_segment(facts->view, i, &phdr, NULL) == ELFGEN_OK;
         i++) {
        if (phdr.p_type != ELFGEN_PT_DYNAMIC)
            continue;
        find_needed(facts, &phdr);
        return;
    }
}

/* ---- what is missing ---- */

#define lack(facts, offset, field, ...)                                                            \
    do {                                                                                           \
        elfgen_error_set(&(facts)->missing, ELFGEN_TRUNCATED, (offset), __VA_ARGS__);              \
        (facts)->missing_field = (field);                                                          \
    } while (0)

/* Whether a table is entirely in the file. `what`, `offset_field` and `size_field` name it in the
 * error. */
static bool check_table(struct compare_facts *facts, struct elfgen_table table,
                        enum elfgen_structure_id id, const char *offset_field,
                        const char *size_field)
{
    const struct elfgen_view *view = facts->view;
    const char *what = elfgen_structures[id].meaning;
    uint64_t size = elfgen_structure_size(id, view->class_);
    uint64_t room = table.offset < view->length ? view->length - table.offset : 0;
    if (table.count == 0)
        return true;
    if (table.entry_size < size)
        lack(facts, ELFGEN_NOWHERE, size_field, "a %s has %u bytes, it must have %u", what,
             table.entry_size, size);
    else if (table.offset == 0)
        lack(facts, ELFGEN_NOWHERE, offset_field, "0, but there should be %u %ss", table.count,
             what);
    else if (room / table.entry_size < table.count)
        lack(facts, table.offset, offset_field, "%u %ss of %u bytes pass the end of the file, %x",
             table.count, what, table.entry_size, view->length);
    else
        return true;
    return false;
}

static bool check_sections(struct compare_facts *facts)
{
    const struct elfgen_view *view = facts->view;
    struct elfgen_shdr shdr;
    for (uint64_t i = 0; elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK; i++) {
        if (shdr.sh_type == ELFGEN_SHT_NULL || shdr.sh_type == ELFGEN_SHT_NOBITS ||
            shdr.sh_size == 0 || elfgen_view_bytes(view, shdr.sh_offset, shdr.sh_size))
            continue;
        lack(facts, shdr.sh_offset, "sh_size",
             "section %u has %u bytes from here, the file ends at %x", i, shdr.sh_size,
             view->length);
        return false;
    }
    return true;
}

static void check_segments(struct compare_facts *facts)
{
    const struct elfgen_view *view = facts->view;
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK; i++) {
        if (phdr.p_type != ELFGEN_PT_LOAD || phdr.p_filesz == 0 ||
            elfgen_view_bytes(view, phdr.p_offset, phdr.p_filesz))
            continue;
        lack(facts, phdr.p_offset, "p_filesz",
             "segment %u takes %u bytes from here, the file ends at %x", i, phdr.p_filesz,
             view->length);
        return;
    }
}

/* The same rules as in dump. A cut ELF header is no error if Linux finds the program headers, and
 * then nobody expects the rest. Files with sections may name bytes of segments that are in another
 * file. */
static void find_missing(struct compare_facts *facts)
{
    const struct elfgen_view *view = facts->view;
    struct elfgen_view again;
    struct elfgen_error cut;
    bool whole =
        elfgen_view_open_program(&again, view->bytes, view->length, &cut) != ELFGEN_TRUNCATED;
    if (!whole && view->segments.count == 0)
        lack(facts, cut.offset, NULL, "%s", cut.text);
    else if (check_table(facts, view->segments, ELFGEN_STRUCTURE_phdr, "e_phoff", "e_phentsize") &&
             check_table(facts, view->sections, ELFGEN_STRUCTURE_shdr, "e_shoff", "e_shentsize") &&
             check_sections(facts) && whole && view->sections.count == 0)
        check_segments(facts);
}

/* ---- the whole file ---- */

enum elfgen_code_mode compare_code_mode(const struct elfgen_view *view)
{
    struct elfgen_shdr shdr;
    if (view->ehdr.e_shoff == 0)
        return ELFGEN_CODE_FLOW;
    for (uint64_t i = 0; elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK; i++)
        if ((shdr.sh_flags & ELFGEN_SHF_EXECINSTR) && shdr.sh_type != ELFGEN_SHT_NULL &&
            shdr.sh_type != ELFGEN_SHT_NOBITS && shdr.sh_size > 0 && shdr.sh_offset < view->length)
            return ELFGEN_CODE_ALL;
    return ELFGEN_CODE_FLOW;
}

bool compare_measure(struct compare_facts *facts, const char *file, const struct elfgen_view *view,
                     struct elfgen_code *code)
{
    const struct elfgen_ehdr *ehdr = &view->ehdr;
    bool core = ehdr->e_type == ELFGEN_ET_CORE;
    *facts = (struct compare_facts){.file = file,
                                    .view = view,
                                    .runs = ehdr->e_type == ELFGEN_ET_EXEC ||
                                            ehdr->e_type == ELFGEN_ET_DYN,
                                    .has_instructions = !core && x86_knows(ehdr->e_machine)};
    find_missing(facts);
    count_segments(facts);
    count_sections(facts);
    if (facts->runs) {
        measure_memory(facts);
        find_dynamic(facts);
    }
    return compare_count_bytes(facts, core ? NULL : code);
}
