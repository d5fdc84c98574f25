/* Reads memory that arguments of a system call point to: of a stopped process, or from a
 * recording. */
#ifndef STRACE_MEMORY_READER_H
#define STRACE_MEMORY_READER_H

#include <stddef.h>
#include <stdint.h>

struct memory_reader {
    /* Reads from `address` on; returns how many bytes there are, `size` at most. */
    size_t (*read)(void *context, uint64_t address, void *bytes, size_t size);
    void *context;
};

#endif
