/* A file whose bytes are read as they are needed. */
#ifndef ELFGEN_READER_H
#define ELFGEN_READER_H

#include <stdint.h>

/* Of a large file, its headers are at both ends and little between them is looked at. A caller that
 * has no mapping of it, or does not want one, gives this in place of its bytes. */
struct elfgen_file_reader {
    /* Returns the `size` bytes at `offset`, all of which are in the file, or zeros in place of what
     * cannot be read; never NULL. They must stay as they are, and where they are, as long as what
     * was opened with the reader is used. */
    const uint8_t *(*read)(void *context, uint64_t offset, uint64_t size);
    void *context;
    uint64_t length; /* of the file */
};

#endif
