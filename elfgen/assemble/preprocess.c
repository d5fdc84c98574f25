/* Reads a source's lines: joins those that end in a backslash, replaces names, and obeys %define,
 * %assign, %undef, %if and %include. */
#include "preprocess.h"

#include <string.h>

#include "elfgen/text.h"

/* Of an %if. */
enum condition {
    IF_TRUE,
    IF_FALSE,   /* so far */
    IF_DONE,    /* a branch before was true */
    ELSE_TRUE,  /* after %else */
    ELSE_FALSE, /* after %else */
    NEVER       /* it is not read at all */
};

/* What all files that are included may have together, and what names may grow to. */
#define MOST_INCLUDED (UINT64_C(1) << 30)
#define MOST_TOKENS   (UINT64_C(1) << 20)

enum step { STEP_NEXT, STEP_ERROR, STEP_FULL };

void elfgen_asm_lines_begin(struct lines *lines, const struct source_file *source)
{
    lines->depth = 1;
    lines->levels[0] = (struct source_level){.file = source, .at = source->text};
    lines->tokens = NULL;
    lines->room = 0;
    lines->count = 0;
    lines->included = MOST_INCLUDED;
    lines->condition_count = 0;
    lines->is_over = lines->is_quiet = false;
    elfgen_asm_macros_begin(&lines->macros, MOST_TOKENS + source->length);
}

/* Sets the place of an error, which elfgen_error_set() has set. */
static enum step is_error(struct lines *lines, const struct line *line, const struct token *token)
{
    lines->place = line_place(line, token);
    if (lines->error) {
        lines->error->file = lines->place.file;
        lines->error->offset = lines->place.offset;
    }
    return STEP_ERROR;
}

static enum step fail(struct lines *lines, const struct line *line, const struct token *token,
                      enum elfgen_status status, const char *text)
{
    elfgen_error_set(lines->error, status, 0, "%s", text);
    return is_error(lines, line, token);
}

static void warn(struct lines *lines, enum elfgen_assemble_class class_, const struct line *line,
                 const struct token *token, const char *text)
{
    const struct elfgen_source_place place = line_place(line, token);
    if (lines->warn && !lines->is_quiet)
        lines->warn(lines->context, class_, &place, text);
}

static bool is_read(const struct lines *lines)
{
    if (!lines->condition_count)
        return true;
    const uint8_t state = lines->conditions[lines->condition_count - 1];
    return state == IF_TRUE || state == ELSE_TRUE;
}

/* The rest of a directive's line with its names replaced. */
static enum step expand(struct lines *lines, const struct line *line, const struct token *tokens,
                        const struct token **result, size_t *count)
{
    switch (elfgen_asm_expand(&lines->macros, lines->arena, tokens, result, count)) {
    case MACRO_OK:
        return STEP_NEXT;
    case MACRO_FULL:
        return STEP_FULL;
    default:
        return fail(lines, line, tokens, ELFGEN_DOES_NOT_FIT,
                    "names are replaced by names without an end, or by too many of them");
    }
}

/* Warns of numbers that do not fit into 64 bits. */
static void warn_of_numbers(struct lines *lines, const struct line *line,
                            const struct token *tokens, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (tokens[i].overflow)
            warn(lines, ELFGEN_ASSEMBLE_NUMBER_OVERFLOW, line, &tokens[i],
                 "the number does not fit into 64 bits: its low ones are taken");
}

/* Evaluates the rest of a directive's line. */
static enum step evaluate(struct lines *lines, const struct line *line, const struct token *tokens,
                          int64_t *value)
{
    const struct token *at;
    size_t count;
    const enum step step = expand(lines, line, tokens, &at, &count);
    if (step != STEP_NEXT)
        return step;
    warn_of_numbers(lines, line, at, count);
    if (!lines->evaluate(lines->context, line, &at, value))
        return STEP_ERROR;
    if (at->kind != TOKEN_END)
        warn(lines, ELFGEN_ASSEMBLE_PP_TRAILING, line, at,
             "what follows the expression is ignored");
    return STEP_NEXT;
}

/* Warns of what follows at the end of a directive. */
static void ends(struct lines *lines, const struct line *line, const struct token *token)
{
    if (token->kind != TOKEN_END)
        warn(lines, ELFGEN_ASSEMBLE_PP_TRAILING, line, token, "what follows here is ignored");
}

/* Whether the condition of an %if or %elif is met. */
static enum step is_met(struct lines *lines, const struct line *line, unsigned directive, bool *met)
{
    const struct token *token = line->tokens + 2;
    bool negative = false;
    switch (directive) {
    case PREPROCESSOR_IFNDEF:
    case PREPROCESSOR_ELIFNDEF:
        negative = true;
        break;
    case PREPROCESSOR_IFDEF:
    case PREPROCESSOR_ELIFDEF:
        break;
    default: {
        int64_t value = 0;
        const enum step step = evaluate(lines, line, token, &value);
        *met = value != 0;
        return step;
    }
    }
    *met = false;
    for (; token->kind != TOKEN_END && !*met; token++) {
        if (token->kind != TOKEN_NAME)
            return fail(lines, line, token, ELFGEN_BAD_VALUE, "a name must stand here");
        *met = elfgen_asm_is_defined(&lines->macros, token);
    }
    *met ^= negative;
    return STEP_NEXT;
}

static enum step begin_condition(struct lines *lines, const struct line *line, unsigned directive)
{
    if (lines->condition_count == LINES_CONDITIONS) {
        lines->is_over = true;
        return fail(lines, line, line->tokens, ELFGEN_DOES_NOT_FIT,
                    "conditions are at most 256 deep");
    }
    enum step step = STEP_NEXT;
    uint8_t state = NEVER;
    if (is_read(lines)) {
        bool met = false;
        step = is_met(lines, line, directive, &met);
        if (step == STEP_NEXT)
            state = met ? IF_TRUE : IF_FALSE;
    }
    lines->conditions[lines->condition_count++] = state;
    return step;
}

static enum step else_if(struct lines *lines, const struct line *line, unsigned directive,
                         uint8_t *state)
{
    bool met = false;
    enum step step;
    switch (*state) {
    case IF_TRUE:
        *state = IF_DONE;
        return STEP_NEXT;
    case IF_FALSE:
        /* NASM says nothing of what is wrong where no lines are read, as before an %elif. */
        lines->is_quiet = true;
        step = is_met(lines, line, directive, &met);
        lines->is_quiet = false;
        if (step == STEP_ERROR && lines->error && lines->error->status != ELFGEN_UNSUPPORTED) {
            *state = NEVER;
            return STEP_NEXT;
        }
        if (met)
            *state = IF_TRUE;
        return step;
    case ELSE_TRUE:
    case ELSE_FALSE:
        warn(lines, ELFGEN_ASSEMBLE_PP_ELSE_ELIF, line, line->tokens,
             "it comes after %else, and what follows it is ignored");
        *state = NEVER;
        return STEP_NEXT;
    default:
        return STEP_NEXT;
    }
}

static void do_else(struct lines *lines, const struct line *line, uint8_t *state)
{
    switch (*state) {
    case IF_TRUE:
    case IF_DONE:
        *state = ELSE_FALSE;
        break;
    case IF_FALSE:
        *state = ELSE_TRUE;
        break;
    case ELSE_TRUE:
    case ELSE_FALSE:
        warn(lines, ELFGEN_ASSEMBLE_PP_ELSE_ELSE, line, line->tokens,
             "it comes after %else, and what follows it is ignored");
        *state = NEVER;
        break;
    default:
        break;
    }
}

/* %elif, %else or %endif. */
static enum step go_on_condition(struct lines *lines, const struct line *line, unsigned directive)
{
    const bool is_alone = lines->condition_count == lines->levels[lines->depth - 1].conditions;
    uint8_t *const state = is_alone ? NULL : &lines->conditions[lines->condition_count - 1];
    if ((directive == PREPROCESSOR_ELSE || directive == PREPROCESSOR_ENDIF) &&
        !(state && *state == NEVER))
        ends(lines, line, line->tokens + 2);
    if (!state)
        return fail(lines, line, line->tokens, ELFGEN_BAD_VALUE, "no %if stands before it");
    if (directive == PREPROCESSOR_ENDIF)
        lines->condition_count--;
    else if (directive == PREPROCESSOR_ELSE)
        do_else(lines, line, state);
    else
        return else_if(lines, line, directive, state);
    return STEP_NEXT;
}

static enum step define(struct lines *lines, const struct line *line)
{
    const struct token *name = line->tokens + 2, *body = name + 1;
    if (body->kind == TOKEN_OPERATOR && body->value == '(' && !body->space_before)
        return fail(lines, line, name, ELFGEN_UNSUPPORTED,
                    "a name with parameters is left to NASM");
    return elfgen_asm_define(&lines->macros, lines->arena, name, body, line->count - 3) == MACRO_OK
               ? STEP_NEXT
               : STEP_FULL;
}

/* Defines a name as a number, with a minus sign before it if it is negative. */
static enum step assign(struct lines *lines, const struct line *line)
{
    enum { LONGEST = 20 };
    int64_t value = 0;
    const struct token *name = line->tokens + 2;
    const enum step step = evaluate(lines, line, name + 1, &value);
    if (step != STEP_NEXT)
        return step;
    const uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    char *const bytes = arena_take(lines->arena, 1 + LONGEST, 1);
    if (!bytes)
        return STEP_FULL;
    struct elfgen_text text = {.bytes = bytes + 1, .capacity = LONGEST};
    elfgen_text_decimal(&text, size, 0);
    *bytes = '-';
    const struct token body[2] = {
        {.kind = TOKEN_OPERATOR, .value = '-', .text = bytes, .length = 1, .place = name->place},
        {.kind = TOKEN_NUMBER,
         .value = size,
         .text = bytes + 1,
         .length = (uint32_t)text.length,
         .place = name->place}};
    const size_t first = value < 0 ? 0 : 1;
    return elfgen_asm_define(&lines->macros, lines->arena, name, body + first, 2 - first) ==
                   MACRO_OK
               ? STEP_NEXT
               : STEP_FULL;
}

static enum step include(struct lines *lines, const struct line *line)
{
    const struct token *token;
    size_t count;
    const enum step step = expand(lines, line, line->tokens + 2, &token, &count);
    if (step != STEP_NEXT)
        return step;
    if (token->kind != TOKEN_STRING)
        return fail(lines, line, token, ELFGEN_BAD_VALUE,
                    "%include needs the name of a file in quotes");
    ends(lines, line, token + 1);
    const size_t length = elfgen_asm_string_bytes(token, NULL, 0);
    struct source_file *file = arena_take(lines->arena, sizeof *file, sizeof(void *));
    char *name = arena_take(lines->arena, length + 1, 1);
    if (!file || !name)
        return STEP_FULL;
    elfgen_asm_string_bytes(token, (uint8_t *)name, length);
    name[length] = '\0';
    const uint8_t *bytes = NULL;
    const char *reason = "there are no other files";
    *file = (struct source_file){.name = name};
    if (memchr(name, '\0', length) ||
        !(lines->read && lines->read(lines->read_context, name, &bytes, &file->length, &reason))) {
        elfgen_error_set(lines->error, ELFGEN_BAD_VALUE, 0, "%s cannot be read: %s", name, reason);
        return is_error(lines, line, token);
    }
    file->text = (const char *)bytes;
    if (lines->depth == LINES_INCLUDES || file->length + 64 > lines->included) {
        lines->is_over = true;
        return fail(lines, line, token, ELFGEN_DOES_NOT_FIT,
                    lines->depth == LINES_INCLUDES
                        ? "files are included at most 64 deep"
                        : "the files that are included have more than 1 GiB together");
    }
    lines->included -= file->length + 64;
    lines->levels[lines->depth++] =
        (struct source_level){.file = file, .at = file->text, .conditions = lines->condition_count};
    return STEP_NEXT;
}

/* Obeys the directive that the line is. */
static enum step obey(struct lines *lines, const struct line *line)
{
    const struct token *name = line->tokens + 2;
    const struct word *word = word_of(&line->tokens[1]);
    const unsigned directive = word->kind == WORD_PREPROCESSOR ? word->number : PREPROCESSOR_NONE;
    switch (directive) {
    case PREPROCESSOR_IF:
    case PREPROCESSOR_IFDEF:
    case PREPROCESSOR_IFNDEF:
        return begin_condition(lines, line, directive);
    case PREPROCESSOR_ELIF:
    case PREPROCESSOR_ELIFDEF:
    case PREPROCESSOR_ELIFNDEF:
    case PREPROCESSOR_ELSE:
    case PREPROCESSOR_ENDIF:
        return go_on_condition(lines, line, directive);
    default:
        break;
    }
    if (!is_read(lines))
        return STEP_NEXT;
    if (directive == PREPROCESSOR_NONE)
        return fail(lines, line, line->tokens, ELFGEN_UNSUPPORTED,
                    "this assembler has no such preprocessor directive; NASM may have it");
    if (directive == PREPROCESSOR_INCLUDE)
        return include(lines, line);
    if (name->kind != TOKEN_NAME)
        return fail(lines, line, name, ELFGEN_BAD_VALUE, "a name must stand here");
    if (directive == PREPROCESSOR_DEFINE)
        return define(lines, line);
    if (directive == PREPROCESSOR_ASSIGN)
        return assign(lines, line);
    ends(lines, line, name + 1);
    elfgen_asm_undefine(&lines->macros, name);
    return STEP_NEXT;
}

static bool grow(struct lines *lines)
{
    return elfgen_asm_more_tokens(lines->arena, &lines->tokens, &lines->room);
}

/* The length of what a backslash and the end of the line after it take; 0: none are there. */
static size_t join_at(const char *at, const char *end)
{
    if (end - at < 2 || *at != '\\' || (at[1] != '\n' && at[1] != '\r'))
        return 0;
    return at[1] == '\r' && end - at > 2 && at[2] == '\n' ? 3 : 2;
}

/* Reads a line to which others are joined, from a copy. */
static bool read_joined(struct lines *lines, struct source_level *level, struct line *line)
{
    const char *end = level->file->text + level->file->length, *at = level->at;
    size_t length = 0, joins = 0;
    while (at < end && *at != '\n' && *at != '\r' && *at != '\0' && *at != '\032') {
        const size_t join = join_at(at, end);
        at += join ? join : 1;
        joins += join != 0;
        length += !join;
    }
    char *copy = arena_take(lines->arena, length + 1, 1);
    if (!copy)
        return false;
    size_t used = 0;
    for (const char *from = level->at; from < at;) {
        const size_t join = join_at(from, at);
        if (!join)
            copy[used++] = *from;
        from += join ? join : 1;
    }
    const char *text = copy;
    while (elfgen_asm_lex_line(&text, copy + length, lines->tokens, lines->room, &line->count) !=
           LEX_LINE) {
        text = copy;
        if (!grow(lines))
            return false;
    }
    const char *from = level->at;
    used = 0;
    for (size_t i = 0; i <= line->count; i++) {
        struct token *token = &lines->tokens[i];
        for (; used < (size_t)(token->place - copy) || join_at(from, at);) {
            const size_t join = join_at(from, at);
            from += join ? join : 1;
            used += !join;
        }
        token->place = from;
    }
    level->number += joins;
    level->at = at == end ? end : at + (*at == '\r' && at + 1 < end && at[1] == '\n' ? 2 : 1);
    return true;
}

/* Reads the next line's tokens. */
static bool read_line(struct lines *lines, struct source_level *level, struct line *line)
{
    const char *end = level->file->text + level->file->length;
    line->file = level->file;
    line->start = level->at;
    line->number = ++level->number;
    line->order = ++lines->count;
    for (;;) {
        switch (elfgen_asm_lex_line(&level->at, end, lines->tokens, lines->room, &line->count)) {
        case LEX_LINE:
            break;
        case LEX_JOINED:
            if (!read_joined(lines, level, line))
                return false;
            break;
        default:
            if (!grow(lines))
                return false;
            continue;
        }
        line->tokens = lines->tokens;
        return true;
    }
}

/* Goes back to the file that includes the one that is at its end. */
static enum step leave(struct lines *lines)
{
    const struct source_level *level = &lines->levels[lines->depth - 1];
    if (lines->condition_count != level->conditions) {
        const struct token token = {.place = level->file->text + level->file->length};
        const struct line line = {.file = level->file, .number = level->number};
        lines->is_over = true;
        return fail(lines, &line, &token, ELFGEN_BAD_VALUE,
                    "%endif is missing at the end of the file");
    }
    lines->depth--;
    return STEP_NEXT;
}

/* Looks at a line that is no directive. *is_line: it is what the caller gets. */
static enum step finish(struct lines *lines, struct line *line, bool *is_line)
{
    bool has_names = false, overflows = false;
    for (size_t i = 0; i < line->count; i++) {
        has_names |= macros_may_have(&lines->macros, &line->tokens[i]);
        overflows |= line->tokens[i].overflow;
    }
    if (has_names) {
        const enum step step = expand(lines, line, line->tokens, &line->tokens, &line->count);
        if (step != STEP_NEXT)
            return step;
        for (size_t i = 0; i < line->count; i++)
            overflows |= line->tokens[i].overflow;
    }
    if (overflows)
        warn_of_numbers(lines, line, line->tokens, line->count);
    *is_line = line->count > 0;
    return STEP_NEXT;
}

enum lines_result elfgen_asm_lines_next(struct lines *lines, struct line *line)
{
    while (lines->depth && !lines->is_over) {
        struct source_level *level = &lines->levels[lines->depth - 1];
        enum step step = STEP_NEXT;
        bool is_line = false;
        if (level->at == level->file->text + level->file->length)
            step = leave(lines);
        else if (!read_line(lines, level, line))
            step = STEP_FULL;
        else if (!line->count)
            continue;
        else if (token_is(line->tokens, '%') && line->tokens[1].kind == TOKEN_NAME &&
                 !line->tokens[1].space_before)
            step = obey(lines, line);
        else if (is_read(lines))
            step = finish(lines, line, &is_line);
        if (step != STEP_NEXT)
            return step == STEP_FULL ? LINES_FULL : LINES_ERROR;
        if (is_line)
            return LINES_ONE;
    }
    return LINES_DONE;
}

const struct token *elfgen_asm_lines_keep(struct lines *lines, const struct line *line)
{
    const size_t size = (line->count + 1) * sizeof *line->tokens;
    struct token *copy = arena_take(lines->arena, size, sizeof(void *));
    if (copy)
        memcpy(copy, line->tokens, size);
    return copy;
}
