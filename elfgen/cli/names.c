/* Finds the symbols that name a program's places, its own or those of its FILE.debug. */
#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct search {
    struct debug_names *names;
    const struct elfgen_view *program;
    debug_names_report *report;
};

/* Reads PATH.debug if it is a regular file. Returns false if there is none, or after reporting that
 * it cannot be read. */
static bool read_beside(const struct search *search, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool read = file >= 0 && file_read(file, true, &search->names->bytes);
    if (!read && errno != ENOENT && errno != ENOTDIR && errno != EISDIR && errno != ENODEV &&
        errno != ENAMETOOLONG) {
        char text[200];
        snprintf(text, sizeof text, "%s: no names are taken from it", strerror(errno));
        search->report(path, "warning", text);
    }
    if (file >= 0)
        close(file);
    return read;
}

/* Returns false after reporting that there is no memory. */
static bool read_table(const struct search *search, const struct elfgen_view *file, uint64_t type)
{
    symbols_free(&search->names->symbols);
    if (symbols_read(&search->names->symbols, search->program, file, type))
        return true;
    search->report(NULL, "error", "out of memory for symbols");
    return false;
}

/* Takes the symbols of the debug file if it is of the same build. Returns false after reporting
 * that there is no memory. */
static bool take_debug(const struct search *search, const char *path)
{
    static const char stranger[] = "not of this build, no names are taken from it: ";
    char text[sizeof stranger + 199];
    struct elfgen_text why = {.bytes = text + sizeof stranger - 1, .capacity = 199};
    struct elfgen_view debug;
    elfgen_view_open(&debug, search->names->bytes.bytes, search->names->bytes.size, NULL);
    if (symbols_belong(search->program, &debug, &why))
        return read_table(search, &debug, ELFGEN_SHT_SYMTAB);
    memcpy(text, stranger, sizeof stranger - 1);
    why.bytes[why.length] = '\0';
    search->report(path, "warning", text);
    return true;
}

static bool take_beside(const struct search *search, const char *path)
{
    char *beside = NULL;
    bool done = true;
    if (strcmp(path, "-") == 0 || asprintf(&beside, "%s.debug", path) < 0)
        return true;
    if (read_beside(search, beside))
        done = take_debug(search, beside);
    free(beside);
    return done;
}

bool debug_names_open(struct debug_names *names, const struct elfgen_view *view, const char *path,
                      const char *debug, debug_names_report *report)
{
    const struct search search = {.names = names, .program = view, .report = report};
    if (debug)
        return take_debug(&search, debug);
    return read_table(&search, view, ELFGEN_SHT_SYMTAB) &&
           (names->symbols.count > 0 || take_beside(&search, path)) &&
           (names->symbols.count > 0 || read_table(&search, view, ELFGEN_SHT_DYNSYM));
}

void debug_names_close(struct debug_names *names)
{
    symbols_free(&names->symbols);
    file_free(&names->bytes);
}
