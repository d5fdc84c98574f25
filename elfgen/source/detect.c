/* NASM's or GNU's assembly? Both are text with labels and mnemonics; directives, comments and the
 * way registers are written tell them apart. */
#include <ctype.h>
#include <string.h>

#include "source.h"

struct word {
    const char *at;
    size_t length;
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$' || c == '@';
}

static bool equals(struct word word, const char *name)
{
    return strlen(name) == word.length && strncasecmp(word.at, name, word.length) == 0;
}

static bool among(struct word word, const char *const *names)
{
    for (; *names; names++)
        if (equals(word, *names))
            return true;
    return false;
}

/* First words of a statement that only one of the two has. */
static const char *const nasm_words[] = {
    "section", "segment", "global",  "extern", "bits",     "default", "db",     "dw",
    "dd",      "dq",      "dt",      "resb",   "resw",     "resd",    "resq",   "times",
    "incbin",  "equ",     "org",     "common", "absolute", "alignb",  "struc",  "endstruc",
    "istruc",  "cpu",     "use64",   "use32",  "required", "%define", "%macro", "%include",
    "%if",     "%ifdef",  "%assign", NULL};

/* What NASM says in the operands: none of it is GNU's. */
static const char *const nasm_operands[] = {"strict", "rel",  "wrt",  "equ",  "db",   "dw", "dd",
                                            "dq",     "resb", "resw", "resd", "resq", NULL};

static struct word next_word(const char **at, const char *end)
{
    const char *p = *at;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '['))
        p++;
    struct word word = {p, 0};
    if (p < end && *p == '%')
        p++;
    while (p < end && is_word(*p))
        p++;
    word.length = (size_t)(p - word.at);
    *at = p;
    return word;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    return at;
}

/* %rax, %xmm0, %gs: a register as AT&T syntax writes it. NASM's %define parameters are %1, %%x. */
static bool is_att_register(const char *at, const char *end)
{
    static const char *const names[] = {"al", "ah", "bl", "bh", "cl", "ch", "dl", "dh",
                                        "ax", "bx", "cx", "dx", "si", "di", "sp", "bp",
                                        "cs", "ds", "es", "fs", "gs", "ss", NULL};
    struct word word = {at + 1, 0};
    while (word.at + word.length < end && is_word(word.at[word.length]))
        word.length++;
    if (word.length < 2)
        return false;
    if ((word.at[0] == 'r' || word.at[0] == 'e') && word.length >= 3) {
        if (word.at[0] == 'r' && isdigit((unsigned char)word.at[1]))
            return true;
        struct word rest = {word.at + 1, word.length - 1};
        if (among(rest, names) || equals(rest, "ip"))
            return true;
    }
    if (word.at[0] == 'r' && isdigit((unsigned char)word.at[1]))
        return true;
    return among(word, names) || (word.length >= 4 && (strncmp(word.at, "xmm", 3) == 0 ||
                                                       strncmp(word.at, "ymm", 3) == 0));
}

/* Weighs what follows the first word of a statement; returns where the statement ends. */
static void weigh_operands(const char *at, const char *end, int *nasm, int *gas)
{
    while (at < end) {
        char c = *at;
        if (c == '"' || c == '\'' || c == '`') {
            /* A lone quote is GNU's character constant: 'a. */
            const char *close = memchr(at + 1, c, (size_t)(end - at - 1));
            if (!close) {
                at++;
                continue;
            }
            at = close + 1;
        } else if (c == ';') {
            (*nasm)++;
            return;
        } else if (c == '#') {
            *gas += 2;
            return;
        } else if (c == '/' && at + 1 < end && (at[1] == '*' || at[1] == '/')) {
            *gas += 2;
            return;
        } else if (c == '%' && is_att_register(at, end)) {
            *gas += 3;
            at++;
        } else if (c == '$' && at + 1 < end && (isalnum((unsigned char)at[1]) || at[1] == '_')) {
            /* An immediate; NASM's $$ and $ alone are positions. */
            (*gas)++;
            at++;
        } else if (is_word(c)) {
            struct word word = {at, 0};
            while (at < end && is_word(*at))
                at++;
            word.length = (size_t)(at - word.at);
            if (among(word, nasm_operands))
                *nasm += 2;
            else if (equals(word, "ptr") || equals(word, "offset"))
                *gas += 2; /* GNU's Intel syntax has them, NASM refuses them */
        } else {
            at++;
        }
    }
}

static void weigh_line(const char *at, const char *end, int *nasm, int *gas)
{
    const char *start = skip_blanks(at, end);
    if (start == end)
        return;
    if (*start == ';') {
        *nasm += 2;
        return;
    }
    /* `# 7 "file"` is the preprocessor's, whatever the language. */
    if (*start == '#' && end - start > 2 && start[1] == ' ' && isdigit((unsigned char)start[2]) &&
        memchr(start, '"', (size_t)(end - start)))
        return;
    if (*start == '#' || (*start == '/' && start + 1 < end && strchr("*/", start[1]))) {
        *gas += 2;
        return;
    }
    at = start;
    bool bracket = *start == '[';
    struct word word = next_word(&at, end);
    const char *after = skip_blanks(at, end);
    if (after < end && *after == ':') {
        /* A label; `1:` is GNU's kind. */
        if (word.length > 0 && isdigit((unsigned char)*word.at))
            *gas += 2;
        weigh_line(after + 1, end, nasm, gas);
        return;
    }
    if (word.length > 1 && *word.at == '.' && !bracket && isalpha((unsigned char)word.at[1]))
        *gas += 3; /* a directive: NASM's local labels have their colon, all but always */
    else if (among(word, nasm_words))
        *nasm += 3;
    weigh_operands(at, end, nasm, gas);
}

enum source_language source_detect_assembly(const char *text, size_t size, size_t *offset)
{
    int nasm = 0, gas = 0;
    const char *end = text + size;
    for (const char *line = text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        for (const char *p = line; p < stop; p++) {
            unsigned char c = (unsigned char)*p;
            if (c < 0x20 && c != '\t' && c != '\r' && c != '\f' && c != '\v') {
                *offset = (size_t)(p - text);
                return SOURCE_DETECT;
            }
        }
        weigh_line(line, stop, &nasm, &gas);
        line = stop + 1;
    }
    return gas > nasm ? SOURCE_GAS : SOURCE_NASM;
}
