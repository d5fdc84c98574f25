/* What is known while a source is assembled: sections, symbols, and items, which are the source
 * after it was read once. */
#ifndef ELFGEN_ASSEMBLE_STATE_H
#define ELFGEN_ASSEMBLE_STATE_H

#include "arena.h"
#include "instruction.h"
#include "preprocess.h"

/* Bases of values: sections have their index, symbols from elsewhere OUTSIDE and their index. */
#define OUTSIDE ((uint32_t)1 << 31)

/* What `times` may say, as of NASM. */
#define MOST_TIMES INT32_MAX

/* How often a source may turn warnings off and on. */
enum { MOST_MASKS = 64 };

/* Bytes that a section may have in a file. */
#define MOST_BYTES ((uint64_t)1 << 32)

struct asm_section {
    struct asm_section *next; /* with the same bucket */
    const char *name;         /* ends with NUL */
    size_t length;
    uint32_t type;
    uint64_t flags, entry_size, align;
    uint64_t said_align; /* what the source says of it; 0: nothing */
    bool is_named;       /* a directive names it; `.text` may be there without */
    bool is_used;        /* it has bytes */
    bool has_label;
    uint64_t address;     /* in a flat file */
    uint64_t later_align; /* of the implicit `.text`, if it is made after all */
    uint64_t size;        /* of what was laid out in this pass */
    uint64_t capacity;    /* of `bytes` */
    uint8_t *bytes;       /* NULL: zeros */
    uint32_t index;       /* in state.sections */
    uint32_t order;       /* of those that are named, counted from 0 */
    uint32_t output;      /* in the program */
};

enum symbol_kind { SYMBOL_LOCAL, SYMBOL_STATIC, SYMBOL_GLOBAL, SYMBOL_EXTERN, SYMBOL_COMMON };

struct definition;

struct symbol {
    struct symbol *next; /* with the same bucket */
    const char *name;
    size_t length;
    uint64_t hash;
    struct value value;
    uint32_t pass; /* the last one that defined it, counted from 1; 0: none */
    uint32_t base; /* of one from elsewhere */
    uint8_t kind;  /* enum symbol_kind */
    bool is_referenced;
    uint64_t size;               /* of a common symbol */
    const struct token *special; /* after the colon of its declaration; NULL: nothing */
    struct line line;            /* that declares it; without tokens */
    struct definition *definition;
    uint32_t index; /* in the program */
};

/* Symbols in the order in which they were defined. */
struct definition {
    struct definition *next;
    struct symbol *symbol; /* NULL: it has another place now */
    struct elfgen_source_place place;
};

enum item_kind {
    ITEM_BYTES, /* that no symbol changes */
    ITEM_ZEROS, /* as many as `size` says */
    ITEM_LABEL,
    ITEM_EQU,
    ITEM_INSTRUCTION, /* the others are read again in each pass */
    ITEM_DATA,
    ITEM_RESERVE,
    ITEM_ALIGN
};

struct item {
    struct item *next;
    uint8_t kind; /* enum item_kind */
    uint8_t mode;
    bool default_rel;
    uint8_t mask; /* of state.masks: the last one */
    uint32_t section;
    uint64_t size;   /* bytes, in this pass */
    uint64_t offset; /* in its section, once all is known */
};

struct bytes_item {
    struct item item;
    const uint8_t *bytes;
    uint64_t length, count; /* repeated `count` times; their product is item.size */
};

struct symbol_item {
    struct item item;
    struct symbol *symbol;
};

/* A line that made bytes: they begin `within` bytes after an item's beginning. */
struct line_row {
    const struct item *item;
    uint64_t within;
    struct elfgen_source_place place;
};

struct line_rows {
    struct line_rows *next;
    size_t count;
    struct line_row rows[64];
};

/* How an instruction's size follows from its symbols. */
enum fast_kind {
    FAST_NONE,   /* only by reading it again */
    FAST_TARGET, /* a jump to `target` + `addend` */
    FAST_FIXED   /* it is always the same */
};

/* A statement that is read again. */
struct statement {
    struct item item;
    struct symbol *scope;              /* the label before it, for names that begin with a point */
    struct symbol *symbol;             /* of equ; NULL: none */
    struct line line;                  /* its tokens stay */
    const struct token *times;         /* the count's expression; NULL: once */
    const struct token *begin;         /* what comes after label and times */
    uint8_t fast;                      /* enum fast_kind */
    uint8_t short_length, near_length; /* of a jump; 0: it has no such form */
    struct symbol *target;
    int64_t addend;
};

/* What a pass may do with the size of a jump. */
enum jump_sizes { JUMPS_FREE, JUMPS_GROW, JUMPS_STAY };

/* A warning of the first pass, which is told when those before it in the source were. */
struct warning {
    struct warning *next;
    uint64_t order; /* of its line */
    enum elfgen_assemble_class class_;
    struct elfgen_source_place place;
    const char *text; /* a constant */
};

/* Where items are added; a copy of it and of arena.used brings back what was. */
struct stream {
    struct item **tail;
    struct bytes_item *open; /* the last item, if bytes can be added to it; NULL */
    uint64_t open_length;
    uint8_t *at, *end; /* free bytes */
};

struct state {
    struct arena arena;
    const struct elfgen_assemble_options *options;
    struct elfgen_error first; /* what the call returns, if it failed */
    struct elfgen_error last;  /* the sentence of a fault */
    struct fault fault;
    unsigned error_count;
    struct warning *warnings, **last_warning; /* those that are not told yet, by order */
    uint32_t pass;                            /* 1: the source is read; the last one makes bytes */
    uint64_t changes;                         /* of symbols' values in this pass */
    const struct symbol *changed;             /* the first one of them */

    struct lines lines;
    struct source_file source;
    struct line line; /* the statement's */
    struct symbol *scope;
    struct symbol *last_scope; /* at the end of the source */
    uint32_t section;          /* the current one */
    uint8_t mode;              /* 64, 32; 16 where a flat file has not said it yet */
    bool default_rel;

    bool failed; /* `first` is set */
    bool is_final;
    bool is_quiet;    /* warnings are not told */
    bool warned;      /* one would have been */
    uint32_t off;     /* bits: classes of warnings that the source turns off here */
    uint8_t jumps;    /* enum jump_sizes, in this pass */
    bool has_sizes;   /* an item's size may change */
    bool is_critical; /* a name that is not defined is an error */
    bool has_origin;

    uint32_t masks[MOST_MASKS]; /* what `off` was, one after another; the first is 0 */
    unsigned mask_count;

    unsigned lookups; /* of names, in the expressions of a statement */
    uint32_t outside_count, outside_room;
    struct symbol *looked_up; /* the last one */

    struct asm_section **sections; /* in the order of their making */
    struct asm_section **section_buckets;
    size_t section_bucket_count; /* a power of two */
    uint32_t section_count, section_room;
    struct symbol **buckets;
    size_t bucket_count, symbol_count;
    struct symbol **outside;
    struct definition *definitions, **definition_tail;

    struct item *items;
    uint64_t item_count;
    struct stream stream;
    struct line_rows *first_lines, *last_lines;
    size_t line_count;     /* of their rows */
    struct output *output; /* in the last pass */
    uint64_t origin;
    uint32_t named_count; /* sections that a directive names */
};

/* Tell an error or a warning, at a token of state->line, or NULL. The first three return false. */
bool elfgen_asm_told(struct state *state, const struct token *token, enum elfgen_status status);
#define asm_error(state, token, status, ...)                                                       \
    elfgen_asm_told((state), (token),                                                              \
                    elfgen_error_set(&(state)->last, (status), ELFGEN_NOWHERE, __VA_ARGS__))
bool elfgen_asm_tell_fault(struct state *state);
bool elfgen_asm_tell_last(struct state *state, const struct elfgen_source_place *place);
void elfgen_asm_warning(struct state *state, enum elfgen_assemble_class class_,
                        const struct token *token, const char *text);

/* Tells a warning, a constant text; one of the first pass after those of later passes that are
 * before it in the source. */
void elfgen_asm_warn(struct state *state, enum elfgen_assemble_class class_,
                     const struct elfgen_source_place *place, const char *text);

/* Tells the warnings that are not told yet. */
void elfgen_asm_tell_warnings(struct state *state);

/* Fills what expressions of a statement depend on. */
void elfgen_asm_names(struct state *state, struct names *names);

/* Evaluates an expression that must be a number, or unknown. Tells an error. */
bool elfgen_asm_evaluate(struct state *state, const struct token **at, struct value *value);

/* Tells that an expression whose value is unknown must be known here, at the first name that is not
 * defined before. Returns false. */
bool elfgen_asm_tell_unknown(struct state *state, const struct token *begin);

static inline struct asm_section *section_here(const struct state *state)
{
    return state->sections[state->section];
}

#endif
