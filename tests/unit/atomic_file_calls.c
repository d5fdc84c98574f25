/* The replaced calls, and what a test's folder has. */
#include "atomic_file_calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/cli.h"

/* ---- calls that can fail ---- */

struct failing_calls calls;
char work[PATH_MAX];

/* Ends the test before broken code can create or rename a file outside of the folder, in /dev. */
static void stay_in_folder(const char *path)
{
    bool outside = path[0] == '/' && strncmp(path, work, strlen(work)) != 0;
    if (calls.on && outside && strncmp(path, "/proc/", 6) != 0)
        ck_abort_msg("%s is outside of the test's folder", path);
}

static bool is_to_fail(enum call call)
{
    if (!calls.on || ++calls.made[call] != calls.number || calls.fails != call)
        return false;
    errno = calls.error;
    return true;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (flags & O_CREAT)
        stay_in_folder(path);
    return is_to_fail(CALL_OPEN) ? -1 : __real_open(path, flags, mode);
}

ssize_t __real_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size);
ssize_t __wrap_write(int file, const void *bytes, size_t size)
{
    if (file == STDERR_FILENO)
        return __real_write(file, bytes, size);
    if (is_to_fail(CALL_WRITE))
        return -1;
    return __real_write(file, bytes,
                        calls.on && calls.most && size > calls.most ? calls.most : size);
}

int __real_close(int file);
int __wrap_close(int file);
int __wrap_close(int file)
{
    bool fails = is_to_fail(CALL_CLOSE);
    int error = errno, result = __real_close(file);
    if (fails)
        errno = error;
    return fails ? -1 : result;
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to)
{
    stay_in_folder(from);
    stay_in_folder(to);
    if (calls.on && calls.renaming)
        calls.renaming(from, to);
    return is_to_fail(CALL_RENAME) ? -1 : __real_rename(from, to);
}

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);
long __wrap_syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    long values[5];
    for (size_t i = 0; i < 5; i++)
        values[i] = va_arg(arguments, long);
    va_end(arguments);
    const char *from = (const char *)values[1], *to = (const char *)values[3];
    ck_assert_int_eq(number, SYS_renameat2);
    stay_in_folder(from);
    stay_in_folder(to);
    if (calls.on && calls.renaming && calls.made[CALL_EXCHANGE] == 0)
        calls.renaming(from, to);
    if (is_to_fail(CALL_EXCHANGE))
        return -1;
    if (calls.on && calls.no_exchange) {
        errno = calls.no_exchange;
        return -1;
    }
    return __real_syscall(number, values[0], from, values[2], to, values[4]);
}

int __wrap_unlink(const char *path);
int __wrap_unlink(const char *path)
{
    stay_in_folder(path);
    return is_to_fail(CALL_UNLINK) ? -1 : __real_unlink(path);
}

bool put(const char *path, const void *bytes, size_t size, bool executable)
{
    memset(calls.made, 0, sizeof calls.made);
    calls.on = true;
    bool done = atomic_file_write(path, bytes, size, executable);
    calls.on = false;
    return done;
}

bool put_text(const char *path, const char *text)
{
    return put(path, text, strlen(text), false);
}

/* ---- a folder of its own ---- */

FILE *errors;
static char printed[2 * PATH_MAX];

void enter_folder(void)
{
    const char *folder = getenv("TMPDIR");
    snprintf(work, sizeof work, "%s/atomic-file-test-XXXXXX", folder ? folder : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(work));
    ck_assert_int_eq(chdir(work), 0);
    umask(022);
    errors = tmpfile();
    ck_assert_int_ge(dup2(fileno(errors), STDERR_FILENO), 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

void remove_folder(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    nftw(work, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *messages(void)
{
    fflush(stderr);
    ssize_t length = pread(fileno(errors), printed, sizeof printed - 1, 0);
    printed[length > 0 ? length : 0] = '\0';
    return printed;
}

void assert_message(const char *start, int error)
{
    const char *reason = strerror(error);
    size_t length = strlen(messages());
    ck_assert_msg(strncmp(printed, start, strlen(start)) == 0, "%s", printed);
    ck_assert_msg(length > strlen(reason) + 1 &&
                      strncmp(printed + length - 1 - strlen(reason), reason, strlen(reason)) == 0,
                  "%s: not %s", printed, reason);
    ck_assert_int_eq(printed[length - 1], '\n');
    ck_assert_int_eq(ftruncate(fileno(errors), 0), 0);
    ck_assert_int_eq(lseek(fileno(errors), 0, SEEK_SET), 0);
}

void assert_whole_message(const char *text)
{
    messages();
    ck_assert_str_eq(printed, text);
    ck_assert_int_eq(ftruncate(fileno(errors), 0), 0);
    ck_assert_int_eq(lseek(fileno(errors), 0, SEEK_SET), 0);
}

void assert_holds(const char *path, const void *bytes, size_t size)
{
    int file = open(path, O_RDONLY);
    char *got = malloc(size + 1);
    ck_assert_msg(file >= 0, "%s: %s", path, strerror(errno));
    size_t length = 0;
    for (ssize_t part; length <= size && (part = read(file, got + length, size + 1 - length)) > 0;)
        length += (size_t)part;
    ck_assert_uint_eq(length, size);
    ck_assert(memcmp(got, bytes, size) == 0);
    free(got);
    close(file);
}

void assert_text(const char *path, const char *text)
{
    assert_holds(path, text, strlen(text));
}

void assert_mode(const char *path, mode_t mode)
{
    struct stat status;
    ck_assert_int_eq(lstat(path, &status), 0);
    ck_assert(S_ISREG(status.st_mode));
    ck_assert_uint_eq(status.st_mode & 07777, mode);
}

unsigned entries(const char *path)
{
    DIR *folder = opendir(path);
    unsigned count = 0;
    ck_assert_ptr_nonnull(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count - 2; /* . and .. */
}

void make(const char *path, const char *text, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(fchmod(file, mode), 0);
    close(file);
}
