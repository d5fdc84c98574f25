/* Reads and writes whole files. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A file's bytes, malloc'ed or mapped; free them with file_free(). */
struct file_bytes {
    char *bytes;
    size_t size;
    bool mapped;
    bool regular; /* read from a file that can be read again */
};

/* What is said of a file without bytes where there should be some. */
#define FILE_IS_EMPTY "the file is empty"

/* Maps or reads a whole file. `only_regular` refuses pipes and devices, which may never end, with
 * ENODEV. *bytes is zeroed. Returns false with errno on failure; *bytes must be freed either way.
 */
bool file_read(int file, bool only_regular, struct file_bytes *bytes);

/* The same for a file that was just opened: it is at its begin. */
bool file_read_opened(int file, bool only_regular, struct file_bytes *bytes);
void file_free(struct file_bytes *bytes);

/* Reads `size` bytes at an offset, or as many as the file has there. Returns their number, or -1
 * with errno. */
ssize_t file_read_at(int file, void *bytes, size_t size, uint64_t offset);

/* Writes all bytes, in as many writes as that takes. Returns false with errno on failure. */
bool file_write(int file, const void *bytes, size_t size);

/* Writes a path that opens an open file again, also if it has no name or has lost it. */
enum { FILE_PATH = 32 };
void file_path(int file, char path[FILE_PATH]);

/* Makes a program in memory a file that Linux executes: it is open, for reading alone, since no
 * file that is open for writing is executed. The caller closes it. Returns -1 and errno if there is
 * no memory or no /proc. */
int file_make_program(const void *bytes, size_t size);

#endif
