/* Detects whether assembly is NASM's or GNU's, by directives, comments and the spelling of
 * registers. */
#include <string.h>

#include "base/ascii.h"
#include "input_private.h"

struct word {
    const char *at;
    size_t length;
};

static bool is_word(char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '_' || c == '.' || c == '$' || c == '@';
}

/* Most words differ in their first letter. */
static bool equals(struct word word, const char *name)
{
    size_t i = 0;
    while (i < word.length && name[i] && ascii_lower(word.at[i]) == ascii_lower(name[i]))
        i++;
    return i == word.length && name[i] == '\0';
}

static bool among(struct word word, const char *const *names)
{
    for (; *names; names++)
        if (equals(word, *names))
            return true;
    return false;
}

/* First words of statements that only NASM has. */
static const char *const nasm_words[] = {
    "section", "segment", "global",  "extern", "bits",     "default", "db",     "dw",
    "dd",      "dq",      "dt",      "resb",   "resw",     "resd",    "resq",   "times",
    "incbin",  "equ",     "org",     "common", "absolute", "alignb",  "struc",  "endstruc",
    "istruc",  "cpu",     "use64",   "use32",  "required", "%define", "%macro", "%include",
    "%if",     "%ifdef",  "%assign", NULL};

/* Words in operands that only NASM has. */
static const char *const nasm_operands[] = {"strict", "rel",  "wrt",  "equ",  "db",   "dw", "dd",
                                            "dq",     "resb", "resw", "resd", "resq", NULL};

/* GNU's directives, without the dot. Any other .name may be a local label in NASM. */
static const char *const gnu_directives[] = {
    "text",         "data",         "bss",        "section", "globl",         "global",
    "ascii",        "asciz",        "string",     "byte",    "short",         "word",
    "value",        "long",         "int",        "quad",    "octa",          "zero",
    "skip",         "space",        "fill",       "align",   "balign",        "p2align",
    "org",          "set",          "equ",        "equiv",   "type",          "size",
    "file",         "loc",          "ident",      "code64",  "code32",        "macro",
    "endm",         "rept",         "endr",       "if",      "ifdef",         "ifndef",
    "else",         "endif",        "comm",       "lcomm",   "local",         "weak",
    "hidden",       "include",      "incbin",     "extern",  "previous",      "pushsection",
    "popsection",   "rodata",       "float",      "double",  "cfi_startproc", "cfi_endproc",
    "cfi_sections", "intel_syntax", "att_syntax", "arch",    "version",       NULL};

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

/* Whether a % starts a register in AT&T syntax: %rax, %xmm0, %st. NASM's operands contain %1, %%x
 * and %$x, and its directives come first in a line. */
static bool is_att_register(const char *at, const char *end)
{
    return end - at > 2 && ascii_is_letter(at[1]) &&
           (ascii_is_letter(at[2]) || ascii_is_digit(at[2]));
}

/* Whether a word is a register without %, as in NASM. (GNU has them only after .intel_syntax, which
 * decides by itself.) */
static bool is_bare_register(struct word word)
{
    static const char *const names[] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rsp", "rbp",
                                        "eax", "ebx", "ecx", "edx", "esi", "edi", "esp", "ebp",
                                        "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15",
                                        "ax",  "al",  "bl",  "cl",  "dl",  NULL};
    return among(word, names);
}

/* Weighs what follows the first word of a statement. */
static void weigh_operands(const char *at, const char *end, int *nasm, int *gas)
{
    while (at < end) {
        char c = *at;
        if (c == '"' || c == '\'' || c == '`') {
            /* GNU's character constants have no closing quote: 'a. */
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
        } else if (c == '/' && at + 1 < end && at[1] == '/') {
            *gas += 2;
            return;
        } else if (c == '%' && is_att_register(at, end)) {
            *gas += 3;
            at++;
        } else if (c == '$' && at + 1 < end &&
                   (ascii_is_letter(at[1]) || ascii_is_digit(at[1]) || at[1] == '_')) {
            /* An immediate. In NASM, $$ and $ alone are positions, and $0ff is a number. */
            (*gas)++;
            for (at++; at < end && is_word(*at);)
                at++;
        } else if (is_word(c)) {
            struct word word = {at, 0};
            while (at < end && is_word(*at))
                at++;
            word.length = (size_t)(at - word.at);
            if (among(word, nasm_operands))
                *nasm += 2;
            else if (equals(word, "ptr") || equals(word, "offset"))
                *gas += 4; /* GNU's Intel syntax has it, NASM refuses it */
            else if (is_bare_register(word))
                *nasm += 2;
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
    /* `# 7 "file"` comes from the preprocessor in either language. */
    if (*start == '#' && end - start > 2 && start[1] == ' ' && ascii_is_digit(start[2]) &&
        memchr(start, '"', (size_t)(end - start)))
        return;
    if (*start == '#' || (*start == '/' && start + 1 < end && start[1] == '/')) {
        *gas += 2;
        return;
    }
    at = start;
    bool bracket = *start == '[';
    struct word word = next_word(&at, end);
    const char *after = skip_blanks(at, end);
    if (after < end && *after == ':') {
        /* A label; only GNU has numbers such as `1:`. */
        if (word.length > 0 && ascii_is_digit(*word.at))
            *gas += 4;
        weigh_line(after + 1, end, nasm, gas);
        return;
    }
    const struct word directive = {word.at + 1, word.length ? word.length - 1 : 0};
    if (word.length > 1 && *word.at == '.' && !bracket && among(directive, gnu_directives))
        *gas += 3;
    else if (among(word, nasm_words))
        *nasm += 3;
    if (after < end && (*after == '=' || *after == '*'))
        *gas += 2; /* name = value; call *pointer */
    weigh_operands(at, end, nasm, gas);
}

/* Whether there is a byte that is not text; *offset is the first one's. */
static bool has_no_text(const char *text, size_t size, size_t *offset)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 || (c >= '\t' && c <= '\r'))
            continue;
        *offset = i;
        return true;
    }
    return false;
}

/* Copies a line without its C comments. These may span lines: *inside carries over to the next. */
static size_t without_comments(const char *line, size_t length, char *copy, bool *inside,
                               bool *had_comment)
{
    size_t used = 0;
    char quote = '\0';
    for (size_t i = 0; i < length; i++) {
        bool pair = i + 1 < length;
        if (*inside) {
            if (pair && line[i] == '*' && line[i + 1] == '/') {
                *inside = false;
                i++;
            }
            continue;
        }
        if (!quote && pair && line[i] == '/' && line[i + 1] == '*') {
            *inside = *had_comment = true;
            i++;
            continue;
        }
        /* Nothing after the start of a line comment starts a C comment. */
        if (!quote && (line[i] == ';' || line[i] == '#')) {
            memcpy(copy + used, line + i, length - i);
            return used + length - i;
        }
        if (line[i] == '"' && (!quote || quote == '"'))
            quote = quote ? '\0' : '"';
        copy[used++] = line[i];
    }
    return used;
}

/* Whether a C comment may begin in the line. */
static bool has_comment(const char *line, size_t length)
{
    const char *end = line + length;
    for (const char *at = line; (at = memchr(at, '/', (size_t)(end - at))); at++)
        if (at + 1 < end && at[1] == '*')
            return true;
    return false;
}

/* Whether a line alone decides: only GNU has .intel_syntax and .att_syntax. */
static bool decides(const char *line, size_t length)
{
    const char *at = skip_blanks(line, line + length);
    struct word word = next_word(&at, line + length);
    return equals(word, ".intel_syntax") || equals(word, ".att_syntax");
}

/* What the lines that were read say. */
struct weights {
    int nasm, gas;
    bool inside; /* a C comment */
    bool decided;
};

enum { LONGEST = 4096 }; /* of a line; the rest is ignored */

static void weigh(struct weights *weights, const char *line, size_t length)
{
    weights->decided = decides(line, length);
    if (!weights->decided)
        weigh_line(line, line + length, &weights->nasm, &weights->gas);
}

/* Weighs a line that may have C comments. It stands apart for its copy of the line. */
__attribute__((noinline)) static void weigh_copy(struct weights *weights, const char *line,
                                                 size_t length)
{
    char copy[LONGEST];
    bool had_comment = false;
    length = without_comments(line, length, copy, &weights->inside, &had_comment);
    weights->gas += had_comment ? 2 : 0;
    weigh(weights, copy, length);
}

enum source_language source_detect_assembly(const char *text, size_t size, size_t *offset)
{
    struct weights weights = {0};
    if (has_no_text(text, size, offset))
        return SOURCE_DETECT;
    for (const char *line = text, *end = text + size; line < end && !weights.decided;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        size_t length = (size_t)(stop - line) < LONGEST ? (size_t)(stop - line) : LONGEST;
        if (weights.inside || has_comment(line, length))
            weigh_copy(&weights, line, length);
        else
            weigh(&weights, line, length);
        line = stop + 1;
    }
    return weights.decided || weights.gas > weights.nasm ? SOURCE_GAS : SOURCE_NASM;
}

bool source_is_fasm(const char *text, size_t size)
{
    static const char *const formats[] = {"ELF", "ELF64", "PE", "PE64",   "COFF",
                                          "MS",  "MS64",  "MZ", "binary", NULL};
    for (const char *line = text, *end = text + size; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)), *at = line;
        if (!stop)
            stop = end;
        if (equals(next_word(&at, stop), "format") && among(next_word(&at, stop), formats))
            return true;
        line = stop + 1;
    }
    return false;
}

uint16_t source_fasm_machine(const char *text, size_t size)
{
    const struct toolchain_machine *machine;
    for (const char *line = text, *end = text + size; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)), *at = line;
        if (!stop)
            stop = end;
        if (equals(next_word(&at, stop), "format")) {
            const struct word format = next_word(&at, stop);
            for (size_t i = 0; (machine = toolchain_machine_at(i)); i++)
                if (equals(format, machine->fasm))
                    return machine->machine;
        }
        line = stop + 1;
    }
    return 0;
}

unsigned source_find_org(const char *text, size_t size)
{
    unsigned number = 1;
    for (const char *line = text, *end = text + size; line < end; number++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)), *at = line;
        if (!stop)
            stop = end;
        if (equals(next_word(&at, stop), "org") && at < stop && *at != ':')
            return number;
        line = stop + 1;
    }
    return 0;
}

uint16_t source_detect_machine(const char *text, size_t size)
{
    const struct toolchain_machine *machine;
    for (const char *line = text, *end = text + size; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line)), *at = line;
        if (!stop)
            stop = end;
        struct word word = next_word(&at, stop);
        struct word number = equals(word, "bits") ? next_word(&at, stop) : (struct word){at, 0};
        for (size_t i = 0; (machine = toolchain_machine_at(i)); i++)
            if (equals(number, machine->bits) || equals(word, machine->use) ||
                equals(word, machine->code))
                return machine->machine;
        line = stop + 1;
    }
    return toolchain_machine(0)->machine;
}
