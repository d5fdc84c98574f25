/* Makes labels of claims that fit below their bytes, and says what the parts are. */
#include "elfgen/map.h"

#include <string.h>

/* What the rule below would not shorten well. */
static const struct {
    const char *name, *label;
} short_names[] = {
    {"abiversion", "abiv"},    {"class", "cls"},        {"displacement", "disp"},
    {"immediate", "imm"},      {"modrm", "mrm"},        {"opcode", "op"},
    {"osabi", "abi"},          {"other", "vis"},        {"version", "ver"},
    {"interpreter", "interp"}, {"instruction", "code"}, {"relocation", "reloc"},
    {"prefix", "pre"},         {"string", "str"},       {"section", "sec"},
    {"padding", "pad"},
};

/* How many characters come before the first `end`, or in all. */
static size_t length_to(const char *name, char end)
{
    size_t length = 0;
    while (name[length] != end && name[length] != '\0')
        length++;
    return length;
}

/* Appends a name without the prefix of its structure, if it is short enough; or else its short
 * form, cut. */
static void put_short(struct elfgen_text *text, const char *name, size_t most)
{
    size_t prefix = length_to(name, '_');
    if (prefix <= 3 && name[prefix] != '\0' && name[prefix + 1] != '\0')
        name += prefix + 1;
    for (size_t i = 0; strlen(name) > most && i < sizeof short_names / sizeof short_names[0]; i++)
        if (strcmp(name, short_names[i].name) == 0)
            name = short_names[i].label;
    elfgen_text_column(text, name, 0, most);
}

/* The name of the system call that the instruction makes, if it fits, or else its first word. */
static void put_mnemonic(struct elfgen_text *text, const struct elfgen_view *view,
                         const struct elfgen_code *code, const struct elfgen_claim *claim,
                         size_t most)
{
    char room[96];
    struct elfgen_text line = {.bytes = room, .capacity = sizeof room - 1};
    const struct elfgen_call *call = elfgen_code_call(code, claim->offset);
    struct elfgen_signature signature;
    if (call && elfgen_code_signature(code, call, &signature))
        elfgen_text_column(&line, signature.name, 0, sizeof signature.name);
    if (line.length == 0 || line.length > most) {
        line.length = 0;
        code->machine->text(code->machine->context, view->bytes + claim->offset,
                            (size_t)claim->length, claim->index, &line);
    }
    room[line.length] = '\0';
    size_t word = length_to(room, ' ');
    elfgen_text_column(text, room, 0, word < most ? word : most);
}

void elfgen_claim_label(const struct elfgen_view *view, const struct elfgen_code *code,
                        const struct elfgen_claim *claim, struct elfgen_text *text)
{
    size_t most = claim->length == 1 ? ELFGEN_LABEL_OF_BYTE : ELFGEN_LABEL_MOST;
    size_t before = text->length;
    if (!elfgen_view_bytes(view, claim->offset, claim->length))
        return; /* a claim on another file */
    if (claim->part == ELFGEN_PART_INSTRUCTION && claim->length > 0 && code && code->machine)
        put_mnemonic(text, view, code, claim, most);
    const char *name = claim->field ? claim->field->name : elfgen_part_name(claim->part);
    if (text->length == before && name)
        put_short(text, name, most);
}

const char *elfgen_part_title(enum elfgen_part part)
{
    static const char *const titles[] = {
        [ELFGEN_PART_EHDR] = "ELF header",
        [ELFGEN_PART_PHDR] = "program header",
        [ELFGEN_PART_INTERPRETER] = "path of the dynamic linker",
        [ELFGEN_PART_SHDR] = "section header",
        [ELFGEN_PART_SYMBOL] = "symbol",
        [ELFGEN_PART_RELOCATION] = "relocation",
        [ELFGEN_PART_DYNAMIC] = "dynamic entry",
        [ELFGEN_PART_NOTE] = "note",
        [ELFGEN_PART_HASH] = "hash table of symbols",
        [ELFGEN_PART_VERSYM] = "version of a symbol",
        [ELFGEN_PART_VERNEED] = "version that is needed",
        [ELFGEN_PART_VERDEF] = "version that is defined",
        [ELFGEN_PART_ARRAY] = "array of functions",
        [ELFGEN_PART_GROUP] = "section group",
        [ELFGEN_PART_UNWIND] = "unwind table",
        [ELFGEN_PART_TLS] = "thread-local data",
        [ELFGEN_PART_SECTION] = "contents of a section",
        [ELFGEN_PART_STRING] = "string",
        [ELFGEN_PART_INSTRUCTION] = "instruction",
        [ELFGEN_PART_ENCODING] = "part of an instruction",
        [ELFGEN_PART_PADDING] = "zeros up to an aligned place",
    };
    const char *title = (size_t)part < sizeof titles / sizeof titles[0] ? titles[part] : NULL;
    return title ? title : elfgen_part_name(part);
}
