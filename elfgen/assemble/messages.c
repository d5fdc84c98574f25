/* Tells errors and warnings with their places. */
#include "state.h"

static void tell(const struct state *state, enum elfgen_assemble_class class_,
                 const struct elfgen_source_place *place, const char *text)
{
    const struct elfgen_assemble_message message = {
        .class_ = class_, .place = *place, .text = text};
    if (state->options->tell)
        state->options->tell(state->options->context, &message);
}

/* Tells warnings of the first pass up to a line. */
static void tell_until(struct state *state, uint64_t order)
{
    struct warning *warning = state->warnings;
    for (; warning && warning->order <= order; warning = warning->next)
        tell(state, warning->class_, &warning->place, warning->text);
    state->warnings = warning;
}

void elfgen_asm_tell_warnings(struct state *state)
{
    tell_until(state, UINT64_MAX);
}

void elfgen_asm_warn(struct state *state, enum elfgen_assemble_class class_,
                     const struct elfgen_source_place *place, const char *text)
{
    if (state->pass > 1) {
        tell_until(state, state->line.order);
        tell(state, class_, place, text);
        return;
    }
    struct warning *warning = arena_take(&state->arena, sizeof *warning, 16);
    if (!warning)
        return;
    *warning = (struct warning){
        .order = state->line.order, .class_ = class_, .place = *place, .text = text};
    if (state->warnings)
        *state->last_warning = warning;
    else
        state->warnings = warning;
    state->last_warning = &warning->next;
}

static struct elfgen_source_place place_of(const struct state *state, const struct token *token)
{
    if (token && state->line.file)
        return line_place(&state->line, token);
    struct elfgen_source_place place = {.file = NULL, .line = state->line.number};
    if (state->line.file) {
        place.file = state->line.file->name;
        place.offset = (uint64_t)(state->line.start - state->line.file->text);
    }
    return place;
}

/* Tells state->last at a place; the first error is what the call returns. */
bool elfgen_asm_tell_last(struct state *state, const struct elfgen_source_place *place)
{
    tell_until(state, state->line.order);
    tell(state, ELFGEN_ASSEMBLE_ERROR, place, state->last.text);
    if (!state->failed) {
        state->failed = true;
        state->first = state->last;
        state->first.file = place->file;
        state->first.section = NULL;
        state->first.offset = place->offset;
    }
    state->error_count++;
    return false;
}

bool elfgen_asm_tell_fault(struct state *state)
{
    if (state->arena.full)
        return false;
    elfgen_asm_hint_of_comment(&state->fault);
    const struct elfgen_source_place place = place_of(state, state->fault.token);
    return elfgen_asm_tell_last(state, &place);
}

bool elfgen_asm_told(struct state *state, const struct token *token, enum elfgen_status status)
{
    (void)status;
    state->fault.token = token;
    return elfgen_asm_tell_fault(state);
}

void elfgen_asm_warning(struct state *state, enum elfgen_assemble_class class_,
                        const struct token *token, const char *text)
{
    if (state->off >> class_ & 1)
        return;
    state->warned = true;
    if (state->is_quiet)
        return;
    const struct elfgen_source_place place = place_of(state, token);
    elfgen_asm_warn(state, class_, &place, text);
}
