/* Defines enum option_id from the rows of a command, which are in the file OPTIONS. The rows
 * themselves are made by option_rows_expand.h. */
#define COLOR_OPTION OPTION_OF(COLOR, 0, "color", "WHEN", option_colours, COLOR_OPTION_HELP)

enum option_id {
#define HEADING(text)
#define OPTION(id, letter, name, argument, help)               OPTION_##id,
#define OPTION_PATH(id, letter, name, argument, help)          OPTION_##id,
#define OPTION_WORDS(id, letter, name, argument, help)         OPTION_##id,
#define OPTION_OF(id, letter, name, argument, choices, help)   OPTION_##id,
#define OPTION_LIST(id, letter, name, argument, choices, help) OPTION_##id,
#include OPTIONS
#undef HEADING
#undef OPTION
#undef OPTION_PATH
#undef OPTION_WORDS
#undef OPTION_OF
#undef OPTION_LIST
};
