/* Finds the names of a program's places: its own symbol table's, or those of FILE.debug. */
#include "debug_file.h"
#include "base/system_error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads the file beside the program, if there is one. Returns false if it is not there, or after
 * reporting that it cannot be read. */
static bool read_beside(const char *path, struct file_bytes *bytes, const struct reporter *reporter)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool read = file >= 0 && file_read(file, true, bytes);
    if (!read && errno != ENOENT && errno != ENOTDIR && errno != EISDIR && errno != ENODEV &&
        errno != ENAMETOOLONG) {
        const struct place place = place_file(path);
        report_send(reporter, REPORT_WARNING, &place, "%s: no names are taken from it",
                    system_error_text(errno));
    }
    if (file >= 0)
        close(file);
    return read;
}

/* Returns false after reporting that memory ran out. */
static bool read_table(struct debug_file *names, const struct elfgen_view *program,
                       const struct elfgen_view *file, uint64_t type,
                       const struct reporter *reporter)
{
    symbols_free(&names->symbols);
    if (symbols_read(&names->symbols, program, file, type))
        return true;
    return report_no_memory(reporter);
}

bool debug_file_use(struct debug_file *names, const struct elfgen_view *view, const char *path,
                    const struct reporter *reporter)
{
    char room[300];
    struct elfgen_text why = {.bytes = room, .capacity = sizeof room - 1};
    struct elfgen_view debug;
    struct elfgen_error error;
    bool is_elf =
        elfgen_view_open(&debug, names->bytes.bytes, names->bytes.size, &error) != ELFGEN_NOT_ELF;
    const struct place place = place_file(path);
    if (!is_elf) {
        report_send(reporter, REPORT_WARNING, &place, "no names are taken from it: %s",
                    names->bytes.size == 0 ? FILE_IS_EMPTY : error.text);
        return true;
    }
    elfgen_text_string(&why, "not of this build, no names are taken from it: ");
    if (symbols_belong(view, &debug, &why))
        return read_table(names, view, &debug, ELFGEN_SHT_SYMTAB, reporter);
    room[why.length] = '\0';
    report_send(reporter, REPORT_WARNING, &place, "%s", room);
    return true;
}

static bool use_beside(struct debug_file *names, const struct elfgen_view *view, const char *path,
                       const struct reporter *reporter)
{
    char *beside = NULL;
    bool done = true;
    if (strcmp(path, "-") == 0)
        return true;
    if (asprintf(&beside, "%s.debug", path) < 0)
        return report_no_memory(reporter);
    if (read_beside(beside, &names->bytes, reporter))
        done = debug_file_use(names, view, beside, reporter);
    free(beside);
    return done;
}

bool debug_file_find(struct debug_file *names, const struct elfgen_view *view, const char *path,
                     const struct reporter *reporter)
{
    *names = (struct debug_file){0};
    return read_table(names, view, view, ELFGEN_SHT_SYMTAB, reporter) &&
           (names->symbols.count > 0 || use_beside(names, view, path, reporter)) &&
           (names->symbols.count > 0 || read_table(names, view, view, ELFGEN_SHT_DYNSYM, reporter));
}

void debug_file_close(struct debug_file *names)
{
    symbols_free(&names->symbols);
    file_free(&names->bytes);
}
