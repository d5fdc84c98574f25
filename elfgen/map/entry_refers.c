/* Finds what entries of tables lead to: symbols, relocations, dynamic entries, versions, notes. */
#include "entry_refers.h"

#include <string.h>

#include "elfgen/names.h"

#include "lookup.h"
#include "record_fields.h"
#include "references.h"
#include "unwind.h"

/* Finds what a value leads to; one of the functions below. */
typedef bool refer_function(const struct elfgen_view *view, const struct elfgen_claim *claim,
                            struct elfgen_reference *reference);

/* Where the claim's structure begins. */
static uint64_t start_of(const struct elfgen_view *view, const struct elfgen_claim *claim)
{
    return claim->offset - claim->field->offset[elfgen_class_index(view->class_)];
}

/* The structure itself, if all of it is in the file. */
static const uint8_t *structure_of(const struct elfgen_view *view, const struct elfgen_claim *claim,
                                   enum elfgen_structure_id id)
{
    return elfgen_view_bytes(view, start_of(view, claim), elfgen_structure_size(id, view->class_));
}

static bool at_place(const struct elfgen_view *view, uint64_t address, uint64_t length,
                     struct elfgen_reference *reference)
{
    return view->ehdr.e_type != ELFGEN_ET_REL && address != 0 &&
           elfgen_reference_at_address(view, address, length, reference);
}

static bool by_address(const struct elfgen_view *view, const struct elfgen_claim *claim,
                       struct elfgen_reference *reference)
{
    return at_place(view, claim->value, 0, reference);
}

static bool by_name(const struct elfgen_view *view, const struct elfgen_claim *claim,
                    struct elfgen_reference *reference)
{
    struct elfgen_table strings;
    const char *name;
    if (!elfgen_lookup_strings(view, claim, &strings))
        return false;
    size_t length = elfgen_view_string(view, strings.offset, strings.count, claim->value, &name);
    return length != SIZE_MAX &&
           elfgen_reference_at_offset(view, (uint64_t)((const uint8_t *)name - view->bytes),
                                      (uint64_t)length + 1, reference);
}

static bool by_section(const struct elfgen_view *view, const struct elfgen_claim *claim,
                       struct elfgen_reference *reference)
{
    return elfgen_reference_at_header(view, claim->value, reference);
}

/* ---- symbols ---- */

static bool at_symbol(const struct elfgen_view *view, const struct elfgen_claim *claim,
                      uint64_t index, struct elfgen_reference *reference)
{
    struct elfgen_table symbols;
    return index != 0 && elfgen_lookup_symbols(view, claim, &symbols) &&
           elfgen_reference_at_entry(view, &symbols, index,
                                     elfgen_structure_size(ELFGEN_STRUCTURE_sym, view->class_),
                                     reference);
}

static bool by_symbol(const struct elfgen_view *view, const struct elfgen_claim *claim,
                      struct elfgen_reference *reference)
{
    return at_symbol(view, claim, claim->value, reference);
}

/* A symbol whose hash is stored here. */
static bool by_hash(const struct elfgen_view *view, const struct elfgen_claim *claim,
                    struct elfgen_reference *reference)
{
    return at_symbol(view, claim, elfgen_lookup_hashed(view, claim), reference);
}

static bool by_symbol_section(const struct elfgen_view *view, const struct elfgen_claim *claim,
                              struct elfgen_reference *reference)
{
    return claim->value < ELFGEN_SHN_LORESERVE && by_section(view, claim, reference);
}

/* The bytes of a symbol. Its value is an address, or in an object a distance in a section. */
static bool by_symbol_value(const struct elfgen_view *view, const struct elfgen_claim *claim,
                            struct elfgen_reference *reference)
{
    const uint8_t *bytes = structure_of(view, claim, ELFGEN_STRUCTURE_sym);
    struct elfgen_sym symbol;
    if (!bytes)
        return false;
    elfgen_decode_sym(&symbol, bytes, view->class_, view->order);
    bool is_place = symbol.st_shndx != ELFGEN_SHN_UNDEF && symbol.st_shndx < ELFGEN_SHN_LORESERVE;
    if (view->ehdr.e_type == ELFGEN_ET_REL)
        return is_place && elfgen_reference_in_section(view, symbol.st_shndx, claim->value,
                                                       symbol.st_size, reference);
    /* An undefined symbol with a value is a function that the program calls through a stub there.
     */
    return (is_place || symbol.st_shndx == ELFGEN_SHN_UNDEF ||
            symbol.st_shndx == ELFGEN_SHN_XINDEX) &&
           (symbol.st_info & 15) != ELFGEN_STT_TLS &&
           at_place(view, claim->value, symbol.st_size, reference);
}

/* ---- relocations ---- */

static bool by_relocated_place(const struct elfgen_view *view, const struct elfgen_claim *claim,
                               struct elfgen_reference *reference)
{
    struct elfgen_shdr shdr;
    if (view->ehdr.e_type != ELFGEN_ET_REL)
        return by_address(view, claim, reference);
    return elfgen_view_section(view, claim->section, &shdr, NULL) == ELFGEN_OK &&
           elfgen_reference_in_section(view, shdr.sh_info, claim->value, 0, reference);
}

static bool by_relocation_symbol(const struct elfgen_view *view, const struct elfgen_claim *claim,
                                 struct elfgen_reference *reference)
{
    return at_symbol(view, claim, elfgen_view_relocation_info(view, claim->value).symbol,
                     reference);
}

/* The addend of a relative relocation is an address. */
static bool by_addend(const struct elfgen_view *view, const struct elfgen_claim *claim,
                      struct elfgen_reference *reference)
{
    return elfgen_lookup_is_relative(view, claim) && at_place(view, claim->value, 0, reference);
}

static bool by_relr(const struct elfgen_view *view, const struct elfgen_claim *claim,
                    struct elfgen_reference *reference)
{
    return claim->value % 2 == 0 &&
           at_place(view, claim->value, elfgen_address_size(view->class_), reference);
}

/* ---- dynamic entries ---- */

/* How many bytes the table at an offset has that a dynamic entry leads to; 0: not known, as of
 * versions, whose records lead to one another. */
static uint64_t length_of_area(const struct elfgen_areas *areas, uint64_t offset)
{
    for (unsigned i = 0; i < ELFGEN_AREA_COUNT; i++)
        if (areas->tables[i].count != 0 && areas->tables[i].offset == offset &&
            i != ELFGEN_AREA_VERNEED && i != ELFGEN_AREA_VERDEF)
            return areas->tables[i].count * areas->tables[i].entry_size; /* it is in the file */
    return 0;
}

/* The same for the section that begins at an address. */
static uint64_t length_of_section(const struct elfgen_view *view, uint64_t address)
{
    enum { MOST_SECTIONS = 128 }; /* that are looked at for one entry; files have about 40 */
    struct elfgen_shdr shdr;
    for (uint64_t i = 1; view->ehdr.e_shoff != 0 && i < MOST_SECTIONS &&
                         elfgen_view_section(view, i, &shdr, NULL) == ELFGEN_OK;
         i++)
        if (shdr.sh_addr == address && (shdr.sh_flags & ELFGEN_SHF_ALLOC) && shdr.sh_size != 0 &&
            !(shdr.sh_flags & ELFGEN_SHF_TLS))
            return shdr.sh_size;
    return 0;
}

static bool by_dynamic_value(const struct elfgen_view *view, const struct elfgen_claim *claim,
                             struct elfgen_reference *reference)
{
    uint64_t tag = elfgen_number_at(view, start_of(view, claim), elfgen_address_size(view->class_));
    uint64_t offset, length;
    switch (elfgen_dynamic_tag_kind(view->ehdr.e_machine, tag)) {
    case ELFGEN_KIND_STRING:
        return by_name(view, claim, reference);
    case ELFGEN_KIND_ADDRESS:
        length = claim->section != ELFGEN_NO_SECTION ? length_of_section(view, claim->value) : 0;
        if (claim->areas && elfgen_memory_offset(view, claim->value, &offset))
            length = length_of_area(claim->areas, offset);
        return at_place(view, claim->value, length, reference);
    default:
        return false;
    }
}

/* ---- versions ---- */

static bool by_version(const struct elfgen_view *view, const struct elfgen_claim *claim,
                       struct elfgen_reference *reference)
{
    enum { HIDDEN = 0x8000 };
    struct elfgen_version version;
    return claim->areas &&
           elfgen_lookup_version(view, claim->areas, claim->value & ~(uint64_t)HIDDEN, &version) &&
           elfgen_reference_at_offset(view, version.record, version.size, reference);
}

/* A distance from the structure's start to another one, whose kind the first letters say. */
static bool by_distance(const struct elfgen_view *view, const struct elfgen_claim *claim,
                        struct elfgen_reference *reference)
{
    static const struct {
        const char *field;
        enum elfgen_structure_id id;
    } rows[] = {
        {"vn_aux", ELFGEN_STRUCTURE_vernaux},   {"vn_next", ELFGEN_STRUCTURE_verneed},
        {"vna_next", ELFGEN_STRUCTURE_vernaux}, {"vd_aux", ELFGEN_STRUCTURE_verdaux},
        {"vd_next", ELFGEN_STRUCTURE_verdef},   {"vda_next", ELFGEN_STRUCTURE_verdaux},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows && claim->value != 0; i++)
        if (strcmp(rows[i].field, claim->field->name) == 0)
            /* No overflow: the value has 32 bits. */
            return elfgen_reference_at_offset(view, start_of(view, claim) + claim->value,
                                              elfgen_structure_size(rows[i].id, view->class_),
                                              reference);
    return false;
}

/* ---- the unwind table and records ---- */

/* A record of .eh_frame. */
static bool at_record(const struct elfgen_view *view, uint64_t offset,
                      struct elfgen_reference *reference)
{
    enum { LENGTH = 4 };
    uint64_t length = elfgen_number_at(view, offset, LENGTH);
    return elfgen_reference_at_offset(view, offset, length == UINT32_MAX ? 0 : LENGTH + length,
                                      reference);
}

static bool by_common(const struct elfgen_view *view, const struct elfgen_claim *claim,
                      struct elfgen_reference *reference)
{
    return claim->value <= claim->offset &&
           at_record(view, claim->offset - claim->value, reference);
}

/* A pointer of a record, in the encoding that its CIE says. */
static bool by_unwind_pointer(const struct elfgen_view *view, const struct elfgen_claim *claim,
                              struct elfgen_reference *reference)
{
    struct elfgen_unwind_record record;
    uint64_t address, length = 0;
    if (!elfgen_unwind_read(view, 0, claim->record, view->length, NULL, &record))
        return false;
    unsigned encoding = record.common.pointer_encoding;
    if (strcmp(claim->field->name, "fde_lsda") == 0)
        encoding = record.common.lsda_encoding;
    else if (strcmp(claim->field->name, "cie_personality") == 0)
        encoding = record.common.personality_encoding;
    for (unsigned i = 0; i < record.count; i++)
        if (record.parts[i].field == ELFGEN_UNWIND_fde_range &&
            encoding == record.common.pointer_encoding)
            length = record.parts[i].value;
    if (strcmp(claim->field->name, "fde_start") != 0)
        length = encoding & ELFGEN_POINTER_INDIRECT ? elfgen_address_size(view->class_) : 0;
    return elfgen_unwind_pointer(view, claim->offset, encoding, claim->value, &address) &&
           at_place(view, address, length, reference);
}

static bool by_frame_pointer(const struct elfgen_view *view, const struct elfgen_claim *claim,
                             struct elfgen_reference *reference)
{
    uint64_t header, address;
    if (!elfgen_lookup_unwind_header(view, claim, &header))
        return false;
    unsigned encoding =
        (unsigned)elfgen_record_number(view, header, ELFGEN_RECORD_eh_frame_ptr_enc);
    return elfgen_unwind_pointer(view, claim->offset, encoding, claim->value, &address) &&
           at_place(view, address, 0, reference);
}

/* An address that the table has as its distance from the header. */
static bool by_table_entry(const struct elfgen_view *view, const struct elfgen_claim *claim,
                           struct elfgen_reference *reference)
{
    uint64_t offset, header;
    if (!elfgen_lookup_unwind_header(view, claim, &offset) ||
        !elfgen_memory_address(view, offset, &header))
        return false;
    uint64_t address = header + (uint64_t)(int64_t)(int32_t)(uint32_t)claim->value;
    if (view->class_ != ELFGEN_CLASS64)
        address = (uint32_t)address;
    if (!at_place(view, address, 0, reference))
        return false;
    if (strcmp(claim->field->name, "eh_fde") == 0 && reference->offset != ELFGEN_NOWHERE)
        return at_record(view, reference->offset, reference);
    return true;
}

/* ---- notes ---- */

static bool by_auxiliary_value(const struct elfgen_view *view, const struct elfgen_claim *claim,
                               struct elfgen_reference *reference)
{
    uint64_t type =
        elfgen_number_at(view, start_of(view, claim), elfgen_address_size(view->class_));
    switch (elfgen_auxv_type_kind(type)) {
    case ELFGEN_KIND_ADDRESS:
        return by_address(view, claim, reference);
    case ELFGEN_KIND_TEXT:
        return elfgen_lookup_text(view, claim->value, reference);
    default:
        return false;
    }
}

/* The first address of a mapping; the one after it is the next field. */
static bool by_mapping(const struct elfgen_view *view, const struct elfgen_claim *claim,
                       struct elfgen_reference *reference)
{
    unsigned width = elfgen_address_size(view->class_);
    uint64_t end = elfgen_number_at(view, claim->offset + width, width);
    return at_place(view, claim->value, end > claim->value ? end - claim->value : 0, reference);
}

/* ---- by name ---- */

bool elfgen_entry_refers(const struct elfgen_view *view, const struct elfgen_claim *claim,
                         struct elfgen_reference *reference)
{
    static const struct {
        const char *field;
        refer_function *refer;
    } rows[] = {
        {"st_name", by_name},
        {"st_value", by_symbol_value},
        {"st_shndx", by_symbol_section},
        {"r_offset", by_relocated_place},
        {"r_info", by_relocation_symbol},
        {"r_addend", by_addend},
        {"r_relr", by_relr},
        {"d_val", by_dynamic_value},
        {"h_bucket", by_symbol},
        {"h_chain", by_symbol},
        {"gh_symoffset", by_symbol},
        {"gh_bucket", by_symbol},
        {"gh_chain", by_hash},
        {"vs_index", by_version},
        {"vn_file", by_name},
        {"vn_aux", by_distance},
        {"vn_next", by_distance},
        {"vna_name", by_name},
        {"vna_next", by_distance},
        {"vd_aux", by_distance},
        {"vd_next", by_distance},
        {"vda_name", by_name},
        {"vda_next", by_distance},
        {"g_member", by_section},
        {"x_shndx", by_section},
        {"a_val", by_auxiliary_value},
        {"f_start", by_mapping},
        {"eh_frame_ptr", by_frame_pointer},
        {"eh_location", by_table_entry},
        {"eh_fde", by_table_entry},
        {"fde_cie", by_common},
        {"fde_start", by_unwind_pointer},
        {"fde_lsda", by_unwind_pointer},
        {"cie_personality", by_unwind_pointer},
    };
    const char *name = claim->field->name;
    /* The first letters rule out most rows: large files have millions of entries. */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].field[0] == name[0] && rows[i].field[1] == name[1] &&
            rows[i].field[2] == name[2] && strcmp(rows[i].field, name) == 0)
            return rows[i].refer(view, claim, reference);
    return claim->field->kind == ELFGEN_KIND_ADDRESS && by_address(view, claim, reference);
}
