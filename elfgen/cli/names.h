/* Names of a program's places, as `explain` and `disasm` show them. */
#ifndef NAMES_H
#define NAMES_H

#include "../machine/machine.h"
#include "../report/symbols.h"
#include "base/file.h"

struct names {
    struct file_bytes bytes; /* of FILE.debug, where the names are from there */
    struct symbols symbols;
    struct x86_names machine;
};

/* The names for the program in `view`, which was read from `path`: those of its own symbol table;
 * if it has none, of PATH.debug, which has to be of the same build, or else it is said that it is
 * not; at last those that a dynamic linker knows. `debug`, unless NULL, is the file to take instead
 * of all of these. False: that one cannot be read, or there is no memory; it was said why.
 * close_names() either way. *names stays where it is while it is used. */
bool open_names(struct names *names, const struct elfgen_view *view, const char *path,
                const char *debug);
void close_names(struct names *names);

#endif
