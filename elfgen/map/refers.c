/* Finds the bytes that a claim's value or operand leads to. */
#include "elfgen/map.h"

#include <string.h>

#include "../format/codec.h"
#include "entry_refers.h"
#include "references.h"

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
    return length > 0 && elfgen_reference_at_offset(view, claim->value, length, reference);
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
    if (view->ehdr.e_type == ELFGEN_ET_REL ||
        (claim->value == 0 && claim->part != ELFGEN_PART_PHDR))
        return false;
    if (is_named(claim, "e_entry")) {
        length = instruction_length(view, code, claim->value);
    } else if (claim->part == ELFGEN_PART_PHDR) {
        struct elfgen_phdr phdr = segment_of(view, claim);
        if (claim->value != phdr.p_vaddr)
            return false; /* a physical address */
        length = phdr.p_filesz;
    } else if (claim->part == ELFGEN_PART_SHDR) {
        struct elfgen_shdr shdr = section_of(view, claim);
        if (shdr.sh_type == ELFGEN_SHT_NOBITS && (shdr.sh_flags & ELFGEN_SHF_TLS))
            return false; /* each thread has its own, elsewhere */
        length = shdr.sh_size;
    }
    return elfgen_reference_at_address(view, claim->value, length, reference);
}

/* The name of a section. */
static bool by_name(const struct elfgen_view *view, const struct elfgen_claim *claim,
                    struct elfgen_reference *reference)
{
    const struct elfgen_shdr shdr = {.sh_name = claim->value};
    const char *name;
    size_t length = elfgen_view_section_name(view, &shdr, &name);
    return length != SIZE_MAX &&
           elfgen_reference_at_offset(view, (uint64_t)((const uint8_t *)name - view->bytes),
                                      (uint64_t)length + 1, reference);
}

/* A symbol of the table that section `index` has. */
static bool at_symbol(const struct elfgen_view *view, uint64_t index, uint64_t symbol,
                      struct elfgen_reference *reference)
{
    struct elfgen_shdr shdr;
    if (elfgen_view_section(view, index, &shdr, NULL) != ELFGEN_OK || shdr.sh_entsize == 0)
        return false;
    const struct elfgen_table symbols = {shdr.sh_offset, shdr.sh_entsize,
                                         size_in_file(&shdr) / shdr.sh_entsize};
    return elfgen_reference_at_entry(view, &symbols, symbol,
                                     elfgen_structure_size(ELFGEN_STRUCTURE_sym, view->class_),
                                     reference);
}

/* sh_info: a section; the first symbol that is not local; the symbol that names a group (gABI 4.1,
 * "Sections"). */
static bool by_information(const struct elfgen_view *view, const struct elfgen_claim *claim,
                           struct elfgen_reference *reference)
{
    const struct elfgen_shdr shdr = section_of(view, claim);
    switch (shdr.sh_type) {
    case ELFGEN_SHT_SYMTAB:
    case ELFGEN_SHT_DYNSYM:
        return at_symbol(view, claim->index, claim->value, reference);
    case ELFGEN_SHT_GROUP:
        return at_symbol(view, shdr.sh_link, claim->value, reference);
    case ELFGEN_SHT_REL:
    case ELFGEN_SHT_RELA:
        return elfgen_reference_at_header(view, claim->value, reference);
    default:
        return (shdr.sh_flags & ELFGEN_SHF_INFO_LINK) &&
               elfgen_reference_at_header(view, claim->value, reference);
    }
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
            !elfgen_reference_at_offset(view, offset, length, reference))
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
    return elfgen_reference_at_address(
        view, address, jumps ? instruction_length(view, code, address) : 0, reference);
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
               elfgen_reference_at_address(view, claim->value, 0, reference);
    if (!claim->field)
        return false;
    if (claim->part > ELFGEN_PART_SHDR)
        return elfgen_entry_refers(view, claim, reference);
    switch (claim->field->kind) {
    case ELFGEN_KIND_OFFSET:
        return by_offset(view, claim, reference);
    case ELFGEN_KIND_ADDRESS:
        return by_address(view, code, claim, reference);
    case ELFGEN_KIND_STRING:
        return by_name(view, claim, reference);
    case ELFGEN_KIND_NUMBER:
        return is_named(claim, "sh_info") && by_information(view, claim, reference);
    case ELFGEN_KIND_INDEX:
        return elfgen_reference_at_header(
            view, is_named(claim, "e_shstrndx") ? view->names : claim->value, reference);
    default:
        return false;
    }
}
