/* Reads files whole, or maps them if they are large; writes bytes to the last one. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "grow.h"

/* Reads a pipe or a terminal to its end. */
static bool read_stream(int file, struct file_bytes *bytes)
{
    enum { FIRST = 65536, MOST = 1 << 30 }; /* an endless input is refused */
    size_t capacity = 0;
    for (;;) {
        if (bytes->size >= MOST) {
            errno = EFBIG;
            return false;
        }
        if (!grow_array(&bytes->bytes, bytes->size < FIRST ? FIRST : bytes->size + 1, &capacity, 1))
            return false;
        ssize_t got = read(file, bytes->bytes + bytes->size, capacity - bytes->size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        bytes->size += (size_t)got;
    }
}

ssize_t file_read_at(int file, void *bytes, size_t size, uint64_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(file, (char *)bytes + done, size - done, (off_t)(offset + done));
        if (got == 0)
            break;
        if (got < 0 && errno != EINTR)
            return -1;
        done += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)done;
}

static bool read_regular(int file, size_t size, struct file_bytes *bytes)
{
    bytes->bytes = malloc(size + 1);
    if (!bytes->bytes)
        return false;
    ssize_t got = file_read_at(file, bytes->bytes, size, 0);
    bytes->size = got > 0 ? (size_t)got : 0;
    return got >= 0;
}

static bool read_from(int file, bool only_regular, bool at_begin, struct file_bytes *bytes)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        return false;
    if (S_ISDIR(status.st_mode) || (only_regular && !S_ISREG(status.st_mode))) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : ENODEV;
        return false;
    }
    /* A small file is cheaper to copy than to map; of a large one, reading the headers touches only
     * a few pages. Files without a size (in /proc) and files that are partly read are read like a
     * pipe. */
    enum { WORTH_MAPPING = 16 * 1024 };
    bytes->regular = S_ISREG(status.st_mode);
    if (!bytes->regular || status.st_size == 0 || (!at_begin && lseek(file, 0, SEEK_CUR) > 0))
        return read_stream(file, bytes);
    size_t size = (size_t)status.st_size;
    if (size < WORTH_MAPPING)
        return read_regular(file, size, bytes);
    void *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    if (map == MAP_FAILED)
        return false;
    bytes->bytes = map;
    bytes->size = size;
    bytes->mapped = true;
    return true;
}

bool file_read(int file, bool only_regular, struct file_bytes *bytes)
{
    return read_from(file, only_regular, false, bytes);
}

bool file_read_opened(int file, bool only_regular, struct file_bytes *bytes)
{
    return read_from(file, only_regular, true, bytes);
}

void file_free(struct file_bytes *bytes)
{
    if (bytes->mapped)
        munmap(bytes->bytes, bytes->size);
    else
        free(bytes->bytes);
    *bytes = (struct file_bytes){0};
}

bool file_write(int file, const void *bytes, size_t size)
{
    for (const char *at = bytes; size > 0;) {
        ssize_t done = write(file, at, size);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        at += done;
        size -= (size_t)done;
    }
    return true;
}

void file_path(int file, char path[FILE_PATH])
{
    snprintf(path, FILE_PATH, "/proc/self/fd/%d", file);
}

/* Makes a memory file that may be executed, also where that must be requested. */
static int executable_memory(void)
{
    enum { EXECUTABLE = 0x10 }; /* MFD_EXEC, Linux 6.3 */
    int file = memfd_create("program", MFD_CLOEXEC | EXECUTABLE);
    return file < 0 && errno == EINVAL ? memfd_create("program", MFD_CLOEXEC) : file;
}

int file_make_program(const void *bytes, size_t size)
{
    char path[FILE_PATH];
    int writable = executable_memory();
    if (writable < 0)
        return -1;
    file_path(writable, path);
    int file = file_write(writable, bytes, size) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    int error = errno;
    close(writable);
    errno = error;
    return file;
}
