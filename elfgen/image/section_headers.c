/* Appends section headers and symbols to a file's bytes. */
#include "elfgen/section_headers.h"

#include "elfgen/view.h"

#include "../format/argument.h"
#include "../format/codec.h"

/* The tables that are appended, in the order of their headers. */
enum table { TABLE_SYMBOLS, TABLE_STRINGS, TABLE_INDEXES, TABLE_NAMES, TABLE_COUNT };

static const struct {
    const char *name;
    uint32_t type;
} tables[TABLE_COUNT] = {
    [TABLE_SYMBOLS] = {".symtab", ELFGEN_SHT_SYMTAB},
    [TABLE_STRINGS] = {".strtab", ELFGEN_SHT_STRTAB},
    [TABLE_INDEXES] = {".symtab_shndx", ELFGEN_SHT_SYMTAB_SHNDX},
    [TABLE_NAMES] = {".shstrtab", ELFGEN_SHT_STRTAB},
};

/* The size of an entry of .symtab_shndx: a symbol's section that st_shndx has no room for. */
enum { INDEX_SIZE = 4 };

struct plan {
    const struct elfgen_section_headers *wanted;
    enum elfgen_class class_;
    enum elfgen_order order;
    bool has[TABLE_COUNT];
    uint64_t offset[TABLE_COUNT], size[TABLE_COUNT];
    uint64_t index[TABLE_COUNT]; /* of their section headers */
    uint64_t
        dynamic_strings; /* the same of the first string table that is wanted, 0: there is none */
    uint64_t locals;     /* symbols, the empty one included */
    uint64_t headers, count; /* where the section headers are, and how many */
    uint64_t end;
};

static uint64_t size_of(const struct plan *plan, enum elfgen_structure_id id)
{
    return elfgen_structure_size(id, plan->class_);
}

static uint64_t word_of(const struct plan *plan)
{
    return elfgen_address_size(plan->class_);
}

static bool too_wide(const struct plan *plan, uint64_t value)
{
    return plan->class_ == ELFGEN_CLASS32 && value > UINT32_MAX;
}

static bool check_section(const struct plan *plan, const struct elfgen_section_header *section,
                          uint64_t file_size, struct elfgen_error *error)
{
    const struct {
        const char *name;
        uint64_t value;
    } fields[] = {{"sh_flags", section->flags},     {"sh_addr", section->address},
                  {"sh_offset", section->offset},   {"sh_size", section->size},
                  {"sh_addralign", section->align}, {"sh_entsize", section->entry_size}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!too_wide(plan, fields[i].value))
            continue;
        elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE, "%s %x does not fit 32 bits",
                         fields[i].name, fields[i].value);
        return false;
    }
    if (section->align & (section->align - 1)) {
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "alignment %u is not a power of two", section->align);
        return false;
    }
    if (section->type == ELFGEN_SHT_NOBITS ||
        (section->offset <= file_size && section->size <= file_size - section->offset))
        return true;
    elfgen_error_set(error, ELFGEN_OUT_OF_RANGE, ELFGEN_NOWHERE,
                     "its %u bytes at %x are not in the file, which ends at %x", section->size,
                     section->offset, file_size);
    return false;
}

static bool is_special(uint32_t section)
{
    return section == ELFGEN_SYMBOL_UNDEFINED || section == ELFGEN_SYMBOL_ABSOLUTE;
}

static bool check_symbol(const struct plan *plan, const struct elfgen_symbol_entry *symbol,
                         struct elfgen_error *error)
{
    enum elfgen_status status = ELFGEN_OK;
    if (too_wide(plan, symbol->value) || too_wide(plan, symbol->size))
        status = elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                                  "symbol '%s': %s %x does not fit 32 bits", symbol->name,
                                  too_wide(plan, symbol->value) ? "value" : "size",
                                  too_wide(plan, symbol->value) ? symbol->value : symbol->size);
    else if (symbol->type > 15 || symbol->binding > 15)
        status = elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                  "symbol '%s': type %u and binding %u are numbers up to 15",
                                  symbol->name, (uint64_t)symbol->type, (uint64_t)symbol->binding);
    else if (!is_special(symbol->section) && symbol->section >= plan->wanted->section_count)
        status =
            elfgen_error_set(error, ELFGEN_OUT_OF_RANGE, ELFGEN_NOWHERE,
                             "symbol '%s': section %u does not exist, there are %u", symbol->name,
                             (uint64_t)symbol->section, (uint64_t)plan->wanted->section_count);
    return status == ELFGEN_OK;
}

/* Bytes that a name takes in a string table. An empty name takes none: it is the first byte of
 * every table. */
static uint64_t name_size(const char *name)
{
    size_t length = name ? strlen(name) : 0;
    return length == 0 ? 0 : (uint64_t)length + 1;
}

/* Checks every section and symbol, and adds up the sizes of their names. */
static bool measure_contents(struct plan *plan, uint64_t file_size, struct elfgen_error *error)
{
    const struct elfgen_section_headers *wanted = plan->wanted;
    plan->size[TABLE_STRINGS] = plan->size[TABLE_NAMES] = 1;
    for (size_t i = 0; i < wanted->section_count; i++) {
        if (!check_section(plan, &wanted->sections[i], file_size, error)) {
            elfgen_error_in_section(error, NULL, wanted->sections[i].name, ELFGEN_NOWHERE);
            return false;
        }
        plan->size[TABLE_NAMES] += name_size(wanted->sections[i].name);
        if (plan->dynamic_strings == 0 && wanted->sections[i].type == ELFGEN_SHT_STRTAB)
            plan->dynamic_strings = (uint64_t)i + 1;
    }
    plan->locals = 1;
    for (size_t i = 0; i < wanted->symbol_count; i++) {
        const struct elfgen_symbol_entry *symbol = &wanted->symbols[i];
        if (!check_symbol(plan, symbol, error))
            return false;
        plan->size[TABLE_STRINGS] += name_size(symbol->name);
        plan->locals += symbol->binding == ELFGEN_STB_LOCAL;
        plan->has[TABLE_INDEXES] |=
            !is_special(symbol->section) && symbol->section + 1 >= ELFGEN_SHN_LORESERVE;
    }
    plan->has[TABLE_SYMBOLS] = plan->has[TABLE_STRINGS] = wanted->symbol_count > 0;
    plan->has[TABLE_NAMES] = true;
    plan->count = wanted->section_count + 1;
    for (int i = 0; i < TABLE_COUNT; i++) {
        if (!plan->has[i])
            continue;
        plan->index[i] = plan->count++;
        plan->size[TABLE_NAMES] += name_size(tables[i].name);
    }
    return true;
}

/* Places `count` entries of `size` bytes at the next aligned offset, and moves plan->end after
 * them. */
static bool place(struct plan *plan, uint64_t align, uint64_t count, uint64_t size,
                  uint64_t *offset)
{
    uint64_t bytes;
    if (!elfgen_round_up(plan->end, align, offset) || !elfgen_multiply(count, size, &bytes))
        return false;
    return elfgen_add(*offset, bytes, &plan->end);
}

/* Gives every table its place after the file. */
static bool place_all(struct plan *plan, uint64_t file_size, struct elfgen_error *error)
{
    const uint64_t symbols = plan->wanted->symbol_count + (uint64_t)1, word = word_of(plan);
    const uint64_t most = plan->class_ == ELFGEN_CLASS64 ? SIZE_MAX - 1 : UINT32_MAX;
    bool fits = plan->size[TABLE_NAMES] <= UINT32_MAX && plan->size[TABLE_STRINGS] <= UINT32_MAX &&
                plan->count <= UINT32_MAX && plan->locals <= UINT32_MAX;
    plan->size[TABLE_SYMBOLS] = symbols * size_of(plan, ELFGEN_STRUCTURE_sym);
    plan->size[TABLE_INDEXES] = symbols * INDEX_SIZE;
    plan->end = file_size;
    for (int i = 0; i < TABLE_COUNT && fits; i++) {
        uint64_t align = i == TABLE_SYMBOLS ? word : i == TABLE_INDEXES ? INDEX_SIZE : 1;
        if (plan->has[i])
            fits = place(plan, align, plan->size[i], 1, &plan->offset[i]);
    }
    fits = fits &&
           place(plan, word, plan->count, size_of(plan, ELFGEN_STRUCTURE_shdr), &plan->headers);
    if (fits && plan->end <= most)
        return true;
    elfgen_error_set(error, ELFGEN_DOES_NOT_FIT, ELFGEN_NOWHERE,
                     "%u sections and %u symbols with their names do not fit after %u bytes",
                     (uint64_t)plan->wanted->section_count, symbols - 1, file_size);
    return false;
}

/* Whether the buffer holds an ELF file of the plan's class. */
static bool check_file(struct plan *plan, const uint8_t *bytes, uint64_t size,
                       struct elfgen_view *view, struct elfgen_error *error)
{
    if (elfgen_view_open(view, bytes, size, error) != ELFGEN_OK)
        return false;
    if (view->ehdr.ei_class != plan->class_) {
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, 4,
                         "EI_CLASS of the file is %u, but %u was asked for", view->ehdr.ei_class,
                         (uint64_t)plan->class_);
        return false;
    }
    plan->order = view->order;
    if (view->ehdr.ei_data == view->order)
        return true;
    elfgen_error_set(error, ELFGEN_BAD_VALUE, 5,
                     "EI_DATA of the file is %u; it is 1 (little-endian) or 2 (big-endian)",
                     view->ehdr.ei_data);
    return false;
}

/* Copies a name with its NUL to *at of a string table. Returns its index in the table. */
static uint64_t put_name(uint8_t *strings, uint64_t *at, const char *name)
{
    uint64_t index = *at;
    uint64_t size = name_size(name);
    if (size > 0)
        memcpy(strings + index, name, (size_t)size);
    *at = index + size;
    return size == 0 ? 0 : index;
}

/* Writes a symbol as entry `index` of .symtab, and of .symtab_shndx if need be. */
static void put_symbol(const struct plan *plan, uint8_t *bytes, uint64_t index, uint64_t name,
                       const struct elfgen_symbol_entry *symbol)
{
    uint64_t section = (uint64_t)symbol->section + 1;
    bool extended = !is_special(symbol->section) && section >= ELFGEN_SHN_LORESERVE;
    struct elfgen_sym entry = {.st_name = name,
                               .st_value = symbol->value,
                               .st_size = symbol->size,
                               .st_info = (uint64_t)symbol->binding << 4 | symbol->type,
                               .st_shndx = extended ? ELFGEN_SHN_XINDEX : section};
    if (symbol->section == ELFGEN_SYMBOL_UNDEFINED)
        entry.st_shndx = ELFGEN_SHN_UNDEF;
    else if (symbol->section == ELFGEN_SYMBOL_ABSOLUTE)
        entry.st_shndx = ELFGEN_SHN_ABS;
    elfgen_encode_sym(bytes + plan->offset[TABLE_SYMBOLS] +
                          index * size_of(plan, ELFGEN_STRUCTURE_sym),
                      &entry, plan->class_, plan->order);
    if (extended)
        elfgen_store(bytes + plan->offset[TABLE_INDEXES] + index * INDEX_SIZE, section, INDEX_SIZE,
                     plan->order);
}

/* Writes local symbols, then the others: gABI chapter 4, "Symbol Table". */
static void put_symbols(const struct plan *plan, uint8_t *bytes)
{
    const struct elfgen_section_headers *wanted = plan->wanted;
    uint64_t index = 1, at = 1;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < wanted->symbol_count; i++) {
            const struct elfgen_symbol_entry *symbol = &wanted->symbols[i];
            if ((symbol->binding != ELFGEN_STB_LOCAL) != (pass == 1))
                continue;
            uint64_t name = put_name(bytes + plan->offset[TABLE_STRINGS], &at, symbol->name);
            put_symbol(plan, bytes, index++, name, symbol);
        }
    }
}

static void put_header(const struct plan *plan, uint8_t *bytes, uint64_t index,
                       const struct elfgen_shdr *header)
{
    elfgen_encode_shdr(bytes + plan->headers + index * size_of(plan, ELFGEN_STRUCTURE_shdr), header,
                       plan->class_, plan->order);
}

/* Header 0 is empty except for counts that do not fit the ELF header (gABI chapter 4). */
static void put_first_header(const struct plan *plan, uint8_t *bytes, uint64_t segments)
{
    struct elfgen_shdr first = {.sh_info = segments};
    if (plan->count >= ELFGEN_SHN_LORESERVE)
        first.sh_size = plan->count;
    if (plan->index[TABLE_NAMES] >= ELFGEN_SHN_LORESERVE)
        first.sh_link = plan->index[TABLE_NAMES];
    put_header(plan, bytes, 0, &first);
}

static void put_table_header(const struct plan *plan, uint8_t *bytes, enum table table,
                             uint64_t name)
{
    struct elfgen_shdr header = {.sh_name = name,
                                 .sh_type = tables[table].type,
                                 .sh_offset = plan->offset[table],
                                 .sh_size = plan->size[table],
                                 .sh_addralign = 1};
    if (table == TABLE_SYMBOLS) {
        header.sh_link = plan->index[TABLE_STRINGS];
        header.sh_info = plan->locals;
        header.sh_addralign = word_of(plan);
        header.sh_entsize = size_of(plan, ELFGEN_STRUCTURE_sym);
    } else if (table == TABLE_INDEXES) {
        header.sh_link = plan->index[TABLE_SYMBOLS];
        header.sh_addralign = header.sh_entsize = INDEX_SIZE;
    }
    put_header(plan, bytes, plan->index[table], &header);
}

static void put_headers(const struct plan *plan, uint8_t *bytes)
{
    const struct elfgen_section_headers *wanted = plan->wanted;
    uint8_t *names = bytes + plan->offset[TABLE_NAMES];
    uint64_t at = 1;
    for (size_t i = 0; i < wanted->section_count; i++) {
        const struct elfgen_section_header *section = &wanted->sections[i];
        bool is_dynamic = section->type == ELFGEN_SHT_DYNAMIC;
        const struct elfgen_shdr header = {.sh_name = put_name(names, &at, section->name),
                                           .sh_type = section->type,
                                           .sh_flags = section->flags,
                                           .sh_addr = section->address,
                                           .sh_offset = section->offset,
                                           .sh_size = section->size,
                                           .sh_link = is_dynamic ? plan->dynamic_strings : 0,
                                           .sh_addralign = section->align,
                                           .sh_entsize = section->entry_size};
        put_header(plan, bytes, i + 1, &header);
    }
    for (int i = 0; i < TABLE_COUNT; i++)
        if (plan->has[i])
            put_table_header(plan, bytes, (enum table)i, put_name(names, &at, tables[i].name));
}

static void put_elf_header(const struct plan *plan, uint8_t *bytes, struct elfgen_ehdr *ehdr)
{
    uint64_t names = plan->index[TABLE_NAMES];
    ehdr->e_shoff = plan->headers;
    ehdr->e_shentsize = size_of(plan, ELFGEN_STRUCTURE_shdr);
    ehdr->e_shnum = plan->count < ELFGEN_SHN_LORESERVE ? plan->count : 0;
    ehdr->e_shstrndx = names < ELFGEN_SHN_LORESERVE ? names : ELFGEN_SHN_XINDEX;
    elfgen_encode_ehdr(bytes, ehdr, plan->class_, plan->order);
}

size_t elfgen_write_section_headers(void *buffer, size_t capacity, uint64_t size,
                                    enum elfgen_class class_,
                                    const struct elfgen_section_headers *wanted,
                                    struct elfgen_error *error)
{
    struct plan plan = {.wanted = wanted, .class_ = class_};
    struct elfgen_view view;
    uint8_t *bytes = buffer;
    if (class_ != ELFGEN_CLASS32 && class_ != ELFGEN_CLASS64) {
        elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                         "class %u is neither 1 (32 bits) nor 2 (64 bits)", (uint64_t)class_);
        return 0;
    }
    if (!elfgen_has_memory(wanted->sections, wanted->section_count, "section headers", error) ||
        !elfgen_has_memory(wanted->symbols, wanted->symbol_count, "symbols", error) ||
        !measure_contents(&plan, size, error) || !place_all(&plan, size, error))
        return 0;
    if (!elfgen_has_room(plan.end, capacity, error))
        return (size_t)plan.end;
    if (!elfgen_has_memory(buffer, capacity, "bytes of the buffer", error) ||
        !check_file(&plan, bytes, size, &view, error))
        return 0;
    memset(bytes + size, 0, (size_t)(plan.end - size));
    put_symbols(&plan, bytes);
    put_first_header(&plan, bytes, view.segments_extended ? view.segments.count : 0);
    put_headers(&plan, bytes);
    put_elf_header(&plan, bytes, &view.ehdr);
    return (size_t)plan.end;
}
