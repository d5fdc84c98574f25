/* Prints messages, and finds what a mistyped word most likely meant. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Writes each line in one piece, however long it is. */
static void say(const char *subject, const char *kind, const char *format, va_list arguments)
{
    char *text = NULL, *line = NULL;
    if (vasprintf(&text, format, arguments) >= 0 &&
        asprintf(&line, "tinyelf: %s%s%s%s%s\n", subject ? subject : "", subject ? ": " : "",
                 kind ? kind : "", kind ? ": " : "", text) >= 0)
        fputs(line, stderr);
    free(line);
    free(text);
}

void message(const char *subject, const char *kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(subject, kind, format, arguments);
    va_end(arguments);
}

bool message_cannot(const char *path, const char *what)
{
    message(path, "error", "cannot %s: %s", what, strerror(errno));
    return false;
}

void message_text(const char *subject, const char *kind, const char *text)
{
    message(subject, kind, "%s", text);
}

/* Prints a line with a caret below `column`, which counts from 0. Tabs are kept in both lines, to
 * align them. */
static void show_line(unsigned long number, const char *line, size_t length, size_t column)
{
    enum { MOST = 200 };
    if (column >= MOST) {
        line += column - MOST / 2;
        length -= column - MOST / 2;
        column = MOST / 2;
    }
    if (length > MOST)
        length = MOST;
    fprintf(stderr, "%6lu | ", number);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)line[i];
        fputc((c < 0x20 && c != '\t') || c == 0x7f ? '?' : c, stderr);
    }
    fputs("\n       | ", stderr);
    for (size_t i = 0; i < column; i++)
        fputc(i < length && line[i] == '\t' ? '\t' : ' ', stderr);
    fputs("^\n", stderr);
}

void message_at(const char *file, const char *text, size_t size, size_t offset, const char *kind,
                const char *format, ...)
{
    unsigned long number = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset && i < size; i++) {
        if (text[i] != '\n')
            continue;
        number++;
        start = i + 1;
    }
    const char *end = memchr(text + start, '\n', size - start);
    size_t length = end ? (size_t)(end - text) - start : size - start;
    char *place = NULL;
    if (asprintf(&place, "%s:%lu:%zu", file, number, offset - start + 1) < 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    say(place, kind, format, arguments);
    va_end(arguments);
    free(place);
    show_line(number, text + start, length, offset - start);
}

int usage_error(const char *command, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(command, "error", format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try: tinyelf%s%s --help\n", command ? " " : "", command ? command : "");
    return EXIT_USAGE;
}

/* Levenshtein's distance between words that are no longer than commands and options. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 32 };
    size_t row[LONGEST + 1];
    size_t width = strlen(b);
    if (width > LONGEST || strlen(a) > LONGEST)
        return SIZE_MAX;
    for (size_t i = 0; i <= width; i++)
        row[i] = i;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t best = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (diagonal + 1 < best)
                best = diagonal + 1;
            row[j + 1] = best;
        }
    }
    return row[width];
}

const char *nearest(const char *word, const char *const *names)
{
    const char *found = NULL;
    size_t best = strlen(word) / 2 + 1; /* a greater distance means another word */
    for (; *word && *names; names++) {
        size_t far = strncmp(word, *names, strlen(word)) == 0 ? 0 : distance(word, *names);
        if (far < best) {
            best = far;
            found = *names;
        }
    }
    return found;
}

bool parse_number(const char *text, uint64_t *number)
{
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hex ? text + 2 : text;
    const char *allowed = hex ? "0123456789abcdefABCDEF" : "0123456789";
    if (*digits == '\0' || digits[strspn(digits, allowed)] != '\0')
        return false;
    errno = 0;
    *number = strtoull(digits, NULL, hex ? 16 : 10);
    return errno == 0;
}

int help_end(void)
{
    /* A part that did not fit into the buffer may have failed before. */
    bool failed_before = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !failed_before)
        return EXIT_YES;
    message_cannot("<stdout>", "write");
    return EXIT_NO;
}
