/* The choices of --from. */
#ifndef BUILD_LANGUAGES_H
#define BUILD_LANGUAGES_H

#include "cli/option_rows.h"

/* A hex source; the other choices are languages of input/. */
enum { BUILD_FROM_HEX = -1 };

extern const struct option_choice build_languages[];

#endif
