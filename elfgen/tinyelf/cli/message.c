/* Prints messages, and finds what a mistyped word most likely meant. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/visible.h"
#include "base/system_error.h"
#include "cli.h"
#include "elfgen/distance.h"
#include "progress.h"

/* Bytes of a message of which there is always room for. */
enum { SHORT = 512 };

/* Writes a line in one piece, however long it is, with control characters as escapes. */
static void write_line(const char *line)
{
    char room[4 * SHORT + 1];
    size_t length = strlen(line);
    char *memory = malloc(4 * length + 1);
    if (!memory && length > SHORT)
        length = SHORT;
    struct elfgen_text text = {.bytes = memory ? memory : room, .capacity = 4 * length + 1};
    visible_bytes(&text, line, length);
    text.bytes[text.length] = '\n';
    fwrite(text.bytes, 1, text.length + 1, stderr);
    free(memory);
}

static void say(const char *subject, const char *kind, const char *format, va_list arguments)
{
    static const char shape[] = "tinyelf: %s%s%s%s%s";
    char short_text[SHORT], short_line[2 * SHORT];
    char *text = NULL, *line = NULL;
    if (subject && *subject == '\0')
        subject = "''";
    va_list again;
    va_copy(again, arguments);
    if (vasprintf(&text, format, arguments) < 0) {
        text = NULL;
        vsnprintf(short_text, sizeof short_text, format, again);
    }
    va_end(again);
    const char *parts[] = {subject ? subject : "", subject ? ": " : "", kind ? kind : "",
                           kind ? ": " : "", text ? text : short_text};
    if (asprintf(&line, shape, parts[0], parts[1], parts[2], parts[3], parts[4]) < 0) {
        line = NULL;
        snprintf(short_line, sizeof short_line, shape, parts[0], parts[1], parts[2], parts[3],
                 parts[4]);
    }
    progress_hold();
    write_line(line ? line : short_line);
    progress_release();
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
    message(path, "error", "cannot %s: %s", what, system_error_text(errno));
    return false;
}

bool message_no_memory(const char *subject)
{
    message(subject, "error", NO_MEMORY);
    return false;
}

/* Prints a line of a source, with a caret below `column`, which counts bytes from 1; 0: none. Tabs
 * are kept in both lines, to align them. `number` may be PLACE_NO_LINE. */
static void show_line(unsigned number, const char *line, size_t length, size_t column)
{
    enum { MOST = 200 };
    if (column > MOST && column <= length + 1) {
        size_t left_out = column - 1 - MOST / 2;
        line += left_out;
        length -= left_out;
        column -= left_out;
    }
    if (length > MOST)
        length = MOST;
    if (number != PLACE_NO_LINE)
        fprintf(stderr, "%6u | ", number);
    else
        fputs("       | ", stderr);
    for (size_t i = 0, size; i < length; i += size) {
        size = visible_length(line + i, length - i);
        if (size > 0)
            fwrite(line + i, 1, size, stderr);
        else
            fputc(line[i] == '\t' ? '\t' : '?', stderr); /* one for one, above the caret */
        size = size > 0 ? size : 1;
    }
    fputc('\n', stderr);
    if (column == 0 || column > length + 1)
        return;
    fputs("       | ", stderr);
    for (size_t i = 0; i + 1 < column; i++)
        fputc(line[i] == '\t' ? '\t' : ' ', stderr);
    fputs("^\n", stderr);
}

void message_report(void *context, const struct report *report)
{
    (void)context;
    const size_t room = 128 + (report->place.file ? strlen(report->place.file) : 0) +
                        (report->place.section ? strlen(report->place.section) : 0) +
                        (report->place.field ? strlen(report->place.field) : 0);
    char short_room[SHORT], *memory = malloc(room);
    struct elfgen_text place = {.bytes = memory ? memory : short_room,
                                .capacity = (memory ? room : sizeof short_room) - 1};
    place_put(&place, &report->place);
    place.bytes[place.length] = '\0';
    message(place.length > 0 || report->place.file ? place.bytes : NULL,
            report_severity_name(report->severity), "%s", report->text);
    free(memory);
    if (!report->excerpt)
        return;
    progress_hold();
    show_line(report->place.line, report->excerpt, strlen(report->excerpt), report->place.column);
    progress_release();
}

const struct reporter message_reporter = {.report = message_report};

bool message_library_error(const char *file, const struct elfgen_error *error)
{
    return report_library_error(&message_reporter, file, error);
}

void message_in_text(const char *file, const char *text, size_t size,
                     const struct elfgen_error *error)
{
    if (error->offset == ELFGEN_NOWHERE) {
        message_library_error(file, error);
        return;
    }
    size_t start = 0, offset = error->offset < size ? (size_t)error->offset : size;
    struct place place = place_line(file, 1);
    for (size_t i = 0; i < offset; i++) {
        if (text[i] != '\n')
            continue;
        place.line++;
        start = i + 1;
    }
    const char *end = memchr(text + start, '\n', size - start);
    size_t length = end ? (size_t)(end - text) - start : size - start;
    char *excerpt = strndup(text + start, length);
    place.column = (unsigned)(offset - start) + 1;
    message_report(NULL, &(struct report){.severity = REPORT_ERROR,
                                          .place = place,
                                          .text = error->text,
                                          .excerpt = excerpt});
    free(excerpt);
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

size_t word_distance(const char *a, const char *b)
{
    return elfgen_word_distance(a, strlen(a), b, strlen(b), ELFGEN_DISTANCE_LONGEST);
}

const char *nearest(const char *word, const char *const *names)
{
    const char *found = NULL;
    size_t best = strlen(word) / 2 + 1; /* a greater distance means another word */
    for (; *word && *names; names++) {
        if (strcasecmp(word, *names) == 0)
            return *names;
        size_t far = strncasecmp(word, *names, strlen(word)) == 0 ? 0 : word_distance(word, *names);
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
