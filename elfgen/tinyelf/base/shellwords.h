/* Command lines as typed in a shell: split into words, and words quoted. */
#ifndef BASE_SHELLWORDS_H
#define BASE_SHELLWORDS_H

#include <stdbool.h>
#include <stddef.h>

/* The words of a command as typed in a shell: separated by blanks, which '...', "..." and \ quote.
 * `at` ends with NULL. shellwords_free() frees everything. */
struct shellwords {
    char **at;
    size_t count;
};

/* Adds the words of `text` (NULL: none). Returns false with errno, which is EINVAL if a quote is
 * not closed. */
bool shellwords_add(struct shellwords *words, const char *text);
/* Adds one word as it is. Returns false if there is no memory. */
bool shellwords_add_word(struct shellwords *words, const char *word);
void shellwords_free(struct shellwords *words);

/* Whether `text` can be split into words: all its quotes are closed. */
bool shellwords_are_closed(const char *text);

/* Writes a file's name so that a shell takes it as one word and a command as no option: as it is
 * where that will do, else in quotes, and with ./ before a dash. Writes as much as fits, and
 * returns `text`. SHELLWORDS_QUOTED bytes for each of the name's and 8 more are always enough. */
char *shellwords_quote_file(const char *name, char *text, size_t room);
enum { SHELLWORDS_QUOTED = 4 };

#endif
