/* Looks for what the ELF specification, good practice or other loaders object to in a program. */
#include "elfgen/objections.h"

#include <string.h>

#include "elfgen/kernel.h"

#include "objections_private.h"

enum { LOW = ELFGEN_USUAL_MMAP_MIN_ADDR, OSABI_FREEBSD = 9 };

/* ---- the ELF header ---- */

static bool find_magic(const struct looked *file, struct elfgen_objection *objection)
{
    return !elfgen_view_is_elf(&file->view) &&
           in_header(file, objection, "ei_mag0", file->view.ehdr.ei_mag0, ELFGEN_MAG0);
}

static bool find_short_header(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t size = size_of(file, ELFGEN_STRUCTURE_ehdr);
    objection->value = file->view.length;
    objection->other = size;
    return file->view.length < size;
}

static bool find_class(const struct looked *file, struct elfgen_objection *objection)
{
    return unequal(file, objection, "ei_class", file->view.ehdr.ei_class,
                   file->is_64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32);
}

static bool find_data(const struct looked *file, struct elfgen_objection *objection)
{
    return elfgen_kernel_has_machine(file->view.ehdr.e_machine) &&
           unequal(file, objection, "ei_data", file->view.ehdr.ei_data, ELFGEN_LITTLE_ENDIAN);
}

static bool find_ident_version(const struct looked *file, struct elfgen_objection *objection)
{
    return unequal(file, objection, "ei_version", file->view.ehdr.ei_version, ELFGEN_EV_CURRENT);
}

static bool find_padding(const struct looked *file, struct elfgen_objection *objection)
{
    return unequal(file, objection, "ei_pad", file->view.ehdr.ei_pad, 0);
}

static bool find_version(const struct looked *file, struct elfgen_objection *objection)
{
    return unequal(file, objection, "e_version", file->view.ehdr.e_version, ELFGEN_EV_CURRENT);
}

static bool find_flags(const struct looked *file, struct elfgen_objection *objection)
{
    return elfgen_kernel_has_machine(file->view.ehdr.e_machine) &&
           unequal(file, objection, "e_flags", file->view.ehdr.e_flags, 0);
}

static bool find_ehsize(const struct looked *file, struct elfgen_objection *objection)
{
    return unequal(file, objection, "e_ehsize", file->view.ehdr.e_ehsize,
                   size_of(file, ELFGEN_STRUCTURE_ehdr));
}

static bool find_phentsize(const struct looked *file, struct elfgen_objection *objection)
{
    return unequal(file, objection, "e_phentsize", file->view.ehdr.e_phentsize,
                   size_of(file, ELFGEN_STRUCTURE_phdr));
}

static bool find_type(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t type = file->view.ehdr.e_type;
    return type != ELFGEN_ET_EXEC && type != ELFGEN_ET_DYN &&
           in_header(file, objection, "e_type", type, ELFGEN_ET_EXEC);
}

static bool find_machine(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t machine = file->view.ehdr.e_machine;
    return !elfgen_kernel_has_machine(machine) &&
           in_header(file, objection, "e_machine", machine, ELFGEN_EM_X86_64);
}

/* FreeBSD has brands for exactly these values of e_machine. */
static bool find_no_brand_machine(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t machine = file->view.ehdr.e_machine;
    return machine != ELFGEN_EM_386 && machine != ELFGEN_EM_X86_64 &&
           in_header(file, objection, "e_machine", machine, ELFGEN_EM_X86_64);
}

static bool find_not_64(const struct looked *file, struct elfgen_objection *objection)
{
    return unequal(file, objection, "e_machine", file->view.ehdr.e_machine, ELFGEN_EM_X86_64);
}

/* FreeBSD knows its programs by a note, by ei_osabi, by the string that FreeBSD 3 put there, or by
 * the interpreter. */
static bool find_brand(const struct looked *file, struct elfgen_objection *objection)
{
    enum { OLD_BRAND_AT = 8 };
    static const char brand[] = "FreeBSD", linker[] = "/libexec/ld-elf.so.1";
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; i < file->segments; i++) {
        if (!get(file, i, &phdr))
            continue;
        /* A program with a note may be branded by it. */
        if (phdr.p_type == ELFGEN_PT_NOTE)
            return false;
        const uint8_t *path = phdr.p_type == ELFGEN_PT_INTERP && phdr.p_filesz == sizeof linker
                                  ? elfgen_view_bytes(&file->view, phdr.p_offset, sizeof linker)
                                  : NULL;
        if (path && memcmp(path, linker, sizeof linker) == 0)
            return false;
    }
    const uint8_t *old = elfgen_view_bytes(&file->view, OLD_BRAND_AT, sizeof brand - 1);
    if (old && memcmp(old, brand, sizeof brand - 1) == 0)
        return false;
    return unequal(file, objection, "ei_osabi", file->view.ehdr.ei_osabi, OSABI_FREEBSD);
}

/* ---- tables of headers ---- */

static bool has_sections(const struct looked *file)
{
    return file->view.ehdr.e_shoff != 0 && file->view.sections.count > 0;
}

static bool find_shentsize(const struct looked *file, struct elfgen_objection *objection)
{
    return has_sections(file) &&
           unequal(file, objection, "e_shentsize", file->view.ehdr.e_shentsize,
                   size_of(file, ELFGEN_STRUCTURE_shdr));
}

static bool find_sections_outside(const struct looked *file, struct elfgen_objection *objection)
{
    const struct elfgen_table *table = &file->view.sections;
    uint64_t size;
    return has_sections(file) &&
           (!elfgen_multiply(table->count, table->entry_size, &size) ||
            !elfgen_view_bytes(&file->view, table->offset, size)) &&
           in_header(file, objection, "e_shoff", table->offset, file->view.length);
}

static bool find_overlapping_headers(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t size = size_of(file, ELFGEN_STRUCTURE_ehdr);
    return file->view.ehdr.e_phnum > 0 && file->view.ehdr.e_phoff < size &&
           in_header(file, objection, "e_phoff", file->view.ehdr.e_phoff, size);
}

static bool find_headers_page(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t most = PAGE / size_of(file, ELFGEN_STRUCTURE_phdr);
    return file->view.ehdr.e_phnum > most &&
           in_header(file, objection, "e_phnum", file->view.ehdr.e_phnum, most);
}

static bool find_headers_far(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t offset = file->view.ehdr.e_phoff;
    uint64_t size = file->view.ehdr.e_phnum * file->view.ehdr.e_phentsize;
    return (offset > PAGE || size > PAGE - offset) &&
           in_header(file, objection, "e_phoff", offset, PAGE);
}

static bool find_headers_unaligned(const struct looked *file, struct elfgen_objection *objection)
{
    uint64_t align = file->is_64 ? 8 : 4;
    return file->view.ehdr.e_phoff % align != 0 &&
           in_header(file, objection, "e_phoff", file->view.ehdr.e_phoff, align);
}

/* ---- segments ---- */

static bool find_align_power(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; i < file->segments; i++)
        if (get(file, i, &phdr) && (phdr.p_align & (phdr.p_align - 1)) != 0)
            return in_segment(file, objection, i, "p_align", phdr.p_align, 0);
    return false;
}

static bool find_align_offset(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++)
        if (phdr.p_align > 1 && (phdr.p_align & (phdr.p_align - 1)) == 0 &&
            ((phdr.p_vaddr ^ phdr.p_offset) & (phdr.p_align - 1)) != 0)
            return in_segment(file, objection, i, "p_vaddr", phdr.p_vaddr, phdr.p_offset);
    return false;
}

static bool find_align_page(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++)
        if (phdr.p_align == 0 || phdr.p_align % PAGE != 0)
            return in_segment(file, objection, i, "p_align", phdr.p_align, PAGE);
    return false;
}

static bool find_align_same(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t before = 0;
    bool any = false;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++) {
        if (any && phdr.p_align != before)
            return in_segment(file, objection, i, "p_align", phdr.p_align, before);
        before = phdr.p_align;
        any = true;
    }
    return false;
}

static bool find_load_order(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t before = 0;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++) {
        if (phdr.p_vaddr < before)
            return in_segment(file, objection, i, "p_vaddr", phdr.p_vaddr, before);
        before = phdr.p_vaddr;
    }
    return false;
}

static bool find_load_overlap(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t end = 0;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++) {
        if (phdr.p_memsz > 0 && phdr.p_vaddr < end)
            return in_segment(file, objection, i, "p_vaddr", phdr.p_vaddr, end);
        uint64_t own;
        if (elfgen_add(phdr.p_vaddr, phdr.p_memsz, &own) && own > end)
            end = own;
    }
    return false;
}

static bool find_interp(const struct looked *file, struct elfgen_objection *objection, bool twice)
{
    struct elfgen_phdr phdr;
    bool loads = false, interpreted = false;
    for (uint64_t i = 0; i < file->segments; i++) {
        if (!get(file, i, &phdr))
            continue;
        loads |= phdr.p_type == ELFGEN_PT_LOAD;
        if (phdr.p_type != ELFGEN_PT_INTERP)
            continue;
        if (twice ? interpreted : loads)
            return in_segment(file, objection, i, "p_type", phdr.p_type, 0);
        interpreted = true;
    }
    return false;
}

static bool find_interp_order(const struct looked *file, struct elfgen_objection *objection)
{
    return find_interp(file, objection, false);
}

static bool find_interp_twice(const struct looked *file, struct elfgen_objection *objection)
{
    return find_interp(file, objection, true);
}

static bool find_end(const struct looked *file, struct elfgen_objection *objection, bool in_memory)
{
    struct elfgen_phdr phdr;
    uint64_t end;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++) {
        if (phdr.p_filesz == 0 || (in_memory && phdr.p_memsz == 0))
            continue;
        if (!elfgen_add(phdr.p_offset, phdr.p_filesz, &end))
            end = UINT64_MAX;
        if (end > file->view.length)
            return in_segment(file, objection, i, "p_filesz", end, file->view.length);
    }
    return false;
}

static bool find_file_end(const struct looked *file, struct elfgen_objection *objection)
{
    return find_end(file, objection, false);
}

/* Only of segments that take memory. */
static bool find_memory_end(const struct looked *file, struct elfgen_objection *objection)
{
    return find_end(file, objection, true);
}

static bool find_more_in_file(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++)
        if (phdr.p_memsz != 0 && phdr.p_filesz > phdr.p_memsz)
            return in_segment(file, objection, i, "p_filesz", phdr.p_filesz, phdr.p_memsz);
    return false;
}

static bool find_no_load(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t i = 0;
    (void)objection;
    return file->segments > 0 && !next_load(file, &i, &phdr);
}

static bool find_write_execute(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++)
        if ((phdr.p_flags & ELFGEN_PF_W) && (phdr.p_flags & ELFGEN_PF_X))
            return in_segment(file, objection, i, "p_flags", phdr.p_flags, 0);
    return false;
}

static bool find_stack(const struct looked *file, uint64_t *at, struct elfgen_phdr *phdr)
{
    for (*at = file->segments; (*at)-- > 0;)
        if (get(file, *at, phdr) && phdr->p_type == ELFGEN_PT_GNU_STACK)
            return true;
    return false;
}

static bool find_no_stack(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t at;
    (void)objection;
    return file->segments > 0 && !find_stack(file, &at, &phdr);
}

static bool find_stack_executable(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t at;
    return find_stack(file, &at, &phdr) && (phdr.p_flags & ELFGEN_PF_X) &&
           in_segment(file, objection, at, "p_flags", phdr.p_flags, 0);
}

static bool find_low_address(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    if (file->view.ehdr.e_type != ELFGEN_ET_EXEC)
        return false;
    for (uint64_t i = 0; next_load(file, &i, &phdr); i++)
        if (phdr.p_vaddr < LOW)
            return in_segment(file, objection, i, "p_vaddr", phdr.p_vaddr, LOW);
    return false;
}

static bool find_entry_outside(const struct looked *file, struct elfgen_objection *objection)
{
    struct elfgen_phdr phdr;
    uint64_t entry = file->view.ehdr.e_entry, i = 0;
    bool any = false;
    for (; next_load(file, &i, &phdr); i++) {
        if ((phdr.p_flags & ELFGEN_PF_X) && entry >= phdr.p_vaddr &&
            entry - phdr.p_vaddr < phdr.p_memsz)
            return false;
        any = true;
    }
    return any && in_header(file, objection, "e_entry", entry, 0);
}

/* ---- rows ---- */

static const struct {
    const char *name;
    finder *find;
    enum elfgen_objector who;
    const char *source, *sentence;
} rows[] = {
#define OBJECTION(name, find, who, source, sentence)                                               \
    {name, find, ELFGEN_OBJECTOR_##who, source, sentence},
#include "objections.def"
#undef OBJECTION
};

bool elfgen_objection_next(const void *bytes, uint64_t length, unsigned who, unsigned *row,
                           struct elfgen_objection *objection)
{
    enum { ROWS = sizeof rows / sizeof rows[0], MOST_HEADERS = 65535 };
    struct looked file;
    elfgen_view_open_program(&file.view, bytes, length, NULL);
    file.is_64 = file.view.class_ == ELFGEN_CLASS64;
    /* A table that is not wholly in the file is ignored. */
    uint64_t size = size_of(&file, ELFGEN_STRUCTURE_phdr), count = file.view.segments.count;
    bool whole = count <= MOST_HEADERS && file.view.segments.entry_size == size &&
                 elfgen_view_bytes(&file.view, file.view.segments.offset, count * size);
    file.segments = whole ? count : 0;
    file.qemu_segments = count <= MOST_HEADERS ? count : 0;
    for (; *row < ROWS; ++*row) {
        if ((rows[*row].who & who) == 0)
            continue;
        *objection = (struct elfgen_objection){.who = rows[*row].who,
                                               .name = rows[*row].name,
                                               .source = rows[*row].source,
                                               .sentence = rows[*row].sentence,
                                               .offset = ELFGEN_NOWHERE,
                                               .segment = NO_SEGMENT};
        if (rows[*row].find(&file, objection)) {
            ++*row;
            return true;
        }
    }
    return false;
}

void elfgen_objection_text(const struct elfgen_objection *objection, struct elfgen_text *text)
{
    for (const char *c = objection->sentence; c && *c; c++) {
        if (*c != '%' || !c[1])
            elfgen_text_char(text, *c);
        else if (*++c == 'v')
            elfgen_text_decimal(text, objection->value, 0);
        else if (*c == 'x')
            elfgen_text_0x(text, objection->value);
        else if (*c == 'o')
            elfgen_text_decimal(text, objection->other, 0);
        else if (*c == 'p')
            elfgen_text_0x(text, objection->other);
        else if (*c == 'i')
            elfgen_text_decimal(text, objection->segment, 0);
    }
}
