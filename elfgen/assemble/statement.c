/* Reads a source's statements once: labels, times, and what makes bytes. */
#include "statement.h"

#include <string.h>

#include "items.h"
#include "sink.h"
#include "sizes.h"
#include "symbols.h"

static bool define_label(struct state *state, const struct token *name)
{
    struct symbol *symbol = elfgen_asm_symbol(state, name, true);
    const struct value here = {.number = (int64_t)section_here(state)->size,
                               .base = state->section,
                               .minus = VALUE_NO_BASE,
                               .kind = VALUE_ADDRESS};
    if (!symbol)
        return false;
    if (name->length > 2 && memcmp(name->text, "..", 2) == 0 && name->text[2] != '@')
        return asm_error(state, name, ELFGEN_BAD_VALUE,
                         "names that begin with two points are NASM's own, unless @ follows");
    const bool is_new = symbol->pass == 0 || symbol->kind == SYMBOL_EXTERN;
    if (!elfgen_asm_define_symbol(state, symbol, &here, name))
        return false;
    if (name->text[0] != '.')
        state->scope = symbol;
    if (!is_new)
        return true;
    struct symbol_item *item = elfgen_asm_add_item(state, ITEM_LABEL, sizeof *item);
    if (item)
        item->symbol = symbol;
    section_here(state)->has_label = true;
    return item != NULL;
}

static bool first_equ(struct state *state, const struct token *name, const struct token *begin)
{
    struct symbol *symbol = elfgen_asm_symbol(state, name, true);
    if (!symbol)
        return false;
    state->lookups = 0;
    const bool is_new = symbol->pass == 0;
    if (!elfgen_asm_equ(state, symbol, name, begin))
        return false;
    if (!is_new || (state->lookups == 0 && !has_here(begin)))
        return true;
    struct statement *statement = elfgen_asm_add_statement(state, ITEM_EQU, NULL, begin);
    if (!statement)
        return false;
    statement->symbol = symbol;
    state->has_sizes = true;
    return true;
}

static bool first_reserve(struct state *state, const struct token *times, uint64_t count,
                          const struct token *begin)
{
    uint64_t size = 0;
    if (!elfgen_asm_reserved(state, begin, count, &size))
        return false;
    struct statement *statement = elfgen_asm_add_statement(state, ITEM_RESERVE, times, begin);
    if (!statement)
        return false;
    statement->item.size = size;
    if (state->lookups == 0 && !has_here(begin) && !(times && has_here(times)))
        statement->fast = FAST_FIXED;
    else
        state->has_sizes = true;
    return elfgen_asm_advance(state, size, begin);
}

/* The part of a file that incbin names: its skipped bytes and its most. */
static bool incbin_part(struct state *state, const struct token *at, size_t *skip, size_t *most)
{
    size_t *const results[] = {skip, most};
    const bool was_critical = state->is_critical;
    state->is_critical = true;
    for (unsigned i = 0; token_is(at, ',') && at[1].kind != TOKEN_END; i++) {
        struct value value;
        at++;
        if (i == 2)
            return asm_error(state, at, ELFGEN_BAD_VALUE,
                             "incbin has a name, how much is skipped, and the most bytes");
        const struct token *begin = at;
        if (!elfgen_asm_evaluate(state, &at, &value))
            return false;
        if (value.number < 0)
            return asm_error(state, begin, ELFGEN_BAD_VALUE, "%d is negative", value.number);
        *results[i] = (size_t)value.number;
    }
    state->is_critical = was_critical;
    return at->kind == TOKEN_END ||
           asm_error(state, at, ELFGEN_BAD_VALUE, "after the parts of incbin nothing was expected");
}

static bool first_incbin(struct state *state, uint64_t count, const struct token *begin)
{
    const struct token *name = begin + 1;
    const uint8_t *bytes = NULL;
    size_t size = 0, skip = 0, most = SIZE_MAX;
    const char *reason = "there are no files here";
    if (name->kind != TOKEN_STRING)
        return asm_error(state, name, ELFGEN_BAD_VALUE,
                         "after incbin stands the name of a file between quotes");
    char *path = arena_take(&state->arena, name->length + 1, 1);
    if (!path)
        return false;
    const size_t length = elfgen_asm_string_bytes(name, (uint8_t *)path, name->length);
    path[length] = '\0';
    if (!state->options->read ||
        !state->options->read(state->options->context, path, &bytes, &size, &reason))
        return asm_error(state, name, ELFGEN_UNDEFINED, "%s cannot be read: %s", path, reason);
    if (!incbin_part(state, name + 1, &skip, &most))
        return false;
    size = skip < size ? size - skip : 0;
    size = size < most ? size : most;
    if (size == 0 || count == 0)
        return true;
    if (size > INT64_MAX / count)
        return asm_error(state, begin, ELFGEN_DOES_NOT_FIT,
                         "the section would have more than 2^63 bytes");
    if (section_here(state)->type == ELFGEN_SHT_NOBITS)
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_OTHER, begin,
                           "this section has no bytes in a file: what is written is left out");
    return elfgen_asm_add_repeated(state, bytes + skip, size, count) &&
           elfgen_asm_advance(state, size * count, begin);
}

/* What stands after label and times. */
static bool first_body(struct state *state, const struct token *times, uint64_t count,
                       const struct token *begin)
{
    switch (word_of(begin)->kind) {
    case WORD_DATA:
        return elfgen_asm_first_data(state, times, count, begin);
    case WORD_RESERVE:
        return first_reserve(state, times, count, begin);
    case WORD_INCBIN:
        return first_incbin(state, count, begin);
    case WORD_EQU:
        return asm_error(state, begin, ELFGEN_BAD_VALUE,
                         "before equ stands the name that it defines, and nothing else");
    default:
        return elfgen_asm_first_instruction(state, times, count, begin);
    }
}

/* Whether a name is a label here: it is no word, or a colon follows. */
static bool is_label(const struct token *token)
{
    const unsigned kind = word_of(token)->kind;
    if (token->kind != TOKEN_NAME)
        return false;
    if (kind == WORD_NONE || kind == WORD_DUP || kind == WORD_PTR || kind == WORD_PREPROCESSOR)
        return true;
    return (kind == WORD_MNEMONIC || kind == WORD_DATA || kind == WORD_RESERVE ||
            kind == WORD_EQU || kind == WORD_INCBIN) &&
           token_is(token + 1, ':');
}

/* Whether something may stand after a label; if not, the label was meant as an instruction. */
static bool may_begin(const struct token *token)
{
    const struct word *word = word_of(token);
    if (token->kind != TOKEN_NAME)
        return token->kind == TOKEN_END || token_is(token, '{');
    if (word->kind == WORD_REGISTER)
        return word->number >= ELFGEN_X86_REG_es && word->number <= ELFGEN_X86_REG_gs;
    return word->kind != WORD_NONE && word->kind != WORD_SIZE && word->kind != WORD_SPECIAL;
}

/* A line in brackets: a directive as NASM itself writes them. */
static bool bracketed(struct state *state, const struct token *at)
{
    const struct token *end = at;
    while (end->kind != TOKEN_END && !token_is(end, ']'))
        end++;
    if (end->kind == TOKEN_END)
        return asm_error(state, at, ELFGEN_BAD_VALUE, "the closing bracket is missing");
    return elfgen_asm_directive(state, at + 1, end, true);
}

/* What stands after a label, up to the end of the line. */
static bool after_label(struct state *state, const struct token *at)
{
    const struct token *times = NULL;
    uint64_t count = 1;
    state->lookups = 0;
    if (token_is_word(at, WORD_DIRECTIVE) || token_is_word(at, WORD_FOREIGN_DIRECTIVE)) {
        const struct token *end = at;
        while (end->kind != TOKEN_END)
            end++;
        return elfgen_asm_directive(state, at, end, false);
    }
    while (token_is_word(at, WORD_TIMES)) {
        times = ++at;
        if (!elfgen_asm_count(state, &at, &count))
            return false;
    }
    return first_body(state, times, count, at);
}

bool elfgen_asm_statement(struct state *state)
{
    const struct token *at = state->line.tokens;
    if (token_is(at, '['))
        return bracketed(state, at);
    if (!is_label(at))
        return after_label(state, at);
    const struct token *name = at++;
    const bool has_colon = token_is(at, ':');
    at += has_colon;
    if (token_is_word(at, WORD_EQU))
        return first_equ(state, name, at + 1);
    if (!has_colon && !may_begin(at))
        return elfgen_asm_first_instruction(state, NULL, 1, name); /* tells that there is none */
    if (!has_colon && at->kind == TOKEN_END)
        elfgen_asm_warning(state, ELFGEN_ASSEMBLE_LABEL_ORPHAN, name,
                           "a label without a colon is alone on its line: is it an instruction?");
    return define_label(state, name) && (at->kind == TOKEN_END || after_label(state, at));
}
