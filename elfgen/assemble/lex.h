/* NASM's tokens: names, numbers, strings and operators of a line. */
#ifndef ASSEMBLE_LEX_H
#define ASSEMBLE_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "words.h"

enum token_kind {
    TOKEN_END, /* of the line */
    TOKEN_NAME,
    TOKEN_NUMBER,
    TOKEN_FLOAT,
    TOKEN_STRING,
    TOKEN_OPERATOR,
    TOKEN_HERE,          /* $ */
    TOKEN_SECTION_START, /* $$ */
    TOKEN_BAD            /* value: enum token_problem */
};

enum token_problem {
    PROBLEM_NUMBER, /* a digit that is not of the number's base */
    PROBLEM_STRING  /* no quote ends it */
};

/* Operators of one character are its code. `==` is '='. */
enum token_operator {
    OPERATOR_SHIFT_LEFT = 256, /* << <<< */
    OPERATOR_SHIFT_RIGHT,      /* >> */
    OPERATOR_ARITHMETIC_RIGHT, /* >>> */
    OPERATOR_SIGNED_DIVIDE,    /* // */
    OPERATOR_SIGNED_MODULO,    /* %% */
    OPERATOR_NOT_EQUAL,        /* != <> */
    OPERATOR_LESS_OR_EQUAL,    /* <= */
    OPERATOR_COMPARE,          /* <=> */
    OPERATOR_GREATER_OR_EQUAL, /* >= */
    OPERATOR_AND,              /* && */
    OPERATOR_OR,               /* || */
    OPERATOR_XOR               /* ^^ */
};

/* What a character may be. */
enum character_class {
    IN_NAME = 1 << 0,
    NAME_START = 1 << 1,
    DIGIT = 1 << 2,
    IN_NUMBER = 1 << 3, /* letters, digits and _ */
    BLANK = 1 << 4,
    LINE_END = 1 << 5,
    QUOTE = 1 << 6
};

extern const uint8_t elfgen_asm_classes[256];

struct token {
    uint8_t kind;          /* enum token_kind */
    bool space_before : 1; /* blanks, or the beginning of the line */
    bool escaped : 1;      /* a name after `$`, which is not part of the text: a symbol, always */
    bool overflow : 1;     /* a number that does not fit into 64 bits: NASM warns */
    uint16_t word;         /* of a name: the number of its word; 0: it is none, or escaped */
    uint32_t length;       /* of the text */
    const char *text;      /* as in the source; of a macro's use: as in its definition */
    union {
        uint64_t value; /* number: its low 64 bits; operator: its code; bad: the problem */
        uint64_t hash;  /* name */
    };
    const char *place; /* in the source's text: the token, or the name of the macro */
};

/* Of a line that is read. */
enum lex_result {
    LEX_LINE,   /* its tokens, the last one TOKEN_END */
    LEX_JOINED, /* a backslash joins the next line to it: no tokens, and *text stays */
    LEX_FULL    /* more tokens than there is room for */
};

/* Reads the line that begins at *text and ends at `end`, or before: at \n, \r, \r\n, NUL or 1a, as
 * NASM's lines do. With LEX_LINE *text becomes the beginning of the next line, `end` if there is
 * none, and *count the number of tokens, TOKEN_END not counted. Lines are shorter than 4 GiB. */
enum lex_result elfgen_asm_lex_line(const char **text, const char *end, struct token *tokens,
                                    size_t room, size_t *count);

/* Reads the token that begins at `at`, which lies before `end` and is neither blank, nor the end of
 * a line, nor a semicolon. *token is zeros before. Returns where it ends. */
const char *elfgen_asm_lex_token(struct token *token, const char *at, const char *end);

/* What is wrong with a token of the kind TOKEN_BAD, as a sentence without its end. */
const char *elfgen_asm_token_problem(const struct token *token);

/* The hash by which words are found: upper and lower case have the same. What differs between
 * `name` and its lowercase goes to *cases; 0: nothing. Its upper bits are the best ones. */
static inline uint64_t word_hash(const char *name, size_t length, uint64_t *cases)
{
    uint64_t hash = 0;
    *cases = 0;
    for (size_t i = 0; i < length; i += 8) {
        const uint64_t part = name_part(name + i, length - i),
                       folded = part | bits_of_lower(length - i);
        *cases = *cases * 31 + (part ^ folded);
        hash = (hash >> 32 ^ hash ^ folded) * UINT64_C(0x9e3779b97f4a7c15);
    }
    return hash;
}

/* The hash of a name as a symbol, made of both. All its bits are good. */
static inline uint64_t symbol_hash(uint64_t hash, uint64_t cases)
{
    hash = (hash ^ hash >> 32 ^ cases) * UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 32;
}

/* The hash that a token of this name has. */
static inline uint64_t token_hash(const char *name, size_t length)
{
    uint64_t cases;
    const uint64_t hash = word_hash(name, length, &cases);
    return symbol_hash(hash, cases);
}

/* The word that a name is; of other tokens and names a word of the kind WORD_NONE. */
static inline const struct word *word_of(const struct token *token)
{
    return &elfgen_asm_words[token->word];
}

static inline bool token_is(const struct token *token, unsigned operator)
{
    return token->kind == TOKEN_OPERATOR && token->value == operator;
}

static inline bool token_is_word(const struct token *token, enum word_kind kind)
{
    return word_of(token)->kind == kind;
}

/* Whether two names are the same, as symbols: upper and lower case differ. */
bool elfgen_asm_token_is_same(const struct token *a, const struct token *b);

/* Reads an integer constant as NASM does: 10, 0x10, 10h, $0a, 0b11, 11y, 17q, 1_0. False: it has a
 * digit that is not of its base. *overflow: it does not fit; *value is its low 64 bits. */
bool elfgen_asm_number(const char *text, size_t length, uint64_t *value, bool *overflow);

/* The bytes that a string stands for: the first `room` of them are written to `bytes`, which may be
 * NULL if `room` is 0. Returns how many there are, at most the token's length less 2. Escapes are
 * read in a string between backquotes only. */
size_t elfgen_asm_string_bytes(const struct token *token, uint8_t *bytes, size_t room);

/* The value that NASM gives a string in an expression: its first `size` bytes, 8 or 4, the first
 * one lowest. *overflow: there are more that are not 0. */
uint64_t elfgen_asm_string_value(const struct token *token, unsigned size, bool *overflow);

/* What NASM warns of in a floating-point constant. */
enum float_warning {
    FLOAT_OVERFLOW = 1 << 0, /* it is infinity */
    FLOAT_TOO_LONG = 1 << 1, /* digits after the 52nd one count as 0 */
    FLOAT_CUT = 1 << 2       /* packed decimal digits before the last 18 are left out */
};

/* Rounds a floating-point constant to `size` bytes, 1, 2, 4, 8, 10 or 16, as NASM does, and writes
 * them, the lowest first; of 10 bytes also a constant with `p` at its end, which is packed decimal.
 * Sets *warnings. False: it is no such constant. */
bool elfgen_asm_float(const struct token *token, bool negative, unsigned size, uint8_t *bytes,
                      unsigned *warnings);

/* Reads `warning -CLASS` or `+CLASS`, which turns a class of warnings off or on, up to the bracket
 * that ends it. Returns where that is, or NULL: it is something else. */
const char *elfgen_asm_warning_argument(const char *text, const char *end, unsigned *class_,
                                        bool *is_off);

#endif
