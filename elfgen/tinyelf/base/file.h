/* Reads and writes whole files. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* A file's bytes, malloc'ed or mapped; free them with file_free(). */
struct file_bytes {
    char *bytes;
    size_t size;
    bool mapped;
};

/* Maps or reads a whole file. `only_regular` refuses pipes and devices, which may never end, with
 * ENODEV. Returns false with errno on failure; *bytes must be freed either way. */
bool file_read(int file, bool only_regular, struct file_bytes *bytes);
void file_free(struct file_bytes *bytes);

/* Writes all bytes, in as many writes as that takes. Returns false with errno on failure. */
bool file_write(int file, const void *bytes, size_t size);

#endif
