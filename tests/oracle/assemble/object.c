/* Reads nasm's objects and the assembler's programs into one form, and compares them. */
#include "object.h"

#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/workplace.h"

static void *zeros(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        die("memory");
    return memory;
}

static char *copy_name(const char *name)
{
    char *copy = strdup(name ? name : "");
    if (!copy)
        die("memory");
    return copy;
}

/* ---- nasm's file ------------------------------------------------------------------------------
 */

struct file {
    uint8_t *bytes;
    size_t size;
    bool is_64;
};

/* The structures of both classes as that of ELF64. */
static Elf64_Shdr section_header(const struct file *file, size_t index)
{
    Elf64_Shdr wide;
    if (file->is_64) {
        Elf64_Ehdr header;
        memcpy(&header, file->bytes, sizeof header);
        memcpy(&wide, file->bytes + header.e_shoff + index * sizeof wide, sizeof wide);
        return wide;
    }
    Elf32_Ehdr header;
    Elf32_Shdr narrow;
    memcpy(&header, file->bytes, sizeof header);
    memcpy(&narrow, file->bytes + header.e_shoff + index * sizeof narrow, sizeof narrow);
    return (Elf64_Shdr){.sh_name = narrow.sh_name,
                        .sh_type = narrow.sh_type,
                        .sh_flags = narrow.sh_flags,
                        .sh_offset = narrow.sh_offset,
                        .sh_size = narrow.sh_size,
                        .sh_link = narrow.sh_link,
                        .sh_info = narrow.sh_info,
                        .sh_addralign = narrow.sh_addralign,
                        .sh_entsize = narrow.sh_entsize};
}

static Elf64_Sym symbol_entry(const struct file *file, const Elf64_Shdr *table, size_t index)
{
    Elf64_Sym wide;
    Elf32_Sym narrow;
    if (file->is_64) {
        memcpy(&wide, file->bytes + table->sh_offset + index * sizeof wide, sizeof wide);
        return wide;
    }
    memcpy(&narrow, file->bytes + table->sh_offset + index * sizeof narrow, sizeof narrow);
    return (Elf64_Sym){.st_name = narrow.st_name,
                       .st_info = narrow.st_info,
                       .st_other = narrow.st_other,
                       .st_shndx = narrow.st_shndx,
                       .st_value = narrow.st_value,
                       .st_size = narrow.st_size};
}

static Elf64_Rela relocation_entry(const struct file *file, const Elf64_Shdr *table, size_t index)
{
    Elf64_Rela wide;
    Elf32_Rel narrow;
    if (file->is_64) {
        memcpy(&wide, file->bytes + table->sh_offset + index * sizeof wide, sizeof wide);
        return wide;
    }
    memcpy(&narrow, file->bytes + table->sh_offset + index * sizeof narrow, sizeof narrow);
    return (Elf64_Rela){
        .r_offset = narrow.r_offset,
        .r_info = ELF64_R_INFO((uint64_t)ELF32_R_SYM(narrow.r_info), ELF32_R_TYPE(narrow.r_info))};
}

static void read_bytes(struct file *file, const char *path)
{
    FILE *stream = fopen(path, "rb");
    if (!stream || fseek(stream, 0, SEEK_END) != 0)
        die(path);
    file->size = (size_t)ftell(stream);
    rewind(stream);
    file->bytes = zeros(file->size + 64, 1);
    if (fread(file->bytes, 1, file->size, stream) != file->size)
        die(path);
    fclose(stream);
    errno = ENOEXEC; /* it is no object */
    if (file->size < sizeof(Elf32_Ehdr) || memcmp(file->bytes, ELFMAG, SELFMAG) != 0)
        die(path);
    file->is_64 = file->bytes[EI_CLASS] == ELFCLASS64;
}

/* Whether a section of nasm's file is one of the source. The tables have these names in no other
 * place, since they come last. */
static bool is_table(const Elf64_Shdr *header, const char *name)
{
    return header->sh_type == SHT_SYMTAB || header->sh_type == SHT_RELA ||
           header->sh_type == SHT_REL ||
           (header->sh_type == SHT_STRTAB &&
            (strcmp(name, ".shstrtab") == 0 || strcmp(name, ".strtab") == 0));
}

/* Takes the addend out of the bytes of a section of ELF32, where relocations have none. */
static int64_t addend_in_place(const uint8_t *bytes, unsigned width)
{
    uint32_t value = 0;
    memcpy(&value, bytes, width < 4 ? width : 4);
    return width == 1 ? (int8_t)value : width == 2 ? (int16_t)value : (int32_t)value;
}

/* Zeroes the field of a relocation, which belongs to the linker. */
static void clear_field(struct object *object, const struct object_relocation *relocation)
{
    struct object_section *section = &object->sections[relocation->section];
    const unsigned width = elfgen_relocation_width(object->machine, relocation->type);
    if (section->bytes && relocation->offset <= section->size &&
        width <= section->size - relocation->offset)
        memset(section->bytes + relocation->offset, 0, width);
}

static void read_relocations(struct object *object, const struct file *file,
                             const Elf64_Shdr *table)
{
    const size_t count = table->sh_size / (table->sh_entsize ? table->sh_entsize : 1);
    object->relocations = reallocarray(object->relocations, object->relocation_count + count + 1,
                                       sizeof *object->relocations);
    if (!object->relocations)
        die("memory");
    for (size_t i = 0; i < count; i++) {
        const Elf64_Rela entry = relocation_entry(file, table, i);
        struct object_relocation *relocation = &object->relocations[object->relocation_count++];
        *relocation = (struct object_relocation){.section = table->sh_info - 1,
                                                 .symbol = ELF64_R_SYM(entry.r_info) - 2,
                                                 .type = ELF64_R_TYPE(entry.r_info),
                                                 .offset = entry.r_offset,
                                                 .addend = entry.r_addend};
        const struct object_section *section = &object->sections[relocation->section];
        const unsigned width = elfgen_relocation_width(object->machine, relocation->type);
        if (!file->is_64 && section->bytes && relocation->offset + width <= section->size)
            relocation->addend = addend_in_place(section->bytes + relocation->offset, width);
    }
}

static void read_symbols(struct object *object, const struct file *file, const Elf64_Shdr *table)
{
    const Elf64_Shdr strings = section_header(file, table->sh_link);
    const size_t count = table->sh_size / table->sh_entsize;
    object->symbols = zeros(count, sizeof *object->symbols);
    for (size_t i = 2; i < count; i++) {
        const Elf64_Sym entry = symbol_entry(file, table, i);
        struct object_symbol *symbol = &object->symbols[object->symbol_count++];
        const char *name = (const char *)file->bytes + strings.sh_offset + entry.st_name;
        symbol->type = ELF64_ST_TYPE(entry.st_info);
        symbol->binding = ELF64_ST_BIND(entry.st_info);
        symbol->visibility = entry.st_other;
        symbol->name = copy_name(symbol->type == STT_SECTION ? "" : name);
        symbol->value = entry.st_value;
        symbol->size = entry.st_size;
        symbol->section = entry.st_shndx == SHN_UNDEF    ? OBJECT_UNDEFINED
                          : entry.st_shndx == SHN_ABS    ? OBJECT_ABSOLUTE
                          : entry.st_shndx == SHN_COMMON ? OBJECT_COMMON
                                                         : entry.st_shndx - 1;
    }
}

void object_read(struct object *object, const char *path)
{
    struct file file;
    Elf32_Ehdr narrow;
    Elf64_Ehdr wide;
    *object = (struct object){0};
    read_bytes(&file, path);
    memcpy(&narrow, file.bytes, sizeof narrow);
    memcpy(&wide, file.bytes, sizeof wide);
    const size_t count = file.is_64 ? wide.e_shnum : narrow.e_shnum;
    const Elf64_Shdr names =
        section_header(&file, file.is_64 ? wide.e_shstrndx : narrow.e_shstrndx);
    object->machine = file.is_64 ? wide.e_machine : narrow.e_machine;
    object->sections = zeros(count, sizeof *object->sections);
    for (size_t i = 1; i < count; i++) {
        const Elf64_Shdr header = section_header(&file, i);
        const char *name = (const char *)file.bytes + names.sh_offset + header.sh_name;
        if (is_table(&header, name))
            continue;
        struct object_section *section = &object->sections[object->section_count++];
        *section = (struct object_section){.name = copy_name(name),
                                           .type = header.sh_type,
                                           .flags = header.sh_flags,
                                           .align = header.sh_addralign,
                                           .entry_size = header.sh_entsize,
                                           .size = header.sh_size};
        if (header.sh_type != SHT_NOBITS) {
            section->bytes = zeros(header.sh_size, 1);
            memcpy(section->bytes, file.bytes + header.sh_offset, header.sh_size);
        }
    }
    for (size_t i = 1; i < count; i++) {
        const Elf64_Shdr header = section_header(&file, i);
        if (header.sh_type == SHT_SYMTAB)
            read_symbols(object, &file, &header);
        else if (header.sh_type == SHT_RELA || header.sh_type == SHT_REL)
            read_relocations(object, &file, &header);
    }
    for (size_t i = 0; i < object->relocation_count; i++)
        clear_field(object, &object->relocations[i]);
    free(file.bytes);
}

/* ---- the assembler's program ------------------------------------------------------------------
 */

static void take_sections(struct object *object, const struct elfgen_assembly *assembly)
{
    const struct elfgen_program *program = &assembly->program;
    object->section_count = program->section_count;
    object->sections = zeros(program->section_count, sizeof *object->sections);
    for (size_t i = 0; i < program->section_count; i++) {
        const struct elfgen_section *from = &program->sections[i];
        struct object_section *section = &object->sections[i];
        *section = (struct object_section){.name = copy_name(from->name),
                                           .type = assembly->sections[i].type,
                                           .flags = assembly->sections[i].flags,
                                           .align = from->align,
                                           .entry_size = assembly->sections[i].entry_size,
                                           .size = from->size};
        if (section->type != SHT_NOBITS) {
            section->bytes = zeros(from->size, 1);
            if (from->size && from->bytes)
                memcpy(section->bytes, from->bytes, from->size);
        }
    }
}

static void take_symbols(struct object *object, const struct elfgen_assembly *assembly)
{
    const struct elfgen_program *program = &assembly->program;
    object->symbol_count = program->symbol_count;
    object->symbols = zeros(program->symbol_count, sizeof *object->symbols);
    for (size_t i = 0; i < program->symbol_count; i++) {
        const struct elfgen_symbol *from = &program->symbols[i];
        const struct elfgen_assembly_symbol *more = &assembly->symbols[i];
        object->symbols[i] = (struct object_symbol){
            .name = copy_name(more->type == STT_SECTION ? "" : from->name),
            .type = more->type,
            .binding = from->binding == ELFGEN_GLOBAL ? STB_GLOBAL
                       : from->binding == ELFGEN_WEAK ? STB_WEAK
                                                      : STB_LOCAL,
            .visibility = more->visibility,
            .section = more->is_common                             ? OBJECT_COMMON
                       : from->section == ELFGEN_SECTION_UNDEFINED ? OBJECT_UNDEFINED
                       : from->section == ELFGEN_SECTION_ABSOLUTE  ? OBJECT_ABSOLUTE
                                                                   : (int)from->section,
            .value = from->value,
            .size = from->size};
    }
}

/* A relocation to a number has the empty symbol of nasm's table, which is not among the symbols,
 * and a nameless one at the end of the assembler's. */
static void drop_empty_symbol(struct object *object)
{
    const size_t last = object->symbol_count - 1;
    if (object->symbol_count == 0 || object->symbols[last].section != OBJECT_ABSOLUTE ||
        object->symbols[last].name[0] != '\0')
        return;
    free(object->symbols[last].name);
    object->symbol_count--;
    for (size_t i = 0; i < object->relocation_count; i++)
        if (object->relocations[i].symbol == last)
            object->relocations[i].symbol = (size_t)-2;
}

void object_take(struct object *object, const struct elfgen_assembly *assembly)
{
    const struct elfgen_program *program = &assembly->program;
    *object = (struct object){.machine = assembly->machine};
    take_sections(object, assembly);
    take_symbols(object, assembly);
    object->relocations = zeros(program->relocation_count, sizeof *object->relocations);
    for (size_t section = 0; section < program->section_count; section++)
        for (size_t i = 0; i < program->relocation_count; i++) {
            const struct elfgen_relocation *from = &program->relocations[i];
            if (from->section != section)
                continue;
            struct object_relocation *relocation = &object->relocations[object->relocation_count++];
            *relocation = (struct object_relocation){.section = section,
                                                     .symbol = from->symbol,
                                                     .type = from->type,
                                                     .offset = from->offset,
                                                     .addend = from->addend};
            clear_field(object, relocation);
        }
    drop_empty_symbol(object);
}

void object_free(struct object *object)
{
    for (size_t i = 0; i < object->section_count; i++) {
        free(object->sections[i].name);
        free(object->sections[i].bytes);
    }
    for (size_t i = 0; i < object->symbol_count; i++)
        free(object->symbols[i].name);
    free(object->sections);
    free(object->symbols);
    free(object->relocations);
    *object = (struct object){0};
}

/* ---- comparison -------------------------------------------------------------------------------
 */

struct sentence {
    char *text;
    size_t room;
};

/* Writes the sentence; always true. */
static bool say(const struct sentence *sentence, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool say(const struct sentence *sentence, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sentence->text, sentence->room, format, arguments);
    va_end(arguments);
    return true;
}

static bool number_differs(const struct sentence *sentence, const char *of, const char *name,
                           const char *what, uint64_t theirs, uint64_t ours)
{
    return theirs != ours && say(sentence, "%s %s: %s: nasm 0x%llx, inside 0x%llx", of, name, what,
                                 (unsigned long long)theirs, (unsigned long long)ours);
}

static bool section_differs(const struct object_section *theirs, const struct object_section *ours,
                            const struct sentence *sentence)
{
    if (strcmp(theirs->name, ours->name) != 0)
        return say(sentence, "section: nasm %s, inside %s", theirs->name, ours->name);
    return number_differs(sentence, "section", ours->name, "type", theirs->type, ours->type) ||
           number_differs(sentence, "section", ours->name, "flags", theirs->flags, ours->flags) ||
           number_differs(sentence, "section", ours->name, "alignment", theirs->align,
                          ours->align) ||
           number_differs(sentence, "section", ours->name, "entry size", theirs->entry_size,
                          ours->entry_size);
}

/* Prints up to 15 bytes from `offset` on. */
static void put_bytes(char *text, size_t room, const struct object_section *section,
                      uint64_t offset)
{
    size_t length = 0;
    text[0] = '\0';
    for (uint64_t i = offset; i < section->size && i < offset + 15 && section->bytes; i++)
        length += (size_t)snprintf(text + length, room - length, "%02x", section->bytes[i]);
}

static bool bytes_differ(const struct object_section *theirs, const struct object_section *ours,
                         const struct sentence *sentence, uint64_t *offset)
{
    char left[40], right[40];
    if (!theirs->bytes)
        return number_differs(sentence, "section", ours->name, "size", theirs->size, ours->size);
    const uint64_t size = theirs->size < ours->size ? theirs->size : ours->size;
    uint64_t at = 0;
    while (at < size && theirs->bytes[at] == ours->bytes[at])
        at++;
    if (at == size && theirs->size == ours->size)
        return false;
    *offset = at;
    put_bytes(left, sizeof left, theirs, at);
    put_bytes(right, sizeof right, ours, at);
    return say(sentence, "section %s of %llu bytes (inside %llu) at 0x%llx: nasm %s, inside %s",
               ours->name, (unsigned long long)theirs->size, (unsigned long long)ours->size,
               (unsigned long long)at, left, right);
}

static bool symbol_differs(const struct object_symbol *theirs, const struct object_symbol *ours,
                           const struct sentence *sentence)
{
    if (strcmp(theirs->name, ours->name) != 0)
        return say(sentence, "symbol: nasm %s, inside %s", theirs->name, ours->name);
    return number_differs(sentence, "symbol", ours->name, "section", (uint64_t)theirs->section,
                          (uint64_t)ours->section) ||
           number_differs(sentence, "symbol", ours->name, "value", theirs->value, ours->value) ||
           number_differs(sentence, "symbol", ours->name, "size", theirs->size, ours->size) ||
           number_differs(sentence, "symbol", ours->name, "type", theirs->type, ours->type) ||
           number_differs(sentence, "symbol", ours->name, "binding", theirs->binding,
                          ours->binding) ||
           number_differs(sentence, "symbol", ours->name, "visibility", theirs->visibility,
                          ours->visibility);
}

/* Sets *section and *offset as for bytes: the line that has the relocation is of interest. */
static bool relocation_differs(const struct object *theirs, const struct object *ours, size_t index,
                               const struct sentence *sentence)
{
    const struct object_relocation *left = &theirs->relocations[index];
    const struct object_relocation *right = &ours->relocations[index];
    const char *name =
        left->symbol < theirs->symbol_count ? theirs->symbols[left->symbol].name : "?";
    if (left->section == right->section && left->offset == right->offset &&
        left->type == right->type && left->symbol == right->symbol && left->addend == right->addend)
        return false;
    return say(sentence,
               "relocation %zu: nasm section %zu offset 0x%llx type %u symbol %zu (%s) addend "
               "%lld, inside %zu 0x%llx %u %zu %lld",
               index, left->section, (unsigned long long)left->offset, left->type, left->symbol,
               name, (long long)left->addend, right->section, (unsigned long long)right->offset,
               right->type, right->symbol, (long long)right->addend);
}

static bool tables_differ(const struct object *theirs, const struct object *ours,
                          const struct sentence *sentence, size_t *section, uint64_t *offset)
{
    for (size_t i = 0; i < theirs->relocation_count && i < ours->relocation_count; i++)
        if (relocation_differs(theirs, ours, i, sentence)) {
            const bool theirs_first =
                theirs->relocations[i].section == ours->relocations[i].section &&
                theirs->relocations[i].offset < ours->relocations[i].offset;
            const struct object_relocation *first =
                theirs_first ? &theirs->relocations[i] : &ours->relocations[i];
            *section = first->section;
            *offset = first->offset;
            return true;
        }
    if (number_differs(sentence, "the", "file", "relocations", theirs->relocation_count,
                       ours->relocation_count))
        return true;
    for (size_t i = 0; i < theirs->symbol_count && i < ours->symbol_count; i++)
        if (symbol_differs(&theirs->symbols[i], &ours->symbols[i], sentence))
            return true;
    return number_differs(sentence, "the", "file", "symbols", theirs->symbol_count,
                          ours->symbol_count);
}

bool object_differs(const struct object *theirs, const struct object *ours, char *text, size_t room,
                    size_t *section, uint64_t *offset)
{
    const struct sentence sentence = {text, room};
    *section = SIZE_MAX;
    *offset = 0;
    if (number_differs(&sentence, "the", "file", "machine", theirs->machine, ours->machine))
        return true;
    for (size_t i = 0; i < theirs->section_count && i < ours->section_count; i++) {
        if (section_differs(&theirs->sections[i], &ours->sections[i], &sentence))
            return true;
        if (bytes_differ(&theirs->sections[i], &ours->sections[i], &sentence, offset)) {
            *section = i;
            return true;
        }
    }
    return number_differs(&sentence, "the", "file", "sections", theirs->section_count,
                          ours->section_count) ||
           tables_differ(theirs, ours, &sentence, section, offset);
}
