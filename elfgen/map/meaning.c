/* Describes a claim's value in words: names of numbers, file offsets of addresses, strings as text,
 * instructions with the system calls that they make. */
#include "elfgen/map.h"

#include <string.h>

#include "elfgen/names.h"
#include "entry_words.h"
#include "words.h"

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
            elfgen_text_string(text, "outside the file's mappings");
        return;
    }
    put_offset(text, offset);
    if (is_entry && code && code->machine) {
        char room[128];
        struct elfgen_text words = {.bytes = room, .capacity = sizeof room};
        put_instruction(&words, view, code, offset, ELFGEN_INSTRUCTION_MOST, claim->value);
        elfgen_text_string(text, ": ");
        elfgen_text_bytes(text, room, words.length);
        elfgen_text_string(text, words.length == 0 ? "no instruction" : NULL);
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
    else if (strcmp(field, "st_other") == 0)
        name = elfgen_symbol_visibility_name(value);
    else if (strcmp(field, "st_info") == 0)
        put_symbol_info(text, value);
    if (name)
        elfgen_text_string(text, name);
}

/* Without the ", " before the first of them, which they have in readelf's line. */
static void put_machine_flags(struct elfgen_text *text, const struct elfgen_view *view,
                              const struct elfgen_claim *claim)
{
    char room[256];
    struct elfgen_text flags = {.bytes = room, .capacity = sizeof room};
    elfgen_machine_flags_text(&flags, view->ehdr.e_machine, view->ehdr.ei_osabi,
                              view->ehdr.ei_abiversion, (uint32_t)claim->value);
    size_t skipped = 0;
    while (skipped < flags.length && (room[skipped] == ',' || room[skipped] == ' '))
        skipped++;
    elfgen_text_bytes(text, room + skipped, flags.length - skipped);
}

static void put_index(struct elfgen_text *text, const struct elfgen_view *view,
                      const struct elfgen_claim *claim)
{
    if (claim->part != ELFGEN_PART_EHDR && claim->part != ELFGEN_PART_SHDR)
        return;
    /* sh_link is a section whatever the type is (gABI 4.1, "Sections"). */
    elfgen_put_section_name(text, view,
                            claim->part == ELFGEN_PART_EHDR ? view->names : claim->value);
}

static void put_size(struct elfgen_text *text, const struct elfgen_view *view,
                     const struct elfgen_claim *claim)
{
    if (claim->part == ELFGEN_PART_PHDR)
        put_segment_size(text, view, claim);
    else if (strcmp(claim->field->name, "sh_size") == 0)
        put_section_size(text, view, claim);
}

static void put_section_header_name(struct elfgen_text *text, const struct elfgen_view *view,
                                    const struct elfgen_claim *claim)
{
    const struct elfgen_shdr shdr = {.sh_name = claim->value};
    const char *name = NULL;
    size_t length = elfgen_view_section_name(view, &shdr, &name);
    elfgen_put_string(text, name, length);
}

/* The characters up to the first NUL. */
static void put_characters(struct elfgen_text *text, const struct elfgen_view *view,
                           const struct elfgen_claim *claim)
{
    const char *bytes = (const char *)view->bytes + claim->offset;
    const char *nul = memchr(bytes, '\0', (size_t)claim->length);
    elfgen_put_quoted(text, bytes, nul ? (size_t)(nul - bytes) : (size_t)claim->length);
}

static void put_field(struct elfgen_text *text, const struct elfgen_view *view,
                      const struct elfgen_code *code, const struct elfgen_claim *claim)
{
    if (claim->part > ELFGEN_PART_SHDR && claim->part != ELFGEN_PART_ENCODING &&
        elfgen_put_entry(text, view, claim))
        return;
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
        else if (claim->part == ELFGEN_PART_EHDR)
            put_machine_flags(text, view, claim);
        break;
    case ELFGEN_KIND_STRING:
        if (claim->part == ELFGEN_PART_SHDR)
            put_section_header_name(text, view, claim);
        break;
    case ELFGEN_KIND_TEXT:
        put_characters(text, view, claim);
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
    case ELFGEN_KIND_NUMBER:
    case ELFGEN_KIND_OFFSET:
    case ELFGEN_KIND_COUNT:
    case ELFGEN_KIND_ALIGN:
    case ELFGEN_KIND_PADDING:
    case ELFGEN_KIND_SIGNED:
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
        elfgen_put_section_name(text, view, claim->section);
        return;
    case ELFGEN_PART_PADDING:
        return;
    default:
        break;
    }
    if (claim->field)
        put_field(text, view, code, claim);
    else
        elfgen_put_quoted(text, bytes,
                          length > 0 && bytes[length - 1] == '\0' ? length - 1 : length);
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
