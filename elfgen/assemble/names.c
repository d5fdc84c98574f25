/* What expressions of a statement depend on. */
#include "symbols.h"

static void warn(void *context, enum elfgen_assemble_class class_, const struct token *token,
                 const char *text)
{
    elfgen_asm_warning(context, class_, token, text);
}

void elfgen_asm_names(struct state *state, struct names *names)
{
    *names = (struct names){.look_up = elfgen_asm_look_up,
                            .warn = warn,
                            .context = state,
                            .here = {.number = (int64_t)section_here(state)->size,
                                     .base = state->section,
                                     .minus = VALUE_NO_BASE,
                                     .kind = VALUE_ADDRESS},
                            .section_start = {.number = 0,
                                              .base = state->section,
                                              .minus = VALUE_NO_BASE,
                                              .kind = VALUE_ADDRESS},
                            .section = state->section,
                            .mode = state->mode,
                            .default_rel = state->default_rel};
}

bool elfgen_asm_evaluate(struct state *state, const struct token **at, struct value *value)
{
    struct names names;
    const struct token *begin = *at;
    elfgen_asm_names(state, &names);
    if (!elfgen_asm_expression(&names, at, value, &state->fault))
        return elfgen_asm_tell_fault(state);
    if (value->kind == VALUE_NUMBER || value->kind == VALUE_UNKNOWN)
        return true;
    return asm_error(state, begin, ELFGEN_BAD_VALUE,
                     "a number was expected, and this is an address or has no value");
}

bool elfgen_asm_tell_unknown(struct state *state, const struct token *begin)
{
    struct names names;
    struct value value;
    const struct token *at = begin;
    const bool was_critical = state->is_critical;
    elfgen_asm_names(state, &names);
    state->is_critical = true;
    const bool is_known = elfgen_asm_expression(&names, &at, &value, &state->fault);
    state->is_critical = was_critical;
    return is_known ? asm_error(state, begin, ELFGEN_BAD_VALUE,
                                "the value is not known when this line is read")
                    : elfgen_asm_tell_fault(state);
}
