/* Knows the escape sequences of colours, and which terminals take them. */
#include "colour.h"

#include <stdlib.h>
#include <string.h>

#define true_BOLD  "1;"
#define false_BOLD ""

const char *colour_begin(enum colour colour)
{
    static const char *const begin[] = {
        "\33[0m",
#define COLOUR(id, number, bold, meaning) "\33[" bold##_BOLD "38;5;" #number "m",
#include "colours.def"
#undef COLOUR
    };
    return begin[colour];
}

unsigned colour_number(enum colour colour)
{
    static const unsigned char numbers[] = {
        0,
#define COLOUR(id, number, bold, meaning) number,
#include "colours.def"
#undef COLOUR
    };
    return numbers[colour];
}

bool terminal_takes_escapes(void)
{
    const char *terminal = getenv("TERM");
    return terminal && *terminal && strcmp(terminal, "dumb") != 0;
}
