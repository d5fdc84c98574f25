/* What a file is by the end of its name, where that is something to build a program of. */
#ifndef BASE_SUFFIX_H
#define BASE_SUFFIX_H

#include <stdbool.h>

enum suffix {
    SUFFIX_OTHER, /* none of those of suffixes.def */
    SUFFIX_ASSEMBLY,
    SUFFIX_NASM,
    SUFFIX_FASM,
    SUFFIX_ASSEMBLY_WITH_C, /* assembly for the C preprocessor */
    SUFFIX_C,
    SUFFIX_PREPROCESSED_C,
    SUFFIX_OBJECT,
    SUFFIX_ARCHIVE,
    SUFFIX_HEX
};

/* The suffix of a path. A name that is nothing else, such as ".c", has none. */
enum suffix suffix_of(const char *path);

/* Whether it is a text that somebody writes: neither an object nor an archive. */
bool suffix_is_source(enum suffix suffix);

/* "a source", "an object" or "an archive"; NULL for SUFFIX_OTHER. */
const char *suffix_title(enum suffix suffix);

#endif
