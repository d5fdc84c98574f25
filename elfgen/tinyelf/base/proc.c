/* Reads and writes small files of /proc. */
#include "proc.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

bool proc_read(const char *path, char *text, size_t room)
{
    size_t have = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    while (file >= 0 && have + 1 < room) {
        ssize_t got = read(file, text + have, room - 1 - have);
        if (got == 0 || (got < 0 && errno != EINTR))
            break;
        have += got > 0 ? (size_t)got : 0;
    }
    if (file >= 0)
        close(file);
    text[have] = '\0';
    return have > 0;
}

bool proc_read_of(pid_t id, const char *name, char *text, size_t room)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)id, name);
    return proc_read(path, text, room);
}

int proc_open_of(pid_t id, const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)id, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

char *proc_read_all(const char *path)
{
    struct file_bytes bytes = {0};
    char *text = NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return NULL;
    if (file_read(file, true, &bytes) && (text = malloc(bytes.size + 1))) {
        memcpy(text, bytes.bytes, bytes.size);
        text[bytes.size] = '\0';
    }
    file_free(&bytes);
    close(file);
    return text;
}

const char *proc_read_stat(pid_t id, char *text, size_t room)
{
    const char *end = proc_read_of(id, "stat", text, room) ? strrchr(text, ')') : NULL;
    return end && end[1] == ' ' ? end + 2 : NULL;
}

bool proc_field(const char *text, const char *name, int base, uint64_t *number)
{
    size_t length = strlen(name);
    *number = 0;
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0)
            continue;
        line += length + strspn(line + length, " \t");
        if (!(base == 16 ? isxdigit((unsigned char)*line) : isdigit((unsigned char)*line)))
            return false;
        *number = strtoull(line, NULL, base);
        return true;
    }
    return false;
}

bool proc_write(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool done = write(file, text, strlen(text)) == (ssize_t)strlen(text);
    close(file);
    return done;
}

bool proc_number(const char *path, uint64_t *number)
{
    char text[64];
    if (!proc_read(path, text, sizeof text) || !isdigit((unsigned char)text[0]))
        return false;
    *number = strtoull(text, NULL, 10);
    return true;
}

bool proc_lowest_address(uint64_t *address)
{
    return proc_number("/proc/sys/vm/mmap_min_addr", address);
}
