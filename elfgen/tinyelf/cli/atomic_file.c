/* Writes files as a whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "elfgen/text.h"
#include "cli.h"
#include "interrupt.h"

struct atomic_file_place atomic_file_place(const char *output)
{
    struct stat status;
    if (strcmp(output, "-") == 0 || stat(output, &status) != 0 || !S_ISREG(status.st_mode))
        return (struct atomic_file_place){0};
    return (struct atomic_file_place){true, status.st_dev, status.st_ino};
}

bool atomic_file_replaces(const struct atomic_file_place *place, const char *input)
{
    struct stat status;
    if (!place->is_file)
        return false;
    bool known =
        strcmp(input, "-") == 0 ? fstat(STDIN_FILENO, &status) == 0 : stat(input, &status) == 0;
    return known && place->device == status.st_dev && place->number == status.st_ino;
}

bool atomic_file_is_same(const char *output, const char *input)
{
    const struct atomic_file_place place = atomic_file_place(output);
    return atomic_file_replaces(&place, input);
}

/* Functions with large buffers, which stand apart: a start touches each page of a buffer that is
 * in a function on its way. */
#define APART __attribute__((noinline))

/* The descriptor that a path such as /dev/stdout or /dev/fd/3, or a link to one, stands for; -1:
 * none. Such a path leads to an open file with its own offset, which renaming over it would lose.
 */
APART static int descriptor_of(const char *path)
{
    static const char *const folders[] = {"/proc/self/fd/", "/dev/fd/"};
    char name[PATH_MAX], target[PATH_MAX];
    snprintf(name, sizeof name, "%s", path);
    for (int links = 0; links < 8; links++) {
        for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
            size_t length = strlen(folders[i]);
            if (strncmp(name, folders[i], length) == 0 && name[length] >= '0' &&
                name[length] <= '9')
                return atoi(name + length);
        }
        ssize_t length = readlink(name, target, sizeof target - 1);
        if (length <= 0)
            return -1;
        target[length] = '\0';
        snprintf(name, sizeof name, "%s", target);
    }
    return -1;
}

/* The path that a symbolic link leads to, link by link, whether or not there is a file. Returns
 * false with errno set if it leads nowhere. */
APART static bool follow(const char *path, char target[PATH_MAX])
{
    enum { MOST_LINKS = 40 }; /* path_resolution(7) */
    char link[PATH_MAX], next[2 * PATH_MAX];
    int length = snprintf(target, PATH_MAX, "%s", path);
    for (int links = 0; length >= 0 && length < PATH_MAX && links <= MOST_LINKS; links++) {
        ssize_t got = readlink(target, link, sizeof link - 1);
        if (got < 0)
            return errno == ENOENT || errno == EINVAL; /* a place without a file, or with one */
        link[got] = '\0';
        const char *slash = strrchr(target, '/');
        int folder = *link != '/' && slash ? (int)(slash - target) + 1 : 0;
        length = snprintf(next, sizeof next, "%.*s%s", folder, target, link);
        memcpy(target, next, length < PATH_MAX ? (size_t)length + 1 : 0);
    }
    errno = length < PATH_MAX ? ELOOP : ENAMETOOLONG;
    return false;
}

/* Whether two paths are in the same folder, and of the same name. */
APART static bool is_one_place(const char *one, const char *other)
{
    const char *const paths[] = {one, other};
    const char *names[2];
    struct stat folders[2];
    for (size_t i = 0; i < 2; i++) {
        char folder[PATH_MAX] = ".";
        const char *slash = strrchr(paths[i], '/');
        names[i] = slash ? slash + 1 : paths[i];
        if (slash)
            snprintf(folder, sizeof folder, "%.*s", (int)(slash - paths[i]) + 1, paths[i]);
        if (stat(folder, &folders[i]) != 0)
            return false;
    }
    return strcmp(names[0], names[1]) == 0 && folders[0].st_dev == folders[1].st_dev &&
           folders[0].st_ino == folders[1].st_ino;
}

bool atomic_file_is_one(const char *one, const char *other)
{
    char ends[2][PATH_MAX];
    return strcmp(one, other) == 0 || atomic_file_is_same(one, other) ||
           (follow(one, ends[0]) && follow(other, ends[1]) && is_one_place(ends[0], ends[1]));
}

bool atomic_file_is_stdout(const char *output)
{
    return strcmp(output, "-") == 0 || descriptor_of(output) == STDOUT_FILENO;
}

static bool write_in_place(int file, const char *path, const void *bytes, size_t size)
{
    if (file < 0)
        return message_cannot(path, "open");
    bool done = file_write(file, bytes, size);
    int error = errno;
    if (file != STDOUT_FILENO && close(file) != 0 && done) {
        done = false;
        error = errno;
    }
    errno = error;
    if (!done && !(error == EPIPE && interrupt_pipe()))
        message_cannot(path, "write");
    return done;
}

/* Creates the file beside `path` that will become it, with a name that no other process uses. */
static int create_beside(const char *path, char *beside, size_t room, mode_t mode)
{
    const char *slash = strrchr(path, '/');
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        struct elfgen_text name = {.bytes = beside, .capacity = room - 1};
        elfgen_text_bytes(&name, path, slash ? (size_t)(slash - path) + 1 : 0);
        elfgen_text_string(&name, ".tinyelf-");
        elfgen_text_decimal(&name, (uint64_t)getpid(), 0);
        elfgen_text_char(&name, '-');
        elfgen_text_decimal(&name, attempt, 0);
        beside[name.length] = '\0';
        int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

APART bool atomic_file_not_created(const char *path, const char *link, const char *what)
{
    char folder[PATH_MAX], leads[PATH_MAX + 32] = "";
    const int error = errno;
    struct stat status;
    if (link != path)
        snprintf(leads, sizeof leads, "it is a link to '%s': ", path);
    for (const char *slash = path; (slash = strchr(slash, '/')); slash++) {
        if (slash == path || (size_t)(slash - path) >= sizeof folder)
            continue;
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        const bool is_there = stat(folder, &status) == 0;
        if (!is_there && errno == ENOENT && error == ENOENT)
            message(link, "error", "%sthe folder '%s' does not exist", leads, folder);
        else if (is_there && !S_ISDIR(status.st_mode) && error == ENOTDIR)
            message(link, "error", "%s'%s' is not a folder", leads, folder);
        else
            continue;
        return false;
    }
    errno = error;
    return message_cannot(path, what);
}

/* Exchanges the files of two names, by the system call: not every C library has a function. */
static bool exchange(const char *one, const char *other)
{
    enum { EXCHANGE = 2 }; /* RENAME_EXCHANGE of linux/fs.h */
    return syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, EXCHANGE) == 0;
}

/* Gives `beside` the name `path`, where a regular file may stand. ext4 writes a file out that
 * replaces another by rename, which takes several times as long as this exchange. Whatever it
 * fails with (file systems and kernels without it, filters of system calls), rename() decides. */
static bool put_in_place(const char *beside, const char *path, bool is_regular)
{
    if (!is_regular || !exchange(beside, path))
        return rename(beside, path) == 0;
    /* `beside` is the older file now. If somebody else removed it, the path is the new one still.
     */
    if (unlink(beside) == 0 || errno == ENOENT)
        return true;
    /* Such as EISDIR: a folder has taken the path since it was looked at, and goes back there. */
    const int error = errno;
    exchange(beside, path);
    errno = error;
    return false;
}

static bool replace(const char *path, const char *link, bool is_regular, const void *bytes,
                    size_t size, mode_t mode)
{
    enum { MORE = 64 }; /* than the folder's name */
    const size_t room = strlen(path) + MORE;
    char *beside = malloc(room);
    if (!beside)
        return message_no_memory(path);
    int file = create_beside(path, beside, room, mode);
    if (file < 0) {
        atomic_file_not_created(path, link, "create a file beside it");
        free(beside);
        return false;
    }
    bool done = file_write(file, bytes, size);
    if (!done)
        message_cannot(path, "write");
    if (close(file) != 0 && done) {
        done = false;
        message_cannot(path, "write");
    }
    if (done && !put_in_place(beside, path, is_regular))
        done = message_cannot(path, "replace");
    if (!done)
        unlink(beside);
    free(beside);
    return done;
}

/* `link` is the name that was asked for: the path itself, or a link that leads to it. `is_regular`:
 * a regular file stands at the path. */
static bool replace_safely(const char *path, const char *link, bool is_regular, const void *bytes,
                           size_t size, mode_t mode)
{
    /* If this were interrupted between create and unlink, a file would be left behind. */
    sigset_t before;
    interrupt_hold(&before);
    bool done = replace(path, link, is_regular, bytes, size, mode);
    interrupt_release(&before);
    return done;
}

/* Makes the file that a link leads to, where there is none yet. */
APART static bool create_at_end(const char *link, const void *bytes, size_t size, mode_t mode)
{
    char target[PATH_MAX];
    return follow(link, target) ? replace_safely(target, link, false, bytes, size, mode)
                                : message_cannot(link, "follow the link");
}

APART bool atomic_file_may_be_written(const char *path)
{
    if (!path || strcmp(path, "-") == 0)
        return true;
    struct stat status;
    const bool is_there = lstat(path, &status) == 0;
    if (is_there && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return message_cannot(path, "write");
    }
    if (is_there && !S_ISREG(status.st_mode))
        return true;
    char folder[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash && (size_t)(slash - path) < sizeof folder - 1)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 ||
           atomic_file_not_created(path, path, "create a file beside it");
}

bool atomic_file_write(const char *path, const void *bytes, size_t size, bool executable)
{
    mode_t mode = executable ? 0755 : 0644;
    if (strcmp(path, "-") == 0)
        return write_in_place(STDOUT_FILENO, "<stdout>", bytes, size);
    struct stat status;
    const bool is_there = lstat(path, &status) == 0;
    if (!is_there && *path && path[strlen(path) - 1] == '/') {
        /* A file of that name cannot be: only a folder's may end so. */
        errno = errno == ENOTDIR ? ENOTDIR : EISDIR;
        return message_cannot(path, "write");
    }
    if (!is_there)
        return replace_safely(path, path, false, bytes, size, mode);
    bool is_link = S_ISLNK(status.st_mode);
    int descriptor = is_link ? descriptor_of(path) : -1;
    if (descriptor >= 0)
        return write_in_place(dup(descriptor), path, bytes, size);
    /* Where the kernel would not follow the link, this does not either. */
    if (is_link && stat(path, &status) != 0)
        return errno == ENOENT ? create_at_end(path, bytes, size, mode)
                               : message_cannot(path, "follow the link");
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return message_cannot(path, "write");
    }
    if (!S_ISREG(status.st_mode))
        return write_in_place(open(path, O_WRONLY | O_CLOEXEC), path, bytes, size);
    char *target = is_link ? realpath(path, NULL) : NULL;
    bool done = is_link && !target
                    ? message_cannot(path, "follow the link")
                    : replace_safely(is_link ? target : path, path, true, bytes, size, mode);
    free(target);
    return done;
}
