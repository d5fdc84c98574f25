/* Command lines as typed in a shell, split into words. */
#ifndef BASE_SHELLWORDS_H
#define BASE_SHELLWORDS_H

#include <stdbool.h>
#include <stddef.h>

/* The words of a command, as typed in a shell: blanks part them; '...', "..." and \ keep blanks.
 * `at` ends with NULL. All is freed by words_free(). */
struct words {
    char **at;
    size_t count;
};

/* Adds the words of `text` (NULL: none). False and errno: EINVAL where a quote is not closed. */
bool words_add(struct words *words, const char *text);
/* Adds one word as it is. False: out of memory. */
bool words_add_one(struct words *words, const char *word);
void words_free(struct words *words);

/* Whether `text` can be split into words: all its quotes are closed. */
bool source_are_words(const char *text);

#endif
