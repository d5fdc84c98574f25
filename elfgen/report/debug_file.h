/* Finds the names of a program's places: its own symbol table's, or those of FILE.debug. */
#ifndef DEBUG_FILE_H
#define DEBUG_FILE_H

#include "base/file.h"
#include "symbols.h"

struct debug_file {
    struct symbols symbols;
    struct file_bytes bytes; /* of the file for debuggers, where the names are from there */
};

/* What is wrong with a file: `path` NULL: with none; `kind` is "error" or "warning". */
typedef void debug_file_report(const char *path, const char *kind, const char *text);

/* The names for the program in `view`, which was read from `path`: those of its own symbol table;
 * if it has none, of PATH.debug, which has to be of the same build, or else a warning says that it
 * is not; at last those that a dynamic linker knows. Returns false after reporting that memory ran
 * out. debug_file_close() either way. *names stays where it is while it is used. */
bool debug_file_find(struct debug_file *names, const struct elfgen_view *view, const char *path,
                     debug_file_report *report);

/* The same from one file only, if it is of the same build: names->bytes, which the caller has read
 * from `path`; the rest of *names is zero. */
bool debug_file_use(struct debug_file *names, const struct elfgen_view *view, const char *path,
                    debug_file_report *report);

void debug_file_close(struct debug_file *names);

#endif
