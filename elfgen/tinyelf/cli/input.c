/* Reads input files, and opens those that should be ELF files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/file_parts.h"
#include "base/shellwords.h"
#include "base/suffix.h"
#include "base/system_error.h"
#include "cli.h"
#include "progress.h"

const char *input_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

static void flush(struct standard_output *output)
{
    if (output)
        stdout_flush(output);
}

bool input_read_after(struct standard_output *output, const char *path, struct file_bytes *bytes)
{
    return input_read_parts(output, path, bytes, NULL, NULL);
}

bool input_read_parts(struct standard_output *output, const char *path, struct file_bytes *bytes,
                      struct file_parts *parts, void *buffer)
{
    bool standard = strcmp(path, "-") == 0;
    if (standard || (output && output->visible))
        flush(output);
    int file = standard ? STDIN_FILENO : openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        const int error = errno;
        flush(output);
        errno = error;
        message(input_name(path), "error", "%s", system_error_text(errno));
        return false;
    }
    if (buffer && !standard && file_parts_open(parts, file, buffer))
        return true;
    progress_begin(
        &(struct progress){.doing = "reading", .file = input_name(path), .done = &bytes->size});
    bool read = standard ? file_read(file, false, bytes) : file_read_opened(file, true, bytes);
    const int error = errno;
    progress_end();
    if (!read) {
        flush(output);
        message(input_name(path), "error", "%s",
                error == ENODEV ? "not a regular file" : system_error_text(error));
    }
    if (file > STDIN_FILENO)
        close(file);
    return read;
}

bool input_read(const char *path, struct file_bytes *bytes)
{
    return input_read_after(NULL, path, bytes);
}

void input_point_to_build(const char *name)
{
    const enum suffix suffix = suffix_of(name);
    char quoted[SHELLWORDS_QUOTED * PATH_MAX];
    if (suffix_is_source(suffix) && suffix != SUFFIX_FASM)
        message(name, "note", "this is a source: 'tinyelf build %s' makes a program of it",
                shellwords_quote_file(name, quoted, sizeof quoted));
}

static bool open_view(const char *name, const struct file_bytes *bytes, struct elfgen_view *view,
                      bool whole)
{
    struct elfgen_error error;
    enum elfgen_status status = elfgen_view_open_program(view, bytes->bytes, bytes->size, &error);
    if (bytes->size == 0) {
        message(name, "error", FILE_IS_EMPTY);
        return false;
    }
    if (status == ELFGEN_NOT_ELF ||
        (whole && status == ELFGEN_TRUNCATED && view->segments.count == 0)) {
        message_library_error(name, &error);
        if (status == ELFGEN_NOT_ELF)
            input_point_to_build(name);
        return false;
    }
    return true;
}

bool input_open_elf(const char *name, const struct file_bytes *bytes, struct elfgen_view *view)
{
    return open_view(name, bytes, view, false);
}

bool input_open_program(const char *name, const struct file_bytes *bytes, struct elfgen_view *view)
{
    return open_view(name, bytes, view, true);
}
