/* Finds the program that a command runs, and keeps track of the signals it starts with. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli.h"
#include "elfgen/format.h"
#include "base/shellwords.h"
#include "base/suffix.h"
#include "base/system_error.h"

/* ---- signals ---- */

/* A fact of this process, which main() and interrupt.c note before they change it. */
static sigset_t ignored_before;

void program_remember_ignored(int number, void (*before)(int))
{
    if (before == SIG_IGN)
        sigaddset(&ignored_before, number);
}

/* The signals that main() changes. */
static const int ours[] = {SIGBUS, SIGXFSZ, SIGPIPE, SIGCHLD};

void program_restore_ignored(void)
{
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        signal(ours[i], sigismember(&ignored_before, ours[i]) == 1 ? SIG_IGN : SIG_DFL);
}

/* The C library hides some signals, each library other ones: the kernel is asked. */
static bool is_ignored(int number)
{
    struct {
        void (*handler)(int);
        uint64_t flags, restorer, mask;
    } action;
    return syscall(SYS_rt_sigaction, number, NULL, &action, sizeof action.mask) == 0 &&
           action.handler == SIG_IGN;
}

sigset_t program_ignored_signals(void)
{
    sigset_t ignored;
    uint64_t bits = 0;
    for (int number = 1; number < NSIG; number++)
        bits |= (uint64_t)is_ignored(number) << (number - 1);
    sigemptyset(&ignored);
    memcpy(&ignored, &bits, sizeof bits); /* as sigaddset(), which refuses those */
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        sigdelset(&ignored, ours[i]);
    sigorset(&ignored, &ignored, &ignored_before);
    return ignored;
}

/* ---- standard streams ---- */

void program_occupy_streams(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++)
        if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_PATH | O_CLOEXEC) < 0)
            return;
}

bool program_has_stream(int file)
{
    int flags = file < 0 ? -1 : fcntl(file, F_GETFL);
    return flags >= 0 && (flags & O_PATH) == 0;
}

/* ---- PATH ---- */

/* Whether the file can be run; if not, errno is EACCES if it exists but is no executable file. */
static bool is_program(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return false;
    if (S_ISREG(status.st_mode))
        return access(path, X_OK) == 0;
    errno = EACCES;
    return false;
}

/* Looks in one folder of PATH; an empty name is the current folder. */
static bool is_in(const char *folder, size_t length, const char *name, char *path, size_t room)
{
    int written = length == 0 ? snprintf(path, room, "./%s", name)
                              : snprintf(path, room, "%.*s/%s", (int)length, folder, name);
    if (written < 0 || (size_t)written >= room) {
        errno = ENAMETOOLONG;
        return false;
    }
    return is_program(path);
}

static bool search(const char *list, const char *name, char *path, size_t room)
{
    bool forbidden = false;
    for (;;) {
        size_t length = strcspn(list, ":");
        if (length < PATH_MAX && is_in(list, length, name, path, room))
            return true;
        forbidden = forbidden || errno == EACCES;
        if (list[length] == '\0')
            break;
        list += length + 1;
    }
    errno = forbidden ? EACCES : ENOENT;
    return false;
}

static bool is_elf(const char *path)
{
    char bytes[ELFGEN_MAGIC_SIZE];
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool is = file >= 0 && read(file, bytes, sizeof bytes) == (ssize_t)sizeof bytes &&
              memcmp(bytes, ELFGEN_MAGIC, sizeof bytes) == 0;
    if (file >= 0)
        close(file);
    return is;
}

/* Reports a file that must be built before it can run. Returns false if it is none, without
 * reporting anything. */
static bool report_source(const char *path)
{
    struct stat status;
    enum suffix suffix = suffix_of(path);
    bool is_source = suffix != SUFFIX_OTHER && stat(path, &status) == 0 &&
                     S_ISREG(status.st_mode) && is_elf(path) == (suffix == SUFFIX_OBJECT);
    if (is_source) {
        char quoted[SHELLWORDS_QUOTED * PATH_MAX];
        message(path, "error", "this is %s, not a program; build it first: tinyelf build %s",
                suffix_title(suffix), shellwords_quote_file(path, quoted, sizeof quoted));
    }
    return is_source;
}

bool program_find(const char *name, char *path, size_t room)
{
    const char *list = getenv("PATH");
    if (*name == '\0') {
        message("''", "error", "no program has an empty name");
        return false;
    }
    if (strchr(name, '/')) {
        int length = snprintf(path, room, "%s", name);
        if (length >= 0 && (size_t)length < room)
            return true;
        message(name, "error", "%s", system_error_text(ENAMETOOLONG));
        return false;
    }
    /* Without PATH, this is what execvp uses. */
    if (search(list ? list : "/bin:/usr/bin", name, path, room))
        return true;
    bool forbidden = errno == EACCES;
    struct stat status;
    const bool is_here = stat(name, &status) == 0 && !S_ISDIR(status.st_mode);
    if (is_here && report_source(name))
        return false;
    if (is_here)
        message(name, "error", "no such program on PATH: did you mean './%s'?", name);
    else if (forbidden)
        message(name, "error", "on PATH there is only one that cannot be run: %s",
                system_error_text(EACCES));
    else
        message(name, "error", "no such program on PATH");
    return false;
}

void program_report_not_started(const char *path, int error)
{
    struct stat status;
    const bool is_shut =
        error == EACCES && stat(path, &status) == 0 && (status.st_mode & 0111) == 0;
    if ((error == ENOEXEC || is_shut) && report_source(path))
        return;
    if (error == ENOEXEC)
        message(path, "error",
                "Linux does not accept it as a program: %s ('tinyelf check' says which field is to "
                "blame)",
                system_error_text(error));
    else if (error == EACCES && stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        message(path, "error", "%s", system_error_text(EISDIR));
    else if (is_shut)
        message(path, "error", "%s: it is not executable ('chmod +x' makes it so)",
                system_error_text(error));
    else if (error == ENOENT && access(path, F_OK) == 0)
        message(path, "error", "the interpreter that it names does not exist");
    else if (error == ENOENT) /* as every command says it of a file that is not there */
        message(path, "error", "%s", system_error_text(error));
    else
        message(path, "error", "cannot be run: %s", system_error_text(error));
}
