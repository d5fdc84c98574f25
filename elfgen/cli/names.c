#include "names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

/* What stands beside the program, if it is a file. False: it is not there, or cannot be read, and
 * that was said. */
static bool read_beside(const char *path, struct file_bytes *bytes)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool read = file >= 0 && file_read(file, true, bytes);
    if (!read && errno != ENOENT && errno != ENOTDIR && errno != EISDIR && errno != ENODEV &&
        errno != ENAMETOOLONG)
        message(path, "warning", "%s: no names are taken from it", strerror(errno));
    if (file >= 0)
        close(file);
    return read;
}

/* False: out of memory. */
static bool read_table(struct names *names, const struct elfgen_view *program,
                       const struct elfgen_view *file, uint64_t type)
{
    symbols_free(&names->symbols);
    if (symbols_read(&names->symbols, program, file, type))
        return true;
    message(NULL, "error", "out of memory for symbols");
    return false;
}

/* The names of a file for debuggers, if it is of the same build. False: out of memory. */
static bool take_debug(struct names *names, const struct elfgen_view *view, const char *path)
{
    char room[200];
    struct elfgen_text why = {.bytes = room, .capacity = sizeof room - 1};
    struct elfgen_view debug;
    elfgen_view_open(&debug, names->bytes.bytes, names->bytes.size, NULL);
    if (symbols_belong(view, &debug, &why))
        return read_table(names, view, &debug, ELFGEN_SHT_SYMTAB);
    room[why.length] = '\0';
    message(path, "warning", "not of this build, no names are taken from it: %s", room);
    return true;
}

static bool take_beside(struct names *names, const struct elfgen_view *view, const char *path)
{
    char *beside = NULL;
    bool done = true;
    if (strcmp(path, "-") == 0 || asprintf(&beside, "%s.debug", path) < 0)
        return true;
    if (read_beside(beside, &names->bytes))
        done = take_debug(names, view, beside);
    free(beside);
    return done;
}

static bool find_names(struct names *names, const struct elfgen_view *view, const char *path,
                       const char *debug)
{
    if (debug)
        return read_input(debug, &names->bytes) && take_debug(names, view, input_name(debug));
    return read_table(names, view, view, ELFGEN_SHT_SYMTAB) &&
           (names->symbols.count > 0 || take_beside(names, view, path)) &&
           (names->symbols.count > 0 || read_table(names, view, view, ELFGEN_SHT_DYNSYM));
}

bool open_names(struct names *names, const struct elfgen_view *view, const char *path,
                const char *debug)
{
    *names = (struct names){0};
    bool done = find_names(names, view, path, debug);
    names->machine =
        (struct x86_names){symbols_put_name, &names->symbols, view->ehdr.e_type == ELFGEN_ET_EXEC};
    return done;
}

void close_names(struct names *names)
{
    symbols_free(&names->symbols);
    file_free(&names->bytes);
}
