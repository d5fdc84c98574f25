/* Tells errors and warnings with their places. */
#include "state.h"

void elfgen_asm_tell(const struct state *state, enum elfgen_assemble_class class_,
                     const struct elfgen_source_place *place, const char *text)
{
    const struct elfgen_assemble_message message = {
        .class_ = class_, .place = *place, .text = text};
    if (state->options->tell)
        state->options->tell(state->options->context, &message);
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
    elfgen_asm_tell(state, ELFGEN_ASSEMBLE_ERROR, place, state->last.text);
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
    elfgen_asm_tell(state, class_, &place, text);
}
