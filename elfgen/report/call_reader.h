/* Where the memory comes from that a system call's arguments point to: a process that stands
 * still, or what was recorded of one. */
#ifndef MEMORY_READER_H
#define MEMORY_READER_H

#include <stddef.h>
#include <stdint.h>

struct memory_reader {
    /* Reads from `address` on; returns how many bytes there are, `size` at most. */
    size_t (*read)(void *context, uint64_t address, void *bytes, size_t size);
    void *context;
};

#endif
