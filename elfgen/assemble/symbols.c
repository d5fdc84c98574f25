/* Symbols: a table by name, their definitions in order, what declarations say of them. */
#include "symbols.h"

#include <string.h>

enum { FIRST_BUCKETS = 64 };

bool elfgen_asm_symbols_begin(struct state *state)
{
    state->bucket_count = FIRST_BUCKETS;
    state->buckets = arena_take(&state->arena, FIRST_BUCKETS * sizeof(struct symbol *), 16);
    if (!state->buckets)
        return false;
    memset(state->buckets, 0, FIRST_BUCKETS * sizeof(struct symbol *));
    state->definition_tail = &state->definitions;
    return true;
}

static bool grow(struct state *state)
{
    const size_t count = state->bucket_count * 4;
    struct symbol **buckets = arena_take(&state->arena, count * sizeof(struct symbol *), 16);
    if (!buckets)
        return false;
    memset(buckets, 0, count * sizeof(struct symbol *));
    for (size_t i = 0; i < state->bucket_count; i++)
        for (struct symbol *symbol = state->buckets[i], *next; symbol; symbol = next) {
            struct symbol **bucket = &buckets[symbol->hash & (count - 1)];
            next = symbol->next;
            symbol->next = *bucket;
            *bucket = symbol;
        }
    state->buckets = buckets;
    state->bucket_count = count;
    return true;
}

static struct symbol *find(struct state *state, const char *name, size_t length, uint64_t hash)
{
    struct symbol *symbol = state->buckets[hash & (state->bucket_count - 1)];
    while (symbol && (symbol->hash != hash || symbol->length != length ||
                      memcmp(symbol->name, name, length) != 0))
        symbol = symbol->next;
    return symbol;
}

static struct symbol *make_symbol(struct state *state, const char *name, size_t length,
                                  uint64_t hash)
{
    if (state->symbol_count >= state->bucket_count && !grow(state))
        return NULL;
    struct symbol *symbol = arena_take(&state->arena, sizeof *symbol, 16);
    if (!symbol)
        return NULL;
    *symbol = (struct symbol){.name = name, .length = length, .hash = hash};
    symbol->next = state->buckets[hash & (state->bucket_count - 1)];
    state->buckets[hash & (state->bucket_count - 1)] = symbol;
    state->symbol_count++;
    return symbol;
}

struct symbol *elfgen_asm_symbol(struct state *state, const struct token *name, bool make)
{
    const char *text = name->text;
    size_t length = name->length;
    uint64_t hash = name->hash;
    const size_t used = state->arena.used;
    if (name_is_local(name) && state->scope) {
        char *joined = arena_take(&state->arena, state->scope->length + length, 1);
        if (!joined)
            return NULL;
        memcpy(joined, state->scope->name, state->scope->length);
        memcpy(joined + state->scope->length, text, length);
        text = joined;
        length += state->scope->length;
        hash = token_hash(text, length);
    }
    struct symbol *symbol = find(state, text, length, hash);
    if (symbol || !make)
        state->arena.used = used;
    return symbol || !make ? symbol : make_symbol(state, text, length, hash);
}

/* Puts a symbol at the end of the order of definitions, unless it has a place there. */
static bool add_definition(struct state *state, struct symbol *symbol, const struct token *at,
                           bool again)
{
    if (symbol->definition && !again)
        return true;
    struct definition *definition = arena_take(&state->arena, sizeof *definition, 16);
    if (!definition)
        return false;
    if (symbol->definition)
        symbol->definition->symbol = NULL;
    *definition = (struct definition){.symbol = symbol, .place = line_place(&state->line, at)};
    symbol->definition = definition;
    *state->definition_tail = definition;
    state->definition_tail = &definition->next;
    return true;
}

static bool is_same(const struct value *a, const struct value *b)
{
    return a->kind == b->kind && a->number == b->number && a->base == b->base &&
           a->minus == b->minus;
}

bool elfgen_asm_define_symbol(struct state *state, struct symbol *symbol, const struct value *value,
                              const struct token *at)
{
    const bool was_outside = symbol->kind == SYMBOL_EXTERN;
    if (was_outside) {
        symbol->kind = SYMBOL_GLOBAL;
        symbol->pass = 0;
    }
    if (symbol->kind == SYMBOL_COMMON)
        return asm_error(state, at, ELFGEN_BAD_VALUE,
                         "%s is declared as common, so it cannot be defined here",
                         elfgen_asm_token_text(at, (char[TOKEN_TEXT]){0}));
    const bool changed = symbol->pass == 0 || !is_same(&symbol->value, value);
    if (symbol->pass == state->pass) {
        if (!changed)
            return true;
        return asm_error(
            state, at, ELFGEN_BAD_VALUE, "%s is defined a second time; the first one is in line %u",
            elfgen_asm_token_text(at, (char[TOKEN_TEXT]){0}), symbol->definition->place.line);
    }
    if (!add_definition(state, symbol, at, was_outside))
        return false;
    if (changed)
        note_change(state, symbol);
    symbol->value = *value;
    symbol->pass = state->pass;
    return true;
}

static const char *kind_name(unsigned kind)
{
    static const char *const names[] = {"local", "static", "global", "extern", "common"};
    return names[kind];
}

/* Gives a symbol from elsewhere its base. */
static bool make_outside(struct state *state, struct symbol *symbol, const struct token *at)
{
    if (state->outside_count == state->outside_room) {
        const uint32_t room = 2 * state->outside_room + 64;
        struct symbol **outside =
            arena_take(&state->arena, room * sizeof(struct symbol *), sizeof(struct symbol *));
        if (!outside)
            return false;
        if (state->outside_count)
            memcpy(outside, state->outside, state->outside_count * sizeof(struct symbol *));
        state->outside = outside;
        state->outside_room = room;
    }
    symbol->base = OUTSIDE + state->outside_count;
    symbol->value =
        (struct value){.base = symbol->base, .minus = VALUE_NO_BASE, .kind = VALUE_ADDRESS};
    symbol->pass = state->pass;
    state->outside[state->outside_count++] = symbol;
    return add_definition(state, symbol, at, false);
}

/* Whether two texts after the colon of declarations are the same. */
static bool is_same_special(const struct token *a, const struct token *b)
{
    for (;; a++, b++) {
        const bool ends = a->kind == TOKEN_END || token_is(a, ',');
        if (ends || b->kind == TOKEN_END || token_is(b, ','))
            return ends && (b->kind == TOKEN_END || token_is(b, ','));
        if (a->length != b->length || memcmp(a->text, b->text, a->length) != 0)
            return false;
    }
}

bool elfgen_asm_declare_symbol(struct state *state, struct symbol *symbol, enum symbol_kind kind,
                               const struct token *special, uint64_t size, const struct token *at)
{
    const bool is_outside = kind == SYMBOL_EXTERN || kind == SYMBOL_COMMON;
    if (kind == SYMBOL_EXTERN && (symbol->kind == SYMBOL_GLOBAL || symbol->kind == SYMBOL_COMMON)) {
        if (!symbol->special)
            symbol->special = special;
        return true;
    }
    if (symbol->kind != kind && symbol->kind != SYMBOL_LOCAL && symbol->kind != SYMBOL_EXTERN)
        return asm_error(state, at, ELFGEN_BAD_VALUE,
                         "%s is declared as %s and as %s; a symbol is one of these",
                         elfgen_asm_token_text(at, (char[TOKEN_TEXT]){0}), kind_name(symbol->kind),
                         kind_name(kind));
    if (symbol->kind == kind && symbol->special && special &&
        !is_same_special(symbol->special, special))
        return asm_error(state, at, ELFGEN_BAD_VALUE,
                         "%s is declared a second time, with something else after its colon",
                         elfgen_asm_token_text(at, (char[TOKEN_TEXT]){0}));
    if (kind == SYMBOL_EXTERN && symbol->kind == SYMBOL_LOCAL && symbol->pass) {
        symbol->kind = SYMBOL_GLOBAL; /* it is defined before, and global from now on */
        return true;
    }
    if (is_outside && symbol->kind == SYMBOL_LOCAL && symbol->pass)
        return asm_error(state, at, ELFGEN_BAD_VALUE, "%s is defined here, so it cannot be common",
                         elfgen_asm_token_text(at, (char[TOKEN_TEXT]){0}));
    if (kind == SYMBOL_GLOBAL && symbol->kind == SYMBOL_EXTERN && symbol->pass)
        symbol->pass = 0; /* what is defined later is another value */
    const bool is_new = symbol->kind != kind;
    symbol->kind = (uint8_t)kind;
    if (special && !symbol->special)
        symbol->special = special;
    symbol->size = size;
    symbol->line = state->line;
    return !is_outside || !is_new || make_outside(state, symbol, at);
}

bool elfgen_asm_look_up(void *context, const struct token *name, struct value *value,
                        struct fault *fault)
{
    struct state *state = context;
    struct symbol *symbol = elfgen_asm_symbol(state, name, false);
    state->lookups++;
    state->looked_up = symbol;
    if (symbol && symbol->pass) {
        symbol->is_referenced = true;
        *value = symbol->value;
        if (value->kind != VALUE_UNKNOWN)
            return true;
    }
    *value = (struct value){.base = VALUE_NO_BASE, .minus = VALUE_NO_BASE, .kind = VALUE_UNKNOWN};
    if (!state->is_critical)
        return true;
    char text[TOKEN_TEXT];
    elfgen_asm_token_text(name, text);
    return fault_at(fault, name,
                    elfgen_error_set(fault->error, ELFGEN_UNDEFINED, ELFGEN_NOWHERE,
                                     state->pass == 1
                                         ? "the symbol %s is not defined before this line"
                                     : elfgen_asm_is_rip(name)
                                         ? "the symbol %s is not defined: `[rel name]` is an "
                                           "address that is stored relative to rip"
                                         : "the symbol %s is not defined",
                                     text));
}
