/* Reports errors, warnings and notes: our own, and those that a tool printed, with the user's names
 * for files. */
#include <ctype.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input_private.h"

bool toolchain_report(const struct toolchain *chain, enum report_severity severity, unsigned line,
                      const char *format, ...)
{
    const struct place place = place_line(chain->name, line);
    va_list arguments;
    va_start(arguments, format);
    report_send_list(&chain->reporter, severity, &place, format, arguments);
    va_end(arguments);
    return false;
}

/* Copies line `number` of a text into `excerpt`. Returns NULL if there is no such line. */
static const char *line_of(const struct file_bytes *text, unsigned number, char *excerpt,
                           size_t room)
{
    const char *at = text->bytes, *end = at + text->size;
    if (room == 0)
        return NULL;
    for (unsigned line = 1; at < end; line++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        if (line == number) {
            size_t length = (size_t)(stop - at) < room - 1 ? (size_t)(stop - at) : room - 1;
            memcpy(excerpt, at, length);
            excerpt[length] = '\0';
            if (length > 0 && excerpt[length - 1] == '\r')
                excerpt[length - 1] = '\0';
            return excerpt;
        }
        at = stop + 1;
    }
    return NULL;
}

/* The same for a file that the input includes. */
static const char *included_line(const char *path, unsigned number, char *excerpt, size_t room)
{
    struct file_bytes text = {0};
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const char *line =
        file >= 0 && file_read(file, true, &text) ? line_of(&text, number, excerpt, room) : NULL;
    file_free(&text);
    if (file >= 0)
        close(file);
    return line;
}

bool toolchain_report_line(const struct toolchain *chain, unsigned line, const char *sentence)
{
    char excerpt[256];
    const struct report report = {.severity = REPORT_ERROR,
                                  .place = place_line(chain->name, line),
                                  .text = sentence,
                                  .excerpt = line_of(chain->source, line, excerpt, sizeof excerpt)};
    chain->reporter.report(chain->reporter.context, &report);
    return false;
}

static const char *strip_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncasecmp(text, word, length) == 0 ? text + length : NULL;
}

/* Finds a message's severity by the word that it starts with, and moves *text past that. Returns
 * false if it starts with none of these. */
static bool find_severity(const char **text, enum report_severity *severity)
{
    static const struct {
        const char *word;
        enum report_severity severity;
    } words[] = {{"error: ", REPORT_ERROR},
                 {"fatal error: ", REPORT_ERROR},
                 {"fatal: ", REPORT_ERROR},
                 {"internal compiler error: ", REPORT_ERROR},
                 {"sorry, unimplemented: ", REPORT_ERROR},
                 {"warning: ", REPORT_WARNING},
                 {"note: ", REPORT_NOTE},
                 {"info: ", REPORT_NOTE},
                 {"remark: ", REPORT_NOTE},
                 {"... from macro", REPORT_NOTE}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *rest = strip_word(*text, words[i].word);
        if (!rest)
            continue;
        /* Words that say more than the severity stay in the text. */
        if (words[i].word[0] != '.' && words[i].word[0] != 's')
            *text = rest;
        *severity = words[i].severity;
        return true;
    }
    return false;
}

/* Reads a number that a colon follows, and moves *text past both. Returns 0 if there is none. */
static unsigned take_number(const char **text)
{
    char *after;
    if (!isdigit((unsigned char)**text))
        return 0;
    unsigned long number = strtoul(*text, &after, 10);
    if (*after != ':' || number == 0 || number >= UINT32_MAX)
        return 0;
    *text = after + 1 + strspn(after + 1, " ");
    return (unsigned)number;
}

/* Parses one line of a tool's output: "FILE:LINE: error: TEXT", or anything else. The input's name
 * is replaced by the user's. Returns false if the line is no message. */
static bool take_apart(const struct toolchain *chain, char *line, struct report *message,
                       char *excerpt, size_t room)
{
    *message = (struct report){.place = place_file(chain->name), .text = line};
    size_t known = strlen(chain->argument);
    bool ours = known > 0 && strncmp(line, chain->argument, known) == 0 && line[known] == ':';
    char *colon = ours ? line + known : strchr(line, ':');
    const char *rest = colon ? colon + 1 : line;
    if (strstr(line, "Assembler messages") || isspace((unsigned char)*line) || *line == '\0')
        return false; /* GNU as announces messages; the preprocessor repeats the source line */
    message->place.line = colon ? take_number(&rest) : 0;
    if (message->place.line) {
        *colon = '\0';
        message->place.column = take_number(&rest);
        message->text = rest;
        if (!ours)
            message->place.file = line;
        if (!ours && chain->messages == TOOL_COMPILER)
            message->excerpt = included_line(line, message->place.line, excerpt, room);
        else if (ours)
            message->excerpt = line_of(chain->source, message->place.line, excerpt, room);
    } else if (ours) {
        message->text = rest + strspn(rest, " ");
    }
    message->severity = REPORT_ERROR;
    find_severity(&message->text, &message->severity);
    return true;
}

/* Parses a compiler's "In file included from FILE:LINE" as a note. */
static bool take_inclusion(const struct toolchain *chain, char *line, struct report *message,
                           char *excerpt, size_t room)
{
    const char *file = strip_word(line, "In file included from ");
    size_t known = strlen(chain->argument);
    char *colon = file ? strrchr(line, ':') : NULL;
    /* After the line number, gcc prints a column, a colon or a comma; clang prints a colon. */
    while (colon && colon > file && !isdigit((unsigned char)colon[1])) {
        *colon = '\0';
        colon = strrchr(line, ':');
    }
    if (!colon || colon <= file)
        return false;
    *message = (struct report){.place = place_line(file, (unsigned)strtoul(colon + 1, NULL, 10)),
                               .text = "included from here"};
    *colon = '\0';
    if (strncmp(file, chain->argument, known) == 0 && file[known] == '\0') {
        message->place.file = chain->name;
        message->excerpt = line_of(chain->source, message->place.line, excerpt, room);
    }
    return message->place.line > 0;
}

/* Parses a C compiler's "FILE:LINE:COLUMN: error: TEXT" or "TOOL: error: TEXT". All else that it
 * prints (the source line, a caret, the function's name) belongs to a message and is skipped. */
static bool take_compiler_line(const struct toolchain *chain, char *line, struct report *message,
                               char *excerpt, size_t room)
{
    size_t known = strlen(chain->argument);
    bool ours = known > 0 && strncmp(line, chain->argument, known) == 0 && line[known] == ':';
    const char *colon = ours ? line + known : strchr(line, ':');
    enum report_severity severity;
    if (take_inclusion(chain, line, message, excerpt, room))
        return true;
    if (!colon)
        return false;
    const char *rest = colon + 1;
    bool numbered = take_number(&rest) > 0;
    if (numbered)
        take_number(&rest);
    else if (!ours && strcspn(line, " \t\"'(") < (size_t)(colon - line))
        return false;
    rest += strspn(rest, " ");
    /* After an error, clang also complains that it cannot remove /dev/fd/3. */
    if (!find_severity(&rest, &severity) || strip_word(rest, "unable to remove file: "))
        return false;
    if (numbered || ours)
        return take_apart(chain, line, message, excerpt, room);
    *message =
        (struct report){.place = place_file(chain->name), .text = rest, .severity = severity};
    return true;
}

/* The severity of a linker's line by the first word that names one, after any names of tools and
 * files. A line that says where the next is, or goes on with the last, is a note. */
static enum report_severity linker_severity(const char *line)
{
    enum report_severity severity = REPORT_ERROR;
    size_t length = strlen(line);
    bool introduces = length > 2 && strcmp(line + length - 2, "':") == 0;
    if (strncmp(line, ">>> ", 4) == 0 || (introduces && strstr(line, "in function `")))
        return REPORT_NOTE;
    for (const char *at = line; at;) {
        const char *rest = at;
        if (find_severity(&rest, &severity))
            return severity;
        at = strstr(at, ": ");
        at = at ? at + 2 : NULL;
    }
    return REPORT_ERROR;
}

/* Moves "FILE:(SECTION+0xOFFSET): " from a linker's line to the message's place. `file` is what was
 * taken from the line before "(", or NULL. */
static void take_section(char *line, const char *file, struct report *message)
{
    char *open = *line == '(' ? line : strstr(line, ":(");
    char *close = open ? strstr(open, "): ") : NULL;
    if (!close)
        return;
    *close = '\0';
    char *plus = strrchr(open, '+'), *end = NULL;
    uint64_t offset = plus && strncmp(plus, "+0x", 3) == 0 ? strtoull(plus + 1, &end, 16) : 0;
    *close = ')';
    if (end != close)
        return;
    *plus = '\0';
    message->place = place_section(open == line ? file : line, open + 1 + (open != line), offset);
    if (open != line)
        *open = '\0';
    message->text = close + strlen("): ");
    find_severity(&message->text, &message->severity);
}

/* Parses a linker's line, GNU's, LLVM's or our own. */
static bool take_linker_line(const struct toolchain *chain, char *line, struct report *message,
                             char *excerpt, size_t room)
{
    if (strip_word(line, "tinyelf: "))
        line += strlen("tinyelf: ");
    if (!take_apart(chain, line, message, excerpt, room))
        return false;
    if (message->place.line == PLACE_NO_LINE) {
        char *rest = line + (message->text - line);
        message->severity = linker_severity(line);
        take_section(rest, *rest == '(' && rest != line ? chain->name : NULL, message);
    }
    return true;
}

typedef bool take_line(const struct toolchain *chain, char *line, struct report *message,
                       char *excerpt, size_t room);

/* Reports the lines that `take` parses as messages, and counts them by severity. */
static void report_lines(const struct toolchain *chain, char *text, size_t size, take_line *take,
                         size_t counts[3])
{
    enum { MOST_REPORTED = 50 };
    for (char *line = text, *end = text + size, *stop; line < end; line = stop + 1) {
        char excerpt[256];
        struct report message;
        stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        *stop = '\0';
        bool few = counts[REPORT_ERROR] < MOST_REPORTED;
        if (take(chain, line, &message, excerpt, few ? sizeof excerpt : 0) &&
            counts[message.severity]++ < MOST_REPORTED)
            chain->reporter.report(chain->reporter.context, &message);
        if (stop < end)
            *stop = '\n'; /* the lines may be parsed again */
    }
    for (int severity = REPORT_NOTE; severity <= REPORT_ERROR; severity++)
        if (counts[severity] > MOST_REPORTED)
            toolchain_report(chain, (enum report_severity)severity, 0, "%zu more like these",
                             counts[severity] - MOST_REPORTED);
}

/* Parses "FILE [LINE]:" or, in a macro, "FILE [LINE] MACRO [LINE]:". */
static bool take_fasm_place(const struct toolchain *chain, char *line, struct report *message,
                            char *excerpt, size_t room)
{
    char *end = strrchr(line, ']'), *open = strstr(line, " ["), *after;
    if (!end || strcmp(end, "]:") != 0 || !open)
        return false;
    const unsigned long number = strtoul(open + 2, &after, 10);
    if (*after != ']' || number == 0 || number > UINT32_MAX)
        return false;
    *open = '\0';
    *end = '\0';
    const bool ours = strcmp(line, chain->argument) == 0;
    *message = (struct report){.place = place_line(ours ? chain->name : line, (unsigned)number),
                               .severity = REPORT_NOTE};
    message->excerpt = ours ? line_of(chain->source, (unsigned)number, excerpt, room)
                            : included_line(line, (unsigned)number, excerpt, room);
    message->text = after == end ? "" : after + 1;
    return true;
}

/* Reports fasm's error, which follows its places: first where the source has it, then the macros
 * that made the line. All else that fasm prints is a banner, or the source's own text. */
static void report_fasm(const struct toolchain *chain, char *text, size_t size, size_t counts[3])
{
    enum { MOST_PLACES = 8 };
    struct report places[MOST_PLACES];
    char excerpts[MOST_PLACES][256];
    size_t count = 0;
    for (char *line = text, *end = text + size, *stop; line < end; line = stop + 1) {
        stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        *stop = '\0';
        if (count < MOST_PLACES &&
            take_fasm_place(chain, line, &places[count], excerpts[count], sizeof excerpts[count]))
            count++;
        const char *sentence = strip_word(line, "error: ");
        if (!sentence)
            continue;
        if (stop > line && stop[-1] == '.')
            stop[-1] = '\0';
        if (count == 0)
            places[count++] = (struct report){.place = place_file(chain->name)};
        places[0].severity = REPORT_ERROR;
        places[0].text = sentence;
        for (size_t i = 0; i < count; i++) {
            char inside[256];
            if (i > 0) {
                const char *name = places[i].text, *open = strstr(name, " [");
                snprintf(inside, sizeof inside, "line %s of the macro%.*s", open ? open + 2 : "",
                         open ? (int)(open - name) : 0, name);
                places[i].text = inside;
            }
            counts[places[i].severity]++;
            chain->reporter.report(chain->reporter.context, &places[i]);
        }
        count = 0;
    }
}

size_t toolchain_count_errors(const struct toolchain *chain)
{
    enum { MOST_READ = 65535 };
    size_t count = 0;
    char *bytes = malloc(MOST_READ + 1);
    if (!bytes)
        return 0;
    const ssize_t got = pread(chain->message_file, bytes, MOST_READ, 0);
    bytes[got > 0 ? got : 0] = '\0';
    for (const char *at = bytes; (at = strstr(at, ": error: ")) != NULL; at++)
        count++;
    free(bytes);
    return count;
}

bool toolchain_report_messages(struct toolchain *chain, bool failed)
{
    /* Read enough to find an error after a million warnings, without reporting these all. */
    enum { MOST_READ = 64 << 20 };
    size_t counts[3] = {0}; /* by severity */
    struct file_bytes output = {0};
    off_t size = lseek(chain->message_file, 0, SEEK_END);
    if (size <= 0)
        return false;
    output.size = size < MOST_READ ? (size_t)size : MOST_READ;
    output.bytes = malloc(output.size + 1);
    if (!output.bytes)
        return false;
    ssize_t got = pread(chain->message_file, output.bytes, output.size, 0);
    size_t length = got > 0 ? (size_t)got : 0;
    output.bytes[length] = '\0';
    bool is_compiler = chain->messages == TOOL_COMPILER;
    static take_line *const forms[] = {[TOOL_ASSEMBLER] = take_apart,
                                       [TOOL_COMPILER] = take_compiler_line,
                                       [TOOL_LINKER] = take_linker_line};
    if (chain->messages == TOOL_FASM)
        report_fasm(chain, output.bytes, length, counts);
    else
        report_lines(chain, output.bytes, length, forms[chain->messages], counts);
    if (is_compiler && failed && counts[REPORT_ERROR] == 0)
        report_lines(chain, output.bytes, length, take_apart,
                     counts); /* the failed compiler reported errors in another form */
    free(output.bytes);
    if (ftruncate(chain->message_file, 0) == 0)
        lseek(chain->message_file, 0, SEEK_SET);
    return counts[REPORT_ERROR] > 0;
}
