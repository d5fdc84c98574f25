/* Finds the bytes that a claim's value or operand leads to. */
#include "elfgen/map.h"

#include <string.h>

#include "../format/codec.h"

/* Sets a place in the file, cut at its end, and where that is in memory. A length of 0 is not
 * known. Returns false if no byte of it is in the file. */
static bool at_offset(const struct elfgen_view *view, uint64_t offset, uint64_t length,
                      struct elfgen_reference *reference)
{
    if (offset >= view->length)
        return false;
    reference->offset = offset;
    reference->length = length < view->length - offset ? length : view->length - offset;
    reference->in_memory = view->ehdr.e_type != ELFGEN_ET_REL &&
                           elfgen_memory_address(view, offset, &reference->address);
    return true;
}

/* The same for a place in memory, which may have no bytes in the file. */
static bool at_address(const struct elfgen_view *view, uint64_t address, uint64_t length,
                       struct elfgen_reference *reference)
{
    struct elfgen_mapping mapping = {0};
    bool in_file = elfgen_memory_find(view, address, &mapping);
    if (!in_file && (address < mapping.start || address >= mapping.end))
        return false;
    *reference = (struct elfgen_reference){
        .offset = ELFGEN_NOWHERE, .length = length, .address = address, .in_memory = true};
    if (!in_file)
        return true;
    reference->offset = mapping.offset + (address - mapping.start);
    uint64_t left = view->length - reference->offset;
    reference->length = length < left ? length : left;
    return true;
}

/* The structure that the claim's field is in, as bytes; zeros after the file's end. */
static void structure_of(const struct elfgen_view *view, const struct elfgen_claim *claim,
                         uint8_t bytes[64])
{
    uint64_t start = claim->offset - claim->field->offset[elfgen_class_index(view->class_)];
    memset(bytes, 0, 64);
    if (start >= view->length)
        return; /* a claim on another file */
    uint64_t left = view->length - start;
    memcpy(bytes, view->bytes + start, left < 64 ? (size_t)left : 64);
}

static struct elfgen_phdr segment_of(const struct elfgen_view *view,
                                     const struct elfgen_claim *claim)
{
    struct elfgen_phdr phdr;
    uint8_t bytes[64];
    structure_of(view, claim, bytes);
    elfgen_decode_phdr(&phdr, bytes, view->class_, view->order);
    return phdr;
}

static struct elfgen_shdr section_of(const struct elfgen_view *view,
                                     const struct elfgen_claim *claim)
{
    struct elfgen_shdr shdr;
    uint8_t bytes[64];
    structure_of(view, claim, bytes);
    elfgen_decode_shdr(&shdr, bytes, view->class_, view->order);
    return shdr;
}

static struct elfgen_sym symbol_of(const struct elfgen_view *view, const struct elfgen_claim *claim)
{
    struct elfgen_sym symbol;
    uint8_t bytes[64];
    structure_of(view, claim, bytes);
    elfgen_decode_sym(&symbol, bytes, view->class_, view->order);
    return symbol;
}

static bool is_named(const struct elfgen_claim *claim, const char *field)
{
    return strcmp(claim->field->name, field) == 0;
}

static uint64_t size_in_file(const struct elfgen_shdr *shdr)
{
    return shdr->sh_type == ELFGEN_SHT_NOBITS ? 0 : shdr->sh_size;
}

/* ---- fields by their kind ---- */

static bool by_offset(const struct elfgen_view *view, const struct elfgen_claim *claim,
                      struct elfgen_reference *reference)
{
    uint64_t length = 0;
    if (is_named(claim, "e_phoff")) {
        length = view->segments.count * view->segments.entry_size;
    } else if (is_named(claim, "e_shoff")) {
        length = view->sections.count * view->sections.entry_size;
    } else if (claim->part == ELFGEN_PART_PHDR) {
        struct elfgen_phdr phdr = segment_of(view, claim);
        length = phdr.p_filesz;
    } else if (claim->part == ELFGEN_PART_SHDR) {
        struct elfgen_shdr shdr = section_of(view, claim);
        length = size_in_file(&shdr);
    }
    return length > 0 && at_offset(view, claim->value, length, reference);
}

/* A place in section `index` of an object. */
static bool in_section(const struct elfgen_view *view, uint64_t index, uint64_t distance,
                       uint64_t length, struct elfgen_reference *reference)
{
    struct elfgen_shdr shdr;
    return index != ELFGEN_SHN_UNDEF &&
           elfgen_view_section(view, index, &shdr, NULL) == ELFGEN_OK &&
           distance < size_in_file(&shdr) && shdr.sh_offset <= UINT64_MAX - distance &&
           at_offset(view, shdr.sh_offset + distance, length, reference);
}

/* Addresses in an object are distances in a section. */
static bool by_distance(const struct elfgen_view *view, const struct elfgen_claim *claim,
                        struct elfgen_reference *reference)
{
    struct elfgen_shdr shdr;
    if (claim->part == ELFGEN_PART_SYMBOL) {
        struct elfgen_sym symbol = symbol_of(view, claim);
        return symbol.st_shndx < ELFGEN_SHN_LORESERVE &&
               in_section(view, symbol.st_shndx, claim->value, symbol.st_size, reference);
    }
    return claim->part == ELFGEN_PART_RELOCATION &&
           elfgen_view_section(view, claim->section, &shdr, NULL) == ELFGEN_OK &&
           in_section(view, shdr.sh_info, claim->value, 0, reference);
}

static uint64_t instruction_length(const struct elfgen_view *view, const struct elfgen_code *code,
                                   uint64_t address)
{
    uint64_t offset;
    if (!code || !code->machine || !elfgen_memory_offset(view, address, &offset))
        return 0;
    uint64_t left = view->length - offset;
    return code->machine->length(code->machine->context, view->bytes + offset,
                                 left < ELFGEN_INSTRUCTION_MOST ? (size_t)left
                                                                : ELFGEN_INSTRUCTION_MOST);
}

static bool by_address(const struct elfgen_view *view, const struct elfgen_code *code,
                       const struct elfgen_claim *claim, struct elfgen_reference *reference)
{
    uint64_t length = 0;
    if (view->ehdr.e_type == ELFGEN_ET_REL)
        return by_distance(view, claim, reference);
    if (claim->value == 0 && claim->part != ELFGEN_PART_PHDR)
        return false;
    if (is_named(claim, "e_entry")) {
        length = instruction_length(view, code, claim->value);
    } else if (claim->part == ELFGEN_PART_PHDR) {
        struct elfgen_phdr phdr = segment_of(view, claim);
        length = phdr.p_filesz;
    } else if (claim->part == ELFGEN_PART_SHDR) {
        struct elfgen_shdr shdr = section_of(view, claim);
        length = shdr.sh_size;
    } else if (claim->part == ELFGEN_PART_SYMBOL) {
        struct elfgen_sym symbol = symbol_of(view, claim);
        bool is_place =
            symbol.st_shndx < ELFGEN_SHN_LORESERVE || symbol.st_shndx == ELFGEN_SHN_XINDEX;
        if (!is_place || (symbol.st_info & 15) == ELFGEN_STT_TLS)
            return false;
        length = symbol.st_size;
    }
    return at_address(view, claim->value, length, reference);
}

/* The string table that a name is in. */
static bool strings_of(const struct elfgen_view *view, const struct elfgen_claim *claim,
                       struct elfgen_table *strings)
{
    struct elfgen_shdr shdr;
    uint64_t index = view->names;
    if (claim->areas) {
        *strings = claim->areas->tables[ELFGEN_AREA_STRINGS];
        return strings->count > 0;
    }
    if (claim->part != ELFGEN_PART_SHDR) {
        if (elfgen_view_section(view, claim->section, &shdr, NULL) != ELFGEN_OK)
            return false;
        index = shdr.sh_link;
    }
    if (index == ELFGEN_SHN_UNDEF || elfgen_view_section(view, index, &shdr, NULL) != ELFGEN_OK)
        return false;
    *strings = (struct elfgen_table){shdr.sh_offset, 1, shdr.sh_size};
    return true;
}

static bool by_name(const struct elfgen_view *view, const struct elfgen_claim *claim,
                    struct elfgen_reference *reference)
{
    struct elfgen_table strings;
    const char *name;
    if (!strings_of(view, claim, &strings))
        return false;
    size_t length = elfgen_view_string(view, strings.offset, strings.count, claim->value, &name);
    return length != SIZE_MAX && at_offset(view, (uint64_t)((const uint8_t *)name - view->bytes),
                                           (uint64_t)length + 1, reference);
}

/* An entry of a table. */
static bool at_entry(const struct elfgen_view *view, const struct elfgen_table *table,
                     uint64_t index, uint64_t size, struct elfgen_reference *reference)
{
    uint64_t offset;
    return index < table->count && elfgen_multiply(index, table->entry_size, &offset) &&
           elfgen_add(table->offset, offset, &offset) && at_offset(view, offset, size, reference);
}

/* The header of a section. */
static bool by_index(const struct elfgen_view *view, uint64_t index,
                     struct elfgen_reference *reference)
{
    return index != ELFGEN_SHN_UNDEF && view->ehdr.e_shoff != 0 &&
           at_entry(view, &view->sections, index,
                    elfgen_structure_size(ELFGEN_STRUCTURE_shdr, view->class_), reference);
}

/* The symbol of a relocation. */
static bool by_symbol(const struct elfgen_view *view, const struct elfgen_claim *claim,
                      struct elfgen_reference *reference)
{
    struct elfgen_shdr table, symbols;
    uint64_t index = elfgen_view_relocation_info(view, claim->value).symbol;
    if (index == 0 || elfgen_view_section(view, claim->section, &table, NULL) != ELFGEN_OK ||
        elfgen_view_section(view, table.sh_link, &symbols, NULL) != ELFGEN_OK ||
        symbols.sh_entsize == 0)
        return false;
    const struct elfgen_table entries = {symbols.sh_offset, symbols.sh_entsize,
                                         size_in_file(&symbols) / symbols.sh_entsize};
    return at_entry(view, &entries, index,
                    elfgen_structure_size(ELFGEN_STRUCTURE_sym, view->class_), reference);
}

static bool by_number(const struct elfgen_view *view, const struct elfgen_claim *claim,
                      struct elfgen_reference *reference)
{
    if (is_named(claim, "r_info"))
        return by_symbol(view, claim, reference);
    if (claim->part != ELFGEN_PART_SHDR || !is_named(claim, "sh_info"))
        return false;
    struct elfgen_shdr shdr = section_of(view, claim);
    return (shdr.sh_type == ELFGEN_SHT_REL || shdr.sh_type == ELFGEN_SHT_RELA) &&
           by_index(view, claim->value, reference);
}

/* ---- code ---- */

static bool by_call(const struct elfgen_view *view, const struct elfgen_code *code,
                    const struct elfgen_claim *claim, struct elfgen_reference *reference)
{
    const struct elfgen_call *call = elfgen_code_call(code, claim->offset);
    struct elfgen_signature signature;
    uint64_t offset, length;
    if (!call || !elfgen_code_signature(code, call, &signature))
        return false;
    for (unsigned i = 0; i < signature.count; i++) {
        if (!elfgen_code_referred(code, call, &signature, i, &offset, &length) ||
            !at_offset(view, offset, length, reference))
            continue;
        reference->address = call->arguments[i].value;
        reference->in_memory = true;
        return true;
    }
    return false;
}

static bool by_instruction(const struct elfgen_view *view, const struct elfgen_code *code,
                           const struct elfgen_claim *claim, struct elfgen_reference *reference)
{
    const struct elfgen_machine *machine = code ? code->machine : NULL;
    uint64_t address;
    bool jumps = false;
    if (!machine || view->ehdr.e_type == ELFGEN_ET_REL)
        return false;
    if (by_call(view, code, claim, reference))
        return true;
    if (!machine->refers ||
        !machine->refers(machine->context, view->bytes + claim->offset, (size_t)claim->length,
                         claim->index, view->ehdr.e_type == ELFGEN_ET_EXEC, &address, &jumps))
        return false;
    return at_address(view, address, jumps ? instruction_length(view, code, address) : 0,
                      reference);
}

bool elfgen_claim_refers(const struct elfgen_view *view, const struct elfgen_code *code,
                         const struct elfgen_claim *claim, struct elfgen_reference *reference)
{
    uint64_t offset;
    if (claim->length > view->length || claim->offset > view->length - claim->length)
        return false; /* a claim on another file */
    if (claim->part == ELFGEN_PART_INSTRUCTION)
        return by_instruction(view, code, claim, reference);
    if (claim->encoding)
        return claim->encoding->is_address && claim->length >= 4 &&
               elfgen_memory_offset(view, claim->value, &offset) &&
               at_address(view, claim->value, 0, reference);
    if (!claim->field)
        return false;
    switch (claim->field->kind) {
    case ELFGEN_KIND_OFFSET:
        return by_offset(view, claim, reference);
    case ELFGEN_KIND_ADDRESS:
        return by_address(view, code, claim, reference);
    case ELFGEN_KIND_STRING:
        return by_name(view, claim, reference);
    case ELFGEN_KIND_NUMBER:
        return by_number(view, claim, reference);
    case ELFGEN_KIND_INDEX:
        return (is_named(claim, "e_shstrndx") && by_index(view, view->names, reference)) ||
               ((is_named(claim, "sh_link") || is_named(claim, "g_member") ||
                 is_named(claim, "x_shndx")) &&
                by_index(view, claim->value, reference)) ||
               (is_named(claim, "st_shndx") && claim->value < ELFGEN_SHN_LORESERVE &&
                by_index(view, claim->value, reference));
    default:
        return false;
    }
}
