/* Splits command lines into words as a shell does, and quotes words for it. */
#include "shellwords.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool shellwords_add_word(struct shellwords *words, const char *word)
{
    char **grown = realloc(words->at, (words->count + 2) * sizeof *grown);
    char *copy = strdup(word);
    if (grown) {
        words->at = grown;
        words->at[words->count] = words->at[words->count + 1] = NULL;
    }
    if (!grown || !copy) {
        free(copy);
        return false;
    }
    words->at[words->count++] = copy;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* Copies the word at *text into `word`, without its quotes, and moves *text past it. Returns false
 * if a quote is not closed, or the text ends with a backslash. */
static bool take_word(const char **text, char *word)
{
    const char *at = *text;
    char quote = '\0';
    for (; *at && (quote || !is_blank(*at)); at++) {
        if (*at == quote) {
            quote = '\0';
        } else if (!quote && (*at == '\'' || *at == '"')) {
            quote = *at;
        } else if (*at == '\\' && quote != '\'') {
            /* Inside "..." a backslash is literal, except before a quote or another backslash. */
            if (quote && at[1] != '"' && at[1] != '\\')
                *word++ = '\\';
            else if (*++at == '\0')
                return false;
            else
                *word++ = *at;
        } else {
            *word++ = *at;
        }
    }
    *word = '\0';
    *text = at;
    return quote == '\0';
}

bool shellwords_add(struct shellwords *words, const char *text)
{
    char *word = malloc(text ? strlen(text) + 1 : 1);
    bool done = word != NULL;
    while (done && text) {
        while (is_blank(*text))
            text++;
        if (*text == '\0')
            break;
        done = take_word(&text, word);
        if (!done)
            errno = EINVAL;
        done = done && shellwords_add_word(words, word);
    }
    free(word);
    return done;
}

void shellwords_free(struct shellwords *words)
{
    for (size_t i = 0; i < words->count; i++)
        free(words->at[i]);
    free(words->at);
    *words = (struct shellwords){0};
}

bool shellwords_are_closed(const char *text)
{
    struct shellwords words = {0};
    bool are = shellwords_add(&words, text);
    shellwords_free(&words);
    return are;
}

/* ---- quoting ---- */

/* A character that means nothing to a shell, even as the first one. Those of UTF-8 do not. */
static bool is_plain(char c)
{
    return (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c != '\0' && strchr("_-./,:+@%", c));
}

static bool is_control(char c)
{
    return ((unsigned char)c < ' ') || c == 0x7f;
}

char *shellwords_quote_file(const char *name, char *text, size_t room)
{
    bool plain = *name != '\0', control = false;
    for (const char *at = name; *at; at++) {
        plain = plain && is_plain(*at);
        control = control || is_control(*at);
    }
    /* "..." reads better than '...' within a sentence, and leaves these with their meaning. In
     * $'...' control characters are legible. */
    const bool single = strpbrk(name, "\"$`\\!") != NULL;
    const char *open = plain ? "" : control ? "$'" : single ? "'" : "\"";
    const char *close = control ? "'" : open;
    int used = snprintf(text, room, "%s%s", open, *name == '-' ? "./" : "");
    for (const char *at = name; *at && used >= 0 && (size_t)used < room; at++) {
        char *to = text + used;
        const size_t left = room - (size_t)used;
        if (is_control(*at))
            used += snprintf(to, left, "\\x%02x", (unsigned)*at);
        else if (control && (*at == '\'' || *at == '\\'))
            used += snprintf(to, left, "\\%c", *at);
        else if (!control && single && *at == '\'')
            used += snprintf(to, left, "'\\''");
        else
            used += snprintf(to, left, "%c", *at);
    }
    if (used >= 0 && (size_t)used < room)
        snprintf(text + used, room - (size_t)used, "%s", close);
    return text;
}
