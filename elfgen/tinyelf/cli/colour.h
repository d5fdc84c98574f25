/* The colours that commands use, and whether a terminal knows them. */
#ifndef CLI_COLOUR_H
#define CLI_COLOUR_H

#include <stdbool.h>

enum colour {
    COLOUR_NONE,
#define COLOUR(id, number, bold, meaning) COLOUR_##id,
#include "colours.def"
#undef COLOUR
    COLOUR_COUNT
};

/* The escape sequence that begins a colour; that of COLOUR_NONE ends any. */
const char *colour_begin(enum colour colour);

/* Its number among a terminal's 256 colours; 0: COLOUR_NONE. */
unsigned colour_number(enum colour colour);

/* Whether the terminal that TERM names takes escape sequences. */
bool terminal_takes_escapes(void);

#endif
