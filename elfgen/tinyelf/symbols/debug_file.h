/* Finds the names of a program's places: its own symbol table's, or those of FILE.debug. */
#ifndef SYMBOLS_DEBUG_FILE_H
#define SYMBOLS_DEBUG_FILE_H

#include "base/file.h"
#include "base/report.h"
#include "symbols.h"

struct debug_file {
    struct symbols symbols;
    struct file_bytes bytes; /* of FILE.debug, if the names are from there */
};

/* Finds names for the program in `view`, which was read from `path`. They come from its own symbol
 * table; if it has none, from PATH.debug, after a warning if that is of another build; at last from
 * the dynamic symbol table. Returns false after reporting that memory ran out. debug_file_close()
 * is needed either way. *names must stay at its address while it is used. */
bool debug_file_find(struct debug_file *names, const struct elfgen_view *view, const char *path,
                     const struct reporter *reporter);

/* Takes names from one file only, if it is of the same build: names->bytes, which the caller has
 * read from `path`. The rest of *names is zero. */
bool debug_file_use(struct debug_file *names, const struct elfgen_view *view, const char *path,
                    const struct reporter *reporter);

void debug_file_close(struct debug_file *names);

#endif
