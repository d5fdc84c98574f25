/* A relocatable object, read by libelf, as a program.
 *
 * Sections that are loaded (SHF_ALLOC) become sections, the symbol table's entries keep their
 * indices, and the relocations of loaded sections come along. What this library cannot link is
 * refused by name. */
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

/* libelf's Elf handle and what stands in it, while it becomes a program. */
struct object {
    struct source *source;
    Elf *elf;
    GElf_Ehdr ehdr;
    size_t section_count; /* section headers in the object */
    size_t name_table;
    uint32_t
        *place; /* object section index -> program section index, or ELFGEN_SECTION_UNDEFINED */
    Elf_Scn *symbols;
    size_t common_count;
};

static const char *section_name(const struct object *object, const GElf_Shdr *shdr)
{
    const char *name = elf_strptr(object->elf, object->name_table, shdr->sh_name);
    return name ? name : "<corrupt>";
}

static bool refuse(const struct object *object, const char *text)
{
    return source_say(object->source, SOURCE_ERROR, 0, "%s", text);
}

static const char *bits_of(const struct object *object)
{
    return object->ehdr.e_ident[EI_CLASS] == ELFCLASS64 ? "64" : "32";
}

/* The object's machine is one that programs are made for, and the one that was asked for. */
static bool takes_machine(const struct object *object)
{
    struct source *source = object->source;
    uint16_t machine = object->ehdr.e_machine;
    const char *name = elfgen_machine_name(machine);
    bool is_64_bit = object->ehdr.e_ident[EI_CLASS] == ELFCLASS64;
    if ((machine != EM_X86_64 || !is_64_bit) && (machine != EM_386 || is_64_bit))
        return source_say(source, SOURCE_ERROR, 0,
                          "offset 0x12 (e_machine): the object is for %s (%u), %s bits; it must be "
                          "for x86-64 (62), 64 bits, or i386 (3), 32 bits",
                          name ? name : "an unknown machine", machine, bits_of(object));
    if (source->machine != 0 && source->machine != machine)
        return source_say(source, SOURCE_ERROR, 0,
                          "offset 0x12 (e_machine): the object is for %s (%u), asked for is %s",
                          name, machine, elfgen_machine_name(source->machine));
    source->machine = machine;
    return true;
}

static bool open_object(struct object *object)
{
    const struct file_bytes *bytes = &object->source->object;
    elf_version(EV_CURRENT);
    object->elf = elf_memory(bytes->bytes, bytes->size);
    object->source->elf = object->elf;
    if (object->elf && elf_kind(object->elf) == ELF_K_AR)
        return refuse(object, "this is an archive, not an object");
    if (!object->elf || elf_kind(object->elf) != ELF_K_ELF ||
        !gelf_getehdr(object->elf, &object->ehdr))
        return refuse(object, "not an object: no ELF header that makes sense");
    if (!takes_machine(object))
        return false;
    if (object->ehdr.e_type != ET_REL)
        return source_say(object->source, SOURCE_ERROR, 0,
                          "offset 0x10 (e_type): type %u is already linked; a relocatable object "
                          "has 1 (ET_REL)",
                          object->ehdr.e_type);
    if (elf_getshdrnum(object->elf, &object->section_count) != 0 ||
        elf_getshdrstrndx(object->elf, &object->name_table) != 0)
        return refuse(object, "the object's section headers cannot be read");
    return true;
}

/* Sections that ask for something that nobody would do for them. */
static bool supported(const struct object *object, const GElf_Shdr *shdr)
{
    const char *name = section_name(object, shdr);
    static const char *const called_by_nobody[] = {".ctors", ".dtors", ".init", ".fini"};
    for (size_t i = 0; i < sizeof called_by_nobody / sizeof called_by_nobody[0]; i++)
        if (shdr->sh_size > 0 && strcmp(name, called_by_nobody[i]) == 0)
            return source_say(object->source, SOURCE_ERROR, 0,
                              "section %s: constructors and destructors are not supported: nothing "
                              "would call them",
                              name);
    if (shdr->sh_flags & SHF_TLS)
        return source_say(object->source, SOURCE_ERROR, 0,
                          "section %s: thread-local storage is not supported", name);
    if (shdr->sh_type == SHT_INIT_ARRAY || shdr->sh_type == SHT_FINI_ARRAY ||
        shdr->sh_type == SHT_PREINIT_ARRAY)
        return source_say(object->source, SOURCE_ERROR, 0,
                          "section %s: constructors and destructors are not supported: nothing "
                          "would call them",
                          name);
    if (shdr->sh_flags & SHF_COMPRESSED)
        return source_say(object->source, SOURCE_ERROR, 0,
                          "section %s: loaded sections cannot be compressed", name);
    return true;
}

/* A note for linkers about what the whole program promises: it means nothing without its linker. */
static bool is_linker_note(const struct object *object, const GElf_Shdr *shdr)
{
    return shdr->sh_type == SHT_NOTE &&
           strcmp(section_name(object, shdr), ".note.gnu.property") == 0;
}

static bool take_section(struct object *object, size_t index, Elf_Scn *scn, const GElf_Shdr *shdr)
{
    struct elfgen_program *program = &object->source->program;
    struct elfgen_section *section = &object->source->sections[program->section_count];
    *section = (struct elfgen_section){
        .name = section_name(object, shdr),
        .size = shdr->sh_size,
        .align = shdr->sh_addralign,
        .permissions = ELFGEN_PF_R | (shdr->sh_flags & SHF_WRITE ? ELFGEN_PF_W : 0) |
                       (shdr->sh_flags & SHF_EXECINSTR ? ELFGEN_PF_X : 0),
    };
    if (shdr->sh_type != SHT_NOBITS) {
        Elf_Data *data = elf_rawdata(scn, NULL);
        if (!data || data->d_size != shdr->sh_size)
            return source_say(object->source, SOURCE_ERROR, 0,
                              "section %s: its %llu bytes at offset 0x%llx are not all in the file",
                              section->name, (unsigned long long)shdr->sh_size,
                              (unsigned long long)shdr->sh_offset);
        /* An empty section still has bytes, in the sense that it takes none of the zeros. */
        static const uint8_t nothing[1];
        section->bytes = data->d_buf ? data->d_buf : nothing;
    }
    object->place[index] = (uint32_t)program->section_count++;
    return true;
}

static bool take_sections(struct object *object)
{
    object->place = malloc((object->section_count + 1) * sizeof *object->place);
    if (!object->place)
        return refuse(object, "out of memory");
    for (size_t i = 0; i <= object->section_count; i++)
        object->place[i] = ELFGEN_SECTION_UNDEFINED;
    object->source->sections =
        calloc(object->section_count + object->common_count + 1, sizeof(struct elfgen_section));
    if (!object->source->sections)
        return refuse(object, "out of memory");
    object->source->program.sections = object->source->sections;
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(object->elf, scn));) {
        GElf_Shdr shdr;
        if (!gelf_getshdr(scn, &shdr))
            return refuse(object, "a section header cannot be read");
        if (!(shdr.sh_flags & SHF_ALLOC) || shdr.sh_flags & SHF_EXCLUDE ||
            is_linker_note(object, &shdr))
            continue;
        if (!supported(object, &shdr) || !take_section(object, elf_ndxscn(scn), scn, &shdr))
            return false;
    }
    return true;
}

/* The entries of a symbol or relocation section: all of them there, of the size that they must
 * have. NULL: told. */
static Elf_Data *table_of(const struct object *object, Elf_Scn *scn, size_t entry_size)
{
    GElf_Shdr shdr;
    if (!gelf_getshdr(scn, &shdr)) {
        refuse(object, "a section header cannot be read");
        return NULL;
    }
    Elf_Data *data = elf_getdata(scn, NULL);
    if (data && shdr.sh_entsize == entry_size && shdr.sh_size % entry_size == 0 &&
        data->d_size == shdr.sh_size)
        return data;
    source_say(
        object->source, SOURCE_ERROR, 0,
        "section %s: its %llu bytes at offset 0x%llx, in entries of %llu, are not a table of "
        "entries of %zu bytes in the file",
        section_name(object, &shdr), (unsigned long long)shdr.sh_size,
        (unsigned long long)shdr.sh_offset, (unsigned long long)shdr.sh_entsize, entry_size);
    return NULL;
}

static size_t symbol_size(const struct object *object)
{
    return gelf_fsize(object->elf, ELF_T_SYM, 1, EV_CURRENT);
}

/* Finds the symbol table and counts the COMMON symbols, each of which needs a section. */
static bool find_symbols(struct object *object)
{
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(object->elf, scn));) {
        GElf_Shdr shdr;
        if (!gelf_getshdr(scn, &shdr) || shdr.sh_type != SHT_SYMTAB)
            continue;
        if (object->symbols)
            return refuse(object, "the object has two symbol tables");
        object->symbols = scn;
    }
    if (!object->symbols)
        return true;
    Elf_Data *data = table_of(object, object->symbols, symbol_size(object));
    if (!data)
        return false;
    size_t count = data->d_size / symbol_size(object);
    for (size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) && symbol.st_shndx == SHN_COMMON)
            object->common_count++;
    }
    return true;
}

/* The extended section indices, where the object has more than 65,279 sections. */
static Elf_Data *extended_indices(const struct object *object)
{
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(object->elf, scn));) {
        GElf_Shdr shdr;
        if (gelf_getshdr(scn, &shdr) && shdr.sh_type == SHT_SYMTAB_SHNDX &&
            shdr.sh_link == elf_ndxscn(object->symbols))
            return elf_getdata(scn, NULL);
    }
    return NULL;
}

/* Where a symbol's value is counted from. */
static uint32_t home_of(struct object *object, const GElf_Sym *from, Elf32_Word extended)
{
    size_t index = from->st_shndx == SHN_XINDEX ? extended : from->st_shndx;
    if (from->st_shndx == SHN_ABS)
        return ELFGEN_SECTION_ABSOLUTE;
    if (from->st_shndx == SHN_UNDEF ||
        (from->st_shndx >= SHN_LORESERVE && from->st_shndx != SHN_XINDEX) ||
        index >= object->section_count)
        return ELFGEN_SECTION_UNDEFINED;
    return object->place[index];
}

static uint32_t make_common(struct object *object, const char *name, const GElf_Sym *from)
{
    struct elfgen_program *program = &object->source->program;
    object->source->sections[program->section_count] = (struct elfgen_section){
        .name = name,
        .size = from->st_size,
        .align = from->st_value, /* of a COMMON symbol this is the alignment */
        .permissions = ELFGEN_PF_R | ELFGEN_PF_W,
    };
    return (uint32_t)program->section_count++;
}

static bool take_symbol(struct object *object, struct elfgen_symbol *to, const GElf_Sym *from,
                        Elf32_Word extended, size_t strings)
{
    unsigned type = GELF_ST_TYPE(from->st_info);
    const char *name = elf_strptr(object->elf, strings, from->st_name);
    to->name = name && type != STT_FILE ? name : "";
    to->value = from->st_value;
    to->binding = GELF_ST_BIND(from->st_info) == STB_LOCAL  ? ELFGEN_LOCAL
                  : GELF_ST_BIND(from->st_info) == STB_WEAK ? ELFGEN_WEAK
                                                            : ELFGEN_GLOBAL;
    if (type == STT_GNU_IFUNC)
        return source_say(object->source, SOURCE_ERROR, 0,
                          "symbol '%s': indirect functions (STT_GNU_IFUNC) are not supported",
                          to->name);
    if (from->st_shndx == SHN_COMMON) {
        to->section = make_common(object, to->name, from);
        to->value = 0;
        return true;
    }
    to->section = home_of(object, from, extended);
    /* A section's own symbol has no name but the section's, loaded or not. */
    GElf_Shdr shdr;
    size_t index = from->st_shndx == SHN_XINDEX ? extended : from->st_shndx;
    if (type == STT_SECTION && gelf_getshdr(elf_getscn(object->elf, index), &shdr))
        to->name = section_name(object, &shdr);
    return true;
}

static bool take_symbols(struct object *object)
{
    GElf_Shdr shdr;
    if (!object->symbols || !gelf_getshdr(object->symbols, &shdr))
        return true;
    Elf_Data *data = elf_getdata(object->symbols, NULL);
    Elf_Data *extended = extended_indices(object);
    size_t count = data ? data->d_size / symbol_size(object) : 0;
    object->source->symbols = calloc(count + 1, sizeof *object->source->symbols);
    if (!object->source->symbols)
        return refuse(object, "out of memory");
    for (size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        Elf32_Word index = 0;
        if (!gelf_getsymshndx(data, extended, (int)i, &symbol, &index))
            return source_say(object->source, SOURCE_ERROR, 0, "symbol %zu cannot be read", i);
        if (!take_symbol(object, &object->source->symbols[i], &symbol, index, shdr.sh_link))
            return false;
    }
    object->source->program.symbols = object->source->symbols;
    object->source->program.symbol_count = count;
    return true;
}

static bool take_relocation(struct object *object, const GElf_Rela *from, uint32_t section)
{
    struct elfgen_program *program = &object->source->program;
    size_t symbol = GELF_R_SYM(from->r_info);
    const char *name = object->source->sections[section].name;
    if (GELF_R_TYPE(from->r_info) == 0) /* R_X86_64_NONE, R_386_NONE */
        return true;
    if (symbol >= program->symbol_count)
        return source_say(object->source, SOURCE_ERROR, 0,
                          "(%s+0x%llx): the relocation names symbol %zu of %zu", name,
                          (unsigned long long)from->r_offset, symbol, program->symbol_count);
    object->source->relocations[program->relocation_count++] = (struct elfgen_relocation){
        .section = section,
        .symbol = (uint32_t)symbol,
        .type = (uint32_t)GELF_R_TYPE(from->r_info),
        .offset = from->r_offset,
        .addend = from->r_addend,
    };
    return true;
}

/* i386's relocations have their addends in the bytes that they change (psABI i386, "Relocation").
 */
static bool read_addend(struct object *object, uint32_t section, GElf_Rela *relocation)
{
    const struct elfgen_section *place = &object->source->sections[section];
    unsigned width =
        elfgen_relocation_width(object->ehdr.e_machine, (uint32_t)GELF_R_TYPE(relocation->r_info));
    uint64_t value = 0;
    if (width == 0)
        return true; /* not supported, which is told when it is applied */
    if (!place->bytes || relocation->r_offset > place->size ||
        width > place->size - relocation->r_offset)
        return source_say(object->source, SOURCE_ERROR, 0,
                          "(%s+0x%llx): the relocation lies outside the section's %llu bytes",
                          place->name, (unsigned long long)relocation->r_offset,
                          (unsigned long long)place->size);
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)place->bytes[relocation->r_offset + i] << 8 * i;
    uint64_t sign = UINT64_C(1) << (8 * width - 1);
    relocation->r_addend = (int64_t)((value ^ sign) - sign);
    return true;
}

static bool get_relocation(struct object *object, Elf_Data *data, bool has_addends, size_t index,
                           uint32_t section, GElf_Rela *relocation)
{
    GElf_Rel rel;
    bool got;
    if (has_addends) {
        got = gelf_getrela(data, (int)index, relocation) != NULL;
    } else {
        got = gelf_getrel(data, (int)index, &rel) != NULL;
        if (got)
            *relocation = (GElf_Rela){.r_offset = rel.r_offset, .r_info = rel.r_info};
        if (got && !read_addend(object, section, relocation))
            return false;
    }
    if (!got)
        source_say(object->source, SOURCE_ERROR, 0, "relocation %zu cannot be read", index);
    return got;
}

static bool take_relocation_section(struct object *object, Elf_Scn *scn, bool has_addends,
                                    uint32_t section)
{
    size_t size = gelf_fsize(object->elf, has_addends ? ELF_T_RELA : ELF_T_REL, 1, EV_CURRENT);
    Elf_Data *data = table_of(object, scn, size);
    if (!data)
        return false;
    size_t count = data->d_size / size;
    struct elfgen_program *program = &object->source->program;
    struct elfgen_relocation *larger = realloc(
        object->source->relocations, (program->relocation_count + count + 1) * sizeof *larger);
    if (!larger)
        return refuse(object, "out of memory");
    object->source->relocations = larger;
    program->relocations = larger;
    for (size_t i = 0; i < count; i++) {
        GElf_Rela relocation;
        if (!get_relocation(object, data, has_addends, i, section, &relocation) ||
            !take_relocation(object, &relocation, section))
            return false;
    }
    return true;
}

static bool take_relocations(struct object *object)
{
    for (Elf_Scn *scn = NULL; (scn = elf_nextscn(object->elf, scn));) {
        GElf_Shdr shdr;
        if (!gelf_getshdr(scn, &shdr))
            return refuse(object, "a section header cannot be read");
        if (shdr.sh_type != SHT_RELA && shdr.sh_type != SHT_REL)
            continue;
        if (shdr.sh_info >= object->section_count)
            return source_say(object->source, SOURCE_ERROR, 0,
                              "section %s: it relocates section %u of %zu (sh_info)",
                              section_name(object, &shdr), shdr.sh_info, object->section_count);
        uint32_t section = object->place[shdr.sh_info];
        if (section == ELFGEN_SECTION_UNDEFINED)
            continue; /* of a section that is not loaded */
        bool has_addends = shdr.sh_type == SHT_RELA;
        if (has_addends != (object->ehdr.e_machine == EM_X86_64))
            return source_say(object->source, SOURCE_ERROR, 0, "section %s: %s",
                              section_name(object, &shdr),
                              has_addends ? "i386 relocations have no addends (SHT_REL)"
                                          : "x86-64 relocations have addends (SHT_RELA)");
        if (!object->symbols || shdr.sh_link != elf_ndxscn(object->symbols))
            return source_say(object->source, SOURCE_ERROR, 0,
                              "section %s: its symbols are in section %u (sh_link), which is no "
                              "symbol table",
                              section_name(object, &shdr), shdr.sh_link);
        if (!take_relocation_section(object, scn, has_addends, section))
            return false;
    }
    return true;
}

/* Every undefined symbol that something needs, each with its first place, all of them told. */
static bool all_defined(const struct object *object)
{
    const struct elfgen_program *program = &object->source->program;
    bool *told = calloc(program->symbol_count + 1, sizeof *told);
    bool defined = told != NULL;
    for (size_t i = 0; told && i < program->relocation_count; i++) {
        const struct elfgen_relocation *relocation = &program->relocations[i];
        const struct elfgen_symbol *symbol = &program->symbols[relocation->symbol];
        if (symbol->section != ELFGEN_SECTION_UNDEFINED || symbol->binding == ELFGEN_WEAK ||
            relocation->symbol == 0 || told[relocation->symbol])
            continue;
        told[relocation->symbol] = true;
        defined = source_say(object->source, SOURCE_ERROR, 0, "(%s+0x%llx): undefined symbol '%s'",
                             program->sections[relocation->section].name,
                             (unsigned long long)relocation->offset, symbol->name);
    }
    free(told);
    return defined;
}

bool source_read_object(struct source *source)
{
    struct object object = {.source = source};
    bool done = open_object(&object) && find_symbols(&object) && take_sections(&object) &&
                take_symbols(&object) && take_relocations(&object);
    /* Symbol 0 is "no symbol": a relocation against it takes 0 for S. */
    if (done && source->program.symbol_count > 0)
        source->symbols[0].section = ELFGEN_SECTION_ABSOLUTE;
    done = done && all_defined(&object);
    free(object.place);
    return done;
}

void source_close_object(struct source *source)
{
    if (source->elf)
        elf_end(source->elf);
    source->elf = NULL;
}
