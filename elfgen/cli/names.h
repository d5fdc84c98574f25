/* The symbols that name a program's places, its own or those of its FILE.debug. */
#ifndef NAMES_H
#define NAMES_H

#include "../report/symbols.h"
#include "base/file.h"

struct debug_names {
    struct file_bytes bytes; /* of the debug file, where the symbols come from there */
    struct symbols symbols;
};

/* Prints a line about a file; `file` may be NULL, `kind` is "error" or "warning". */
typedef void debug_names_report(const char *file, const char *kind, const char *text);

/* Finds the symbols for the program in `view`, which was read from `path`. The caller zeroes *names
 * before; with `debug`, it also reads that file into names->bytes.
 *
 * `debug`, unless NULL, is the debug file's name in messages, and its symbols are the only ones.
 * Without it they come from the program's own symbol table; if that has none, from PATH.debug; if
 * that has none or is not there, from the dynamic symbol table. A debug file of another build is
 * reported and not used. Returns false after reporting that there is no memory. Call
 * debug_names_close() either way. *names must not move while it is used. */
bool debug_names_open(struct debug_names *names, const struct elfgen_view *view, const char *path,
                      const char *debug, debug_names_report *report);
void debug_names_close(struct debug_names *names);

#endif
