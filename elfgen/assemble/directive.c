/* Directives: sections, alignment, declarations of symbols, the mode of code. */
#include "items.h"
#include "sections.h"
#include "sizes.h"
#include "statement.h"
#include "symbols.h"

static bool expects_nothing(struct state *state, const struct token *at, const struct token *end)
{
    return at >= end ||
           asm_error(state, at, ELFGEN_BAD_VALUE, "after this nothing was expected in the line");
}

/* One declaration: a name, for `common` its size, and what stands after a colon. What is required
 * is in the table of symbols although nothing refers to it. */
static bool declare(struct state *state, enum symbol_kind kind, bool is_required,
                    const struct token *at, const struct token *end)
{
    const struct token *name = at, *special = NULL;
    uint64_t size = 0;
    if (at >= end || name->kind != TOKEN_NAME)
        return asm_error(state, at, ELFGEN_BAD_VALUE,
                         "the name of a symbol was expected here, not %s",
                         elfgen_asm_token_text(at, (char[TOKEN_TEXT]){0}));
    at++;
    if (state->options->flat && kind == SYMBOL_COMMON)
        return asm_error(state, name, ELFGEN_BAD_VALUE, "a flat file has no common symbols");
    if (kind == SYMBOL_COMMON) {
        if (at >= end || at->kind != TOKEN_NUMBER)
            return asm_error(state, at, ELFGEN_BAD_VALUE,
                             "after the name of a common symbol stands its size in bytes");
        size = (at++)->value;
    }
    if (at < end && token_is(at, ':')) {
        const struct token *tokens = elfgen_asm_lines_keep(&state->lines, &state->line);
        if (!tokens)
            return false;
        special = tokens + (at + 1 - state->line.tokens);
    } else if (at < end) {
        return asm_error(state, at, ELFGEN_BAD_VALUE, "a comma or a colon was expected before %s",
                         elfgen_asm_token_text(at, (char[TOKEN_TEXT]){0}));
    }
    struct symbol *symbol = elfgen_asm_symbol(state, name, true);
    if (!symbol || !elfgen_asm_declare_symbol(state, symbol, kind, special, size, name))
        return false;
    symbol->is_referenced |= is_required;
    return true;
}

/* Declarations between commas. */
static bool declare_all(struct state *state, enum symbol_kind kind, bool is_required,
                        const struct token *at, const struct token *end)
{
    for (;;) {
        const struct token *comma = at;
        while (comma < end && !token_is(comma, ','))
            comma++;
        if (!declare(state, kind, is_required, at, comma))
            return false;
        if (comma >= end)
            return true;
        at = comma + 1;
    }
}

static bool set_mode(struct state *state, const struct token *at, const struct token *end)
{
    if (at >= end || at->kind != TOKEN_NUMBER)
        return asm_error(state, at, ELFGEN_BAD_VALUE, "after bits stands 64 or 32");
    if (at->value == 16)
        return asm_error(state, at, ELFGEN_UNSUPPORTED,
                         "this assembler makes code of 64 and 32 bits, not of 16");
    if (at->value != 64 && at->value != 32)
        return asm_error(state, at, ELFGEN_BAD_VALUE, "code has 64 or 32 bits");
    state->mode = (uint8_t)at->value;
    return expects_nothing(state, at + 1, end);
}

static bool set_default(struct state *state, const struct token *at, const struct token *end)
{
    for (; at < end; at++) {
        if (token_is_word(at, WORD_SPECIAL) && word_of(at)->number == SPECIAL_REL)
            state->default_rel = true;
        else if (token_is_word(at, WORD_SPECIAL) && word_of(at)->number == SPECIAL_ABS)
            state->default_rel = false;
        else if (!token_is(at, ','))
            return asm_error(state, at, ELFGEN_UNSUPPORTED, "after default stands rel or abs");
    }
    return true;
}

static bool align(struct state *state, const struct token *begin)
{
    uint64_t size;
    if (!elfgen_asm_padding(state, begin, &size))
        return false;
    const struct token *comma = begin;
    while (comma->kind != TOKEN_END && !token_is(comma, ','))
        comma++;
    if (comma->kind != TOKEN_END)
        return asm_error(state, comma, ELFGEN_UNSUPPORTED,
                         "this assembler fills the gap itself: align has one number");
    struct statement *statement = elfgen_asm_add_statement(state, ITEM_ALIGN, NULL, begin);
    if (!statement)
        return false;
    statement->item.size = size;
    state->has_sizes = true;
    return elfgen_asm_advance(state, size, begin);
}

static bool set_origin(struct state *state, const struct token *at)
{
    struct value value;
    if (!state->options->flat)
        return asm_error(state, at, ELFGEN_BAD_VALUE,
                         "org is for flat files, as nasm -f bin makes them: an object has no "
                         "addresses yet");
    const struct token *begin = at;
    state->is_critical = true;
    const bool ok = elfgen_asm_evaluate(state, &at, &value);
    state->is_critical = false;
    if (!ok)
        return false;
    if (state->has_origin && state->origin != (uint64_t)value.number)
        return asm_error(state, begin, ELFGEN_BAD_VALUE, "org is there a second time");
    state->has_origin = true;
    state->origin = (uint64_t)value.number;
    return true;
}

/* Turns a class of warnings on or off from here on. False: this is something else. */
static bool is_warning(struct state *state, const struct token *begin, const struct token *end)
{
    bool is_off;
    unsigned class_;
    if (begin->kind != TOKEN_NAME || state->mask_count == MOST_MASKS ||
        !elfgen_asm_warning_argument(begin->place, end->place + 1, &class_, &is_off))
        return false;
    state->masks[state->mask_count] =
        is_off ? state->off | 1u << class_ : state->off & ~(1u << class_);
    state->off = state->masks[state->mask_count++];
    return true;
}

bool elfgen_asm_directive(struct state *state, const struct token *begin, const struct token *end,
                          bool is_bracketed)
{
    const struct token *at = begin + 1;
    const bool many = !is_bracketed;
    char text[TOKEN_TEXT];
    const unsigned directive =
        token_is_word(begin, WORD_DIRECTIVE) ? word_of(begin)->number : DIRECTIVE_NONE;
    if (is_bracketed && is_warning(state, begin, end))
        return true;
    switch (directive) {
    case DIRECTIVE_SECTION:
    case DIRECTIVE_SEGMENT:
        return elfgen_asm_section(state, at, end);
    case DIRECTIVE_BITS:
        return set_mode(state, at, end);
    case DIRECTIVE_DEFAULT:
        return set_default(state, at, end);
    case DIRECTIVE_GLOBAL:
        return many ? declare_all(state, SYMBOL_GLOBAL, directive == DIRECTIVE_REQUIRED, at, end)
                    : declare(state, SYMBOL_GLOBAL, directive == DIRECTIVE_REQUIRED, at, end);
    case DIRECTIVE_STATIC:
        return many ? declare_all(state, SYMBOL_STATIC, directive == DIRECTIVE_REQUIRED, at, end)
                    : declare(state, SYMBOL_STATIC, directive == DIRECTIVE_REQUIRED, at, end);
    case DIRECTIVE_EXTERN:
    case DIRECTIVE_REQUIRED:
        return many ? declare_all(state, SYMBOL_EXTERN, directive == DIRECTIVE_REQUIRED, at, end)
                    : declare(state, SYMBOL_EXTERN, directive == DIRECTIVE_REQUIRED, at, end);
    case DIRECTIVE_COMMON:
        return many ? declare_all(state, SYMBOL_COMMON, directive == DIRECTIVE_REQUIRED, at, end)
                    : declare(state, SYMBOL_COMMON, directive == DIRECTIVE_REQUIRED, at, end);
    case DIRECTIVE_ORG:
        return set_origin(state, at);
    default:
        break;
    }
    if (!is_bracketed) {
        switch (directive) {
        case DIRECTIVE_ALIGN:
        case DIRECTIVE_ALIGNB:
            return align(state, begin);
        case DIRECTIVE_USE32:
        case DIRECTIVE_USE64:
            state->mode = directive == DIRECTIVE_USE32 ? 32 : 64;
            return expects_nothing(state, at, end);
        default:
            break;
        }
    }
    return asm_error(state, begin, ELFGEN_UNSUPPORTED,
                     "this assembler does not have the directive %s",
                     elfgen_asm_token_text(begin, text));
}
