/* Describes entries of tables in words: dynamic entries, relocations, versions, hash tables, notes.
 */
#include "entry_words.h"

#include <string.h>

#include "elfgen/arch.h"
#include "elfgen/names.h"

#include "entry_refers.h"
#include "lookup.h"
#include "record_fields.h"
#include "unwind_words.h"
#include "words.h"

/* Appends a value's meaning; one of the functions below. */
typedef void put_function(struct elfgen_text *text, const struct elfgen_view *view,
                          const struct elfgen_claim *claim);

/* Where the claim's structure begins. */
static uint64_t start_of(const struct elfgen_view *view, const struct elfgen_claim *claim)
{
    return claim->offset - claim->field->offset[elfgen_class_index(view->class_)];
}

static void put_string_at(struct elfgen_text *text, const struct elfgen_view *view,
                          const struct elfgen_claim *claim)
{
    struct elfgen_table strings;
    const char *string = NULL;
    if (!elfgen_lookup_strings(view, claim, &strings))
        return;
    size_t length = elfgen_view_string(view, strings.offset, strings.count, claim->value, &string);
    elfgen_put_string(text, string, length);
}

static void put_place(struct elfgen_text *text, const struct elfgen_view *view, uint64_t address)
{
    uint64_t offset;
    if (view->ehdr.e_type == ELFGEN_ET_REL || !elfgen_memory_offset(view, address, &offset))
        return;
    elfgen_text_string(text, "file offset ");
    elfgen_text_0x(text, offset);
}

/* The name of a symbol, or of the section that it stands for. */
static void put_symbol(struct elfgen_text *text, const struct elfgen_view *view,
                       const struct elfgen_claim *claim, uint64_t index)
{
    struct elfgen_sym symbol;
    struct elfgen_table strings;
    const char *name = NULL;
    if (index == 0 || !elfgen_lookup_symbol(view, claim, index, &symbol, &strings))
        return;
    if ((symbol.st_info & 15) == ELFGEN_STT_SECTION) {
        elfgen_put_section_name(text, view, symbol.st_shndx);
        return;
    }
    size_t length = elfgen_view_string(view, strings.offset, strings.count, symbol.st_name, &name);
    elfgen_put_string(text, name, length);
}

/* ---- dynamic entries ---- */

static void put_tag(struct elfgen_text *text, const struct elfgen_view *view,
                    const struct elfgen_claim *claim)
{
    elfgen_text_string(text, elfgen_dynamic_tag_name(view->ehdr.e_machine, claim->value));
}

static void put_dynamic_value(struct elfgen_text *text, const struct elfgen_view *view,
                              const struct elfgen_claim *claim)
{
    unsigned width = elfgen_address_size(view->class_);
    uint64_t tag = elfgen_number_at(view, start_of(view, claim), width);
    uint64_t machine = view->ehdr.e_machine;
    switch (elfgen_dynamic_tag_kind(machine, tag)) {
    case ELFGEN_KIND_STRING:
        put_string_at(text, view, claim);
        break;
    case ELFGEN_KIND_ADDRESS:
        if (claim->value != 0)
            put_place(text, view, claim->value);
        break;
    case ELFGEN_KIND_FLAGS:
        elfgen_dynamic_flags_text(text, tag, claim->value);
        break;
    case ELFGEN_KIND_NAME: /* DT_PLTREL: the tag of the other relocations */
        put_tag(text, view, claim);
        break;
    case ELFGEN_KIND_SIZE:
        elfgen_text_decimal(text, claim->value, 0);
        elfgen_text_string(text, claim->value == 1 ? " byte" : " bytes");
        break;
    case ELFGEN_KIND_COUNT:
        elfgen_text_decimal(text, claim->value, 0);
        elfgen_text_string(text, claim->value == 1 ? " entry" : " entries");
        break;
    default:
        break;
    }
}

/* ---- symbols and relocations ---- */

static void put_section_index(struct elfgen_text *text, const struct elfgen_view *view,
                              const struct elfgen_claim *claim)
{
    const struct elfgen_arch *arch = elfgen_arch_find(view->ehdr.e_machine);
    bool common = claim->value == ELFGEN_SHN_COMMON ||
                  (arch && arch->large_common != 0 && claim->value == arch->large_common);
    if (claim->value == ELFGEN_SHN_UNDEF)
        elfgen_text_string(text, "undefined");
    else if (claim->value == ELFGEN_SHN_ABS)
        elfgen_text_string(text, "absolute");
    else if (common)
        elfgen_text_string(text, "common");
    else if (claim->value < ELFGEN_SHN_LORESERVE)
        elfgen_put_section_name(text, view, claim->value);
}

static void put_relocation_info(struct elfgen_text *text, const struct elfgen_view *view,
                                const struct elfgen_claim *claim)
{
    const struct elfgen_relocation_info info = elfgen_view_relocation_info(view, claim->value);
    for (unsigned i = 0; i < info.types; i++) {
        const char *name = elfgen_relocation_type_name(view->ehdr.e_machine, info.type[i]);
        if (i > 0 && info.type[i] == ELFGEN_R_NONE)
            continue;
        elfgen_text_string(text, i > 0 ? ", " : "");
        elfgen_text_string(text, name ? name : "type ");
        if (!name)
            elfgen_text_decimal(text, info.type[i], 0);
    }
    elfgen_text_string(text, ", symbol ");
    elfgen_text_decimal(text, info.symbol, 0);
    if (info.symbol == 0)
        return;
    size_t before = text->length;
    elfgen_text_char(text, ' ');
    put_symbol(text, view, claim, info.symbol);
    if (text->length == before + 1)
        text->length = before;
}

/* Without the compiler's own function, which the core would need a library for. */
static uint64_t count_bits(uint64_t value)
{
    uint64_t count = 0;
    for (; value != 0; value &= value - 1)
        count++;
    return count;
}

/* An address, or bits for the words after those of the entry before. */
static void put_relr(struct elfgen_text *text, const struct elfgen_view *view,
                     const struct elfgen_claim *claim)
{
    if (claim->value % 2 == 0) {
        put_place(text, view, claim->value);
        return;
    }
    elfgen_text_decimal(text, count_bits(claim->value >> 1), 0);
    elfgen_text_string(text, " of the next words");
}

static void put_indexed_symbol(struct elfgen_text *text, const struct elfgen_view *view,
                               const struct elfgen_claim *claim)
{
    put_symbol(text, view, claim, claim->value);
}

/* The symbol of whose name a GNU hash table has the hash. */
static void put_hashed_symbol(struct elfgen_text *text, const struct elfgen_view *view,
                              const struct elfgen_claim *claim)
{
    put_symbol(text, view, claim, elfgen_lookup_hashed(view, claim));
}

/* Where the field leads to in the file, if that is known. */
static void put_reference(struct elfgen_text *text, const struct elfgen_view *view,
                          const struct elfgen_claim *claim)
{
    struct elfgen_reference reference;
    if (!elfgen_entry_refers(view, claim, &reference) || reference.offset == ELFGEN_NOWHERE)
        return;
    elfgen_text_string(text, "file offset ");
    elfgen_text_0x(text, reference.offset);
}

static void put_member(struct elfgen_text *text, const struct elfgen_view *view,
                       const struct elfgen_claim *claim)
{
    elfgen_put_section_name(text, view, claim->value);
}

static void put_group(struct elfgen_text *text, const struct elfgen_view *view,
                      const struct elfgen_claim *claim)
{
    (void)view;
    if (claim->value & 1)
        elfgen_text_string(text, "COMDAT");
}

/* ---- versions ---- */

static void put_version(struct elfgen_text *text, const struct elfgen_view *view,
                        const struct elfgen_claim *claim)
{
    enum { HIDDEN = 0x8000 };
    uint64_t index = claim->value & ~(uint64_t)HIDDEN;
    struct elfgen_version version;
    if (index < 2 && claim->value == index) {
        elfgen_text_string(text, index == 0 ? "local" : "global");
        return;
    }
    bool named = claim->areas && elfgen_lookup_version(view, claim->areas, index, &version) &&
                 version.length != SIZE_MAX;
    if (named)
        elfgen_put_quoted(text, version.name, version.length);
    if (claim->value & HIDDEN)
        elfgen_text_string(text, named ? ", hidden" : "hidden");
}

static void put_version_flags(struct elfgen_text *text, const struct elfgen_view *view,
                              const struct elfgen_claim *claim)
{
    static const char *const names[] = {"base", "weak", "info"};
    const char *between = "";
    (void)view;
    for (unsigned bit = 0; bit < sizeof names / sizeof *names; bit++) {
        if (!(claim->value >> bit & 1))
            continue;
        elfgen_text_string(text, between);
        elfgen_text_string(text, names[bit]);
        between = ", ";
    }
}

/* ---- notes ---- */

/* The note's name follows its header. */
static void put_note_type(struct elfgen_text *text, const struct elfgen_view *view,
                          const struct elfgen_claim *claim)
{
    char owner[32] = "";
    uint64_t start = start_of(view, claim), size = elfgen_number_at(view, start, 4);
    const uint8_t *name = elfgen_view_bytes(
        view, start + elfgen_structure_size(ELFGEN_STRUCTURE_nhdr, view->class_), size);
    if (!name || size == 0 || size > sizeof owner || name[size - 1] != '\0')
        return;
    memcpy(owner, name, (size_t)size);
    elfgen_text_string(text, elfgen_note_type_name(owner, claim->value));
}

static void put_auxv_type(struct elfgen_text *text, const struct elfgen_view *view,
                          const struct elfgen_claim *claim)
{
    (void)view;
    elfgen_text_string(text, elfgen_auxv_type_name(claim->value));
}

static void put_auxv_value(struct elfgen_text *text, const struct elfgen_view *view,
                           const struct elfgen_claim *claim)
{
    uint64_t type =
        elfgen_number_at(view, start_of(view, claim), elfgen_address_size(view->class_));
    struct elfgen_reference reference;
    switch (elfgen_auxv_type_kind(type)) {
    case ELFGEN_KIND_ADDRESS:
        put_reference(text, view, claim);
        break;
    case ELFGEN_KIND_TEXT:
        if (elfgen_lookup_text(view, claim->value, &reference))
            elfgen_put_quoted(text, (const char *)view->bytes + reference.offset,
                              (size_t)reference.length - 1);
        break;
    case ELFGEN_KIND_NUMBER:
    case ELFGEN_KIND_COUNT:
    case ELFGEN_KIND_SIZE:
        elfgen_text_decimal(text, claim->value, 0);
        break;
    default:
        break;
    }
}

/* ---- signals ---- */

static void put_signal(struct elfgen_text *text, const struct elfgen_view *view,
                       const struct elfgen_claim *claim)
{
    elfgen_text_string(text, elfgen_signal_name(view->ehdr.e_machine, claim->value));
}

/* The signal is the first field of the structure. */
static void put_signal_code(struct elfgen_text *text, const struct elfgen_view *view,
                            const struct elfgen_claim *claim)
{
    uint64_t signal = elfgen_number_at(view, start_of(view, claim), 4);
    elfgen_text_string(text, elfgen_signal_code_name(view->ehdr.e_machine, signal,
                                                     (int32_t)(uint32_t)claim->value));
}

/* Signals as bits from that of signal 1 up. */
static void put_signals(struct elfgen_text *text, const struct elfgen_view *view,
                        const struct elfgen_claim *claim)
{
    const char *between = "";
    for (unsigned number = 1; number <= 64; number++) {
        const char *name = elfgen_signal_name(view->ehdr.e_machine, number);
        if (!(claim->value >> (number - 1) & 1))
            continue;
        elfgen_text_string(text, between);
        elfgen_text_string(text, name ? name : "signal ");
        if (!name)
            elfgen_text_decimal(text, number, 0);
        between = ", ";
    }
}

static void put_system(struct elfgen_text *text, const struct elfgen_view *view,
                       const struct elfgen_claim *claim)
{
    /* readelf's print_gnu_note() */
    static const char *const names[] = {"Linux",  "Hurd",     "Solaris", "FreeBSD",
                                        "NetBSD", "Syllable", "NaCl"};
    (void)view;
    if (claim->value < sizeof names / sizeof *names)
        elfgen_text_string(text, names[claim->value]);
}

/* ---- by name ---- */

bool elfgen_put_entry(struct elfgen_text *text, const struct elfgen_view *view,
                      const struct elfgen_claim *claim)
{
    static const struct {
        const char *field;
        put_function *put;
    } rows[] = {
        {"st_name", put_string_at},
        {"st_value", put_reference},
        {"st_shndx", put_section_index},
        {"r_offset", put_reference},
        {"r_info", put_relocation_info},
        {"r_addend", put_reference},
        {"d_tag", put_tag},
        {"d_val", put_dynamic_value},
        {"n_type", put_note_type},
        {"h_bucket", put_indexed_symbol},
        {"h_chain", put_indexed_symbol},
        {"gh_symoffset", put_indexed_symbol},
        {"gh_bucket", put_indexed_symbol},
        {"gh_chain", put_hashed_symbol},
        {"vs_index", put_version},
        {"vn_file", put_string_at},
        {"vn_aux", put_reference},
        {"vn_next", put_reference},
        {"vna_flags", put_version_flags},
        {"vna_name", put_string_at},
        {"vna_next", put_reference},
        {"vd_flags", put_version_flags},
        {"vd_aux", put_reference},
        {"vd_next", put_reference},
        {"vda_name", put_string_at},
        {"vda_next", put_reference},
        {"r_relr", put_relr},
        {"g_flags", put_group},
        {"g_member", put_member},
        {"x_shndx", put_member},
        {"eh_frame_ptr_enc", elfgen_put_pointer_encoding},
        {"eh_fde_count_enc", elfgen_put_pointer_encoding},
        {"eh_table_enc", elfgen_put_pointer_encoding},
        {"eh_frame_ptr", put_reference},
        {"eh_location", put_reference},
        {"eh_fde", put_reference},
        {"cie_personality_enc", elfgen_put_pointer_encoding},
        {"cie_personality", put_reference},
        {"cie_lsda_enc", elfgen_put_pointer_encoding},
        {"cie_pointer_enc", elfgen_put_pointer_encoding},
        {"cie_instructions", elfgen_put_frame_instructions},
        {"fde_cie", put_reference},
        {"fde_start", put_reference},
        {"fde_lsda", put_reference},
        {"fde_instructions", elfgen_put_frame_instructions},
        {"pr_si_signo", put_signal},
        {"pr_cursig", put_signal},
        {"pr_sigpend", put_signals},
        {"pr_sighold", put_signals},
        {"si_signo", put_signal},
        {"si_code", put_signal_code},
        {"a_type", put_auxv_type},
        {"a_val", put_auxv_value},
        {"abi_os", put_system},
    };
    const char *name = claim->field->name;
    /* The first letters rule out most rows: large files have millions of entries. */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].field[0] == name[0] && rows[i].field[1] == name[1] &&
            rows[i].field[2] == name[2] && strcmp(rows[i].field, name) == 0) {
            rows[i].put(text, view, claim);
            return true;
        }
    return false;
}
