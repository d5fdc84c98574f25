/* Hands the file over: to its place, or to who builds in memory. */
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "build.h"
#include "cli/cli.h"
#include "input/magic.h"

/* Functions with large buffers, which stand apart: a start touches each page of a buffer that is
 * in a function on its way. */
#define APART __attribute__((noinline))

/* Writes the name of FILE.debug. Returns false if it is too long for a path. */
static bool name_debug(const struct build *build, char name[PATH_MAX])
{
    struct elfgen_text text = {.bytes = name, .capacity = PATH_MAX - 1};
    if (strlen(build->output) + sizeof ".debug" > PATH_MAX)
        return false;
    elfgen_text_string(&text, build->output);
    elfgen_text_string(&text, ".debug");
    name[text.length] = '\0';
    return true;
}

APART bool build_debug_is_input(const struct build *build)
{
    char name[PATH_MAX];
    if (!name_debug(build, name))
        return false;
    const struct atomic_file_place place = atomic_file_place(name);
    bool found = false;
    for (size_t i = 0; i < build->input_count && !found; i++)
        found = atomic_file_replaces(&place, build->inputs[i]);
    return found;
}

/* ---- FILE.debug of an earlier build ---- */

static bool file_is_elf(const char *path)
{
    char begin[ELFGEN_MAGIC_SIZE];
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const bool is_elf = file >= 0 && file_read_at(file, begin, sizeof begin, 0) == sizeof begin &&
                        begins_with_magic(begin, sizeof begin);
    if (file >= 0)
        close(file);
    return is_elf;
}

static bool file_has_bytes(const char *path, const void *bytes, size_t size)
{
    struct file_bytes there = {0};
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    const bool same = file >= 0 && file_read(file, true, &there) && there.size == size &&
                      (size == 0 || memcmp(there.bytes, bytes, size) == 0);
    file_free(&there);
    if (file >= 0)
        close(file);
    return same;
}

/* Whether there is a FILE.debug that is not of this build: without -g nothing writes it, and the
 * output, which is not written yet, changes. */
APART static bool leaves_debug(const struct build *build, const void *bytes, size_t size)
{
    struct stat status;
    char name[PATH_MAX];
    return !build->debug && strcmp(build->output, "-") != 0 && name_debug(build, name) &&
           stat(name, &status) == 0 && S_ISREG(status.st_mode) && file_is_elf(name) &&
           !build_debug_is_input(build) && !file_has_bytes(build->output, bytes, size);
}

static bool write_output(const struct build *build, const void *bytes, size_t size)
{
    const bool leaves = leaves_debug(build, bytes, size);
    if (!atomic_file_write(build->output, bytes, size, true))
        return false;
    if (leaves)
        message(build->output, "note",
                "'%s.debug' is of another build, and debuggers would read it: build with -g, or "
                "remove it",
                build->output);
    return true;
}

bool build_deliver(const struct build *build, const void *bytes, size_t size)
{
    if (!build->made)
        return write_output(build, bytes, size);
    build->made->bytes = malloc(size + 1);
    if (!build->made->bytes)
        return message_no_memory(build->output);
    if (size > 0)
        memcpy(build->made->bytes, bytes, size);
    build->made->size = size;
    return true;
}
