/* Bytes in memory that grow, and reading them again one after the other. */
#ifndef GOLF_BYTES_H
#define GOLF_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero it before the first use; free `bytes` with free(). */
struct golf_bytes {
    uint8_t *bytes;
    size_t size, room;
    bool failed; /* there was no memory: what was appended since is missing */
};

/* Makes room for `size` bytes at the end, of unknown contents. Returns NULL if there is no memory.
 */
uint8_t *golf_bytes_add(struct golf_bytes *bytes, size_t size);

void golf_bytes_put(struct golf_bytes *bytes, const void *from, size_t size);
void golf_bytes_put_number(struct golf_bytes *bytes, uint64_t number);

#endif
