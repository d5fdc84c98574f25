/* Describes a claim's value in words: names of numbers, file offsets of addresses, strings as text,
 * instructions with the system calls that they make. */
#include "elfgen/map.h"

#include <string.h>

#include "elfgen/names.h"
#include "words.h"

/* Appends bytes of the file as a quoted string, with escapes for what is not printable. */
static void put_bytes(struct elfgen_text *text, const char *bytes, size_t length)
{
    enum { MOST = 64 };
    static const char named[] = "\n\t\r\0\"\\", letters[] = "ntr0\"\\";
    elfgen_text_char(text, '"');
    for (size_t i = 0; i < length && i < MOST; i++) {
        uint8_t c = (uint8_t)bytes[i];
        const char *found = memchr(named, c, sizeof letters - 1);
        if (found) {
            elfgen_text_char(text, '\\');
            elfgen_text_char(text, letters[found - named]);
        } else if (c < 0x20 || c >= 0x7f) {
            elfgen_text_string(text, "\\x");
            elfgen_text_hex(text, c, 2);
        } else {
            elfgen_text_char(text, (char)c);
        }
    }
    elfgen_text_char(text, '"');
    if (length > MOST)
        elfgen_text_string(text, "...");
}

static void put_string(struct elfgen_text *text, const char *string, size_t length)
{
    if (length == SIZE_MAX)
        elfgen_text_string(text, "outside its string table");
    else
        put_bytes(text, string, length);
}

/* ---- sections and symbols ---- */

static void put_section_flags(struct elfgen_text *text, const struct elfgen_view *view,
                              uint64_t flags)
{
    for (uint64_t bit = 1; bit != 0; bit <<= 1) {
        char letter = elfgen_section_flag_letter(view->ehdr.e_machine, view->ehdr.ei_osabi, bit);
        if (!(flags & bit))
            continue;
        if (letter == '\0')
            letter = '?';
        elfgen_text_char(text, letter);
    }
}

/* Appends the name of section `index`. */
static void put_section_name(struct elfgen_text *text, const struct elfgen_view *view,
                             uint64_t index)
{
    struct elfgen_shdr shdr;
    const char *name = NULL;
    if (index == 0 || elfgen_view_section(view, index, &shdr, NULL) != ELFGEN_OK)
        return;
    size_t length = elfgen_view_section_name(view, &shdr, &name);
    if (length != SIZE_MAX)
        put_bytes(text, name, length);
}

/* Appends the string that st_name refers to, in the string table that the symbol table links to. */
static void put_symbol_name(struct elfgen_text *text, const struct elfgen_view *view,
                            const struct elfgen_claim *claim)
{
    struct elfgen_shdr symbols, strings;
    const char *name = NULL;
    if (elfgen_view_section(view, claim->section, &symbols, NULL) == ELFGEN_OK &&
        elfgen_view_section(view, symbols.sh_link, &strings, NULL) == ELFGEN_OK) {
        size_t length =
            elfgen_view_string(view, strings.sh_offset, strings.sh_size, claim->value, &name);
        put_string(text, name, length);
    }
}

static void put_name(struct elfgen_text *text, const char *name)
{
    elfgen_text_string(text, name ? name : "?");
}

static void put_symbol_info(struct elfgen_text *text, uint64_t info)
{
    put_name(text, elfgen_symbol_binding_name(info >> 4));
    elfgen_text_char(text, ' ');
    put_name(text, elfgen_symbol_type_name(info & 15));
}

/* Appends the name of a relocation's symbol, or of the section that the symbol stands for. */
static void put_relocation_symbol(struct elfgen_text *text, const struct elfgen_view *view,
                                  uint64_t section, uint64_t index)
{
    struct elfgen_shdr relocations, symbols, strings;
    struct elfgen_sym symbol;
    const char *name = NULL;
    if (index == 0 || elfgen_view_section(view, section, &relocations, NULL) != ELFGEN_OK ||
        elfgen_view_section(view, relocations.sh_link, &symbols, NULL) != ELFGEN_OK ||
        elfgen_view_symbol(view, &symbols, index, &symbol, NULL) != ELFGEN_OK)
        return;
    elfgen_text_char(text, ' ');
    if ((symbol.st_info & 15) == ELFGEN_STT_SECTION) {
        put_section_name(text, view, symbol.st_shndx);
    } else if (elfgen_view_section(view, symbols.sh_link, &strings, NULL) == ELFGEN_OK) {
        size_t length =
            elfgen_view_string(view, strings.sh_offset, strings.sh_size, symbol.st_name, &name);
        put_string(text, name, length);
    }
}

static void put_relocation_info(struct elfgen_text *text, const struct elfgen_view *view,
                                uint64_t section, uint64_t info)
{
    unsigned low = view->class_ == ELFGEN_CLASS64 ? 32 : 8;
    uint64_t type = info & ((UINT64_C(1) << low) - 1);
    const char *name = elfgen_relocation_type_name(view->ehdr.e_machine, type);
    if (name) {
        elfgen_text_string(text, name);
    } else {
        elfgen_text_string(text, "type ");
        elfgen_text_decimal(text, type, 0);
    }
    elfgen_text_string(text, ", symbol ");
    elfgen_text_decimal(text, info >> low, 0);
    put_relocation_symbol(text, view, section, info >> low);
}

/* ---- addresses and sizes ---- */

static void put_offset(struct elfgen_text *text, uint64_t offset)
{
    elfgen_text_string(text, "file offset ");
    elfgen_text_0x(text, offset);
}

static void put_instruction(struct elfgen_text *text, const struct elfgen_view *view,
                            const struct elfgen_code *code, uint64_t offset, uint64_t length,
                            uint64_t address)
{
    uint64_t left = view->length - offset;
    size_t size = left < length ? (size_t)left : (size_t)length;
    if (size == 0)
        return;
    code->machine->text(code->machine->context, view->bytes + offset, size, address, text);
}

static void put_address(struct elfgen_text *text, const struct elfgen_view *view,
                        const struct elfgen_code *code, const struct elfgen_claim *claim)
{
    uint64_t offset;
    bool is_entry = claim->part == ELFGEN_PART_EHDR && view->ehdr.e_type != ELFGEN_ET_REL;
    if (view->ehdr.e_type == ELFGEN_ET_REL)
        return; /* nothing has an address yet */
    if (!elfgen_memory_offset(view, claim->value, &offset)) {
        if (is_entry && claim->value != 0)
            elfgen_text_string(text, "outside of what the file maps");
        return;
    }
    put_offset(text, offset);
    if (is_entry && code && code->machine) {
        elfgen_text_string(text, ": ");
        put_instruction(text, view, code, offset, ELFGEN_INSTRUCTION_MOST, claim->value);
    }
}

static void put_permissions(struct elfgen_text *text, uint64_t flags)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } bits[] = {{ELFGEN_PF_R, "read"}, {ELFGEN_PF_W, "write"}, {ELFGEN_PF_X, "execute"}};
    const char *between = "";
    for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (!(flags & bits[i].bit))
            continue;
        elfgen_text_string(text, between);
        elfgen_text_string(text, bits[i].name);
        between = " + ";
    }
}

/* Appends where in the file `size` bytes from `offset` on end. */
static void put_end(struct elfgen_text *text, const struct elfgen_view *view, uint64_t offset,
                    uint64_t size)
{
    uint64_t end = offset + size;
    if (size == 0)
        return;
    if (end < offset || end > view->length) {
        elfgen_text_string(text, "past the end of the file, ");
        elfgen_text_0x(text, view->length);
        return;
    }
    elfgen_text_string(text, "to file offset ");
    elfgen_text_0x(text, end);
    if (end == view->length)
        elfgen_text_string(text, ", the file's end");
}

static void put_segment_size(struct elfgen_text *text, const struct elfgen_view *view,
                             const struct elfgen_claim *claim)
{
    struct elfgen_phdr phdr;
    if (elfgen_view_segment(view, claim->index, &phdr, NULL) != ELFGEN_OK)
        return;
    if (strcmp(claim->field->name, "p_filesz") == 0) {
        put_end(text, view, phdr.p_offset, claim->value);
    } else if (claim->value == phdr.p_filesz) {
        elfgen_text_string(text, "as many as from the file");
    } else if (claim->value > phdr.p_filesz) {
        elfgen_text_decimal(text, claim->value - phdr.p_filesz, 0);
        elfgen_text_string(text, " more than from the file, zeros");
    } else {
        elfgen_text_string(text, "fewer than from the file");
    }
}

static void put_section_size(struct elfgen_text *text, const struct elfgen_view *view,
                             const struct elfgen_claim *claim)
{
    struct elfgen_shdr shdr;
    if (elfgen_view_section(view, claim->index, &shdr, NULL) == ELFGEN_OK &&
        shdr.sh_type != ELFGEN_SHT_NOBITS)
        put_end(text, view, shdr.sh_offset, claim->value);
}

/* ---- fields by their kind ---- */

static void put_name_of(struct elfgen_text *text, const struct elfgen_view *view,
                        const struct elfgen_claim *claim)
{
    uint64_t machine = view->ehdr.e_machine, osabi = view->ehdr.ei_osabi, value = claim->value;
    const char *field = claim->field->name;
    const char *name = NULL;
    if (strcmp(field, "ei_class") == 0)
        name = elfgen_class_name(value);
    else if (strcmp(field, "ei_data") == 0)
        name = elfgen_order_name(value);
    else if (strcmp(field, "ei_osabi") == 0)
        name = elfgen_osabi_name(machine, value);
    else if (strcmp(field, "e_type") == 0)
        name = elfgen_file_type_name(value);
    else if (strcmp(field, "e_machine") == 0)
        name = elfgen_machine_name(value);
    else if (strcmp(field, "p_type") == 0)
        name = elfgen_segment_type_name(machine, osabi, value);
    else if (strcmp(field, "sh_type") == 0)
        name = elfgen_section_type_name(machine, osabi, value);
    else if (strcmp(field, "d_tag") == 0)
        name = elfgen_dynamic_tag_name(value);
    else if (strcmp(field, "st_other") == 0)
        name = elfgen_symbol_visibility_name(value);
    else if (strcmp(field, "st_info") == 0)
        put_symbol_info(text, value);
    if (name)
        elfgen_text_string(text, name);
}

static void put_number(struct elfgen_text *text, const struct elfgen_view *view,
                       const struct elfgen_claim *claim)
{
    if (strcmp(claim->field->name, "r_info") == 0)
        put_relocation_info(text, view, claim->section, claim->value);
}

static void put_index(struct elfgen_text *text, const struct elfgen_view *view,
                      const struct elfgen_claim *claim)
{
    /* sh_link is a section whatever the type is (gABI 4.1, "Sections"). */
    put_section_name(text, view, claim->part == ELFGEN_PART_EHDR ? view->names : claim->value);
}

static void put_size(struct elfgen_text *text, const struct elfgen_view *view,
                     const struct elfgen_claim *claim)
{
    if (claim->part == ELFGEN_PART_PHDR)
        put_segment_size(text, view, claim);
    else if (strcmp(claim->field->name, "sh_size") == 0)
        put_section_size(text, view, claim);
}

static void put_text_of(struct elfgen_text *text, const struct elfgen_view *view,
                        const struct elfgen_claim *claim)
{
    if (claim->part == ELFGEN_PART_SHDR) {
        const struct elfgen_shdr shdr = {.sh_name = claim->value};
        const char *name = NULL;
        size_t length = elfgen_view_section_name(view, &shdr, &name);
        put_string(text, name, length);
    } else {
        put_symbol_name(text, view, claim);
    }
}

static void put_field(struct elfgen_text *text, const struct elfgen_view *view,
                      const struct elfgen_code *code, const struct elfgen_claim *claim)
{
    switch (claim->field->kind) {
    case ELFGEN_KIND_NAME:
        put_name_of(text, view, claim);
        break;
    case ELFGEN_KIND_ADDRESS:
        put_address(text, view, code, claim);
        break;
    case ELFGEN_KIND_FLAGS:
        if (claim->part == ELFGEN_PART_PHDR)
            put_permissions(text, claim->value);
        else if (claim->part == ELFGEN_PART_SHDR)
            put_section_flags(text, view, claim->value);
        else
            elfgen_machine_flags_text(text, view->ehdr.e_machine, view->ehdr.ei_osabi,
                                      view->ehdr.ei_abiversion, (uint32_t)claim->value);
        break;
    case ELFGEN_KIND_STRING:
        put_text_of(text, view, claim);
        break;
    case ELFGEN_KIND_NUMBER:
        put_number(text, view, claim);
        break;
    case ELFGEN_KIND_INDEX:
        put_index(text, view, claim);
        break;
    case ELFGEN_KIND_SIZE:
        put_size(text, view, claim);
        break;
    case ELFGEN_KIND_HEX:
        if (claim->part == ELFGEN_PART_ENCODING && claim->encoding)
            elfgen_put_encoding(text, view, claim);
        break;
    case ELFGEN_KIND_OFFSET:
    case ELFGEN_KIND_COUNT:
    case ELFGEN_KIND_ALIGN:
    case ELFGEN_KIND_PADDING:
    case ELFGEN_KIND_SIGNED:
    case ELFGEN_KIND_TEXT:
    case ELFGEN_KIND_BYTES:
        break;
    }
}

void elfgen_claim_meaning(const struct elfgen_view *view, const struct elfgen_code *code,
                          const struct elfgen_claim *claim, struct elfgen_text *text)
{
    const char *bytes = (const char *)elfgen_view_bytes(view, claim->offset, 0);
    if (!bytes)
        return; /* a claim on another file */
    uint64_t left = view->length - claim->offset;
    size_t length = (size_t)(claim->length < left ? claim->length : left);
    switch (claim->part) {
    case ELFGEN_PART_INSTRUCTION:
        if (!code)
            return;
        put_instruction(text, view, code, claim->offset, claim->length, claim->index);
        elfgen_put_call(text, code, claim->offset);
        elfgen_put_failure(text, code, claim->offset);
        return;
    case ELFGEN_PART_SECTION:
        put_section_name(text, view, claim->section);
        return;
    case ELFGEN_PART_PADDING:
        return;
    default:
        break;
    }
    if (claim->field)
        put_field(text, view, code, claim);
    else
        put_bytes(text, bytes, length > 0 && bytes[length - 1] == '\0' ? length - 1 : length);
}

/* ---- words for parts and readers ---- */

const char *elfgen_part_name(enum elfgen_part part)
{
    static const char *const names[] = {[ELFGEN_PART_EHDR] = "ehdr",
                                        [ELFGEN_PART_PHDR] = "phdr",
                                        [ELFGEN_PART_INTERPRETER] = "interpreter",
                                        [ELFGEN_PART_SHDR] = "shdr",
                                        [ELFGEN_PART_SYMBOL] = "symbol",
                                        [ELFGEN_PART_RELOCATION] = "relocation",
                                        [ELFGEN_PART_DYNAMIC] = "dynamic",
                                        [ELFGEN_PART_NOTE] = "note",
                                        [ELFGEN_PART_HASH] = "hash",
                                        [ELFGEN_PART_VERSYM] = "versym",
                                        [ELFGEN_PART_VERNEED] = "verneed",
                                        [ELFGEN_PART_VERDEF] = "verdef",
                                        [ELFGEN_PART_ARRAY] = "array",
                                        [ELFGEN_PART_GROUP] = "group",
                                        [ELFGEN_PART_UNWIND] = "unwind",
                                        [ELFGEN_PART_TLS] = "tls",
                                        [ELFGEN_PART_SECTION] = "section",
                                        [ELFGEN_PART_STRING] = "string",
                                        [ELFGEN_PART_INSTRUCTION] = "instruction",
                                        [ELFGEN_PART_ENCODING] = "encoding",
                                        [ELFGEN_PART_PADDING] = "padding"};
    return (size_t)part < sizeof names / sizeof names[0] ? names[part] : NULL;
}

const char *elfgen_reader_name(enum elfgen_reader reader)
{
    static const char *const names[] = {[ELFGEN_READER_KERNEL] = "kernel",
                                        [ELFGEN_READER_PROGRAM] = "program",
                                        [ELFGEN_READER_TOOLS] = "tools",
                                        [ELFGEN_READER_NOBODY] = "nobody"};
    return (size_t)reader < sizeof names / sizeof names[0] ? names[reader] : NULL;
}
