/* Reads structures, table entries and strings from the bytes of an ELF file. */
#include "elfgen/view.h"

#include "elfgen/arch.h"

#include "../format/argument.h"
#include "../format/codec.h"

enum { LARGEST_STRUCTURE = 64 };

/* The `size` bytes at `offset`: in the file, or in `scratch`, padded with zeros, where the file
 * ends before (ELFGEN_TRUNCATED). */
static const uint8_t *structure_at(const struct elfgen_view *view, uint64_t offset, size_t size,
                                   uint8_t scratch[LARGEST_STRUCTURE], enum elfgen_status *status)
{
    const uint8_t *whole = elfgen_view_bytes(view, offset, size);
    if (whole) {
        *status = ELFGEN_OK;
        return whole;
    }
    *status = ELFGEN_TRUNCATED;
    memset(scratch, 0, LARGEST_STRUCTURE);
    const uint8_t *part =
        offset < view->length ? elfgen_view_bytes(view, offset, view->length - offset) : NULL;
    if (part)
        memcpy(scratch, part, (size_t)(view->length - offset));
    return scratch;
}

/* The bytes of entry `index` of a table of structures `id`, padded in `scratch` if need be. NULL:
 * there is no such entry; *status and *error say why. */
static const uint8_t *entry_at(const struct elfgen_view *view, const struct elfgen_table *table,
                               uint64_t index, enum elfgen_structure_id id,
                               uint8_t scratch[LARGEST_STRUCTURE], enum elfgen_status *status,
                               struct elfgen_error *error)
{
    const char *what = elfgen_structures[id].meaning;
    size_t size = elfgen_structure_size(id, view->class_);
    if (index >= table->count) {
        *status = elfgen_error_set(error, ELFGEN_OUT_OF_RANGE, table->offset,
                                   "%s %u does not exist: there are %u", what, index, table->count);
        return NULL;
    }
    if (table->entry_size < size) {
        *status = elfgen_error_set(error, ELFGEN_BAD_VALUE, table->offset,
                                   "%s: the entry size is %u bytes, it must be %u or more", what,
                                   table->entry_size, (uint64_t)size);
        return NULL;
    }
    uint64_t offset;
    if (!elfgen_multiply(index, table->entry_size, &offset) ||
        !elfgen_add(table->offset, offset, &offset))
        offset = UINT64_MAX;
    const uint8_t *bytes = structure_at(view, offset, size, scratch, status);
    if (*status != ELFGEN_OK)
        elfgen_error_set(error, *status, offset, "%s %u takes %u bytes at %x, the file ends at %x",
                         what, index, (uint64_t)size, offset, view->length);
    return bytes;
}

/* Counts that are too large for their fields are in section header 0 (gABI, "Sections", on
 * SHN_XINDEX; PN_XNUM is from the Solaris Linkers and Libraries Guide). */
static void resolve_counts(struct elfgen_view *view)
{
    const struct elfgen_ehdr *ehdr = &view->ehdr;
    view->segments = (struct elfgen_table){ehdr->e_phoff, ehdr->e_phentsize, ehdr->e_phnum};
    view->sections = (struct elfgen_table){ehdr->e_shoff, ehdr->e_shentsize, ehdr->e_shnum};
    view->names = ehdr->e_shstrndx;
    bool extended = ehdr->e_phnum == ELFGEN_PN_XNUM || ehdr->e_shnum == 0 ||
                    ehdr->e_shstrndx == ELFGEN_SHN_XINDEX;
    if (!extended || ehdr->e_shoff == 0)
        return;
    struct elfgen_table first = {ehdr->e_shoff, ehdr->e_shentsize, 1};
    enum elfgen_status status;
    uint8_t scratch[LARGEST_STRUCTURE];
    const uint8_t *bytes = entry_at(view, &first, 0, ELFGEN_STRUCTURE_shdr, scratch, &status, NULL);
    if (!bytes || status != ELFGEN_OK)
        return;
    struct elfgen_shdr shdr;
    elfgen_decode_shdr(&shdr, bytes, view->class_, view->order);
    view->segments_extended = ehdr->e_phnum == ELFGEN_PN_XNUM && shdr.sh_info != 0;
    if (view->segments_extended)
        view->segments.count = shdr.sh_info;
    if (ehdr->e_shnum == 0)
        view->sections.count = shdr.sh_size;
    if (ehdr->e_shstrndx == ELFGEN_SHN_XINDEX)
        view->names = shdr.sh_link;
}

bool elfgen_view_is_elf(const struct elfgen_view *view)
{
    const struct elfgen_ehdr *ehdr = &view->ehdr;
    return ehdr->ei_mag0 == ELFGEN_MAG0 && ehdr->ei_mag1 == ELFGEN_MAG1 &&
           ehdr->ei_mag2 == ELFGEN_MAG2 && ehdr->ei_mag3 == ELFGEN_MAG3;
}

static enum elfgen_status open_as(struct elfgen_view *view, enum elfgen_class class_,
                                  enum elfgen_order order, struct elfgen_error *error)
{
    const uint64_t length = view->length;
    view->class_ = class_;
    view->order = order;
    size_t size = elfgen_structure_size(ELFGEN_STRUCTURE_ehdr, view->class_);
    view->header_present = length < size ? length : size;

    uint8_t scratch[LARGEST_STRUCTURE];
    enum elfgen_status status;
    const uint8_t *header = structure_at(view, 0, size, scratch, &status);
    elfgen_decode_ehdr(&view->ehdr, header, view->class_, view->order);
    resolve_counts(view);

    if (!elfgen_view_is_elf(view))
        return elfgen_error_set(error, ELFGEN_NOT_ELF, 0, ELFGEN_NOT_ELF_TEXT);
    if (status == ELFGEN_TRUNCATED)
        elfgen_error_set(error, status, length,
                         "the file ends after %u of the ELF header's %u bytes", length,
                         (uint64_t)size);
    return status;
}

enum { EI_CLASS = 4, EI_DATA = 5 };

/* Opens a view whose bytes or reader, and length, are set. */
static enum elfgen_status open_view(struct elfgen_view *view, struct elfgen_error *error)
{
    const uint8_t *class_ = elfgen_view_bytes(view, EI_CLASS, 1);
    const uint8_t *data = elfgen_view_bytes(view, EI_DATA, 1);
    bool is_64 = class_ && *class_ == ELFGEN_CLASS64;
    bool is_big = data && *data == ELFGEN_BIG_ENDIAN;
    return open_as(view, is_64 ? ELFGEN_CLASS64 : ELFGEN_CLASS32,
                   is_big ? ELFGEN_BIG_ENDIAN : ELFGEN_LITTLE_ENDIAN, error);
}

/* An empty view, where an argument was wrong. */
static enum elfgen_status open_nothing(struct elfgen_view *view)
{
    *view = (struct elfgen_view){0};
    open_as(view, ELFGEN_CLASS32, ELFGEN_LITTLE_ENDIAN, NULL);
    return ELFGEN_BAD_ARGUMENT;
}

enum elfgen_status elfgen_view_open(struct elfgen_view *view, const void *bytes, uint64_t length,
                                    struct elfgen_error *error)
{
    if (!elfgen_has_memory(bytes, length, "bytes of a file", error))
        return open_nothing(view);
    *view = (struct elfgen_view){.bytes = bytes, .length = length};
    return open_view(view, error);
}

enum elfgen_status elfgen_view_open_reader(struct elfgen_view *view,
                                           const struct elfgen_file_reader *reader,
                                           struct elfgen_error *error)
{
    if (!reader->read && reader->length > 0) {
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "the reader of a file has no function");
        return open_nothing(view);
    }
    *view = (struct elfgen_view){.reader = reader->read ? reader : NULL, .length = reader->length};
    return open_view(view, error);
}

/* Whether Linux would take the file for a program of that architecture, by the fields that it looks
 * at. EI_CLASS and EI_DATA are not among them (fs/binfmt_elf.c, load_elf_phdrs()). */
static bool is_taken_for(const struct elfgen_view *view, const struct elfgen_arch *arch)
{
    struct elfgen_view other = {
        .bytes = view->bytes, .reader = view->reader, .length = view->length};
    const struct elfgen_ehdr *ehdr = &other.ehdr;
    open_as(&other, arch->class_, ELFGEN_LITTLE_ENDIAN, NULL);
    return elfgen_arch_find(ehdr->e_machine) == arch &&
           (ehdr->e_type == ELFGEN_ET_EXEC || ehdr->e_type == ELFGEN_ET_DYN) &&
           ehdr->e_phentsize == elfgen_structure_size(ELFGEN_STRUCTURE_phdr, arch->class_) &&
           ehdr->e_phnum != 0;
}

/* Opens an open view again as Linux reads the file, if it would run it. */
static enum elfgen_status open_program(struct elfgen_view *view, enum elfgen_status status,
                                       struct elfgen_error *error)
{
    if (status == ELFGEN_NOT_ELF || status == ELFGEN_BAD_ARGUMENT)
        return status;
    const struct elfgen_arch *arch;
    for (unsigned i = 0; (arch = elfgen_arch_get(i)) != NULL; i++)
        if (is_taken_for(view, arch))
            return open_as(view, arch->class_, ELFGEN_LITTLE_ENDIAN, error);
    return status;
}

enum elfgen_status elfgen_view_open_program(struct elfgen_view *view, const void *bytes,
                                            uint64_t length, struct elfgen_error *error)
{
    return open_program(view, elfgen_view_open(view, bytes, length, error), error);
}

enum elfgen_status elfgen_view_open_program_reader(struct elfgen_view *view,
                                                   const struct elfgen_file_reader *reader,
                                                   struct elfgen_error *error)
{
    return open_program(view, elfgen_view_open_reader(view, reader, error), error);
}

const uint8_t *elfgen_view_bytes(const struct elfgen_view *view, uint64_t offset, uint64_t size)
{
    if (offset > view->length || size > view->length - offset)
        return NULL;
    if (view->bytes)
        return view->bytes + offset;
    return view->reader ? view->reader->read(view->reader->context, offset, size) : NULL;
}

/* Reads an entry into the decoded structure that belongs to `id`. */
static enum elfgen_status read_entry(const struct elfgen_view *view,
                                     const struct elfgen_table *table, uint64_t index,
                                     enum elfgen_structure_id id, void *decoded,
                                     struct elfgen_error *error)
{
    uint8_t scratch[LARGEST_STRUCTURE];
    enum elfgen_status status;
    const uint8_t *bytes = entry_at(view, table, index, id, scratch, &status, error);
    if (!bytes)
        return status;
    switch (id) {
#define X(name, fields, size32, size64, meaning)                                                   \
    case ELFGEN_STRUCTURE_##name:                                                                  \
        elfgen_decode_##name(decoded, bytes, view->class_, view->order);                           \
        break;
        ELFGEN_STRUCTURES(X)
#undef X
    default:
        break;
    }
    return status;
}

enum elfgen_status elfgen_view_segment(const struct elfgen_view *view, uint64_t index,
                                       struct elfgen_phdr *header, struct elfgen_error *error)
{
    return read_entry(view, &view->segments, index, ELFGEN_STRUCTURE_phdr, header, error);
}

enum elfgen_status elfgen_view_section(const struct elfgen_view *view, uint64_t index,
                                       struct elfgen_shdr *header, struct elfgen_error *error)
{
    return read_entry(view, &view->sections, index, ELFGEN_STRUCTURE_shdr, header, error);
}

static struct elfgen_table table_in(const struct elfgen_shdr *section)
{
    struct elfgen_table table = {section->sh_offset, section->sh_entsize, 0};
    if (section->sh_type != ELFGEN_SHT_NOBITS && section->sh_entsize != 0)
        table.count = section->sh_size / section->sh_entsize;
    return table;
}

enum elfgen_status elfgen_view_symbol(const struct elfgen_view *view,
                                      const struct elfgen_shdr *section, uint64_t index,
                                      struct elfgen_sym *symbol, struct elfgen_error *error)
{
    struct elfgen_table table = table_in(section);
    return read_entry(view, &table, index, ELFGEN_STRUCTURE_sym, symbol, error);
}

enum elfgen_status elfgen_view_relocation(const struct elfgen_view *view,
                                          const struct elfgen_shdr *section, uint64_t index,
                                          struct elfgen_rela *relocation,
                                          struct elfgen_error *error)
{
    struct elfgen_table table = table_in(section);
    if (section->sh_type == ELFGEN_SHT_RELA)
        return read_entry(view, &table, index, ELFGEN_STRUCTURE_rela, relocation, error);
    struct elfgen_rel rel = {0};
    enum elfgen_status status = read_entry(view, &table, index, ELFGEN_STRUCTURE_rel, &rel, error);
    if (status == ELFGEN_OK || status == ELFGEN_TRUNCATED)
        *relocation = (struct elfgen_rela){.r_offset = rel.r_offset, .r_info = rel.r_info};
    return status;
}

enum elfgen_status elfgen_view_dynamic(const struct elfgen_view *view,
                                       const struct elfgen_shdr *section, uint64_t index,
                                       struct elfgen_dyn *entry, struct elfgen_error *error)
{
    struct elfgen_table table = table_in(section);
    return read_entry(view, &table, index, ELFGEN_STRUCTURE_dyn, entry, error);
}

size_t elfgen_view_string(const struct elfgen_view *view, uint64_t table_offset,
                          uint64_t table_size, uint64_t index, const char **string)
{
    uint64_t start;
    if (index >= table_size || !elfgen_add(table_offset, index, &start) || start >= view->length)
        return SIZE_MAX;
    uint64_t most = table_size - index;
    if (most > view->length - start)
        most = view->length - start;
    *string = (const char *)elfgen_view_bytes(view, start, most);
    const char *end = memchr(*string, '\0', (size_t)most);
    return end ? (size_t)(end - *string) : (size_t)most;
}

size_t elfgen_view_section_name(const struct elfgen_view *view, const struct elfgen_shdr *section,
                                const char **name)
{
    struct elfgen_shdr names = {0};
    if (view->names == ELFGEN_SHN_UNDEF || section->sh_name > UINT32_MAX ||
        elfgen_view_section(view, view->names, &names, NULL) != ELFGEN_OK)
        return SIZE_MAX;
    return elfgen_view_string(view, names.sh_offset, names.sh_size, section->sh_name, name);
}
