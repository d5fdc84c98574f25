/* Reads relocatable objects into struct link_object. Section and symbol numbers stay the file's.
 * Whatever the linker does not support is refused by name. */
#include "object.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elfgen/arch.h"
#include "elfgen/names.h"
#include "elfgen/view.h"
#include "object_private.h"
#include "toolchain.h"

/* The size of a section index in a table of them, and the flag of a group of which one is enough.
 */
enum { WORD = 4, COMDAT = 1 };

/* An ELF file that is being read, and the object made of it. */
struct reader {
    const struct object_options *options;
    struct elfgen_view view;
    struct elfgen_shdr names;       /* the section with the sections' names */
    const struct elfgen_arch *arch; /* of e_machine */
    struct link_object *object;
    uint32_t symbols;                   /* the section of symbols; 0: none */
    struct elfgen_shdr symtab, strings; /* its header, and that of the symbols' names */
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

/* The string at `index` of a string table; NULL if it does not end in that. */
static const char *string_in(const struct reader *reader, const struct elfgen_shdr *table,
                             uint64_t index)
{
    const char *string;
    const struct elfgen_view *view = &reader->view;
    if (table->sh_type != ELFGEN_SHT_STRTAB)
        return NULL;
    size_t length = elfgen_view_string(view, table->sh_offset, table->sh_size, index, &string);
    if (length == SIZE_MAX || length >= table->sh_size - index ||
        length >= (uint64_t)(view->bytes + view->length - (const uint8_t *)string))
        return NULL;
    return string;
}

static const char *section_name(const struct reader *reader, const struct elfgen_shdr *shdr)
{
    const char *name = string_in(reader, &reader->names, shdr->sh_name);
    return name ? name : "<corrupt>";
}

/* The header of a section, which is zeros where there is none. */
static struct elfgen_shdr section_header(const struct reader *reader, uint64_t index)
{
    struct elfgen_shdr shdr = {0};
    elfgen_view_section(&reader->view, index, &shdr, NULL);
    return shdr;
}

/* Checks that the machine is one that is supported, and the requested one. */
static bool takes_machine(struct reader *reader)
{
    const struct object_options *options = reader->options;
    const uint16_t machine = (uint16_t)reader->view.ehdr.e_machine;
    const char *name = elfgen_machine_name(machine);
    const struct elfgen_arch *arch = elfgen_arch_find(machine);
    const unsigned bits = 8 * elfgen_address_size(reader->view.class_);
    if (!arch || bits != 8 * elfgen_address_size(arch->class_)) {
        char known[128];
        object_list_machines(known, sizeof known);
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

/* Whether the file begins with the whole header of an ELF file that is read here. */
static bool has_header(const struct reader *reader, enum elfgen_status opened)
{
    const struct elfgen_ehdr *ehdr = &reader->view.ehdr;
    return opened == ELFGEN_OK &&
           (ehdr->ei_class == ELFGEN_CLASS32 || ehdr->ei_class == ELFGEN_CLASS64) &&
           (ehdr->ei_data == ELFGEN_LITTLE_ENDIAN || ehdr->ei_data == ELFGEN_BIG_ENDIAN) &&
           ehdr->ei_version == ELFGEN_EV_CURRENT;
}

/* Whether all section headers are in the file, as large as they must be. */
static bool has_sections(const struct elfgen_view *view)
{
    const struct elfgen_table *table = &view->sections;
    const size_t size = elfgen_structure_size(ELFGEN_STRUCTURE_shdr, view->class_);
    return table->count == 0 ||
           (table->entry_size >= size && table->count <= view->length / table->entry_size &&
            elfgen_view_bytes(view, table->offset, table->count * table->entry_size));
}

static bool read_header(struct reader *reader, const void *bytes, size_t size)
{
    enum elfgen_status opened = elfgen_view_open(&reader->view, bytes, size, NULL);
    if (!has_header(reader, opened))
        return refuse(reader, "not an object: it has no valid ELF header");
    if (!takes_machine(reader))
        return false;
    reader->object->machine = reader->arch->machines[0];
    if (reader->view.ehdr.e_type != ELFGEN_ET_REL)
        return refuse_field(reader, "e_type", 0x10,
                            "type %u is already linked; a relocatable object has 1 "
                            "(ET_REL)",
                            (unsigned)reader->view.ehdr.e_type);
    if (!has_sections(&reader->view))
        return refuse(reader, "the object's section headers cannot be read");
    reader->names = section_header(reader, reader->view.names);
    return true;
}

bool object_supports_section(const struct object_options *options,
                             const struct link_section *section)
{
    static const char *const called_by_nobody[] = {".ctors", ".dtors", ".init", ".fini"};
    const struct reader reader = {.options = options};
    const char *name = section->name;
    bool is_called = section->type == ELFGEN_SHT_INIT_ARRAY ||
                     section->type == ELFGEN_SHT_FINI_ARRAY ||
                     section->type == ELFGEN_SHT_PREINIT_ARRAY;
    for (size_t i = 0; i < sizeof called_by_nobody / sizeof called_by_nobody[0]; i++) {
        /* .ctors.65335 ends with a priority. */
        size_t length = strlen(called_by_nobody[i]);
        is_called |= strncmp(name, called_by_nobody[i], length) == 0 &&
                     (name[length] == '\0' || name[length] == '.');
    }
    if (is_called && section->size > 0)
        return refuse_section(&reader, name, PLACE_NO_OFFSET,
                              "constructors and destructors are not supported: nothing would "
                              "call them");
    if (section->flags & ELFGEN_SHF_COMPRESSED)
        return refuse_section(&reader, name, PLACE_NO_OFFSET,
                              "loaded sections cannot be compressed");
    if (section->align & (section->align - 1))
        return refuse_section(&reader, name, PLACE_NO_OFFSET,
                              "alignment %llu is not a power of two",
                              (unsigned long long)section->align);
    return true;
}

static bool take_bytes(const struct reader *reader, struct link_section *section,
                       const struct elfgen_shdr *shdr)
{
    section->bytes = elfgen_view_bytes(&reader->view, shdr->sh_offset, shdr->sh_size);
    /* An empty section is still one with bytes, not one of zeros. */
    if (!section->bytes && shdr->sh_size == 0)
        section->bytes = reader->view.bytes;
    if (!section->bytes)
        return refuse_section(reader, section->name, PLACE_NO_OFFSET,
                              "its %llu bytes at offset 0x%llx are not all in the file",
                              (unsigned long long)section->size,
                              (unsigned long long)shdr->sh_offset);
    const char *problem = object_uncompress(&reader->view, section);
    return !problem || refuse_section(reader, section->name, PLACE_NO_OFFSET,
                                      "it cannot be uncompressed: %s", problem);
}

static bool is_debug(const char *name)
{
    return strncmp(name, ".debug_", 7) == 0 || object_is_gnu_compressed(name);
}

static bool take_section(const struct reader *reader, size_t index, const struct elfgen_shdr *shdr)
{
    struct link_section *section = &reader->object->sections[index];
    const char *name = section_name(reader, shdr);
    *section = (struct link_section){
        .name = name,
        .size = shdr->sh_size,
        .align = shdr->sh_addralign,
        .flags = shdr->sh_flags,
        .entry_size = shdr->sh_entsize,
        .type = (uint32_t)shdr->sh_type,
        .place = LINK_NONE,
    };
    bool wanted = reader->options->debug && is_debug(name);
    if (!(shdr->sh_flags & ELFGEN_SHF_ALLOC) && !wanted)
        return true;
    if (shdr->sh_flags & ELFGEN_SHF_ALLOC && !object_supports_section(reader->options, section))
        return false;
    return shdr->sh_type == ELFGEN_SHT_NOBITS || take_bytes(reader, section, shdr);
}

/* Refuses an object without machine code, which leaves compilation to the linker (-flto). */
static bool has_code(const struct reader *reader)
{
    static const char slim[] = "__gnu_lto_slim";
    for (size_t i = 0; i < reader->object->symbol_count; i++)
        if (*reader->object->symbols[i].name == *slim &&
            strcmp(reader->object->symbols[i].name, slim) == 0)
            return refuse(reader,
                          "symbol '%s': compiled with -flto, the object has no machine "
                          "code: compile it without, or with -ffat-lto-objects",
                          slim);
    return true;
}

static bool take_sections(struct reader *reader)
{
    struct link_object *object = reader->object;
    const size_t count = (size_t)reader->view.sections.count;
    object->sections = calloc(count + 1, sizeof *object->sections);
    if (!object->sections)
        return refuse(reader, NO_MEMORY);
    object->section_count = count;
    object->sections[0] = (struct link_section){.name = "", .place = LINK_NONE};
    for (size_t i = 1; i < count; i++) {
        const struct elfgen_shdr shdr = section_header(reader, i);
        if (!take_section(reader, i, &shdr))
            return false;
        if (shdr.sh_type != ELFGEN_SHT_SYMTAB)
            continue;
        if (reader->symbols)
            return refuse(reader, "the object has two symbol tables");
        reader->symbols = (uint32_t)i;
        reader->symtab = shdr;
        reader->strings = section_header(reader, shdr.sh_link);
    }
    return true;
}

/* Checks a section of symbols or relocations: it is whole, with entries of the right size. Returns
 * false after reporting the error. */
static bool is_table(const struct reader *reader, const struct elfgen_shdr *shdr,
                     enum elfgen_structure_id entry)
{
    const size_t size = elfgen_structure_size(entry, reader->view.class_);
    if (shdr->sh_entsize == size && shdr->sh_size % size == 0 &&
        elfgen_view_bytes(&reader->view, shdr->sh_offset, shdr->sh_size))
        return true;
    return refuse_section(reader, section_name(reader, shdr), PLACE_NO_OFFSET,
                          "its %llu bytes at offset 0x%llx, in entries of %llu, are not a table of "
                          "entries of %zu bytes in the file",
                          (unsigned long long)shdr->sh_size, (unsigned long long)shdr->sh_offset,
                          (unsigned long long)shdr->sh_entsize, size);
}

/* The words of a section, in the file's byte order; *count of them. NULL: they are not in the file.
 */
static const uint8_t *words_of(const struct reader *reader, const struct elfgen_shdr *shdr,
                               size_t *count)
{
    const uint8_t *words = elfgen_view_bytes(&reader->view, shdr->sh_offset, shdr->sh_size);
    *count = words ? (size_t)(shdr->sh_size / WORD) : 0;
    return words;
}

/* The extended section indices, which an object with more than 65,279 sections has. */
static const uint8_t *extended_indices(const struct reader *reader, size_t *count)
{
    for (size_t i = 1; i < reader->object->section_count; i++) {
        if (reader->object->sections[i].type != ELFGEN_SHT_SYMTAB_SHNDX)
            continue;
        const struct elfgen_shdr shdr = section_header(reader, i);
        if (shdr.sh_link == reader->symbols)
            return words_of(reader, &shdr, count);
    }
    return NULL;
}

/* Finds the section that a symbol's value is relative to, or one of the LINK_... values. Returns
 * false if there is no such section. */
static bool home_of(const struct reader *reader, const struct elfgen_sym *symbol, uint32_t extended,
                    uint32_t *home)
{
    *home = symbol->st_shndx == ELFGEN_SHN_XINDEX ? extended : (uint32_t)symbol->st_shndx;
    if (symbol->st_shndx == ELFGEN_SHN_ABS)
        *home = LINK_ABSOLUTE;
    else if (symbol->st_shndx == ELFGEN_SHN_COMMON ||
             (symbol->st_shndx != ELFGEN_SHN_UNDEF &&
              symbol->st_shndx == reader->arch->large_common))
        *home = LINK_COMMON;
    else if (symbol->st_shndx == ELFGEN_SHN_UNDEF)
        *home = LINK_UNDEFINED;
    else
        return *home < reader->object->section_count &&
               (symbol->st_shndx < ELFGEN_SHN_LORESERVE || symbol->st_shndx == ELFGEN_SHN_XINDEX);
    return true;
}

static bool take_symbol(const struct reader *reader, size_t index, const struct elfgen_sym *from,
                        uint32_t extended)
{
    const char *name = string_in(reader, &reader->strings, from->st_name);
    struct link_symbol *to = &reader->object->symbols[index];
    *to = (struct link_symbol){.name = name ? name : "",
                               .value = from->st_value,
                               .size = from->st_size,
                               .global = LINK_NONE,
                               .type = from->st_info & 15,
                               .binding = (uint8_t)(from->st_info >> 4)};
    if (!name)
        return refuse(reader, "symbol %zu: its name lies outside the string table", index);
    if (!home_of(reader, from, extended, &to->section))
        return refuse(reader, "symbol %zu ('%s') is in section %u of %zu", index, name, to->section,
                      reader->object->section_count);
    if (to->section == LINK_COMMON && (to->value & (to->value - 1)) != 0)
        return refuse(reader, "symbol '%s': alignment %llu is not a power of two", name,
                      (unsigned long long)to->value);
    if (to->section == LINK_COMMON && to->type == ELFGEN_STT_TLS)
        return refuse(reader, "symbol '%s': thread-local storage is not supported", name);
    return true;
}

static bool take_symbols(struct reader *reader)
{
    struct link_object *object = reader->object;
    size_t extended_count = 0;
    const uint8_t *extended = NULL;
    if (reader->symbols) {
        if (!is_table(reader, &reader->symtab, ELFGEN_STRUCTURE_sym))
            return false;
        extended = extended_indices(reader, &extended_count);
        object->symbol_count = (size_t)(reader->symtab.sh_size / reader->symtab.sh_entsize);
    }
    object->symbols = calloc(object->symbol_count + 1, sizeof *object->symbols);
    if (!object->symbols)
        return refuse(reader, NO_MEMORY);
    for (size_t i = 0; i < object->symbol_count; i++) {
        struct elfgen_sym symbol = {0};
        uint32_t index = 0;
        elfgen_view_symbol(&reader->view, &reader->symtab, i, &symbol, NULL);
        if (extended && i >= extended_count)
            return refuse(reader, "symbol %zu cannot be read", i);
        if (extended)
            index = (uint32_t)object_number(&reader->view, extended + i * WORD, WORD);
        if (!take_symbol(reader, i, &symbol, index))
            return false;
    }
    return has_code(reader);
}

/* Adds a COMDAT group, of which a program has one, from any object. */
static bool take_group(struct reader *reader, const struct elfgen_shdr *shdr)
{
    struct link_object *object = reader->object;
    size_t count;
    const uint8_t *words = words_of(reader, shdr, &count);
    if (count == 0)
        return refuse_section(reader, section_name(reader, shdr), PLACE_NO_OFFSET,
                              "a group without its flags");
    uint32_t word = (uint32_t)object_number(&reader->view, words, WORD);
    if (!(word & COMDAT))
        return true;
    if (!reader->symbols || shdr->sh_info == 0 || shdr->sh_info >= object->symbol_count)
        return refuse_section(reader, section_name(reader, shdr), PLACE_NO_OFFSET,
                              "the group's name is symbol %u of %zu (sh_info)",
                              (unsigned)shdr->sh_info, object->symbol_count);
    struct link_group *larger =
        realloc(object->groups, (object->group_count + 1) * sizeof *object->groups);
    if (!larger)
        return refuse(reader, NO_MEMORY);
    object->groups = larger;
    const struct link_symbol *symbol = &object->symbols[shdr->sh_info];
    struct link_group *group = &larger[object->group_count];
    bool by_section = symbol->type == ELFGEN_STT_SECTION && symbol->section < object->section_count;
    *group = (struct link_group){.signature = by_section ? object->sections[symbol->section].name
                                                         : symbol->name,
                                 .members = calloc(count, sizeof *group->members)};
    if (!group->members)
        return refuse(reader, NO_MEMORY);
    object->group_count++;
    for (size_t i = 1; i < count; i++) {
        word = (uint32_t)object_number(&reader->view, words + i * WORD, WORD);
        if (word >= object->section_count)
            return refuse_section(reader, section_name(reader, shdr), PLACE_NO_OFFSET,
                                  "a group of section %u of %zu", word, object->section_count);
        group->members[group->member_count++] = word;
    }
    return true;
}

static bool take_relocation(const struct reader *reader, const struct elfgen_rela *from,
                            const struct elfgen_relocation_info *info, uint32_t section)
{
    struct link_object *object = reader->object;
    if (info->symbol >= object->symbol_count)
        return refuse_section(reader, object->sections[section].name, from->r_offset,
                              "the relocation names symbol %llu of %zu",
                              (unsigned long long)info->symbol, object->symbol_count);
    object->relocations[object->relocation_count++] = (struct elfgen_relocation){
        .section = section,
        .symbol = (uint32_t)info->symbol,
        .type = (uint32_t)info->type[0],
        .offset = from->r_offset,
        .addend = (int64_t)from->r_addend,
    };
    return true;
}

/* Reads an i386 relocation's addend, which is in the bytes to be relocated (psABI i386,
 * "Relocation"). */
static bool read_addend(const struct reader *reader, uint32_t section, uint32_t type,
                        struct elfgen_rela *relocation)
{
    const struct link_section *place = &reader->object->sections[section];
    unsigned width = elfgen_relocation_width((uint16_t)reader->view.ehdr.e_machine, type);
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
    relocation->r_addend = (value ^ sign) - sign;
    return true;
}

static bool take_relocation_section(struct reader *reader, const struct elfgen_shdr *shdr)
{
    struct link_object *object = reader->object;
    const uint32_t index = (uint32_t)shdr->sh_info;
    const bool has_addends = shdr->sh_type == ELFGEN_SHT_RELA;
    struct link_section *section = &object->sections[index];
    if (!is_table(reader, shdr, has_addends ? ELFGEN_STRUCTURE_rela : ELFGEN_STRUCTURE_rel))
        return false;
    if (section->relocation_count > 0)
        return refuse_section(reader, section->name, PLACE_NO_OFFSET,
                              "it is relocated by two sections");
    size_t count = (size_t)(shdr->sh_size / shdr->sh_entsize);
    if (count >= UINT32_MAX - object->relocation_count)
        return refuse_section(reader, section->name, PLACE_NO_OFFSET, "more than 2^32 relocations");
    struct elfgen_relocation *larger =
        realloc(object->relocations, (object->relocation_count + count + 1) * sizeof *larger);
    if (!larger)
        return refuse(reader, NO_MEMORY);
    object->relocations = larger;
    section->first_relocation = (uint32_t)object->relocation_count;
    for (size_t i = 0; i < count; i++) {
        struct elfgen_rela from = {0};
        elfgen_view_relocation(&reader->view, shdr, i, &from, NULL);
        const struct elfgen_relocation_info info =
            elfgen_view_relocation_info(&reader->view, from.r_info);
        if ((!has_addends && !read_addend(reader, index, (uint32_t)info.type[0], &from)) ||
            !take_relocation(reader, &from, &info, index))
            return false;
    }
    section->relocation_count = (uint32_t)(object->relocation_count - section->first_relocation);
    return true;
}

static bool take_relocations(struct reader *reader, const struct elfgen_shdr *shdr)
{
    const struct link_object *object = reader->object;
    const bool has_addends = shdr->sh_type == ELFGEN_SHT_RELA;
    const char *name = section_name(reader, shdr);
    if (shdr->sh_info >= object->section_count)
        return refuse_section(reader, name, PLACE_NO_OFFSET,
                              "it relocates section %u of %zu (sh_info)", (unsigned)shdr->sh_info,
                              object->section_count);
    const struct link_section *section = &object->sections[shdr->sh_info];
    if (!(section->flags & ELFGEN_SHF_ALLOC) &&
        !(reader->options->debug && is_debug(section->name)))
        return true;
    if (has_addends != reader->arch->has_addends)
        return refuse_section(reader, name, PLACE_NO_OFFSET, "%s relocations have %saddends (%s)",
                              reader->arch->title, has_addends ? "no " : "",
                              has_addends ? "ELFGEN_SHT_REL" : "ELFGEN_SHT_RELA");
    if (!reader->symbols || shdr->sh_link != reader->symbols)
        return refuse_section(reader, name, PLACE_NO_OFFSET,
                              "its symbols are in section %u (sh_link), which is not a "
                              "symbol table",
                              (unsigned)shdr->sh_link);
    return take_relocation_section(reader, shdr);
}

/* Reads relocations and groups, which refer to symbols. */
static bool take_rest(struct reader *reader)
{
    for (size_t i = 1; i < reader->object->section_count; i++) {
        const uint32_t type = reader->object->sections[i].type;
        if (type != ELFGEN_SHT_RELA && type != ELFGEN_SHT_REL && type != ELFGEN_SHT_GROUP)
            continue;
        const struct elfgen_shdr shdr = section_header(reader, i);
        if (!(type == ELFGEN_SHT_GROUP ? take_group(reader, &shdr)
                                       : take_relocations(reader, &shdr)))
            return false;
    }
    return true;
}

bool object_no_memory(const struct object_options *options)
{
    const struct place place = place_file(options->name);
    return report_error(&options->reporter, &place, NO_MEMORY);
}

struct link_object *source_read_elf(const struct object_options *options, const void *bytes,
                                    size_t size)
{
    struct reader reader = {.options = options};
    reader.object = calloc(1, sizeof *reader.object);
    if (!reader.object) {
        refuse(&reader, NO_MEMORY);
        return NULL;
    }
    reader.object->name = options->name;
    if (read_header(&reader, bytes, size) && take_sections(&reader) && take_symbols(&reader) &&
        take_rest(&reader))
        return reader.object;
    link_object_release(reader.object);
    return NULL;
}

/* What the object of a file points into. */
struct file {
    struct file_bytes bytes;
    char *name;
};

static void close_file(void *owner)
{
    struct file *file = owner;
    file_free(&file->bytes);
    free(file->name);
    free(file);
}

struct link_object *source_read_object(const struct object_options *options,
                                       struct file_bytes *bytes)
{
    struct file *file = calloc(1, sizeof *file);
    char *name = strdup(options->name);
    if (!file || !name) {
        free(file);
        free(name);
        object_no_memory(options);
        return NULL;
    }
    *file = (struct file){*bytes, name};
    *bytes = (struct file_bytes){0};
    struct link_object *object = source_read_elf(options, file->bytes.bytes, file->bytes.size);
    if (!object) {
        close_file(file);
        return NULL;
    }
    object->name = name;
    object->owner = file;
    object->release = close_file;
    return object;
}
