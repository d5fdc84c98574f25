/* Reads the tokens of a line, as NASM 2.16.01's scanner (stdscan.c) does. */
#include "lex.h"

#include <string.h>

/* clang-format off */
enum { LETTER = IN_NAME | NAME_START | IN_NUMBER };
#define TWICE(c) c, c
#define FOUR(c)  TWICE(c), TWICE(c)
#define EIGHT(c) FOUR(c), FOUR(c)
#define LETTERS  EIGHT(LETTER), EIGHT(LETTER), EIGHT(LETTER), TWICE(LETTER)
#define LINE(c)  EIGHT(c), EIGHT(c)
const uint8_t elfgen_asm_classes[256] = {
    LINE_END, EIGHT(0), BLANK, LINE_END, BLANK, BLANK, LINE_END, TWICE(0),
    EIGHT(0), TWICE(0), LINE_END, 0, FOUR(0),
    BLANK, 0, QUOTE, IN_NAME, IN_NAME, 0, 0, QUOTE, /* blank to ' */
    FOUR(0), TWICE(0), IN_NAME | NAME_START, 0,     /* ( to / */
    EIGHT(IN_NAME | DIGIT | IN_NUMBER), TWICE(IN_NAME | DIGIT | IN_NUMBER),
    FOUR(0), 0, IN_NAME | NAME_START,               /* : to ? */
    IN_NAME | NAME_START, LETTERS, FOUR(0), LETTER, QUOTE, /* @ to ` */
    LETTERS, TWICE(0), 0, IN_NAME, 0,
    LINE(IN_NAME | NAME_START), LINE(IN_NAME | NAME_START), LINE(IN_NAME | NAME_START),
    LINE(IN_NAME | NAME_START), LINE(IN_NAME | NAME_START), LINE(IN_NAME | NAME_START),
    LINE(IN_NAME | NAME_START), LINE(IN_NAME | NAME_START)
};
/* clang-format on */

static inline unsigned class_of(const char *at, const char *end)
{
    return at < end ? elfgen_asm_classes[(unsigned char)*at] : (unsigned)LINE_END;
}

static inline unsigned code_of(const char *at, const char *end)
{
    return at < end ? (unsigned char)*at : 0u;
}

static const char *skip(const char *at, const char *end, unsigned kind)
{
    while (at < end && (elfgen_asm_classes[(unsigned char)*at] & kind))
        at++;
    return at;
}

/* Whether a backslash before `at` joins the next line. */
static bool joins(const char *start, const char *at, const char *end)
{
    return at > start && at[-1] == '\\' && at < end && (*at == '\n' || *at == '\r');
}

/* Ends a name: hash and word. */
static void finish_name(struct token *token)
{
    token->kind = TOKEN_NAME;
    uint64_t cases;
    const uint64_t hash = word_hash(token->text, token->length, &cases);
    token->hash = symbol_hash(hash, cases);
    if (!token->escaped)
        token->word = elfgen_asm_word(token->text, token->length, hash);
    if (token->length == 1 && *token->text == '?' && !token->escaped) {
        token->kind = TOKEN_OPERATOR;
        token->value = '?';
    }
}

static const char *read_name(struct token *token, const char *at, const char *end)
{
    token->text = at;
    at = skip(at + 1, end, IN_NAME);
    token->length = (uint32_t)(at - token->text);
    finish_name(token);
    return at;
}

/* The end of a number, and whether it is a floating-point one: `e` without `h` or `x` before it,
 * `p` and `.` make it so. A sign after `e` or `p` is a part of it. */
static const char *number_end(const char *at, const char *end, bool *is_float)
{
    bool is_hex = *at == '$', has_e = false;
    if (is_hex)
        at++;
    for (; at < end; at++) {
        const char lower = (char)(*at | 0x20), next = (char)code_of(at + 1, end);
        const bool has_sign = next == '+' || next == '-';
        if (!is_hex && lower == 'e') {
            has_e = true;
            if (has_sign) {
                *is_float = true;
                at++;
            }
        } else if (lower == 'h' || lower == 'x') {
            is_hex = true;
        } else if (lower == 'p' && *at != '0') {
            *is_float = true;
            if (has_sign)
                at++;
        } else if (*at == '.') {
            *is_float = true;
        } else if (!(elfgen_asm_classes[(unsigned char)*at] & IN_NUMBER)) {
            break;
        }
    }
    if (has_e && !is_hex)
        *is_float = true;
    return at;
}

static const char *read_number(struct token *token, const char *at, const char *end)
{
    uint64_t value = 0;
    const char *digits = at;
    while (digits < end && digits - at < 19 && (elfgen_asm_classes[(unsigned char)*digits] & DIGIT))
        value = 10 * value + (uint64_t)(*digits++ - '0');
    token->text = at;
    if (digits > at && !(class_of(digits, end) & (IN_NUMBER)) && code_of(digits, end) != '.') {
        token->kind = TOKEN_NUMBER;
        token->value = value;
        token->length = (uint32_t)(digits - at);
        return digits;
    }
    bool is_float = false, overflow = false;
    at = number_end(at, end, &is_float);
    token->length = (uint32_t)(at - token->text);
    token->kind = is_float ? TOKEN_FLOAT : TOKEN_NUMBER;
    if (!is_float && !elfgen_asm_number(token->text, token->length, &token->value, &overflow)) {
        token->kind = TOKEN_BAD;
        token->value = PROBLEM_NUMBER;
    }
    token->overflow = overflow;
    return at;
}

/* A string, to its quote or to the end of the line. */
static const char *read_string(struct token *token, const char *at, const char *end)
{
    const char quote = *at;
    token->text = at++;
    while (at < end && *at != quote && !(elfgen_asm_classes[(unsigned char)*at] & LINE_END)) {
        if (*at == '\\' && quote == '`' && !(class_of(at + 1, end) & LINE_END))
            at++;
        at++;
    }
    if (code_of(at, end) == (unsigned char)quote) {
        token->kind = TOKEN_STRING;
        at++;
    } else {
        token->kind = TOKEN_BAD;
        token->value = PROBLEM_STRING;
    }
    token->length = (uint32_t)(at - token->text);
    return at;
}

/* The operator that begins with `at`, and its length. */
static unsigned find_operator(const char *at, const char *end, unsigned *length)
{
    static const struct {
        char text[4];
        uint16_t code;
    } longer[] = {{"<<<", OPERATOR_SHIFT_LEFT},
                  {">>>", OPERATOR_ARITHMETIC_RIGHT},
                  {"<=>", OPERATOR_COMPARE},
                  {"<<", OPERATOR_SHIFT_LEFT},
                  {">>", OPERATOR_SHIFT_RIGHT},
                  {"//", OPERATOR_SIGNED_DIVIDE},
                  {"%%", OPERATOR_SIGNED_MODULO},
                  {"==", '='},
                  {"!=", OPERATOR_NOT_EQUAL},
                  {"<>", OPERATOR_NOT_EQUAL},
                  {"<=", OPERATOR_LESS_OR_EQUAL},
                  {">=", OPERATOR_GREATER_OR_EQUAL},
                  {"&&", OPERATOR_AND},
                  {"||", OPERATOR_OR},
                  {"^^", OPERATOR_XOR}};
    const char second = (char)code_of(at + 1, end);
    *length = 1;
    if (second != *at && second != '=' && second != '>')
        return (unsigned char)*at;
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++) {
        const unsigned size = longer[i].text[2] ? 3 : 2;
        if ((size_t)(end - at) >= size && memcmp(at, longer[i].text, size) == 0) {
            *length = size;
            return longer[i].code;
        }
    }
    return (unsigned char)*at;
}

static const char *read_operator(struct token *token, const char *at, const char *end)
{
    unsigned length;
    token->kind = TOKEN_OPERATOR;
    token->value = find_operator(at, end, &length);
    token->text = at;
    token->length = length;
    return at + length;
}

static const char *read_dollar(struct token *token, const char *at, const char *end)
{
    const unsigned next = class_of(at + 1, end);
    if (next & NAME_START) {
        token->escaped = true;
        return read_name(token, at + 1, end);
    }
    if (next & IN_NUMBER)
        return read_number(token, at, end);
    token->text = at;
    token->kind = TOKEN_HERE;
    token->length = 1;
    if (code_of(at + 1, end) == '$') {
        token->kind = TOKEN_SECTION_START;
        token->length = 2;
    }
    return at + token->length;
}

const char *elfgen_asm_lex_token(struct token *token, const char *at, const char *end)
{
    const unsigned kind = elfgen_asm_classes[(unsigned char)*at];
    token->place = at;
    if (kind & NAME_START)
        return read_name(token, at, end);
    if (kind & DIGIT)
        return read_number(token, at, end);
    if (kind & QUOTE)
        return read_string(token, at, end);
    if (*at == '$')
        return read_dollar(token, at, end);
    return read_operator(token, at, end);
}

/* The beginning of the line after the one that ends at `at`. */
static const char *next_line(const char *at, const char *end)
{
    if (at == end)
        return end;
    return *at == '\r' && code_of(at + 1, end) == '\n' ? at + 2 : at + 1;
}

enum lex_result elfgen_asm_lex_line(const char **text, const char *end, struct token *tokens,
                                    size_t room, size_t *count)
{
    const char *const start = *text, *at = start;
    struct token *token = tokens;
    bool space = true;
    for (;;) {
        const char *const before = at;
        at = skip(at, end, BLANK);
        if ((size_t)(token - tokens) == room)
            return LEX_FULL;
        *token = (struct token){.space_before = space || at > before, .text = at, .place = at};
        if (code_of(at, end) == ';')
            while (!(class_of(at, end) & LINE_END))
                at++;
        if (class_of(at, end) & LINE_END) {
            if (joins(start, at, end))
                return LEX_JOINED;
            *text = next_line(at, end);
            *count = (size_t)(token - tokens);
            return LEX_LINE;
        }
        at = elfgen_asm_lex_token(token++, at, end);
        space = false;
    }
}

bool elfgen_asm_token_is_same(const struct token *a, const struct token *b)
{
    return a->hash == b->hash && a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

const char *elfgen_asm_token_problem(const struct token *token)
{
    return token->value == PROBLEM_STRING ? "no quote ends the string"
                                          : "the number has a digit that is not of its base";
}
