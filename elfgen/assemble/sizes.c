/* Finds the sizes of instructions and data, pass by pass, as NASM does: a name that is defined
 * later has its value of the pass before. */
#include "sizes.h"

#include "items.h"
#include "sections.h"
#include "symbols.h"

/* NASM, too, gives up after so many passes without progress. */
enum { MOST_STALLED = 1000 };

/* How many items are looked at in all passes after the first ones: it bounds the time. */
enum { MOST_VISITS = 8000000, MOST_PASSES = 32, MOST_TURNS = 16 };

bool elfgen_asm_count(struct state *state, const struct token **at, uint64_t *count)
{
    struct value value;
    const struct token *begin = *at;
    const unsigned lookups = state->lookups;
    if (!elfgen_asm_evaluate(state, at, &value))
        return false;
    if (value.kind == VALUE_UNKNOWN)
        return elfgen_asm_tell_unknown(state, begin);
    if (value.number > MOST_TIMES)
        return asm_error(state, begin, ELFGEN_DOES_NOT_FIT,
                         "times %d is more than the most, which is %u", value.number,
                         (uint64_t)MOST_TIMES);
    if (value.number < 0) {
        if (state->is_final)
            return asm_error(state, begin, ELFGEN_BAD_VALUE,
                             state->lookups > lookups || has_here(begin)
                                 ? "times %d is negative: what comes before it is longer than "
                                   "was thought"
                                 : "times %d is negative",
                             value.number);
        state->has_sizes = true;
        state->lookups++; /* the statement is looked at again */
        value.number = 0;
    }
    *count = (uint64_t)value.number;
    return true;
}

bool elfgen_asm_padding(struct state *state, const struct token *begin, uint64_t *size)
{
    struct value value;
    const struct token *at = begin + 1;
    const bool was_critical = state->is_critical;
    state->is_critical = true;
    const bool ok = elfgen_asm_evaluate(state, &at, &value);
    state->is_critical = was_critical;
    if (!ok)
        return false;
    if (at->kind != TOKEN_END && !token_is(at, ','))
        return asm_error(state, at, ELFGEN_BAD_VALUE, "after an alignment nothing was expected");
    if (value.number <= 0 || (value.number & (value.number - 1)) || value.number > INT32_MAX)
        return asm_error(state, begin + 1, ELFGEN_BAD_VALUE,
                         "an alignment is a power of two, such as 16");
    elfgen_asm_align_section(state, (uint64_t)value.number);
    *size = -section_here(state)->size & ((uint64_t)value.number - 1);
    return true;
}

bool elfgen_asm_reserved(struct state *state, const struct token *begin, uint64_t count,
                         uint64_t *size)
{
    struct value value;
    const struct token *at = begin + 1;
    if (!elfgen_asm_evaluate(state, &at, &value))
        return false;
    if (at->kind != TOKEN_END)
        return asm_error(state, at, ELFGEN_BAD_VALUE,
                         "after the number of places nothing was expected");
    if (value.kind == VALUE_UNKNOWN)
        value.number = 0;
    const uint64_t unit = word_of(begin)->number * count;
    if (value.number < 0)
        return asm_error(state, begin + 1, ELFGEN_BAD_VALUE,
                         "%d places cannot be reserved: the number is negative", value.number);
    if (unit > 0 && (uint64_t)value.number > INT64_MAX / unit)
        return asm_error(state, begin + 1, ELFGEN_DOES_NOT_FIT,
                         "the section would have more than 2^63 bytes");
    *size = (uint64_t)value.number * unit;
    return true;
}

bool elfgen_asm_equ(struct state *state, struct symbol *symbol, const struct token *name,
                    const struct token *at)
{
    struct names names;
    struct value value;
    const struct token *begin = at;
    elfgen_asm_names(state, &names);
    if (!elfgen_asm_expression(&names, &at, &value, &state->fault))
        return elfgen_asm_tell_fault(state);
    if (at->kind != TOKEN_END)
        return asm_error(state, at, ELFGEN_BAD_VALUE,
                         "after the value of equ nothing was expected");
    if (value.kind == VALUE_OTHER && !value.for_equ)
        return asm_error(state, begin, ELFGEN_BAD_VALUE,
                         "the value of equ is neither a number nor an address");
    if (value.kind == VALUE_OTHER || value.minus != VALUE_NO_BASE)
        value = (struct value){.number = value.number,
                               .base = value.base,
                               .minus = VALUE_NO_BASE,
                               .kind = value.base == VALUE_NO_BASE ? VALUE_NUMBER : VALUE_ADDRESS};
    if (value.kind == VALUE_UNKNOWN)
        value = (struct value){.base = VALUE_NO_BASE, .minus = VALUE_NO_BASE};
    return elfgen_asm_define_symbol(state, symbol, &value, name);
}

bool elfgen_asm_enter(struct state *state, const struct statement *statement, uint64_t *count)
{
    state->line = statement->line;
    state->scope = statement->scope;
    state->mode = statement->item.mode;
    state->default_rel = statement->item.default_rel;
    state->off = state->masks[statement->item.mask];
    state->lookups = 0;
    *count = 1;
    const struct token *at = statement->times;
    return !at || elfgen_asm_count(state, &at, count);
}

bool elfgen_asm_run(struct state *state, struct statement *statement, uint64_t count,
                    struct sink *sink)
{
    switch (statement->item.kind) {
    case ITEM_INSTRUCTION:
        return elfgen_asm_instruction_bytes(state, statement, statement->begin, count, sink);
    case ITEM_DATA:
        return elfgen_asm_data_bytes(state, statement->begin, count, sink);
    case ITEM_RESERVE:
        return elfgen_asm_reserved(state, statement->begin, count, &sink->size);
    default:
        return elfgen_asm_padding(state, statement->begin, &sink->size);
    }
}

/* A jump whose target may be near or far. */
static uint64_t jump_size(const struct state *state, const struct statement *statement)
{
    const struct symbol *target = statement->target;
    const struct asm_section *section = state->sections[statement->item.section];
    if (!statement->near_length)
        return statement->short_length;
    if (!statement->short_length)
        return statement->near_length;
    if (!target->pass)
        return statement->short_length;
    if (target->value.kind != VALUE_ADDRESS || target->value.base != statement->item.section)
        return statement->near_length;
    const int64_t distance =
        (int64_t)((uint64_t)target->value.number + (uint64_t)statement->addend - section->size -
                  statement->short_length);
    return distance == (int8_t)distance ? statement->short_length : statement->near_length;
}

/* Whether a jump that is short reaches too far, by a target that comes later: both are counted from
 * the end of their section, backwards. */
static bool grows_backwards(const struct state *state, const struct statement *statement)
{
    const struct symbol *target = statement->target;
    if (statement->fast != FAST_TARGET || !statement->near_length ||
        statement->item.size != statement->short_length || target->pass != state->pass)
        return false;
    const int64_t distance = (int64_t)((uint64_t)target->value.number +
                                       (uint64_t)statement->addend + section_here(state)->size);
    return distance != (int8_t)distance && target->value.base == statement->item.section;
}

static struct item *reversed(struct item *items)
{
    struct item *result = NULL;
    for (struct item *next; items; items = next) {
        next = items->next;
        items->next = result;
        result = items;
    }
    return result;
}

/* Makes jumps near whose targets later in the source are too far away, from the last one to the
 * first: a chain of them needs one such pass, where others need one for each. Values of labels are
 * without meaning until the next pass. */
static uint64_t grow_backwards(struct state *state)
{
    uint64_t count = 0;
    state->pass++;
    for (uint32_t i = 0; i < state->section_count; i++)
        state->sections[i]->size = 0;
    struct item *items = reversed(state->items);
    for (struct item *item = items; item; item = item->next) {
        struct statement *statement = (struct statement *)item;
        state->section = item->section;
        if (item->kind == ITEM_LABEL) {
            struct symbol *symbol = ((struct symbol_item *)item)->symbol;
            symbol->value.number = -(int64_t)section_here(state)->size;
            symbol->pass = state->pass;
        } else if (item->kind == ITEM_INSTRUCTION && grows_backwards(state, statement)) {
            item->size = statement->near_length;
            count++;
        }
        section_here(state)->size += item->size;
    }
    state->items = reversed(items);
    return count;
}

/* The size of a statement in this pass. */
static bool size_statement(struct state *state, struct statement *statement)
{
    uint64_t count;
    if (statement->fast == FAST_FIXED)
        return true;
    if (statement->fast == FAST_TARGET) {
        const uint64_t size = jump_size(state, statement);
        if (state->jumps == JUMPS_FREE ||
            (state->jumps == JUMPS_GROW && size > statement->item.size))
            statement->item.size = size;
        return true;
    }
    struct sink sink = {.offset = section_here(state)->size};
    if (!elfgen_asm_enter(state, statement, &count) ||
        !elfgen_asm_run(state, statement, count, &sink))
        return false;
    statement->item.size = sink.size;
    return true;
}

static bool define_label(struct state *state, struct symbol *symbol)
{
    const struct asm_section *section = section_here(state);
    const int64_t offset = (int64_t)section->size;
    if (symbol->value.number != offset)
        note_change(state, symbol);
    symbol->value.number = offset;
    symbol->pass = state->pass;
    return true;
}

static bool define_equ(struct state *state, struct statement *statement)
{
    uint64_t count;
    return elfgen_asm_enter(state, statement, &count) &&
           elfgen_asm_equ(state, statement->symbol, statement->line.tokens, statement->begin);
}

/* One pass over all items. */
static bool pass(struct state *state)
{
    state->pass++;
    state->changes = 0;
    for (uint32_t i = 0; i < state->section_count; i++)
        state->sections[i]->size = 0;
    for (struct item *item = state->items; item; item = item->next) {
        state->section = item->section;
        if (item->kind == ITEM_LABEL) {
            define_label(state, ((struct symbol_item *)item)->symbol);
        } else if (item->kind == ITEM_EQU) {
            if (!define_equ(state, (struct statement *)item))
                return false;
        } else if (item->kind >= ITEM_INSTRUCTION &&
                   !size_statement(state, (struct statement *)item)) {
            return false;
        }
        if (!elfgen_asm_advance(state, item->size, NULL))
            return false;
    }
    return true;
}

/* Tells at the definition of a symbol that its value is another one in each pass. */
static bool never_settles(struct state *state, enum elfgen_status status, const char *text)
{
    const struct symbol *symbol = state->changed;
    const struct token name = {
        .kind = TOKEN_NAME, .text = symbol->name, .length = (uint32_t)symbol->length};
    elfgen_error_set(&state->last, status, ELFGEN_NOWHERE, text,
                     elfgen_asm_token_text(&name, (char[TOKEN_TEXT]){0}), (uint64_t)state->pass);
    return elfgen_asm_tell_last(state, &symbol->definition->place);
}

/* Settles jumps that depend on one another in long chains. Tells an error. */
static bool settle_chains(struct state *state)
{
    for (unsigned i = 0; i < MOST_TURNS; i++) {
        const uint64_t grown = grow_backwards(state);
        state->jumps = JUMPS_STAY; /* labels get their values again */
        if (!pass(state))
            return false;
        state->jumps = JUMPS_GROW;
        if (!pass(state))
            return false;
        if (grown == 0 && state->changes == 0)
            break;
    }
    state->jumps = JUMPS_FREE;
    return pass(state) &&
           (state->changes == 0 ||
            never_settles(state, ELFGEN_UNSUPPORTED,
                          "the value of %s does not settle: the sizes of lines depend on one "
                          "another in too long a chain"));
}

bool elfgen_asm_sizes(struct state *state)
{
    uint64_t fewest = UINT64_MAX;
    uint64_t visits = 0;
    unsigned stalled = 0;
    state->is_critical = false;
    state->is_quiet = true;
    do {
        if (!pass(state))
            return false;
        stalled = state->changes < fewest ? 0 : stalled + 1;
        fewest = state->changes < fewest ? state->changes : fewest;
        visits += state->item_count;
        if (visits > MOST_VISITS && state->pass > MOST_PASSES && state->changes > 0)
            return settle_chains(state);
        if (stalled > MOST_STALLED)
            return never_settles(state, ELFGEN_BAD_VALUE,
                                 "the value of %s depends on itself: it is another one in each of "
                                 "%u passes");
    } while (state->changes > 0);
    return true;
}
