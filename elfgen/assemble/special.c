/* Reads what a declaration says of a symbol after its colon: type, visibility, binding, size. */
#include "special.h"

#include <string.h>

enum special_word {
    SPECIAL_TYPE,
    SPECIAL_VISIBILITY,
    SPECIAL_INTERNAL, /* NASM reads it as the last word only */
    SPECIAL_BINDING
};

static const struct {
    const char *name;
    uint8_t word; /* enum special_word */
    uint8_t value;
} words[] = {{"data", SPECIAL_TYPE, ELFGEN_STT_OBJECT},
             {"object", SPECIAL_TYPE, ELFGEN_STT_OBJECT},
             {"function", SPECIAL_TYPE, ELFGEN_STT_FUNC},
             {"notype", SPECIAL_TYPE, ELFGEN_STT_NOTYPE},
             {"default", SPECIAL_VISIBILITY, ELFGEN_STV_DEFAULT},
             {"hidden", SPECIAL_VISIBILITY, ELFGEN_STV_HIDDEN},
             {"internal", SPECIAL_INTERNAL, ELFGEN_STV_INTERNAL},
             {"protected", SPECIAL_VISIBILITY, ELFGEN_STV_PROTECTED},
             {"weak", SPECIAL_BINDING, ELFGEN_WEAK},
             {"strong", SPECIAL_BINDING, ELFGEN_GLOBAL}};

static bool is_named(const struct token *token, const char *name)
{
    if (token->kind != TOKEN_NAME || token->length != strlen(name))
        return false;
    for (size_t i = 0; i < token->length; i++)
        if ((token->text[i] | 0x20) != name[i])
            return false;
    return true;
}

static bool ends(const struct token *token)
{
    return token->kind == TOKEN_END || token_is(token, ',') || token_is(token, ']');
}

/* Takes one word. False: it is none, so a size begins here. */
static bool take_word(const struct token *at, struct elfgen_symbol *entry,
                      struct elfgen_assembly_symbol *more)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!is_named(at, words[i].name) || (words[i].word == SPECIAL_INTERNAL && !ends(at + 1)))
            continue;
        if (words[i].word == SPECIAL_TYPE)
            more->type = words[i].value;
        else if (words[i].word == SPECIAL_BINDING)
            entry->binding = (enum elfgen_binding)words[i].value;
        else
            more->visibility = words[i].value;
        return true;
    }
    return false;
}

/* The size of a symbol: an expression in which names with a point in front belong to it. */
static bool take_size(struct state *state, struct symbol *symbol, const struct token *at,
                      struct elfgen_symbol *entry)
{
    struct value value;
    const struct token *begin = at;
    state->scope = symbol;
    if (!elfgen_asm_evaluate(state, &at, &value))
        return false;
    if (!ends(at))
        return asm_error(state, begin, ELFGEN_BAD_VALUE,
                         "after a symbol's type, visibility and size nothing was expected");
    entry->size = (uint64_t)(int64_t)(int32_t)value.number; /* NASM has 32 bits for it */
    return true;
}

/* The alignment of a common symbol. */
static bool take_alignment(struct state *state, const struct token **at,
                           struct elfgen_symbol *entry)
{
    if ((*at)->kind != TOKEN_NUMBER || ((*at)->value & ((*at)->value - 1)))
        return asm_error(state, *at, ELFGEN_BAD_VALUE,
                         "the alignment of a common symbol is a power of two, such as 8");
    entry->value = (*at)->value;
    (*at)++;
    return true;
}

bool elfgen_asm_special(struct state *state, struct symbol *symbol, struct elfgen_symbol *entry,
                        struct elfgen_assembly_symbol *more)
{
    const struct token *at = symbol->special;
    state->line = symbol->line;
    if (!at)
        return true;
    if (symbol->kind == SYMBOL_COMMON && !ends(at) && !take_alignment(state, &at, entry))
        return false;
    const struct token *begin = at;
    while (!ends(at) && take_word(at, entry, more))
        at++;
    if (symbol->kind == SYMBOL_STATIC && entry->binding != ELFGEN_LOCAL)
        return asm_error(state, begin, ELFGEN_BAD_VALUE,
                         "only symbols that other objects see are weak or strong");
    return ends(at) || take_size(state, symbol, at, entry);
}
