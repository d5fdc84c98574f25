/* Reads relocatable objects with libelf, and raw machine code, into struct link_object. Section and
 * symbol numbers stay the file's. Whatever the linker does not support is refused by name. */
#include "object.h"

#include <gelf.h>
#include <libelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen/arch.h"
#include "elfgen/names.h"
#include "toolchain.h"

/* An ELF file that is being read, and the object made of it. */
struct reader {
    const struct object_options *options;
    Elf *elf;
    GElf_Ehdr ehdr;
    size_t name_table, section_count;
    const struct elfgen_arch *arch; /* of e_machine */
    struct link_object *object;
    Elf_Scn *symbols;
    size_t string_table; /* section with the symbols' names */
};

/* Reports an error about the whole object, about a section of it (`offset` in that, or
 * PLACE_NO_OFFSET), or about a field of the ELF header. They return false. */
__attribute__((format(printf, 2, 3))) static bool refuse(const struct reader *reader,
                                                         const char *format, ...)
{
    const struct place place = place_file(reader->options->name);
    va_list arguments;
    va_start(arguments, format);
    report_send_list(&reader->options->reporter, REPORT_ERROR, &place, format, arguments);
    va_end(arguments);
    return false;
}

__attribute__((format(printf, 4, 5))) static bool refuse_section(const struct reader *reader,
                                                                 const char *section,
                                                                 uint64_t offset,
                                                                 const char *format, ...)
{
    const struct place place = place_section(reader->options->name, section, offset);
    va_list arguments;
    va_start(arguments, format);
    report_send_list(&reader->options->reporter, REPORT_ERROR, &place, format, arguments);
    va_end(arguments);
    return false;
}

__attribute__((format(printf, 4, 5))) static bool refuse_field(const struct reader *reader,
                                                               const char *field, uint64_t offset,
                                                               const char *format, ...)
{
    const struct place place = {.file = reader->options->name, .offset = offset, .field = field};
    va_list arguments;
    va_start(arguments, format);
    report_send_list(&reader->options->reporter, REPORT_ERROR, &place, format, arguments);
    va_end(arguments);
    return false;
}

static const char *section_name(const struct reader *reader, const GElf_Shdr *shdr)
{
    const char *name = elf_strptr(reader->elf, reader->name_table, shdr->sh_name);
    return name ? name : "<corrupt>";
}

static unsigned class_bits(enum elfgen_class class_)
{
    return 8 * elfgen_address_size(class_);
}

/* Writes the machines that objects may be for: "x86-64 (62), 64 bits, or ...". */
static void list_machines(char *text, size_t room)
{
    const struct elfgen_arch *arch;
    size_t length = 0;
    for (unsigned i = 0; (arch = elfgen_arch_get(i)) && length < room; i++) {
        const char *between = i == 0 ? "" : elfgen_arch_get(i + 1) ? ", " : ", or ";
        length += (size_t)snprintf(text + length, room - length, "%s%s (%u), %u bits", between,
                                   arch->title, arch->machines[0], class_bits(arch->class_));
    }
}

/* Checks that the machine is one that is supported, and the requested one. */
static bool takes_machine(struct reader *reader)
{
    const struct object_options *options = reader->options;
    uint16_t machine = reader->ehdr.e_machine;
    const char *name = elfgen_machine_name(machine);
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    const unsigned bits = class_bits((enum elfgen_class)reader->ehdr.e_ident[EI_CLASS]);
    if (!arch || bits != class_bits(arch->class_)) {
        char known[128];
        list_machines(known, sizeof known);
        return refuse_field(reader, "e_machine", 0x12,
                            "the object is for %s (%u), %u bits; it must be for %s",
                            name ? name : "an unknown machine", machine, bits, known);
    }
    reader->arch = arch;
    if (options->machine != 0 && options->machine != arch->machines[0])
        return refuse_field(reader, "e_machine", 0x12,
                            "the object is for %s (%u), but %s was asked for", name, machine,
                            elfgen_machine_name(options->machine));
    return true;
}

static bool read_header(struct reader *reader)
{
    size_t count;
    if (!reader->elf || elf_kind(reader->elf) != ELF_K_ELF ||
        !gelf_getehdr(reader->elf, &reader->ehdr))
        return refuse(reader, "not an object: it has no valid ELF header");
    if (!takes_machine(reader))
        return false;
    reader->object->machine = reader->arch->machines[0];
    if (reader->ehdr.e_type != ET_REL)
        return refuse_field(reader, "e_type", 0x10,
                            "type %u is already linked; a relocatable object has 1 "
                            "(ET_REL)",
                            reader->ehdr.e_type);
    if (elf_getshdrnum(reader->elf, &count) != 0 ||
        elf_getshdrstrndx(reader->elf, &reader->name_table) != 0)
        return refuse(reader, "the object's section headers cannot be read");
    reader->section_count = count;
    return true;
}

/* Refuses sections that need something which is not done here, even if no code refers to them. */
static bool supported(const struct reader *reader, const char *name, const GElf_Shdr *shdr)
{
    static const char *const called_by_nobody[] = {".ctors", ".dtors", ".init", ".fini"};
    bool is_called = shdr->sh_type == SHT_INIT_ARRAY || shdr->sh_type == SHT_FINI_ARRAY ||
                     shdr->sh_type == SHT_PREINIT_ARRAY;
    for (size_t i = 0; i < sizeof called_by_nobody / sizeof called_by_nobody[0]; i++) {
        /* .ctors.65335 ends with a priority. */
        size_t length = strlen(called_by_nobody[i]);
        is_called |= strncmp(name, called_by_nobody[i], length) == 0 &&
                     (name[length] == '\0' || name[length] == '.');
    }
    if (is_called && shdr->sh_size > 0)
        return refuse_section(reader, name, PLACE_NO_OFFSET,
                              "constructors and destructors are not supported: nothing would "
                              "call them");
    if (shdr->sh_flags & SHF_COMPRESSED)
        return refuse_section(reader, name, PLACE_NO_OFFSET,
                              "loaded sections cannot be compressed");
    if (shdr->sh_addralign & (shdr->sh_addralign - 1))
        return refuse_section(reader, name, PLACE_NO_OFFSET, "alignment %llu is not a power of two",
                              (unsigned long long)shdr->sh_addralign);
    return true;
}

/* DWARF that was compressed in the way that GNU's tools had before SHF_COMPRESSED: its name says
 * it. */
static bool is_gnu_compressed(const char *name)
{
    return strncmp(name, ".zdebug_", 8) == 0;
}

/* Uncompresses a section that is. Sets *was to whether it was compressed. */
static bool uncompress(const struct reader *reader, Elf_Scn *scn, struct link_section *section,
                       bool *was)
{
    bool gnu = !(section->flags & SHF_COMPRESSED) && is_gnu_compressed(section->name);
    *was = section->flags & SHF_COMPRESSED || gnu;
    if (*was && (gnu ? elf_compress_gnu(scn, 0, 0) : elf_compress(scn, 0, 0)) < 0)
        return refuse_section(reader, section->name, PLACE_NO_OFFSET,
                              "it cannot be uncompressed: %s", elf_errmsg(-1));
    if (!gnu)
        return true;
    section->made_name = strdup(section->name + 1); /* ".zdebug_info" -> ".debug_info" */
    if (!section->made_name)
        return refuse(reader, NO_MEMORY);
    section->made_name[0] = '.';
    section->name = section->made_name;
    return true;
}

static bool take_bytes(const struct reader *reader, Elf_Scn *scn, struct link_section *section,
                       const GElf_Shdr *shdr)
{
    static const uint8_t nothing[1];
    bool compressed;
    if (!uncompress(reader, scn, section, &compressed))
        return false;
    Elf_Data *data = compressed ? elf_getdata(scn, NULL) : elf_rawdata(scn, NULL);
    GElf_Shdr plain;
    if (compressed && data && gelf_getshdr(scn, &plain)) {
        section->size = data->d_size;
        section->align = plain.sh_addralign; /* the contents', not that of their compressed form */
    }
    if (!data || data->d_size != section->size)
        return refuse_section(reader, section->name, PLACE_NO_OFFSET,
                              "its %llu bytes at offset 0x%llx are not all in the file",
                              (unsigned long long)section->size,
                              (unsigned long long)shdr->sh_offset);
    /* An empty section is still one with bytes, not one of zeros. */
    section->bytes = data->d_buf ? data->d_buf : nothing;
    return true;
}

static bool is_debug(const char *name)
{
    return strncmp(name, ".debug_", 7) == 0 || is_gnu_compressed(name);
}

static bool take_section(const struct reader *reader, Elf_Scn *scn, const GElf_Shdr *shdr)
{
    struct link_section *section = &reader->object->sections[elf_ndxscn(scn)];
    const char *name = section_name(reader, shdr);
    *section = (struct link_section){
        .name = name,
        .size = shdr->sh_size,
        .align = shdr->sh_addralign,
        .flags = shdr->sh_flags,
        .entry_size = shdr->sh_entsize,
        .type = shdr->sh_type,
        .place = LINK_NONE,
    };
    bool wanted = reader->options->debug && is_debug(name);
    if (!(shdr->sh_flags & SHF_ALLOC) && !wanted)
        return true;
    if (shdr->sh_flags & SHF_ALLOC && !supported(reader, name, shdr))
        return false;
    return shdr->sh_type == SHT_NOBITS || take_bytes(reader, scn, section, shdr);
}

/* Refuses an object without machine code, which leaves compilation to the linker (-flto). */
static bool has_code(const struct reader *reader)
{
    static const char slim[] = "__gnu_lto_slim";
    for (size_t i = 0; i < reader->object->symbol_count; i++)
        if (strcmp(reader->object->symbols[i].name, slim) == 0)
            return refuse(reader,
                          "symbol '%s': compiled with -flto, the object has no machine "
                          "code: compile it without, or with -ffat-lto-objects",
                          slim);
    return true;
}

static bool take_sections(struct reader *reader)
{
    struct link_object *object = reader->object;
    object->sections = calloc(reader->section_count + 1, sizeof *object->sections);
    if (!object->sections)
        return refuse(reader, NO_MEMORY);
    object->section_count = reader->section_count;
    for (size_t i = 0; i <= object->section_count; i++)
        object->sections[i] = (struct link_section){.name = "", .place = LINK_NONE};
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(reader->elf, scn));) {
        GElf_Shdr shdr;
        if (!gelf_getshdr(scn, &shdr) || elf_ndxscn(scn) >= object->section_count)
            return refuse(reader, "a section header cannot be read");
        if (!take_section(reader, scn, &shdr))
            return false;
        if (shdr.sh_type != SHT_SYMTAB)
            continue;
        if (reader->symbols)
            return refuse(reader, "the object has two symbol tables");
        reader->symbols = scn;
        reader->string_table = shdr.sh_link;
    }
    return true;
}

/* The data of a symbol or relocation section, checked: it is whole, with entries of the right size.
 * Returns NULL after reporting the error. */
static Elf_Data *table_of(const struct reader *reader, Elf_Scn *scn, size_t entry_size)
{
    GElf_Shdr shdr;
    if (!gelf_getshdr(scn, &shdr)) {
        refuse(reader, "a section header cannot be read");
        return NULL;
    }
    Elf_Data *data = elf_getdata(scn, NULL);
    if (data && shdr.sh_entsize == entry_size && shdr.sh_size % entry_size == 0 &&
        data->d_size == shdr.sh_size)
        return data;
    refuse_section(reader, section_name(reader, &shdr), PLACE_NO_OFFSET,
                   "its %llu bytes at offset 0x%llx, in entries of %llu, are not a table of "
                   "entries of %zu bytes in the file",
                   (unsigned long long)shdr.sh_size, (unsigned long long)shdr.sh_offset,
                   (unsigned long long)shdr.sh_entsize, entry_size);
    return NULL;
}

/* The extended section indices, which an object with more than 65,279 sections has. */
static Elf_Data *extended_indices(const struct reader *reader)
{
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(reader->elf, scn));) {
        GElf_Shdr shdr;
        if (gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_SYMTAB_SHNDX &&
            shdr.sh_link == elf_ndxscn(reader->symbols))
            return elf_getdata(scn, NULL);
    }
    return NULL;
}

/* Finds the section that a symbol's value is relative to, or one of the LINK_... values. Returns
 * false if there is no such section. */
static bool home_of(const struct reader *reader, const GElf_Sym *symbol, Elf32_Word extended,
                    uint32_t *home)
{
    *home = symbol->st_shndx == SHN_XINDEX ? extended : symbol->st_shndx;
    if (symbol->st_shndx == SHN_ABS)
        *home = LINK_ABSOLUTE;
    else if (symbol->st_shndx == SHN_COMMON ||
             (symbol->st_shndx != SHN_UNDEF && symbol->st_shndx == reader->arch->large_common))
        *home = LINK_COMMON;
    else if (symbol->st_shndx == SHN_UNDEF)
        *home = LINK_UNDEFINED;
    else
        return *home < reader->object->section_count &&
               (symbol->st_shndx < SHN_LORESERVE || symbol->st_shndx == SHN_XINDEX);
    return true;
}

static bool take_symbol(const struct reader *reader, size_t index, const GElf_Sym *from,
                        Elf32_Word extended)
{
    const char *name = elf_strptr(reader->elf, reader->string_table, from->st_name);
    struct link_symbol *to = &reader->object->symbols[index];
    *to = (struct link_symbol){.name = name ? name : "",
                               .value = from->st_value,
                               .size = from->st_size,
                               .global = LINK_NONE,
                               .type = GELF_ST_TYPE(from->st_info),
                               .binding = GELF_ST_BIND(from->st_info)};
    if (!name)
        return refuse(reader, "symbol %zu: its name lies outside the string table", index);
    if (!home_of(reader, from, extended, &to->section))
        return refuse(reader, "symbol %zu ('%s') is in section %u of %zu", index, name, to->section,
                      reader->object->section_count);
    if (to->section == LINK_COMMON && (to->value & (to->value - 1)) != 0)
        return refuse(reader, "symbol '%s': alignment %llu is not a power of two", name,
                      (unsigned long long)to->value);
    if (to->section == LINK_COMMON && to->type == STT_TLS)
        return refuse(reader, "symbol '%s': thread-local storage is not supported", name);
    return true;
}

static bool take_symbols(struct reader *reader)
{
    const size_t entry = gelf_fsize(reader->elf, ELF_T_SYM, 1, EV_CURRENT);
    struct link_object *object = reader->object;
    Elf_Data *data = reader->symbols ? table_of(reader, reader->symbols, entry) : NULL;
    if (reader->symbols && !data)
        return false;
    Elf_Data *extended = reader->symbols ? extended_indices(reader) : NULL;
    object->symbol_count = data ? data->d_size / entry : 0;
    object->symbols = calloc(object->symbol_count + 1, sizeof *object->symbols);
    if (!object->symbols)
        return refuse(reader, NO_MEMORY);
    for (size_t i = 0; i < object->symbol_count; i++) {
        GElf_Sym symbol;
        Elf32_Word index = 0;
        if (!gelf_getsymshndx(data, extended, (int)i, &symbol, &index))
            return refuse(reader, "symbol %zu cannot be read", i);
        if (!take_symbol(reader, i, &symbol, index))
            return false;
    }
    return has_code(reader);
}

/* Adds a COMDAT group, of which a program has one, from any object. */
static bool take_group(struct reader *reader, Elf_Scn *scn, const GElf_Shdr *shdr)
{
    struct link_object *object = reader->object;
    Elf_Data *data = elf_getdata(scn, NULL);
    const uint8_t *words = data ? data->d_buf : NULL; /* not aligned in an archive's member */
    size_t count = data ? data->d_size / sizeof(Elf32_Word) : 0;
    Elf32_Word word = 0;
    if (words && count > 0)
        memcpy(&word, words, sizeof word);
    if (count == 0 || !words)
        return refuse_section(reader, section_name(reader, shdr), PLACE_NO_OFFSET,
                              "a group without its flags");
    if (!(word & GRP_COMDAT))
        return true;
    if (!reader->symbols || shdr->sh_info == 0 || shdr->sh_info >= object->symbol_count)
        return refuse_section(reader, section_name(reader, shdr), PLACE_NO_OFFSET,
                              "the group's name is symbol %u of %zu (sh_info)", shdr->sh_info,
                              object->symbol_count);
    struct link_group *larger =
        realloc(object->groups, (object->group_count + 1) * sizeof *object->groups);
    if (!larger)
        return refuse(reader, NO_MEMORY);
    object->groups = larger;
    const struct link_symbol *symbol = &object->symbols[shdr->sh_info];
    struct link_group *group = &larger[object->group_count];
    bool by_section = symbol->type == STT_SECTION && symbol->section < object->section_count;
    *group = (struct link_group){.signature = by_section ? object->sections[symbol->section].name
                                                         : symbol->name,
                                 .members = calloc(count, sizeof *group->members)};
    if (!group->members)
        return refuse(reader, NO_MEMORY);
    object->group_count++;
    for (size_t i = 1; i < count; i++) {
        memcpy(&word, words + i * sizeof word, sizeof word);
        if (word >= object->section_count)
            return refuse_section(reader, section_name(reader, shdr), PLACE_NO_OFFSET,
                                  "a group of section %u of %zu", word, object->section_count);
        group->members[group->member_count++] = word;
    }
    return true;
}

static bool take_relocation(const struct reader *reader, const GElf_Rela *from, uint32_t section)
{
    struct link_object *object = reader->object;
    size_t symbol = GELF_R_SYM(from->r_info);
    if (symbol >= object->symbol_count)
        return refuse_section(reader, object->sections[section].name, from->r_offset,
                              "the relocation names symbol %zu of %zu", symbol,
                              object->symbol_count);
    object->relocations[object->relocation_count++] = (struct elfgen_relocation){
        .section = section,
        .symbol = (uint32_t)symbol,
        .type = (uint32_t)GELF_R_TYPE(from->r_info),
        .offset = from->r_offset,
        .addend = from->r_addend,
    };
    return true;
}

/* Reads an i386 relocation's addend, which is in the bytes to be relocated (psABI i386,
 * "Relocation"). */
static bool read_addend(const struct reader *reader, uint32_t section, GElf_Rela *relocation)
{
    const struct link_section *place = &reader->object->sections[section];
    unsigned width =
        elfgen_relocation_width(reader->ehdr.e_machine, (uint32_t)GELF_R_TYPE(relocation->r_info));
    uint64_t value = 0;
    if (width == 0)
        return true; /* not supported, which is reported when it is applied */
    if (!place->bytes || relocation->r_offset > place->size ||
        width > place->size - relocation->r_offset)
        return refuse_section(reader, place->name, relocation->r_offset,
                              "the relocation lies outside the section's %llu bytes",
                              (unsigned long long)place->size);
    memcpy(&value, place->bytes + relocation->r_offset, width);
    uint64_t sign = UINT64_C(1) << (width * 8 - 1);
    relocation->r_addend = (int64_t)((value ^ sign) - sign);
    return true;
}

static bool get_relocation(const struct reader *reader, Elf_Data *data, bool has_addends,
                           size_t index, uint32_t section, GElf_Rela *relocation)
{
    GElf_Rel rel;
    if (has_addends && gelf_getrela(data, (int)index, relocation))
        return true;
    if (has_addends || !gelf_getrel(data, (int)index, &rel))
        return refuse(reader, "relocation %zu cannot be read", index);
    *relocation = (GElf_Rela){.r_offset = rel.r_offset, .r_info = rel.r_info};
    return read_addend(reader, section, relocation);
}

static bool take_relocation_section(struct reader *reader, Elf_Scn *scn, bool has_addends,
                                    uint32_t index)
{
    struct link_object *object = reader->object;
    struct link_section *section = &object->sections[index];
    size_t size = gelf_fsize(reader->elf, has_addends ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
    Elf_Data *data = table_of(reader, scn, size);
    if (!data)
        return false;
    if (section->relocation_count > 0)
        return refuse_section(reader, section->name, PLACE_NO_OFFSET,
                              "it is relocated by two sections");
    size_t count = data->d_size / size;
    if (count >= UINT32_MAX - object->relocation_count)
        return refuse_section(reader, section->name, PLACE_NO_OFFSET, "more than 2^32 relocations");
    struct elfgen_relocation *larger =
        realloc(object->relocations, (object->relocation_count + count + 1) * sizeof *larger);
    if (!larger)
        return refuse(reader, NO_MEMORY);
    object->relocations = larger;
    section->first_relocation = (uint32_t)object->relocation_count;
    for (size_t i = 0; i < count; i++) {
        GElf_Rela relocation = {0};
        if (!get_relocation(reader, data, has_addends, i, index, &relocation) ||
            !take_relocation(reader, &relocation, index))
            return false;
    }
    section->relocation_count = (uint32_t)(object->relocation_count - section->first_relocation);
    return true;
}

static bool take_relocations(struct reader *reader, Elf_Scn *scn, const GElf_Shdr *shdr)
{
    const struct link_object *object = reader->object;
    const bool has_addends = shdr->sh_type == SHT_RELA;
    const char *name = section_name(reader, shdr);
    if (shdr->sh_info >= object->section_count)
        return refuse_section(reader, name, PLACE_NO_OFFSET,
                              "it relocates section %u of %zu (sh_info)", shdr->sh_info,
                              object->section_count);
    const struct link_section *section = &object->sections[shdr->sh_info];
    if (!(section->flags & SHF_ALLOC) && !(reader->options->debug && is_debug(section->name)))
        return true;
    if (has_addends != reader->arch->has_addends)
        return refuse_section(reader, name, PLACE_NO_OFFSET, "%s relocations have %saddends (%s)",
                              reader->arch->title, has_addends ? "no " : "",
                              has_addends ? "SHT_REL" : "SHT_RELA");
    if (!reader->symbols || shdr->sh_link != elf_ndxscn(reader->symbols))
        return refuse_section(reader, name, PLACE_NO_OFFSET,
                              "its symbols are in section %u (sh_link), which is not a "
                              "symbol table",
                              shdr->sh_link);
    return take_relocation_section(reader, scn, has_addends, shdr->sh_info);
}

/* Reads relocations and groups, which refer to symbols. */
static bool take_rest(struct reader *reader)
{
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(reader->elf, scn));) {
        GElf_Shdr shdr;
        if (!gelf_getshdr(scn, &shdr))
            return refuse(reader, "a section header cannot be read");
        if ((shdr.sh_type == SHT_RELA || shdr.sh_type == SHT_REL) &&
            !take_relocations(reader, scn, &shdr))
            return false;
        if (shdr.sh_type == SHT_GROUP && !take_group(reader, scn, &shdr))
            return false;
    }
    return true;
}

bool object_no_memory(const struct object_options *options)
{
    const struct place place = place_file(options->name);
    return report_error(&options->reporter, &place, NO_MEMORY);
}

struct link_object *source_read_elf(const struct object_options *options, void *elf)
{
    struct reader reader = {.options = options, .elf = elf};
    reader.object = calloc(1, sizeof *reader.object);
    if (!reader.object) {
        refuse(&reader, NO_MEMORY);
        return NULL;
    }
    reader.object->name = options->name;
    if (read_header(&reader) && take_sections(&reader) && take_symbols(&reader) &&
        take_rest(&reader))
        return reader.object;
    link_object_release(reader.object);
    return NULL;
}

/* What the object of a file points into. */
struct file {
    Elf *elf;
    struct file_bytes bytes;
    char *name;
};

static void close_file(void *owner)
{
    struct file *file = owner;
    elf_end(file->elf);
    file_free(&file->bytes);
    free(file->name);
    free(file);
}

struct link_object *source_read_object(const struct object_options *options,
                                       struct file_bytes *bytes)
{
    elf_version(EV_CURRENT);
    struct file *file = calloc(1, sizeof *file);
    char *name = strdup(options->name);
    if (!file || !name) {
        free(file);
        free(name);
        object_no_memory(options);
        return NULL;
    }
    *file = (struct file){elf_memory(bytes->bytes, bytes->size), *bytes, name};
    *bytes = (struct file_bytes){0};
    if (!file->elf)
        object_no_memory(options); /* libelf makes an Elf of any file */
    struct link_object *object = file->elf ? source_read_elf(options, file->elf) : NULL;
    if (!object) {
        close_file(file);
        return NULL;
    }
    object->name = name;
    object->owner = file;
    object->release = close_file;
    return object;
}
