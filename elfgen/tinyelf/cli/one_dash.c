/* Reports words with one dash that are no options of a command: those of other programs, and long
 * options with a dash missing. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "option_rows.h"

/* Writes a sentence with {} as the word, and {2} as what follows its first two characters. */
static void expand(const char *sentence, const char *word, char *text, size_t room)
{
    size_t used = 0;
    for (const char *at = sentence; *at && used + 1 < room;) {
        size_t length = strcspn(at, "{");
        int written = 0;
        if (strncmp(at, "{}", 2) == 0 || strncmp(at, "{2}", 3) == 0) {
            written = snprintf(text + used, room - used, "%s", at[1] == '2' ? word + 2 : word);
            length = at[1] == '2' ? 3 : 2;
        } else {
            written = snprintf(text + used, room - used, "%.*s", (int)length, at);
        }
        used += written < 0 ? 0 : (size_t)written;
        at += length;
    }
}

/* Whether a word of another program is this row's. */
static bool is_row(const struct option_foreign *row, const char *word)
{
    size_t length = strlen(row->word);
    return row->begins ? strncmp(word, row->word, length) == 0 && word[length] != '\0'
                       : strcmp(word, row->word) == 0;
}

static bool has_letter(const struct command_options *command, char letter)
{
    for (size_t i = 0; i < command->count; i++)
        if (command->rows[i].name && command->rows[i].letter == letter)
            return true;
    return letter == 'h';
}

int option_one_dash(const struct command_options *command, const char *word)
{
    enum { ROOM = 512 };
    char text[ROOM];
    if (word[0] != '-' || word[1] == '-' || word[1] == '\0')
        return EXIT_YES;
    /* A word that begins like an option of ours may be that one with its value, or several. */
    const bool is_ours = has_letter(command, word[1]);
    for (size_t i = 0; word[2] != '\0' && i <= command->count; i++) {
        const char *name =
            i < command->count ? command->rows[i].name : option_row_of_help(command).name;
        if (name && strlen(name) == strcspn(word + 1, "=") &&
            strncmp(name, word + 1, strlen(name)) == 0)
            return usage_error(command->name, "unknown option '%s': did you mean '--%s'?", word,
                               name);
    }
    if (strcmp(word, "-version") == 0)
        return usage_error(command->name, "unknown option '%s': did you mean 'tinyelf --version'?",
                           word);
    for (const struct option_foreign *row = command->foreign; row && row->word; row++) {
        if (!is_row(row, word) || (is_ours && strlen(row->word) <= 2))
            continue;
        expand(row->instead, word, text, sizeof text);
        return usage_error(command->name, "unknown option '%s': %s", word, text);
    }
    if (is_ours || word[2] == '\0')
        return EXIT_YES;
    return usage_error(command->name, "unknown option '%s'", word);
}
