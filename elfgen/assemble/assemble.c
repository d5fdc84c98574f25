/* Assembles a source: reads its statements, finds sizes, makes the program. */
#include "elfgen/assemble.h"

#include <string.h>

#include "flat.h"
#include "items.h"
#include "output.h"
#include "sections.h"
#include "sink.h"
#include "sizes.h"
#include "statement.h"
#include "symbols.h"

enum { LINE_ERRORS = 100 };

/* The value of %if and %assign. */
static bool evaluate_condition(void *context, const struct line *line, const struct token **at,
                               int64_t *value)
{
    struct state *state = context;
    struct names names;
    struct value result;
    const struct token *begin = *at;
    state->line = *line;
    state->is_critical = true;
    state->lookups = 0;
    elfgen_asm_names(state, &names);
    bool ok = elfgen_asm_expression(&names, at, &result, &state->fault);
    state->is_critical = false;
    const bool is_late = state->has_sizes && (state->lookups > 0 || has_here(begin));
    if (ok && (result.kind != VALUE_NUMBER || is_late)) {
        ok =
            fault_at(&state->fault, begin,
                     elfgen_error_set(&state->last, is_late ? ELFGEN_UNSUPPORTED : ELFGEN_BAD_VALUE,
                                      ELFGEN_NOWHERE, "%s",
                                      is_late ? "the value depends on sizes that are not known "
                                                "when this line is read"
                                              : "a number was expected here"));
    }
    if (ok)
        *value = result.number;
    else
        state->lines.place = line_place(line, state->fault.token);
    return ok;
}

static void warn_of_line(void *context, enum elfgen_assemble_class class_,
                         const struct elfgen_source_place *place, const char *text)
{
    const struct state *state = context;
    if (!(state->off >> class_ & 1))
        elfgen_asm_warn(context, class_, place, text);
}

/* Reads one line; an error is told, and the next line is read. */
static void read_line(struct state *state)
{
    const struct line_begin begin = elfgen_asm_begin_line(state);
    if (elfgen_asm_statement(state))
        (void)elfgen_asm_end_line(state, &begin);
}

/* Reads all lines once. False: the arena is full. */
static bool read_lines(struct state *state)
{
    state->lines = (struct lines){.arena = &state->arena,
                                  .read = state->options->read,
                                  .read_context = state->options->context,
                                  .evaluate = evaluate_condition,
                                  .warn = warn_of_line,
                                  .context = state,
                                  .error = &state->last};
    elfgen_asm_lines_begin(&state->lines, &state->source);
    for (;;) {
        switch (elfgen_asm_lines_next(&state->lines, &state->line)) {
        case LINES_DONE:
            return !state->arena.full;
        case LINES_FULL:
            state->arena.full = true;
            return false;
        case LINES_ERROR:
            elfgen_asm_tell_last(state, &state->lines.place);
            break;
        case LINES_ONE:
            read_line(state);
            break;
        }
        if (state->arena.full)
            return false;
        if (state->error_count >= LINE_ERRORS)
            return true;
    }
}

static bool begin(struct state *state, void *memory, size_t size)
{
    state->arena = (struct arena){.bytes = memory, .size = size};
    state->mode = state->options->mode ? state->options->mode : state->options->flat ? 16 : 64;
    state->pass = 1;
    state->mask_count = 1;
    state->fault.error = &state->last;
    state->stream.tail = &state->items;
    return elfgen_asm_symbols_begin(state) && elfgen_asm_sections_begin(state);
}

static bool assemble(struct state *state, struct elfgen_assembly *assembly)
{
    if (!read_lines(state) || state->failed)
        return false;
    state->last_scope = state->scope;
    if (state->has_sizes && !elfgen_asm_sizes(state))
        return false;
    return elfgen_asm_output(state, assembly) &&
           (!state->options->flat || elfgen_asm_flat(state, assembly));
}

enum elfgen_status elfgen_assemble(const char *text, size_t length,
                                   const struct elfgen_assemble_options *options, void *memory,
                                   size_t size, struct elfgen_assembly *assembly,
                                   struct elfgen_error *error)
{
    static const struct elfgen_assemble_options defaults;
    struct state state = {.options = options ? options : &defaults};
    const uint8_t mode = state.options->mode;
    memset(assembly, 0, sizeof *assembly);
    if ((!text && length) || (!memory && size) || (mode != 0 && mode != 32 && mode != 64))
        return elfgen_error_set(error, ELFGEN_BAD_ARGUMENT, ELFGEN_NOWHERE,
                                "the text or the memory is NULL although it has a length, or the "
                                "mode is neither 64 nor 32");
    if (length > UINT32_MAX)
        return elfgen_error_set(error, ELFGEN_UNSUPPORTED, ELFGEN_NOWHERE,
                                "a source has less than 4 GiB");
    state.source = (struct source_file){.text = text ? text : "", .length = length};
    const bool ok = begin(&state, memory, size) && assemble(&state, assembly);
    assembly->needed = state.arena.used;
    if (ok || state.failed)
        elfgen_asm_tell_warnings(&state);
    if (state.failed) {
        memset(assembly, 0, sizeof *assembly);
        if (error)
            *error = state.first;
        return state.first.status;
    }
    if (ok)
        return ELFGEN_OK;
    memset(assembly, 0, sizeof *assembly);
    assembly->needed = 2 * (uint64_t)size + state.arena.asked + ELFGEN_ASSEMBLE_MEMORY(0);
    return elfgen_error_set(error, ELFGEN_NO_ROOM, ELFGEN_NOWHERE,
                            "the source needs more memory than %u bytes", (uint64_t)size);
}
