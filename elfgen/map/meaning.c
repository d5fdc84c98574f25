/* What a claim's value says, in words: names from data, addresses as file offsets, strings as text.
 */
#include "elfgen/map.h"

#include <string.h>

#include "elfgen/names.h"

static void put_0x(struct elfgen_text *text, uint64_t value)
{
    elfgen_text_string(text, "0x");
    elfgen_text_hex(text, value, 0);
}

/* Bytes of the file as text: what is not printable becomes a dot. */
static void put_bytes(struct elfgen_text *text, const char *bytes, size_t length)
{
    enum { MOST = 64 };
    elfgen_text_char(text, '"');
    for (size_t i = 0; i < length && i < MOST; i++) {
        uint8_t c = (uint8_t)bytes[i];
        if (c < 0x20 || c >= 0x7f || c == '"')
            c = '.';
        elfgen_text_char(text, (char)c);
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

bool elfgen_map_offset(const struct elfgen_view *view, uint64_t address, uint64_t *offset)
{
    /* Programs have a dozen; whoever has thousands of both segments and symbols is not asked for
     * all pairs. */
    enum { MOST_SEGMENTS = 64 };
    struct elfgen_phdr phdr;
    for (uint64_t i = 0;
         i < MOST_SEGMENTS && elfgen_view_segment(view, i, &phdr, NULL) == ELFGEN_OK; i++) {
        uint64_t distance = address - phdr.p_vaddr;
        if (phdr.p_type != ELFGEN_PT_LOAD || address < phdr.p_vaddr || distance >= phdr.p_filesz ||
            distance >= view->length || phdr.p_offset >= view->length - distance)
            continue;
        *offset = phdr.p_offset + distance;
        return true;
    }
    return false;
}

static void put_address(struct elfgen_text *text, const struct elfgen_view *view, uint64_t address)
{
    uint64_t offset;
    if (elfgen_map_offset(view, address, &offset)) {
        elfgen_text_string(text, "file offset ");
        put_0x(text, offset);
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

/* The name that an st_name stands for, in the string table that the symbol table links. */
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
    if (name)
        elfgen_text_string(text, name);
}

void elfgen_claim_meaning(const struct elfgen_view *view, const struct elfgen_claim *claim,
                          struct elfgen_text *text)
{
    if (!claim->field) {
        const char *bytes = (const char *)view->bytes + claim->offset;
        size_t length = (size_t)claim->length;
        if (claim->part != ELFGEN_PART_SECTION)
            put_bytes(text, bytes, length > 0 && bytes[length - 1] == '\0' ? length - 1 : length);
        return;
    }
    const char *field = claim->field->name;
    switch (claim->field->kind) {
    case ELFGEN_KIND_NAME:
        put_name_of(text, view, claim);
        break;
    case ELFGEN_KIND_ADDRESS:
        put_address(text, view, claim->value);
        break;
    case ELFGEN_KIND_FLAGS:
        if (strcmp(field, "p_flags") == 0)
            put_permissions(text, claim->value);
        else if (strcmp(field, "sh_flags") == 0)
            put_section_flags(text, view, claim->value);
        break;
    case ELFGEN_KIND_STRING:
        if (strcmp(field, "sh_name") == 0) {
            const struct elfgen_shdr shdr = {.sh_name = claim->value};
            const char *name = NULL;
            size_t length = elfgen_view_section_name(view, &shdr, &name);
            put_string(text, name, length);
        } else {
            put_symbol_name(text, view, claim);
        }
        break;
    case ELFGEN_KIND_NUMBER:
    case ELFGEN_KIND_HEX:
    case ELFGEN_KIND_OFFSET:
    case ELFGEN_KIND_SIZE:
    case ELFGEN_KIND_COUNT:
    case ELFGEN_KIND_INDEX:
    case ELFGEN_KIND_ALIGN:
    case ELFGEN_KIND_PADDING:
        break;
    }
}

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
                                        [ELFGEN_PART_STRING] = "string",
                                        [ELFGEN_PART_SECTION] = "section"};
    return names[part];
}

const char *elfgen_reader_name(enum elfgen_reader reader)
{
    static const char *const names[] = {[ELFGEN_READER_KERNEL] = "kernel",
                                        [ELFGEN_READER_PROGRAM] = "program",
                                        [ELFGEN_READER_TOOLS] = "tools",
                                        [ELFGEN_READER_NOBODY] = "nobody"};
    return names[reader];
}
