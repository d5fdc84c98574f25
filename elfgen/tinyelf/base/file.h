/* Whole files as bytes, and back. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* Malloc'ed or mapped; file_free() knows which. */
struct file_bytes {
    char *bytes;
    size_t size;
    bool mapped;
};

/* Maps or reads a whole file. `only_regular`: a pipe or a device, which may never end, is refused
 * with ENODEV. False and errno on failure; *bytes is to be freed either way. */
bool file_read(int file, bool only_regular, struct file_bytes *bytes);
void file_free(struct file_bytes *bytes);

/* Writes all the bytes, however many writes that takes. False and errno on failure. */
bool file_write(int file, const void *bytes, size_t size);

#endif
