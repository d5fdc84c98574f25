/* Finds what of NASM's language this assembler leaves to NASM. */
#include "elfgen/assemble.h"

#include <string.h>

#include "lex.h"

/* A line that is looked at, a token after the other. */
struct scan {
    const char *at, *end;
    struct token token;    /* the one that was read last; TOKEN_END: the line is at its end */
    uint64_t number;       /* of the line */
    bool is_beginning;     /* the token begins a statement */
    bool is_first;         /* ... and the line */
    bool may_begin;        /* the next one may begin a statement: this one may be its label */
    unsigned directive;    /* enum word_directive, of the statement */
    unsigned preprocessor; /* enum word_preprocessor, of the line */
};

static unsigned char at(const struct scan *scan)
{
    return scan->at < scan->end ? (unsigned char)*scan->at : 0;
}

static bool is_line_end(char c)
{
    return (elfgen_asm_classes[(unsigned char)c] & LINE_END) != 0;
}

/* Whether a backslash joins the next line to this one. */
static bool joins(const struct scan *scan)
{
    return at(scan) == '\\' && scan->end - scan->at > 1 &&
           (scan->at[1] == '\n' || scan->at[1] == '\r');
}

/* Goes over blanks, the ends of lines that are joined, and a comment. */
static void skip(struct scan *scan, struct token *token)
{
    bool is_comment = false;
    for (; scan->at < scan->end; scan->at++) {
        const char c = *scan->at;
        if (joins(scan)) {
            scan->number++;
            scan->at++;
            if (*scan->at == '\r' && scan->end - scan->at > 1 && scan->at[1] == '\n')
                scan->at++;
        } else if (is_line_end(c)) {
            return;
        } else if (c == ';') {
            is_comment = true;
        } else if (!is_comment && c != ' ' && c != '\t' && c != '\v' && c != '\f') {
            return;
        }
        token->space_before = true;
    }
}

static void read(struct scan *scan)
{
    scan->token = (struct token){.space_before = false};
    skip(scan, &scan->token);
    scan->token.text = scan->token.place = scan->at;
    if (scan->at < scan->end && !is_line_end(*scan->at))
        scan->at = elfgen_asm_lex_token(&scan->token, scan->at, scan->end);
}

/* Whether the next token is a character. */
static bool is_before(const struct scan *scan, char c)
{
    struct scan copy = *scan;
    struct token token = {.space_before = false};
    skip(&copy, &token);
    return at(&copy) == (unsigned char)c;
}

/* Whether a `#` says the number and the file of the next line, as preprocessors do: in the first
 * column, before a number. */
static bool is_line_number(const struct scan *scan)
{
    struct scan copy = *scan;
    struct token token = {.space_before = false};
    skip(&copy, &token);
    return scan->is_first && !scan->token.space_before && at(&copy) >= '0' && at(&copy) <= '9';
}

static bool is_in_name(unsigned char c)
{
    return (elfgen_asm_classes[c] & IN_NAME) != 0;
}

/* Whether a percent sign, or two of them, is more than the operator, judged by what follows. */
static bool is_preprocessor(const struct scan *scan)
{
    const unsigned char c = at(scan);
    if (is_in_name(c) || scan->token.value != '%')
        return is_in_name(c);
    const unsigned char next = scan->end - scan->at > 1 ? (unsigned char)scan->at[1] : 0;
    return c == '{' || c == '[' || c == '+' || c == '!' || c == ',' || (c == '*' && next == '?') ||
           (c == '-' && next >= '0' && next <= '9');
}

static bool is_ours(const struct token *name)
{
    return word_of(name)->kind == WORD_PREPROCESSOR;
}

/* Whether %define and the like go on with something else than they do here. */
static bool is_foreign_argument(struct scan *scan)
{
    if (scan->preprocessor == PREPROCESSOR_INCLUDE)
        return scan->token.kind != TOKEN_STRING;
    if (scan->preprocessor != PREPROCESSOR_DEFINE)
        return false;
    return scan->token.kind == TOKEN_NAME && at(scan) == '(';
}

static bool is_foreign_percent(struct scan *scan)
{
    if (!is_preprocessor(scan))
        return false;
    if (!scan->is_first || scan->token.value != '%')
        return true;
    const struct token percent = scan->token;
    read(scan);
    if (scan->token.kind != TOKEN_NAME || !is_ours(&scan->token)) {
        const size_t length = (size_t)(scan->token.place + scan->token.length - percent.place);
        scan->token = percent;
        scan->token.length = (uint32_t)length;
        return true;
    }
    scan->preprocessor = word_of(&scan->token)->number;
    scan->is_beginning = scan->may_begin = false;
    if (scan->preprocessor != PREPROCESSOR_DEFINE && scan->preprocessor != PREPROCESSOR_INCLUDE)
        return false;
    read(scan);
    return is_foreign_argument(scan);
}

/* Whether a name has the form of those that NASM defines: __X__. */
static bool is_predefined(const struct token *name)
{
    const char *text = name->text;
    const size_t length = name->length;
    return length > 4 && text[0] == '_' && text[1] == '_' && text[length - 2] == '_' &&
           text[length - 1] == '_';
}

static bool is_foreign_name(struct scan *scan)
{
    const struct token *name = &scan->token;
    if (is_predefined(name))
        return true;
    if (name->escaped)
        return false;
    const struct word *word = word_of(name);
    switch (word->kind) {
    case WORD_FOREIGN:
        return !(scan->is_beginning && is_before(scan, ':'));
    case WORD_FOREIGN_DIRECTIVE:
        return scan->is_beginning;
    case WORD_DIRECTIVE:
        if (scan->is_beginning)
            scan->directive = word->number;
        return false;
    default:
        if (scan->is_beginning && word_is_reserved(word->kind))
            scan->may_begin = false;
        return false;
    }
}

/* Whether a directive of ours has an argument that is left to NASM. */
static bool is_foreign_directive(const struct scan *scan)
{
    const struct token *token = &scan->token;
    switch (scan->directive) {
    case DIRECTIVE_ALIGN:
    case DIRECTIVE_ALIGNB:
        return token_is(token, ',');
    case DIRECTIVE_BITS:
        return token->kind == TOKEN_NUMBER && token->value == 16;
    case DIRECTIVE_DEFAULT:
        return token->kind == TOKEN_NAME && word_of(token)->kind == WORD_PREFIX;
    default:
        return false;
    }
}

/* Whether a bracket begins a directive that is left to NASM. */
static bool is_foreign_bracket(struct scan *scan)
{
    read(scan);
    scan->may_begin = false;
    bool is_off;
    unsigned class_;
    const char *end =
        scan->token.kind == TOKEN_NAME
            ? elfgen_asm_warning_argument(scan->token.place, scan->end, &class_, &is_off)
            : NULL;
    if (end) {
        scan->at = end;
        scan->directive = DIRECTIVE_NONE;
        return false;
    }
    const struct word *word = word_of(&scan->token);
    if (scan->token.kind != TOKEN_NAME || word->kind != WORD_DIRECTIVE)
        return true;
    scan->directive = word->number;
    return false;
}

static bool is_foreign_operator(struct scan *scan)
{
    switch (scan->token.value) {
    case '%':
    case OPERATOR_SIGNED_MODULO:
        return is_foreign_percent(scan);
    case '{':
        return true;
    case '#':
        return is_line_number(scan);
    case '[':
        return scan->is_beginning && is_foreign_bracket(scan);
    default:
        return false;
    }
}

/* Whether a token is left to NASM; scan->token becomes the one that says so. */
static bool is_foreign(struct scan *scan)
{
    if (scan->directive && is_foreign_directive(scan))
        return true;
    if (scan->token.kind == TOKEN_NAME)
        return is_foreign_name(scan);
    return scan->token.kind == TOKEN_OPERATOR && is_foreign_operator(scan);
}

/* Looks at a line. */
static bool look(struct scan *scan)
{
    scan->directive = scan->preprocessor = 0;
    scan->is_beginning = scan->is_first = true;
    for (read(scan); scan->token.kind != TOKEN_END; read(scan)) {
        /* A name, and a colon after it, are a label: a statement may come after them. */
        scan->may_begin =
            scan->is_beginning && (scan->token.kind == TOKEN_NAME || token_is(&scan->token, ':'));
        if (is_foreign(scan))
            return true;
        scan->is_beginning = scan->may_begin && !scan->directive && !scan->preprocessor;
        scan->is_first = false;
        if (scan->token.kind == TOKEN_END)
            break;
    }
    return false;
}

/* Whether a name may say that something is left to NASM; what it means is not looked at. */
static bool is_suspect(const char *name, size_t length)
{
    uint64_t cases;
    if (length > 1 && name[0] == '_' && name[1] == '_')
        return true;
    const unsigned kind =
        elfgen_asm_words[elfgen_asm_word(name, length, word_hash(name, length, &cases))].kind;
    return kind == WORD_FOREIGN || kind == WORD_FOREIGN_DIRECTIVE || kind == WORD_DIRECTIVE;
}

static const char *pass(const char *text, const char *end, unsigned class_)
{
    while (text < end && (elfgen_asm_classes[(unsigned char)*text] & class_))
        text++;
    return text;
}

/* The quote that ends a string; NULL: none does in this line. */
static const char *closing(const char *text, const char *end)
{
    const char quote = *text++;
    while (text < end && *text != quote && !is_line_end(*text))
        text++;
    return text < end && *text == quote && quote != '`' ? text : NULL;
}

/* The end of a line that has nothing to look at; NULL: it may have. Most lines have nothing. */
static const char *plain_line(const char *text, const char *end)
{
    bool is_first = true;
    while (text < end) {
        const unsigned class_ = elfgen_asm_classes[(unsigned char)*text];
        if (class_ & NAME_START) {
            const char *name = text;
            text = pass(text, end, IN_NAME);
            if (is_suspect(name, (size_t)(text - name)))
                return NULL;
            is_first = false;
        } else if (*text == '#' && is_first) {
            return NULL;
        } else if (class_ & IN_NAME) {
            text = pass(text, end, IN_NAME);
        } else if (class_ & LINE_END) {
            return text;
        } else if (class_ & QUOTE) {
            text = closing(text, end);
            if (!text)
                return NULL;
            text++;
        } else if (*text == ';') {
            while (text < end && !is_line_end(*text))
                text++;
            return text[-1] == '\\' ? NULL : text;
        } else if (*text == '%' || *text == '{' || *text == '\\' || (*text == '[' && is_first)) {
            return NULL;
        } else {
            text++;
        }
    }
    return text;
}

bool elfgen_assemble_foreign(const char *text, size_t length, struct elfgen_source_place *place)
{
    if (!text)
        return false;
    struct scan scan = {.at = text, .end = text + length};
    while (scan.at < scan.end) {
        scan.number++;
        const char *end = plain_line(scan.at, scan.end);
        if (end) {
            scan.at = end;
        } else if (look(&scan)) {
            if (place)
                *place = (struct elfgen_source_place){.line = scan.number,
                                                      .offset = (uint64_t)(scan.token.place - text),
                                                      .length = scan.token.length};
            return true;
        }
        if (scan.at < scan.end)
            scan.at += *scan.at == '\r' && scan.end - scan.at > 1 && scan.at[1] == '\n' ? 2 : 1;
    }
    return false;
}
