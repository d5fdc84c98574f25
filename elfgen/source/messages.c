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

/* One line of the tool's output: "FILE:LINE: error: TEXT", or anything else. Our paths for memory
 * files become the user's name for the input. */
static void tell_line(const struct source *source, char *line)
{
    char excerpt[256];
    struct source_message message = {.severity = SOURCE_ERROR, .file = source->name, .text = line};
    char *colon = strchr(line, ':');
    char *after = NULL;
    unsigned long number =
        colon && isdigit((unsigned char)colon[1]) ? strtoul(colon + 1, &after, 10) : 0;
    if (number > 0 && number < UINT32_MAX && *after == ':') {
        *colon = '\0';
        message.line = (unsigned)number;
        message.text = after + 1 + strspn(after + 1, " ");
        /* A column, as the preprocessor has it. */
        unsigned long column = strtoul(message.text, &after, 10);
        if (column > 0 && column < UINT32_MAX && *after == ':') {
            message.column = (unsigned)column;
            message.text = after + 1 + strspn(after + 1, " ");
        }
        bool ours = strcmp(line, CHILD_TEXT_PATH) == 0 || strcmp(line, source->path) == 0;
        if (!ours)
            message.file = line;
        else
            message.excerpt = input_line(source, message.line, excerpt, sizeof excerpt);
    } else if (strstr(line, "Assembler messages:") || strstr(line, "Assembler messages")) {
        return; /* GNU as announces what follows */
    } else if (isspace((unsigned char)*line) || *line == '\0') {
        return; /* the preprocessor's own excerpt and caret */
    }
    const char *rest;
    if ((rest = strip_word(message.text, "error: ")) ||
        (rest = strip_word(message.text, "fatal error: ")) ||
        (rest = strip_word(message.text, "fatal: "))) {
        message.text = rest;
    } else if ((rest = strip_word(message.text, "warning: "))) {
        message.severity = SOURCE_WARNING;
        message.text = rest;
    } else if ((rest = strip_word(message.text, "note: ")) ||
               (rest = strip_word(message.text, "info: "))) {
        message.severity = SOURCE_NOTE;
        message.text = rest;
    }
    source->tell(source->context, &message);
}

/* Whatever the tool said, line by line. Returns whether there was anything. */
bool source_tell_messages(struct source *source)
{
    struct file_bytes said = {0};
    off_t size = lseek(source->message_file, 0, SEEK_END);
    if (size <= 0)
        return false;
    enum { ENOUGH = 64 * 1024 }; /* of messages, for anybody */
    said.size = size < ENOUGH ? (size_t)size : ENOUGH;
    said.bytes = malloc(said.size + 1);
    if (!said.bytes)
        return false;
    ssize_t got = pread(source->message_file, said.bytes, said.size, 0);
    said.bytes[got > 0 ? got : 0] = '\0';
    for (char *line = said.bytes; *line;) {
        char *stop = strchr(line, '\n');
        if (stop)
            *stop = '\0';
        tell_line(source, line);
        if (!stop)
            break;
        line = stop + 1;
    }
    free(said.bytes);
    if (ftruncate(source->message_file, 0) != 0 || lseek(source->message_file, 0, SEEK_SET) != 0)
        return true;
    return true;
}
