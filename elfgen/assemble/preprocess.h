/* Lines of a source after its preprocessor: %define, %assign, %undef, %if, %include. */
#ifndef ASSEMBLE_PREPROCESS_H
#define ASSEMBLE_PREPROCESS_H

#include "arena.h"
#include "elfgen/assemble.h"
#include "lex.h"
#include "macro.h"

enum { LINES_INCLUDES = 64, LINES_CONDITIONS = 256 };

struct source_file {
    const char *name; /* as %include names it; NULL: the source itself */
    const char *text;
    size_t length;
};

struct line {
    const struct token *tokens; /* the last one is TOKEN_END */
    size_t count;               /* without TOKEN_END; never 0 */
    const struct source_file *file;
    uint64_t number;   /* the first is 1; of joined lines that of the first one */
    const char *start; /* in file->text */
    uint64_t order;    /* of all lines that are read, those of included files among them */
};

/* One file that is being read. */
struct source_level {
    const struct source_file *file;
    const char *at;
    uint64_t number;     /* of the line before `at` */
    uint32_t conditions; /* how many were open before it */
};

struct lines {
    /* The caller sets these before elfgen_asm_lines_begin(). */
    struct arena *arena;
    elfgen_assemble_read *read; /* NULL: there are no other files */
    void *read_context;
    /* The value of an expression that must be known, for %if and %assign. *at is its first token,
     * and becomes the first one after it; TOKEN_END is the last. False: *lines->error and
     * lines->place are set. */
    bool (*evaluate)(void *context, const struct line *line, const struct token **at,
                     int64_t *value);
    /* A warning; NULL: nobody is told. */
    void (*warn)(void *context, enum elfgen_assemble_class class_,
                 const struct elfgen_source_place *place, const char *text);
    void *context; /* for both */
    struct elfgen_error *error;

    /* With LINES_ERROR: where it is. */
    struct elfgen_source_place place;

    /* The rest is private. */
    struct source_level levels[LINES_INCLUDES];
    size_t depth;
    struct token *tokens;
    size_t room;
    struct macros macros;
    uint64_t count;    /* of the lines that were read */
    uint64_t included; /* bytes of files that may still be included */
    uint8_t conditions[LINES_CONDITIONS];
    uint32_t condition_count;
    bool is_over;  /* an error after which nothing is read */
    bool is_quiet; /* nobody is told of warnings */
};

enum lines_result {
    LINES_ONE,   /* *line is set; its tokens are valid until the next call */
    LINES_DONE,  /* there are no more lines */
    LINES_ERROR, /* *lines->error and lines->place are set; the next call goes on after that line */
    LINES_FULL   /* the arena is */
};

/* Begins with a source. What is not set by the caller may have any value. */
void elfgen_asm_lines_begin(struct lines *lines, const struct source_file *source);

/* The next line that is not empty. */
enum lines_result elfgen_asm_lines_next(struct lines *lines, struct line *line);

/* Copies the tokens of a line, TOKEN_END too, into the arena. NULL: it is full. */
const struct token *elfgen_asm_lines_keep(struct lines *lines, const struct line *line);

/* The place of one of a line's tokens. */
static inline struct elfgen_source_place line_place(const struct line *line,
                                                    const struct token *token)
{
    return (struct elfgen_source_place){.file = line->file->name,
                                        .line = line->number,
                                        .offset = (uint64_t)(token->place - line->file->text),
                                        .length = token->length};
}

#endif
