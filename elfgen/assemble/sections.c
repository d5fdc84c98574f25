/* Sections: their names, types, flags, alignment and entry sizes, as NASM sets them for ELF. */
#include "sections.h"

#include <string.h>

#include "symbols.h"

enum { FIRST_BUCKETS = 64 };

/* Sections with a meaning, as NASM has them; 0: the size of an address. The last row is of all
 * other names. */
struct known {
    const char *name;
    uint32_t type;
    uint16_t flags;
    uint8_t align, entry_size;
};

enum { NONE = 255 };

#define W ELFGEN_SHF_WRITE
#define A ELFGEN_SHF_ALLOC
#define X ELFGEN_SHF_EXECINSTR
#define T ELFGEN_SHF_TLS
static const struct known known_sections[] = {
    {".text", ELFGEN_SHT_PROGBITS, A | X, 16, NONE},
    {".rodata", ELFGEN_SHT_PROGBITS, A, 4, NONE},
    {".lrodata", ELFGEN_SHT_PROGBITS, A, 4, NONE},
    {".data", ELFGEN_SHT_PROGBITS, A | W, 4, NONE},
    {".ldata", ELFGEN_SHT_PROGBITS, A | W, 4, NONE},
    {".bss", ELFGEN_SHT_NOBITS, A | W, 4, NONE},
    {".lbss", ELFGEN_SHT_NOBITS, A | W, 4, NONE},
    {".tdata", ELFGEN_SHT_PROGBITS, A | W | T, 4, NONE},
    {".tbss", ELFGEN_SHT_NOBITS, A | W | T, 4, NONE},
    {".comment", ELFGEN_SHT_PROGBITS, 0, 1, NONE},
    {".preinit_array", ELFGEN_SHT_PREINIT_ARRAY, A, 0, 0},
    {".init_array", ELFGEN_SHT_INIT_ARRAY, A, 0, 0},
    {".fini_array", ELFGEN_SHT_FINI_ARRAY, A, 0, 0},
    {".note", ELFGEN_SHT_NOTE, 0, 4, NONE},
    {"", ELFGEN_SHT_PROGBITS, A, 1, NONE},
};

/* What the attributes of a directive say. */
struct attributes {
    uint32_t type;               /* 0: nothing */
    uint64_t flags, flags_given; /* the bits, and which of them are said */
    uint64_t align, entry_size;  /* 0: nothing */
};

static const struct {
    const char *name;
    uint16_t flag;
    bool is_set;
} flag_words[] = {{"alloc", A, true},
                  {"noalloc", A, false},
                  {"exec", X, true},
                  {"noexec", X, false},
                  {"write", W, true},
                  {"nowrite", W, false},
                  {"readonly", W, false},
                  {"tls", T, true},
                  {"notls", T, false},
                  {"merge", ELFGEN_SHF_MERGE, true},
                  {"nomerge", ELFGEN_SHF_MERGE, false},
                  {"strings", ELFGEN_SHF_STRINGS, true},
                  {"nostrings", ELFGEN_SHF_STRINGS, false}};

static const struct {
    const char *name;
    uint32_t type;
} type_words[] = {{"progbits", ELFGEN_SHT_PROGBITS},
                  {"nobits", ELFGEN_SHT_NOBITS},
                  {"note", ELFGEN_SHT_NOTE},
                  {"preinit_array", ELFGEN_SHT_PREINIT_ARRAY},
                  {"init_array", ELFGEN_SHT_INIT_ARRAY},
                  {"fini_array", ELFGEN_SHT_FINI_ARRAY}};

/* Sizes of entries with their alignments; 0: of an address. */
static const struct {
    const char *name;
    uint8_t size, align;
} size_words[] = {{"byte", 1, 1},    {"word", 2, 2},    {"dword", 4, 4},   {"qword", 8, 8},
                  {"tword", 10, 2},  {"tbyte", 10, 2},  {"oword", 16, 16}, {"xword", 16, 16},
                  {"yword", 32, 32}, {"zword", 64, 64}, {"pointer", 0, 0}};

#define COUNT(rows) (sizeof(rows) / sizeof *(rows))

/* Whether a token is a word, in any case. */
static bool is_word(const struct token *token, const char *word)
{
    if (token->kind != TOKEN_NAME || strlen(word) != token->length)
        return false;
    for (size_t i = 0; i < token->length; i++)
        if ((token->text[i] | 0x20) != word[i] && token->text[i] != word[i])
            return false;
    return true;
}

static uint32_t word_size(const struct state *state)
{
    return state->options->mode == 32 ? 4 : 8;
}

static bool take_align(struct state *state, const struct token **at, const struct token *end,
                       struct attributes *result)
{
    const struct token *word = (*at)++;
    if (*at + 1 >= end || !token_is(*at, '=') || (*at)[1].kind != TOKEN_NUMBER)
        return asm_error(state, word, ELFGEN_BAD_VALUE,
                         "after align stand = and a number: align=16");
    const uint64_t align = (*at)[1].value;
    if ((align & (align - 1)) || (align == 0 && state->options->flat))
        return asm_error(state, *at + 1, ELFGEN_BAD_VALUE,
                         "an alignment is a power of two, such as 16");
    *at += 2;
    if (align > result->align)
        result->align = align;
    return true;
}

/* An entry size, as `qword` or `byte*3`. False: it is none. */
static bool take_entry_size(struct state *state, const struct token **at, const struct token *end,
                            struct attributes *result, uint64_t *align)
{
    for (size_t i = 0; i < COUNT(size_words); i++) {
        if (!is_word(*at, size_words[i].name))
            continue;
        result->entry_size = size_words[i].size ? size_words[i].size : word_size(state);
        *align = size_words[i].align ? size_words[i].align : word_size(state);
        (*at)++;
        if (*at + 1 < end && token_is(*at, '*') && (*at)[1].kind == TOKEN_NUMBER) {
            result->entry_size *= (*at)[1].value;
            *at += 2;
        }
        return true;
    }
    return false;
}

static bool take_word(const struct token *token, struct attributes *result)
{
    for (size_t i = 0; i < COUNT(flag_words); i++)
        if (is_word(token, flag_words[i].name)) {
            result->flags_given |= flag_words[i].flag;
            result->flags = flag_words[i].is_set ? result->flags | flag_words[i].flag
                                                 : result->flags & ~(uint64_t)flag_words[i].flag;
            return true;
        }
    for (size_t i = 0; i < COUNT(type_words); i++)
        if (is_word(token, type_words[i].name)) {
            result->type = type_words[i].type;
            return true;
        }
    return false;
}

static bool take_attributes(struct state *state, const struct token *at, const struct token *end,
                            struct attributes *result)
{
    uint64_t entry_align = 0;
    const bool says_some = at < end;
    *result = (struct attributes){0};
    while (at < end) {
        if (state->options->flat && !is_word(at, "align") && !is_word(at, "progbits") &&
            !is_word(at, "nobits"))
            return asm_error(
                state, at, ELFGEN_UNSUPPORTED,
                "of a flat file's sections this assembler knows align, progbits and nobits");
        if (is_word(at, "align")) {
            if (!take_align(state, &at, end, result))
                return false;
        } else if (take_word(at, result)) {
            at++;
        } else if (!take_entry_size(state, &at, end, result, &entry_align)) {
            elfgen_asm_warning(state, ELFGEN_ASSEMBLE_OTHER, at,
                               "the attribute is unknown, and ignored");
            for (at++; at < end && !at->space_before; at++)
                continue;
        }
    }
    if (result->type == ELFGEN_SHT_PREINIT_ARRAY || result->type == ELFGEN_SHT_INIT_ARRAY ||
        result->type == ELFGEN_SHT_FINI_ARRAY) {
        entry_align = entry_align ? entry_align : word_size(state);
        result->entry_size = result->entry_size ? result->entry_size : word_size(state);
    }
    if (!result->align)
        result->align = entry_align;
    /* In an object NASM forgets the name's alignment with any attribute. */
    if (!result->align && says_some && !state->options->flat)
        result->align = 1;
    return true;
}

static struct asm_section **bucket_of(const struct state *state, const char *name, size_t length)
{
    return &state->section_buckets[token_hash(name, length) >> 32 &
                                   (state->section_bucket_count - 1)];
}

static struct asm_section *find(struct state *state, const char *name, size_t length)
{
    struct asm_section *section = *bucket_of(state, name, length);
    while (section && (section->length != length || memcmp(section->name, name, length) != 0))
        section = section->next;
    return section;
}

/* Makes a table of names, and puts the sections that there are into it. */
static bool make_buckets(struct state *state, size_t count)
{
    struct asm_section **buckets =
        arena_take(&state->arena, count * sizeof(struct asm_section *), 16);
    if (!buckets)
        return false;
    memset(buckets, 0, count * sizeof(struct asm_section *));
    state->section_buckets = buckets;
    state->section_bucket_count = count;
    for (uint32_t i = 0; i < state->section_count; i++) {
        struct asm_section *section = state->sections[i];
        struct asm_section **bucket = bucket_of(state, section->name, section->length);
        section->next = *bucket;
        *bucket = section;
    }
    return true;
}

static bool make_room(struct state *state)
{
    if (state->section_count >= state->section_bucket_count &&
        !make_buckets(state, 4 * state->section_bucket_count))
        return false;
    if (state->section_count < state->section_room)
        return true;
    const uint32_t room = 2 * state->section_room + 16;
    struct asm_section **sections =
        arena_take(&state->arena, room * sizeof(struct asm_section *), 16);
    if (!sections)
        return false;
    if (state->section_count)
        memcpy(sections, state->sections, state->section_count * sizeof(struct asm_section *));
    state->sections = sections;
    state->section_room = room;
    return true;
}

/* What a section's name says. In a flat file three names say something. */
static const struct known *known(const struct state *state, const char *name)
{
    const struct known *row = known_sections;
    const bool is_plain = state->options->flat && strcmp(name, ".text") != 0 &&
                          strcmp(name, ".data") != 0 && strcmp(name, ".bss") != 0;
    while (row->name[0] && (is_plain || strcmp(row->name, name) != 0))
        row++;
    return row;
}

/* The names of a flat file say the type, whatever else does. */
static uint32_t type_of(const struct state *state, const struct known *row,
                        const struct attributes *given)
{
    return given->type && !(state->options->flat && row->name[0]) ? given->type : row->type;
}

/* Makes a section with what its name and `given` say. `name` ends with NUL. */
static struct asm_section *make(struct state *state, const char *name, size_t length,
                                const struct attributes *given)
{
    const struct known *row = known(state, name);
    struct asm_section *section =
        make_room(state) ? arena_take(&state->arena, sizeof *section, 16) : NULL;
    if (!section)
        return NULL;
    const uint32_t word = word_size(state);
    *section = (struct asm_section){.name = name,
                                    .length = length,
                                    .type = type_of(state, row, given),
                                    .flags = (row->flags & ~given->flags_given) | given->flags,
                                    .align = given->align ? given->align
                                             : row->align ? row->align
                                                          : word,
                                    .entry_size = row->entry_size == NONE ? 0 : word,
                                    .index = state->section_count,
                                    .next = *bucket_of(state, name, length)};
    *bucket_of(state, name, length) = section;
    state->sections[state->section_count++] = section;
    return section;
}

bool elfgen_asm_sections_begin(struct state *state)
{
    static const struct attributes nothing;
    if (!make_buckets(state, FIRST_BUCKETS))
        return false;
    return make(state, ".text", 5, &nothing) != NULL;
}

/* Copies the name that begins at *at: tokens without blanks between them. */
static char *take_name(struct state *state, const struct token **at, const struct token *end,
                       size_t *length)
{
    size_t size = (*at)->length;
    const struct token *after = *at + 1;
    for (; after < end && !after->space_before; after++)
        size += after->length;
    char *name = arena_take(&state->arena, size + 1, 1);
    if (!name)
        return NULL;
    *length = 0;
    for (; *at < after; (*at)++) {
        memcpy(name + *length, (*at)->text, (*at)->length);
        *length += (*at)->length;
    }
    name[*length] = '\0';
    return name;
}

/* Adds what a later directive says of a section. Tells an error. */
static bool add_attributes(struct state *state, struct asm_section *section,
                           const struct attributes *given, const struct token *at)
{
    if (state->options->flat && given->type && section->type != given->type)
        return asm_error(state, at, ELFGEN_BAD_VALUE, "%s has %s bytes in the file already",
                         section->name, given->type == ELFGEN_SHT_NOBITS ? "its" : "no");
    if ((given->type && section->type != given->type) ||
        (section->flags & given->flags_given) != given->flags ||
        (given->entry_size && section->entry_size && given->entry_size != section->entry_size))
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_OTHER, at,
                           "the section has other attributes already, and keeps them");
    if (given->align > section->said_align)
        section->said_align = given->align;
    if (given->align > section->align)
        section->align = given->align;
    if (!section->entry_size)
        section->entry_size = given->entry_size;
    if ((given->flags & ELFGEN_SHF_MERGE) && section->entry_size == 0) {
        if (!(section->flags & ELFGEN_SHF_STRINGS))
            return asm_error(state, at, ELFGEN_BAD_VALUE,
                             "with merge a section needs a size of its entries, such as "
                             "qword, or strings");
        section->entry_size = 1;
    }
    return true;
}

static bool is_reserved(const char *name)
{
    return strcmp(name, ".shstrtab") == 0 || strcmp(name, ".strtab") == 0 ||
           strcmp(name, ".symtab") == 0 || strcmp(name, ".symtab_shndx") == 0;
}

bool elfgen_asm_section(struct state *state, const struct token *tokens, const struct token *end)
{
    size_t length = 0;
    struct attributes given;
    const struct token *at = tokens;
    if (at >= end)
        return asm_error(state, at, ELFGEN_BAD_VALUE, "after section stands a name, such as .data");
    const size_t used = state->arena.used;
    char *name = take_name(state, &at, end, &length);
    if (!name)
        return false;
    if (is_reserved(name))
        return asm_error(state, tokens, ELFGEN_BAD_VALUE,
                         "the assembler makes the section %s itself", name);
    struct asm_section *section = find(state, name, length);
    const bool is_new = !section || !section->is_named;
    if (section)
        state->arena.used = used; /* it has the name */
    if (!take_attributes(state, at, end, &given))
        return false;
    if (!section)
        section = make(state, name, length, &given);
    if (!section)
        return false;
    if (is_new) {
        const struct known *row = known(state, section->name);
        section->type = type_of(state, row, &given);
        section->flags = (row->flags & ~given.flags_given) | given.flags;
        if (given.align)
            section->align = given.align;
        if (section->later_align > section->align)
            section->align = section->later_align;
        section->is_named = true;
        section->order = state->named_count++;
    }
    state->section = section->index;
    return add_attributes(state, section, &given, tokens);
}

void elfgen_asm_align_section(struct state *state, uint64_t align)
{
    struct asm_section *section = section_here(state);
    if (state->pass > 1 && !section->is_named)
        return; /* the first pass knows what comes before its bytes */
    if (align > section->said_align)
        section->said_align = align;
    /* NASM's `.text` that no directive names is not there before it has bytes. */
    if (!section->is_named && !section->is_used) {
        if (align > section->later_align)
            section->later_align = align;
        return;
    }
    if (align > section->align)
        section->align = align;
}
