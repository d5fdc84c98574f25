/* Defines enum option_id and option_rows[] from the rows of a command, which are in the file
 * OPTIONS:
 *
 *   HEADING(TEXT)                                            begins a group in --help
 *   OPTION(ID, LETTER, NAME, ARGUMENT, HELP)                 an option; the fields of option_row
 *   OPTION_PATH(ID, LETTER, NAME, ARGUMENT, HELP)            the same; its value names a file
 *   OPTION_WORDS(ID, LETTER, NAME, ARGUMENT, HELP)           the same; several values add up
 *   OPTION_OF(ID, LETTER, NAME, ARGUMENT, CHOICES, HELP)     an option whose value is a choice
 *   OPTION_LIST(ID, LETTER, NAME, ARGUMENT, CHOICES, HELP)   the same; several, with commas
 *  COLOR_OPTION                                              --color, for option_colour()
 *
 * Where FOREIGN_WORDS is defined, that file has the words of foreign_words[]:
 *
 *   WORD(WORD, INSTEAD)                                      the fields of option_foreign
 *   BEGINNING(WORD, INSTEAD)                                 the same, for longer words that begin
 * so */
#include "option_ids_expand.h"
#include "option_rows.h"

#define COLOR_OPTION_HELP                                                                          \
    "when to use colours: {}; auto means on a terminal, unless NO_COLOR is set or TERM is dumb "   \
    "(default: auto)"

static const struct option_row option_rows[] = {
#define HEADING(text) {-1, 0, OPTION_VALUE_ANY, NULL, NULL, NULL, text},
#define OPTION(id, letter, name, argument, help)                                                   \
    {OPTION_##id, letter, OPTION_VALUE_ANY, name, argument, NULL, help},
#define OPTION_PATH(id, letter, name, argument, help)                                              \
    {OPTION_##id, letter, OPTION_VALUE_PATH, name, argument, NULL, help},
#define OPTION_WORDS(id, letter, name, argument, help)                                             \
    {OPTION_##id, letter, OPTION_VALUE_WORDS, name, argument, NULL, help},
#define OPTION_OF(id, letter, name, argument, choices, help)                                       \
    {OPTION_##id, letter, OPTION_VALUE_ANY, name, argument, choices, help},
#define OPTION_LIST(id, letter, name, argument, choices, help)                                     \
    {OPTION_##id, letter, OPTION_VALUE_LIST, name, argument, choices, help},
#include OPTIONS
#undef HEADING
#undef OPTION
#undef OPTION_PATH
#undef OPTION_WORDS
#undef OPTION_OF
#undef OPTION_LIST
};

enum { OPTION_ROW_COUNT = sizeof option_rows / sizeof option_rows[0] };
_Static_assert(sizeof option_rows / sizeof option_rows[0] <= OPTION_ROWS_MOST,
               "OPTION_ROWS_MOST in option_rows.h is too small");

#ifdef FOREIGN_WORDS
static const struct option_foreign foreign_words[] = {
#define WORD(word, instead)      {word, false, instead},
#define BEGINNING(word, instead) {word, true, instead},
#include FOREIGN_WORDS
#undef WORD
#undef BEGINNING
    {NULL, false, NULL},
};
#endif
