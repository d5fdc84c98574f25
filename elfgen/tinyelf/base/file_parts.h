/* Reads of a file only the parts that are looked at. */
#ifndef BASE_FILE_PARTS_H
#define BASE_FILE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "elfgen/reader.h"

enum { FILE_PARTS_BUFFER = 32 * 1024, FILE_PARTS_MOST = 8 };

/* A regular file of which some parts are in memory. To read a few kilobytes takes a fraction of the
 * time of a mapping with its page faults. */
struct file_parts {
    struct elfgen_file_reader reader; /* gives any bytes of the file */
    int file;
    uint8_t *buffer; /* the caller's */
    size_t used;
    struct file_part {
        uint64_t offset;
        size_t size;
        const uint8_t *bytes;
    } parts[FILE_PARTS_MOST];
    size_t count;
    uint8_t *map; /* the whole file, once the buffer is full; or NULL */
};

/* Opens the parts of a file that was just opened, and takes that over. The buffer has
 * FILE_PARTS_BUFFER bytes and may be used again for the next file. Returns false for what is not a
 * regular file or has no size, which is read as a whole.
 *
 * A file that has become shorter, or cannot be read, raises SIGBUS, as one that is mapped does. */
bool file_parts_open(struct file_parts *parts, int file, void *buffer);
void file_parts_close(struct file_parts *parts);

#endif
