/* Reads input files. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli.h"

const char *input_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "<stdin>" : path;
}

bool input_read(const char *path, struct file_bytes *bytes)
{
    bool standard = strcmp(path, "-") == 0;
    int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool read = file >= 0 && file_read(file, !standard, bytes);
    if (!read)
        message(input_name(path), "error", "%s",
                errno == ENODEV ? "not a regular file" : strerror(errno));
    if (file > STDIN_FILENO)
        close(file);
    return read;
}
