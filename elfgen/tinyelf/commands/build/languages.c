/* The choices of --from, for the commands that build. */
#include "languages.h"

#include "input/input.h"

const struct option_choice build_languages[] = {
#define LANGUAGE(name, value) {name, value, NULL},
#include "input/languages.def"
#undef LANGUAGE
    {NULL, 0, NULL},
};
