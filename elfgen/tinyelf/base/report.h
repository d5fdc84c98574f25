/* What an engine tells the user: an error, a warning or a note, apart from the place that it is
 * about. Engines print nothing; they call a reporter, which a command gives them. */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "elfgen/error.h"
#include "elfgen/text.h"
#include "no_memory.h"

enum report_severity { REPORT_NOTE, REPORT_WARNING, REPORT_ERROR };

/* "note", "warning", "error" */
const char *report_severity_name(enum report_severity severity);

/* Values of a place that are none. */
#define PLACE_NO_OFFSET ELFGEN_NOWHERE
#define PLACE_NO_LINE   0u

/* Where something is: in a text, in a section of an object, or in a file's bytes. */
struct place {
    const char *file;      /* as the user named it, or a command; NULL: none */
    const char *section;   /* of an object; NULL: none */
    uint64_t offset;       /* in `section`, else in the file; or PLACE_NO_OFFSET */
    const char *field;     /* of the structure at `offset`; NULL: none */
    unsigned line, column; /* from 1, or PLACE_NO_LINE; the column is in bytes */
};

/* A whole file; a line of one, or all of it if that is PLACE_NO_LINE; a byte of a file's
 * section. */
struct place place_file(const char *file);
struct place place_line(const char *file, unsigned line);
struct place place_section(const char *file, const char *section, uint64_t offset);

/* Appends "FILE:LINE:COLUMN", "FILE:(SECTION+0xOFFSET)", "FILE: offset 0xOFFSET (FIELD)" or "FILE";
 * nothing for a place without any of these. */
void place_put(struct elfgen_text *text, const struct place *place);

/* A message. Its strings are valid until the function that receives it returns. */
struct report {
    enum report_severity severity;
    struct place place;
    const char *text;    /* one line; it does not repeat the place */
    const char *excerpt; /* the line of the source; NULL: not known */
};

typedef void report_function(void *context, const struct report *report);

/* Who receives reports. */
struct reporter {
    report_function *report;
    void *context;
};

/* Reports a sentence in printf style, which is cut after 4,095 bytes. `place` NULL: none. */
__attribute__((format(printf, 4, 5))) void report_send(const struct reporter *to,
                                                       enum report_severity severity,
                                                       const struct place *place,
                                                       const char *format, ...);

__attribute__((format(printf, 4, 0))) void report_send_list(const struct reporter *to,
                                                            enum report_severity severity,
                                                            const struct place *place,
                                                            const char *format, va_list arguments);

/* Reports an error. Returns false, for the caller to return. */
__attribute__((format(printf, 3, 4))) bool
report_error(const struct reporter *to, const struct place *place, const char *format, ...);

/* Reports that there is no memory. Returns false. */
bool report_no_memory(const struct reporter *to);

/* Reports the library's error, as one about `file` if it names none. Returns false. */
bool report_library_error(const struct reporter *to, const char *file,
                          const struct elfgen_error *error);

#endif
