/* Finds the names of a program's places: its own symbol table's, or those of FILE.debug. */
#include "debug_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads the file beside the program, if there is one. Returns false if it is not there, or after
 * reporting that it cannot be read. */
static bool read_beside(const char *path, struct file_bytes *bytes, debug_file_report *report)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool read = file >= 0 && file_read(file, true, bytes);
    if (!read && errno != ENOENT && errno != ENOTDIR && errno != EISDIR && errno != ENODEV &&
        errno != ENAMETOOLONG) {
        char text[200];
        snprintf(text, sizeof text, "%s: no names are taken from it", strerror(errno));
        report(path, "warning", text);
    }
    if (file >= 0)
        close(file);
    return read;
}

/* Returns false after reporting that memory ran out. */
static bool read_table(struct debug_file *names, const struct elfgen_view *program,
                       const struct elfgen_view *file, uint64_t type, debug_file_report *report)
{
    symbols_free(&names->symbols);
    if (symbols_read(&names->symbols, program, file, type))
        return true;
    report(NULL, "error", "out of memory for symbols");
    return false;
}

bool debug_file_use(struct debug_file *names, const struct elfgen_view *view, const char *path,
                    debug_file_report *report)
{
    char room[300];
    struct elfgen_text why = {.bytes = room, .capacity = sizeof room - 1};
    struct elfgen_view debug;
    elfgen_view_open(&debug, names->bytes.bytes, names->bytes.size, NULL);
    elfgen_text_string(&why, "not of this build, no names are taken from it: ");
    if (symbols_belong(view, &debug, &why))
        return read_table(names, view, &debug, ELFGEN_SHT_SYMTAB, report);
    room[why.length] = '\0';
    report(path, "warning", room);
    return true;
}

static bool use_beside(struct debug_file *names, const struct elfgen_view *view, const char *path,
                       debug_file_report *report)
{
    char *beside = NULL;
    bool done = true;
    if (strcmp(path, "-") == 0 || asprintf(&beside, "%s.debug", path) < 0)
        return true;
    if (read_beside(beside, &names->bytes, report))
        done = debug_file_use(names, view, beside, report);
    free(beside);
    return done;
}

bool debug_file_find(struct debug_file *names, const struct elfgen_view *view, const char *path,
                     debug_file_report *report)
{
    *names = (struct debug_file){0};
    return read_table(names, view, view, ELFGEN_SHT_SYMTAB, report) &&
           (names->symbols.count > 0 || use_beside(names, view, path, report)) &&
           (names->symbols.count > 0 || read_table(names, view, view, ELFGEN_SHT_DYNSYM, report));
}

void debug_file_close(struct debug_file *names)
{
    symbols_free(&names->symbols);
    file_free(&names->bytes);
}
