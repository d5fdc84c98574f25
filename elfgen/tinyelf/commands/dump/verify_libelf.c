/* Reads a file with the library and with libelf, and reports where they differ. */
#include "verify.h"

#include <gelf.h>
#include <libelf.h>
#include <string.h>

#include "elfgen/view.h"

/* A file that is read twice. */
struct reading {
    const struct reporter *reporter;
    const char *name;
    struct elfgen_view view;
    Elf *elf;
    size_t names; /* section with the sections' names, by libelf */
    struct verified *result;
};

__attribute__((format(printf, 4, 5))) static void differ(struct reading *reading, uint64_t offset,
                                                         const char *field, const char *format, ...)
{
    const struct place place = {.file = reading->name, .offset = offset, .field = field};
    va_list arguments;
    if (reading->result->differences++ >= VERIFY_MOST)
        return;
    va_start(arguments, format);
    report_send_list(reading->reporter, REPORT_ERROR, &place, format, arguments);
    va_end(arguments);
}

/* Reports that libelf does not read what the library does. */
static void refused(struct reading *reading, uint64_t offset, const char *what, uint64_t index)
{
    differ(reading, offset, NULL, "libelf cannot read %s %llu: %s", what, (unsigned long long)index,
           elf_errmsg(-1));
}

static uint64_t offset_of(const struct reading *reading, enum elfgen_structure_id id,
                          const char *name)
{
    const struct elfgen_structure *structure = &elfgen_structures[id];
    for (unsigned i = 0; i < structure->count; i++)
        if (strcmp(structure->fields[i].name, name) == 0)
            return structure->fields[i].offset[elfgen_class_index(reading->view.class_)];
    return 0;
}

static void same_number(struct reading *reading, enum elfgen_structure_id id, uint64_t base,
                        const char *field, uint64_t ours, uint64_t theirs)
{
    if (ours != theirs)
        differ(reading, base + offset_of(reading, id, field), field, "0x%llx, by libelf 0x%llx",
               (unsigned long long)ours, (unsigned long long)theirs);
}

/* Compares a field of the structure at `base`, which has 4 bytes at most in a 32-bit file: some of
 * them libelf widens with their sign. */
static void same(struct reading *reading, enum elfgen_structure_id id, uint64_t base,
                 const char *field, uint64_t ours, uint64_t theirs)
{
    same_number(reading, id, base, field, ours,
                reading->view.class_ == ELFGEN_CLASS64 ? theirs : (uint32_t)theirs);
}

/* Compares a name, where `length` is SIZE_MAX if the library has none. */
static void same_name(struct reading *reading, enum elfgen_structure_id id, uint64_t base,
                      const char *field, const char *ours, size_t length, const char *theirs)
{
    const bool has = length != SIZE_MAX;
    if (has && theirs && strlen(theirs) == length && memcmp(ours, theirs, length) == 0)
        return;
    if (has || theirs)
        differ(reading, base + offset_of(reading, id, field), field,
               "the name is '%.*s', by libelf '%s'", has ? (int)(length < 200 ? length : 200) : 0,
               has ? ours : "", theirs ? theirs : "");
}

#define COMPARE_ONE(field)  same(reading, ID, base, #field, ours->field, (uint64_t)theirs->field);
#define COMPARE(field, ...) COMPARE_ONE(field)

static void compare_header(struct reading *reading, const GElf_Ehdr *theirs)
{
    const struct elfgen_structure *structure = &elfgen_structures[ELFGEN_STRUCTURE_ehdr];
    const struct elfgen_ehdr *ours = &reading->view.ehdr;
    const uint64_t base = 0;
    for (unsigned i = 0; i < structure->count && structure->fields[i].offset[0] < EI_NIDENT; i++) {
        const struct elfgen_field *field = &structure->fields[i];
        const uint8_t *bytes = reading->view.bytes;
        same_number(
            reading, ELFGEN_STRUCTURE_ehdr, 0, field->name,
            elfgen_field_get(field, reading->view.class_, reading->view.order, bytes),
            elfgen_field_get(field, reading->view.class_, reading->view.order, theirs->e_ident));
    }
#define ID ELFGEN_STRUCTURE_ehdr
    COMPARE_ONE(e_type)
    COMPARE_ONE(e_machine)
    COMPARE_ONE(e_version)
    COMPARE_ONE(e_entry)
    COMPARE_ONE(e_phoff)
    COMPARE_ONE(e_shoff)
    COMPARE_ONE(e_flags)
    COMPARE_ONE(e_ehsize)
    COMPARE_ONE(e_phentsize)
    COMPARE_ONE(e_phnum)
    COMPARE_ONE(e_shentsize)
    COMPARE_ONE(e_shnum)
    COMPARE_ONE(e_shstrndx)
#undef ID
}

static void compare_segment(struct reading *reading, uint64_t base, const struct elfgen_phdr *ours,
                            const GElf_Phdr *theirs)
{
#define ID ELFGEN_STRUCTURE_phdr
    ELFGEN_PHDR_FIELDS(COMPARE)
#undef ID
}

static void compare_section(struct reading *reading, uint64_t base, const struct elfgen_shdr *ours,
                            const GElf_Shdr *theirs)
{
#define ID ELFGEN_STRUCTURE_shdr
    ELFGEN_SHDR_FIELDS(COMPARE)
#undef ID
    const char *name = NULL;
    size_t length = elfgen_view_section_name(&reading->view, ours, &name);
    same_name(reading, ELFGEN_STRUCTURE_shdr, base, "sh_name", name, length,
              elf_strptr(reading->elf, reading->names, theirs->sh_name));
}

/* A section that is read twice. */
struct table {
    const struct elfgen_shdr *shdr;
    Elf_Data *data;
    size_t entry; /* bytes */
};

static uint64_t entry_offset(const struct table *table, uint64_t index)
{
    return table->shdr->sh_offset + index * table->shdr->sh_entsize;
}

static void compare_symbol(struct reading *reading, const struct table *table, int index)
{
    const uint64_t base = entry_offset(table, (uint64_t)index);
    struct elfgen_sym symbol = {0};
    GElf_Sym their_symbol;
    const struct elfgen_sym *ours = &symbol;
    const GElf_Sym *theirs = gelf_getsym(table->data, index, &their_symbol);
    elfgen_view_symbol(&reading->view, table->shdr, (uint64_t)index, &symbol, NULL);
    if (!theirs) {
        refused(reading, base, "symbol", (uint64_t)index);
        return;
    }
#define ID ELFGEN_STRUCTURE_sym
    ELFGEN_SYM_FIELDS(COMPARE)
#undef ID
    struct elfgen_shdr strings = {0};
    const char *name = NULL;
    elfgen_view_section(&reading->view, table->shdr->sh_link, &strings, NULL);
    size_t length = elfgen_view_string(&reading->view, strings.sh_offset, strings.sh_size,
                                       ours->st_name, &name);
    same_name(reading, ELFGEN_STRUCTURE_sym, base, "st_name", name, length,
              elf_strptr(reading->elf, (size_t)table->shdr->sh_link, theirs->st_name));
    reading->result->symbols++;
}

/* libelf gives r_info in the layout of 64-bit files. */
static void compare_info(struct reading *reading, uint64_t base, enum elfgen_structure_id id,
                         uint64_t ours, uint64_t theirs)
{
    if (reading->view.class_ == ELFGEN_CLASS64) {
        same(reading, id, base, "r_info", ours, theirs);
        return;
    }
    const struct elfgen_relocation_info info = elfgen_view_relocation_info(&reading->view, ours);
    same(reading, id, base, "r_info", info.symbol, GELF_R_SYM(theirs));
    same(reading, id, base, "r_info", info.type[0], GELF_R_TYPE(theirs));
}

static void compare_relocation(struct reading *reading, const struct table *table, int index)
{
    const bool has_addend = table->shdr->sh_type == ELFGEN_SHT_RELA;
    const uint64_t base = entry_offset(table, (uint64_t)index);
    const enum elfgen_structure_id id = has_addend ? ELFGEN_STRUCTURE_rela : ELFGEN_STRUCTURE_rel;
    struct elfgen_rela ours = {0};
    GElf_Rela theirs = {0};
    GElf_Rel rel = {0};
    elfgen_view_relocation(&reading->view, table->shdr, (uint64_t)index, &ours, NULL);
    if (has_addend ? !gelf_getrela(table->data, index, &theirs)
                   : !gelf_getrel(table->data, index, &rel)) {
        refused(reading, base, "relocation", (uint64_t)index);
        return;
    }
    if (!has_addend)
        theirs = (GElf_Rela){.r_offset = rel.r_offset, .r_info = rel.r_info};
    same(reading, id, base, "r_offset", ours.r_offset, theirs.r_offset);
    compare_info(reading, base, id, ours.r_info, theirs.r_info);
    if (has_addend)
        same(reading, id, base, "r_addend", ours.r_addend, (uint64_t)theirs.r_addend);
    reading->result->relocations++;
}

static void compare_dynamic(struct reading *reading, const struct table *table, int index)
{
    const uint64_t base = entry_offset(table, (uint64_t)index);
    struct elfgen_dyn ours = {0};
    GElf_Dyn theirs;
    elfgen_view_dynamic(&reading->view, table->shdr, (uint64_t)index, &ours, NULL);
    if (!gelf_getdyn(table->data, index, &theirs)) {
        refused(reading, base, "dynamic entry", (uint64_t)index);
        return;
    }
    same(reading, ELFGEN_STRUCTURE_dyn, base, "d_tag", ours.d_tag, (uint64_t)theirs.d_tag);
    same(reading, ELFGEN_STRUCTURE_dyn, base, "d_val", ours.d_val, theirs.d_un.d_val);
    reading->result->dynamic++;
}

/* A word of a section of extended indices. */
static void compare_index(struct reading *reading, const struct table *table, int index)
{
    const struct elfgen_field *field = &elfgen_structures[ELFGEN_STRUCTURE_shndx].fields[0];
    const uint64_t base = table->shdr->sh_offset + (uint64_t)index * table->entry;
    const uint8_t *bytes = elfgen_view_bytes(&reading->view, base, table->entry);
    Elf32_Word theirs;
    memcpy(&theirs, (const uint8_t *)table->data->d_buf + (size_t)index * table->entry,
           sizeof theirs);
    if (bytes)
        same(reading, ELFGEN_STRUCTURE_shndx, base, field->name,
             elfgen_field_get(field, reading->view.class_, reading->view.order, bytes), theirs);
}

static uint64_t note_field(const struct reading *reading, const uint8_t *bytes, unsigned field)
{
    const struct elfgen_structure *structure = &elfgen_structures[ELFGEN_STRUCTURE_nhdr];
    return elfgen_field_get(&structure->fields[field], reading->view.class_, reading->view.order,
                            bytes);
}

/* Notes follow one another: libelf says where the next is. */
static void compare_notes(struct reading *reading, const struct elfgen_shdr *shdr, Elf_Data *data)
{
    size_t at = 0, next, name, contents;
    GElf_Nhdr note;
    while (at < data->d_size && (next = gelf_getnote(data, at, &note, &name, &contents)) > 0) {
        const uint64_t base = shdr->sh_offset + at;
        const size_t size = elfgen_structure_size(ELFGEN_STRUCTURE_nhdr, reading->view.class_);
        const uint8_t *bytes = elfgen_view_bytes(&reading->view, base, size);
        const uint64_t theirs[] = {note.n_namesz, note.n_descsz, note.n_type};
        for (unsigned i = 0; bytes && i < sizeof theirs / sizeof theirs[0]; i++)
            same(reading, ELFGEN_STRUCTURE_nhdr, base,
                 elfgen_structures[ELFGEN_STRUCTURE_nhdr].fields[i].name,
                 note_field(reading, bytes, i), theirs[i]);
        reading->result->notes++;
        at = next;
    }
}

static void compare_entries(struct reading *reading, const struct elfgen_shdr *shdr, Elf_Scn *scn,
                            Elf_Type type,
                            void (*compare)(struct reading *, const struct table *, int))
{
    struct table table = {shdr, elf_getdata(scn, NULL),
                          gelf_fsize(reading->elf, type, 1, EV_CURRENT)};
    if (!table.data && shdr->sh_size > 0)
        refused(reading, shdr->sh_offset, "the entries of section", elf_ndxscn(scn));
    if (!table.data || table.entry == 0)
        return;
    for (size_t i = 0; i < table.data->d_size / table.entry; i++)
        compare(reading, &table, (int)i);
}

/* Compares what a section has in it, if that is a table of a kind that both know. */
static void compare_contents(struct reading *reading, const struct elfgen_shdr *shdr, Elf_Scn *scn)
{
    Elf_Data *data;
    if (shdr->sh_flags & ELFGEN_SHF_COMPRESSED)
        return;
    switch (shdr->sh_type) {
    case ELFGEN_SHT_SYMTAB:
    case ELFGEN_SHT_DYNSYM:
        compare_entries(reading, shdr, scn, ELF_T_SYM, compare_symbol);
        break;
    case ELFGEN_SHT_RELA:
        compare_entries(reading, shdr, scn, ELF_T_RELA, compare_relocation);
        break;
    case ELFGEN_SHT_REL:
        compare_entries(reading, shdr, scn, ELF_T_REL, compare_relocation);
        break;
    case ELFGEN_SHT_DYNAMIC:
        compare_entries(reading, shdr, scn, ELF_T_DYN, compare_dynamic);
        break;
    case ELFGEN_SHT_SYMTAB_SHNDX:
        compare_entries(reading, shdr, scn, ELF_T_WORD, compare_index);
        break;
    case ELFGEN_SHT_NOTE:
        data = elf_getdata(scn, NULL);
        if (data)
            compare_notes(reading, shdr, data);
        break;
    default:
        break;
    }
}

/* Compares how many entries a table has, with the field that says it. Returns how many both have.
 */
static uint64_t compare_count(struct reading *reading, const char *field, uint64_t ours,
                              uint64_t theirs)
{
    same(reading, ELFGEN_STRUCTURE_ehdr, 0, field, ours, theirs);
    return ours < theirs ? ours : theirs;
}

static void compare_segments(struct reading *reading)
{
    size_t count = 0;
    const struct elfgen_table *table = &reading->view.segments;
    if (elf_getphdrnum(reading->elf, &count) != 0)
        differ(reading, 0, "e_phnum", "libelf cannot read it: %s", elf_errmsg(-1));
    const uint64_t both = compare_count(reading, "e_phnum", table->count, count);
    for (uint64_t i = 0; i < both; i++) {
        const uint64_t base = table->offset + i * table->entry_size;
        struct elfgen_phdr ours = {0};
        GElf_Phdr theirs;
        elfgen_view_segment(&reading->view, i, &ours, NULL);
        if (gelf_getphdr(reading->elf, (int)i, &theirs))
            compare_segment(reading, base, &ours, &theirs);
        else
            refused(reading, base, "program header", i);
        reading->result->segments++;
    }
}

static void compare_sections(struct reading *reading)
{
    size_t count = 0;
    const struct elfgen_table *table = &reading->view.sections;
    if (elf_getshdrnum(reading->elf, &count) != 0 ||
        (count > 0 && elf_getshdrstrndx(reading->elf, &reading->names) != 0))
        differ(reading, 0, "e_shnum", "libelf cannot read it: %s", elf_errmsg(-1));
    const uint64_t both = compare_count(reading, "e_shnum", table->count, count);
    if (both > 0)
        same(reading, ELFGEN_STRUCTURE_ehdr, 0, "e_shstrndx", reading->view.names, reading->names);
    for (uint64_t i = 0; i < both; i++) {
        const uint64_t base = table->offset + i * table->entry_size;
        struct elfgen_shdr ours = {0};
        GElf_Shdr theirs;
        Elf_Scn *scn = elf_getscn(reading->elf, (size_t)i);
        elfgen_view_section(&reading->view, i, &ours, NULL);
        if (scn && gelf_getshdr(scn, &theirs)) {
            compare_section(reading, base, &ours, &theirs);
            compare_contents(reading, &ours, scn);
        } else {
            refused(reading, base, "section header", i);
        }
        reading->result->sections++;
    }
}

bool verify_bytes(const struct reporter *reporter, const char *name, const void *bytes,
                  const void *theirs, size_t size, struct verified *result)
{
    struct reading reading = {.reporter = reporter, .name = name, .result = result};
    const struct place place = place_file(name);
    GElf_Ehdr ehdr;
    char *image;
    memcpy(&image, &theirs, sizeof image); /* libelf only reads it */
    *result = (struct verified){0};
    elf_version(EV_CURRENT);
    elfgen_view_open(&reading.view, bytes, size, NULL);
    reading.elf = elf_memory(image, size);
    if (!reading.elf || elf_kind(reading.elf) != ELF_K_ELF || !gelf_getehdr(reading.elf, &ehdr)) {
        const int problem = elf_errno();
        result->refused = true;
        report_error(reporter, &place, "libelf cannot read it: %s",
                     problem ? elf_errmsg(problem) : "its first bytes are no ELF file's to libelf");
    } else {
        compare_header(&reading, &ehdr);
        compare_segments(&reading);
        compare_sections(&reading);
    }
    elf_end(reading.elf);
    if (result->differences > VERIFY_MOST)
        report_error(reporter, &place, "%llu more differences",
                     (unsigned long long)(result->differences - VERIFY_MOST));
    return !result->refused && result->differences == 0;
}
