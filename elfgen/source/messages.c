/* What the room tells: its own sentences, and a tool's, with the user's names for files. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assembler.h"

bool source_say(const struct source *source, enum source_severity severity, unsigned line,
                const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct source_message message = {
        .severity = severity, .file = source->name, .line = line, .text = text};
    source->tell(source->context, &message);
    return false;
}

/* Line `number` of the input, copied into `excerpt`; NULL if it has no such line. */
static const char *input_line(const struct source *source, unsigned number, char *excerpt,
                              size_t room)
{
    const char *at = source->input.bytes, *end = at + source->input.size;
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

static const char *strip_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    return strncasecmp(text, word, length) == 0 ? text + length : NULL;
}

/* How bad a message is, by the word that it starts with; moves *text behind that. */
static enum source_severity take_severity(const char **text)
{
    static const struct {
        const char *word;
        enum source_severity severity;
    } words[] = {{"error: ", SOURCE_ERROR},      {"fatal error: ", SOURCE_ERROR},
                 {"fatal: ", SOURCE_ERROR},      {"warning: ", SOURCE_WARNING},
                 {"note: ", SOURCE_NOTE},        {"info: ", SOURCE_NOTE},
                 {"... from macro", SOURCE_NOTE}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *rest = strip_word(*text, words[i].word);
        if (!rest)
            continue;
        if (words[i].word[0] != '.')
            *text = rest;
        return words[i].severity;
    }
    return SOURCE_ERROR;
}

/* A number at *text with a colon behind it, both passed over; 0 and nothing passed if there is
 * none. */
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

/* Takes one line of the tool's output apart: "FILE:LINE: error: TEXT", or anything else. The name
 * that the tool was given for the input becomes the user's. False: the line says nothing by itself.
 */
static bool take_apart(const struct source *source, char *line, struct source_message *message,
                       char *excerpt, size_t room)
{
    *message = (struct source_message){.file = source->name, .text = line};
    size_t known = strlen(source->argument);
    bool ours = known > 0 && strncmp(line, source->argument, known) == 0 && line[known] == ':';
    char *colon = ours ? line + known : strchr(line, ':');
    const char *rest = colon ? colon + 1 : line;
    if (strstr(line, "Assembler messages") || isspace((unsigned char)*line) || *line == '\0')
        return false; /* GNU as announces what follows; the preprocessor shows the line */
    message->line = colon ? take_number(&rest) : 0;
    if (message->line) {
        *colon = '\0';
        message->column = take_number(&rest);
        message->text = rest;
        if (!ours)
            message->file = line;
        else
            message->excerpt = input_line(source, message->line, excerpt, room);
    } else if (ours) {
        message->text = rest + strspn(rest, " ");
    }
    message->severity = take_severity(&message->text);
    return true;
}

bool source_tell_messages(struct source *source)
{
    /* An error behind a million warnings must not be lost, nor may they be a million lines. */
    enum { MOST_READ = 64 << 20, MOST_TOLD = 50 };
    size_t told[3] = {0}; /* by severity */
    struct file_bytes said = {0};
    off_t size = lseek(source->message_file, 0, SEEK_END);
    if (size <= 0)
        return false;
    said.size = size < MOST_READ ? (size_t)size : MOST_READ;
    said.bytes = malloc(said.size + 1);
    if (!said.bytes)
        return false;
    ssize_t got = pread(source->message_file, said.bytes, said.size, 0);
    char *end = said.bytes + (got > 0 ? got : 0);
    *end = '\0';
    for (char *line = said.bytes, *stop; line < end; line = stop + 1) {
        char excerpt[256];
        struct source_message message;
        stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop)
            stop = end;
        *stop = '\0';
        bool few = told[SOURCE_ERROR] < MOST_TOLD;
        if (take_apart(source, line, &message, excerpt, few ? sizeof excerpt : 0) &&
            told[message.severity]++ < MOST_TOLD)
            source->tell(source->context, &message);
    }
    free(said.bytes);
    for (int severity = SOURCE_NOTE; severity <= SOURCE_ERROR; severity++)
        if (told[severity] > MOST_TOLD)
            source_say(source, (enum source_severity)severity, 0, "%zu more like these",
                       told[severity] - MOST_TOLD);
    if (ftruncate(source->message_file, 0) == 0)
        lseek(source->message_file, 0, SEEK_SET);
    return true;
}
