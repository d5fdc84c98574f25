/* Reads parts of a file into a buffer, and maps the file where they do not fit. */
#include "file_parts.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

enum {
    PART = 4096,  /* the least that is read */
    BEFORE = 1024 /* of that before what was asked for: section headers follow their names */
};

/* Where a mapping would find that its file is not there. */
static _Noreturn void stop(void)
{
    raise(SIGBUS);
    abort();
}

static const uint8_t *map_whole(struct file_parts *parts)
{
    void *map = mmap(NULL, parts->reader.length, PROT_READ, MAP_PRIVATE, parts->file, 0);
    if (map == MAP_FAILED)
        stop();
    parts->map = map;
    return parts->map;
}

/* Reads a part with the `size` bytes at `offset`. NULL: the buffer has no room for it. */
static const struct file_part *add_part(struct file_parts *parts, uint64_t offset, uint64_t size)
{
    const uint64_t length = parts->reader.length, last = length > PART ? length - PART : 0;
    uint8_t *bytes = parts->buffer + parts->used;
    uint64_t begin = offset > BEFORE ? offset - BEFORE : 0;
    if (begin > last)
        begin = last;
    uint64_t wanted = offset - begin + size;
    if (wanted < PART)
        wanted = length < PART ? length : PART;
    if (wanted > FILE_PARTS_BUFFER - parts->used || parts->count == FILE_PARTS_MOST)
        return NULL;
    if (file_read_at(parts->file, bytes, (size_t)wanted, begin) != (ssize_t)wanted)
        stop();
    struct file_part *part = &parts->parts[parts->count++];
    *part = (struct file_part){begin, (size_t)wanted, bytes};
    parts->used += (size_t)wanted;
    return part;
}

static const uint8_t *read_part(void *context, uint64_t offset, uint64_t size)
{
    struct file_parts *parts = context;
    if (parts->map)
        return parts->map + offset;
    for (size_t i = parts->count; i-- > 0;) {
        const struct file_part *part = &parts->parts[i];
        if (offset >= part->offset && size <= part->size &&
            offset - part->offset <= part->size - size)
            return part->bytes + (offset - part->offset);
    }
    const struct file_part *part = add_part(parts, offset, size);
    return part ? part->bytes + (offset - part->offset) : map_whole(parts) + offset;
}

bool file_parts_open(struct file_parts *parts, int file, void *buffer)
{
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0)
        return false;
    /* Files of /sys say that they are larger than what can be read. */
    size_t first = status.st_size < PART ? (size_t)status.st_size : PART;
    if (file_read_at(file, buffer, first, 0) != (ssize_t)first)
        return false;
    *parts = (struct file_parts){
        .reader = {read_part, parts, (uint64_t)status.st_size}, .file = file, .buffer = buffer};
    parts->parts[parts->count++] = (struct file_part){0, first, buffer};
    parts->used = first;
    return true;
}

void file_parts_close(struct file_parts *parts)
{
    if (parts->map)
        munmap(parts->map, parts->reader.length);
    close(parts->file);
}
