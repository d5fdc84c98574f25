/* The status of a call, and the error that a call that fails describes. */
#ifndef ELFGEN_ERROR_H
#define ELFGEN_ERROR_H

#include <stdint.h>

#include "elfgen/api.h"

enum elfgen_status {
    ELFGEN_OK = 0,
    ELFGEN_BAD_ARGUMENT, /* an argument lies outside its contract */
    ELFGEN_NO_ROOM,      /* the caller's buffer is too small; nothing was written to it, unless the
                          * function's contract says so */
    ELFGEN_NOT_ELF,      /* the bytes do not start with 7f 45 4c 46 */
    ELFGEN_TRUNCATED,    /* what was asked for lies, partly or wholly, past the end of the bytes */
    ELFGEN_OUT_OF_RANGE, /* an index is not below the count of what it selects */
    ELFGEN_BAD_VALUE,    /* a field holds a value that its structure cannot have */
    ELFGEN_UNDEFINED,    /* a symbol is needed and no section defines it */
    ELFGEN_UNSUPPORTED,  /* valid, but not supported by this library */
    ELFGEN_DOES_NOT_FIT  /* a value is too large for the bytes that should hold it */
};

/* An offset that means "no place in the file". */
#define ELFGEN_NOWHERE UINT64_MAX

/* A call that fails fills the one that it is given; NULL is accepted everywhere. A call that
 * succeeds leaves it untouched.
 *
 * `file`, `section` and `offset` are the place that the sentence is about; the sentence does not
 * repeat it. The two names are the caller's own strings (those of a struct elfgen_section), not
 * copies. */
struct elfgen_error {
    enum elfgen_status status;
    const char *file;    /* the object that the section is from; NULL: not known */
    const char *section; /* NULL: the place is in no section of the caller's program */
    uint64_t offset; /* in the section if there is one, else in the file; ELFGEN_NOWHERE: none */
    char text[992];  /* a sentence: what is wrong, and what would be right; ends with NUL */
};

/* Fills *error, if there is one, with a place in the file, and returns `status`.
 *
 * `format` is copied with these replaced: %s a string (NULL prints as nothing), %x a uint64_t as
 * 0x and hex digits, %u a uint64_t in decimal, %d an int64_t in decimal, %% a percent sign. Pass
 * exactly those types. A sentence too long for `text` is cut. */
ELFGEN_API enum elfgen_status elfgen_error_set(struct elfgen_error *error,
                                               enum elfgen_status status, uint64_t offset,
                                               const char *format, ...);

/* Sets the place of *error, if there is one, to a section: of the object `file`, or of no file if
 * that is NULL; `offset` is in the section, or ELFGEN_NOWHERE for the whole section. The strings
 * are not copied. */
ELFGEN_API void elfgen_error_in_section(struct elfgen_error *error, const char *file,
                                        const char *section, uint64_t offset);

#endif
