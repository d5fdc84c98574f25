/* Reads and writes a stopped program's memory as the kernel would for a system call. */
#ifndef GOLF_MEMORY_H
#define GOLF_MEMORY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Reads from `address` on. Returns how many bytes the program could read itself, at most `size`:
 * memory that is only executable counts as none, since that is what processors with protection keys
 * make of it. */
size_t golf_memory_read(pid_t id, uint64_t address, void *bytes, size_t size);

/* The same, if there is no need to have them: how many bytes there are. */
size_t golf_memory_readable(pid_t id, uint64_t address, size_t size);

/* Writes, and returns how many bytes the program could write itself. */
size_t golf_memory_write(pid_t id, uint64_t address, const void *bytes, size_t size);

#endif
