/* A preloaded library in which one call fails, the Nth of one function, as if memory, descriptors
 * or the disk were used up. Calls of the C library's own that go through its symbols count too.
 *
 * FAIL   a file with three words: the function, one of the rows below, or "allocate" for the
 * functions of memory; which of its calls fails, from 1, in each process; a file that is made when
 * it has failed. It is a file since the programs under test may print their environment.
 *
 * Only programs named tinyelf... are meant: what they start inherits the variable. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static char call[32], failed[4096];
static unsigned long at;
static atomic_ulong count;

__attribute__((constructor)) static void begin(void)
{
    char text[4200];
    const char *path = getenv("FAIL");
    if (strncmp(program_invocation_short_name, "tinyelf", strlen("tinyelf")) != 0 || !path)
        return;
    long file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    long length = file < 0 ? -1 : syscall(SYS_read, file, text, sizeof text - 1);
    if (file >= 0)
        syscall(SYS_close, file);
    text[length > 0 ? length : 0] = '\0';
    if (sscanf(text, "%31s %lu %4095s", call, &at, failed) != 3)
        call[0] = '\0';
}

static void note(void)
{
    long file = syscall(SYS_openat, AT_FDCWD, failed, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (file >= 0)
        syscall(SYS_close, file);
}

static bool fails(const char *function, int error)
{
    if (strcmp(call, function) != 0 || ++count != at)
        return false;
    note();
    errno = error;
    return true;
}

#define REAL(type, name, parameters)                                                               \
    static type(*real) parameters;                                                                 \
    if (!real)                                                                                     \
    *(void **)&real = dlsym(RTLD_NEXT, name)

/* libseccomp 2.5.4 loops without end when it has no memory (the 504th allocation of 'run
 * --sandbox'), which nobody who calls it can mend. */
static bool is_libseccomp(const void *caller)
{
    Dl_info information;
    return dladdr(caller, &information) != 0 && strstr(information.dli_fname, "libseccomp");
}

/* A macro, since it asks who called the function that uses it. */
#define NO_MEMORY()                                                                                \
    (call[0] && !is_libseccomp(__builtin_return_address(0)) && fails("allocate", ENOMEM))

/* dlsym() allocates while the real function is not known yet. */
static void *first_memory(size_t size)
{
    static _Alignas(16) char room[4096];
    static size_t used;
    void *memory = room + used;
    size = (size + 15) & ~(size_t)15;
    if (size > sizeof room - used)
        abort();
    used += size;
    return memory;
}

void *malloc(size_t size)
{
    REAL(void *, "malloc", (size_t));
    return NO_MEMORY() ? NULL : real(size);
}

void *calloc(size_t number, size_t size)
{
    static bool looking;
    if (looking)
        return first_memory(number * size);
    looking = true;
    REAL(void *, "calloc", (size_t, size_t));
    looking = false;
    return NO_MEMORY() ? NULL : real(number, size);
}

void *realloc(void *memory, size_t size)
{
    REAL(void *, "realloc", (void *, size_t));
    return NO_MEMORY() ? NULL : real(memory, size);
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    REAL(int, "open", (const char *, int, ...));
    return fails("open", EMFILE) ? -1 : real(path, flags, mode);
}

/* CALL(type, name, errno, parameters, arguments): fails with -1. */
#define CALL(type, name, error, parameters, arguments)                                             \
    type name parameters                                                                           \
    {                                                                                              \
        REAL(type, #name, parameters);                                                             \
        return fails(#name, error) ? (type)-1 : real arguments;                                    \
    }
CALL(ssize_t, write, ENOSPC, (int file, const void *bytes, size_t size), (file, bytes, size))
CALL(int, rename, ENOSPC, (const char *from, const char *to), (from, to))
CALL(int, unlink, EIO, (const char *path), (path))
CALL(int, pipe2, EMFILE, (int files[2], int flags), (files, flags))
CALL(int, socketpair, EMFILE, (int domain, int type, int protocol, int files[2]),
     (domain, type, protocol, files))
CALL(int, memfd_create, EMFILE, (const char *name, unsigned flags), (name, flags))
CALL(int, ftruncate, ENOSPC, (int file, off_t size), (file, size))
CALL(int, mkdir, ENOSPC, (const char *path, mode_t mode), (path, mode))
CALL(pid_t, fork, EAGAIN, (void), ())

/* A pipe's read() and close() do not fail so. */
static bool is_on_disk(int file)
{
    struct stat status;
    return call[0] && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t read(int file, void *bytes, size_t size)
{
    REAL(ssize_t, "read", (int, void *, size_t));
    return is_on_disk(file) && fails("read", EIO) ? -1 : real(file, bytes, size);
}

/* Linux closes a file whatever close() returns. */
int close(int file)
{
    REAL(int, "close", (int));
    const bool on_disk = is_on_disk(file);
    int done = real(file);
    return on_disk && fails("close", EIO) ? -1 : done;
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    REAL(void *, "mmap", (void *, size_t, int, int, int, off_t));
    return fails("mmap", ENOMEM) ? MAP_FAILED
                                 : real(address, size, protection, flags, file, offset);
}
