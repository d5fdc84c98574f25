/* Command lines as typed in a shell, split into words. */
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

#endif
