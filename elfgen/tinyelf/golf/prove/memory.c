/* Reads and writes a stopped program's memory as the kernel would for a system call. */
#include "memory.h"

#include <string.h>
#include <sys/uio.h>

#include "base/maps.h"
#include "elfgen/memory.h"
#include "ptrace/ptrace.h"

/* ---- reading ---- */

/* process_vm_readv() reads what is mapped for reading. Processors read what is writable, too. */
static size_t read_writable(pid_t id, uint64_t address, uint8_t *bytes, size_t size)
{
    struct maps maps;
    struct maps_line line;
    uint64_t end = address;
    maps_open(&maps, id);
    while (maps_next(&maps, &line))
        if (line.start <= end && end < line.end &&
            (line.permissions[0] == 'r' || line.permissions[1] == 'w'))
            end = line.end;
    maps_close(&maps);
    uint64_t there = end - address < size ? end - address : size;
    return there > 0 ? process_read(id, address, bytes, (size_t)there) : 0;
}

size_t golf_memory_read(pid_t id, uint64_t address, void *bytes, size_t size)
{
    size_t done = 0;
    if (size == 0 || address > UINT64_MAX - size)
        return 0;
    struct iovec here = {bytes, size}, there = {process_pointer(address), size};
    ssize_t got = process_vm_readv(id, &here, 1, &there, 1, 0);
    done = got > 0 ? (size_t)got : 0;
    if (done < size)
        done += read_writable(id, address + done, (uint8_t *)bytes + done, size - done);
    return done;
}

size_t golf_memory_readable(pid_t id, uint64_t address, size_t size)
{
    uint8_t page[ELFGEN_PAGE];
    size_t done = 0;
    while (done < size) {
        size_t most = ELFGEN_PAGE - (size_t)((address + done) % ELFGEN_PAGE);
        most = size - done < most ? size - done : most;
        size_t got = golf_memory_read(id, address + done, page, most);
        done += got;
        if (got < most)
            break;
    }
    return done;
}

/* ---- writing ---- */

size_t golf_memory_write(pid_t id, uint64_t address, const void *bytes, size_t size)
{
    union {
        const void *from;
        void *to;
    } pointer = {.from = bytes};
    if (size == 0 || address > UINT64_MAX - size)
        return 0;
    struct iovec here = {pointer.to, size}, there = {process_pointer(address), size};
    ssize_t got = process_vm_writev(id, &here, 1, &there, 1, 0);
    return got > 0 ? (size_t)got : 0;
}
