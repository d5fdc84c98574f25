/* Files that appear whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../source/bytes.h"
#include "cli.h"

static bool failed(const char *path, const char *what)
{
    message(path, "error", "cannot %s: %s", what, strerror(errno));
    return false;
}

bool is_same_file(const char *output, const char *input)
{
    struct stat a, b;
    return stat(output, &a) == 0 && stat(input, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool write_in_place(int file, const char *path, const void *bytes, size_t size)
{
    if (file < 0)
        return failed(path, "open");
    bool done = file_write(file, bytes, size);
    int error = errno;
    if (file != STDOUT_FILENO && close(file) != 0 && done) {
        done = false;
        error = errno;
    }
    errno = error;
    return done || failed(path, "write");
}

/* The file beside `path` that becomes it: a name that no other run has. */
static int create_beside(const char *path, char *beside, size_t room, mode_t mode)
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        int length =
            snprintf(beside, room, "%.*s.tinyelf-%ld-%u", folder, path, (long)getpid(), attempt);
        if (length < 0 || (size_t)length >= room) {
            errno = ENAMETOOLONG;
            return -1;
        }
        int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

static bool replace(const char *path, const void *bytes, size_t size, mode_t mode)
{
    char beside[PATH_MAX + 64];
    int file = create_beside(path, beside, sizeof beside, mode);
    if (file < 0)
        return failed(path, "create a file beside it");
    bool done = file_write(file, bytes, size);
    if (!done)
        failed(path, "write");
    if (close(file) != 0 && done) {
        done = false;
        failed(path, "write");
    }
    if (done && rename(beside, path) != 0)
        done = failed(path, "replace");
    if (!done)
        unlink(beside);
    return done;
}

bool write_output(const char *path, const void *bytes, size_t size, bool executable)
{
    if (strcmp(path, "-") == 0)
        return write_in_place(STDOUT_FILENO, "<stdout>", bytes, size);
    struct stat status;
    bool exists = lstat(path, &status) == 0;
    char *target = NULL;
    if (exists && S_ISLNK(status.st_mode)) {
        target = realpath(path, NULL);
        exists = target && stat(target, &status) == 0;
    }
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        free(target);
        return failed(path, "write");
    }
    bool done;
    if (exists && !S_ISREG(status.st_mode)) {
        done = write_in_place(open(path, O_WRONLY | O_CLOEXEC), path, bytes, size);
    } else {
        /* Interrupted between create and rename, a run would leave its file behind. */
        sigset_t stops, before;
        sigemptyset(&stops);
        sigaddset(&stops, SIGINT);
        sigaddset(&stops, SIGTERM);
        sigaddset(&stops, SIGHUP);
        sigprocmask(SIG_BLOCK, &stops, &before);
        done = replace(target ? target : path, bytes, size, executable ? 0755 : 0644);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
    free(target);
    return done;
}
