/* Reads the mappings, the file and the initial stack of a stopped program. */
#include "stepper_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/grow.h"
#include "base/maps.h"

/* Returns the index of a file, which is added if it is new. */
static uint32_t file_named(struct step_recording *recording, const char *name)
{
    for (size_t i = 0; i < recording->file_count; i++)
        if (strcmp(recording->files[i].name, name) == 0)
            return (uint32_t)i;
    return recording_add_file(recording, name, strlen(name));
}

static bool add_mapping(struct mappings *mappings, const struct step_mapping *mapping)
{
    if (!grow_array(&mappings->list, mappings->count + 1, &mappings->room, sizeof *mappings->list))
        return false;
    mappings->list[mappings->count++] = *mapping;
    return true;
}

bool stepper_read_mappings(struct stepper *stepper)
{
    struct maps maps;
    struct maps_line line;
    bool done = true;
    maps_open(&maps, stepper->id);
    stepper->mappings.count = 0;
    stepper->mappings.stale = false;
    memset(stepper->fast, 0, sizeof stepper->fast);
    while (done && maps_next(&maps, &line)) {
        struct step_mapping mapping = {
            .start = line.start,
            .end = line.end,
            .offset = line.offset,
            .file = line.name[0] ? file_named(stepper->recording, line.name) : STEP_NONE};
        memcpy(mapping.permissions, line.permissions, sizeof mapping.permissions);
        done = add_mapping(&stepper->mappings, &mapping);
    }
    maps_close(&maps);
    /* A program that is killed has no mappings. */
    bool read = maps.error == 0 || maps.error == ESRCH || maps.error == ENOENT;
    stepper->error = read ? stepper->error : maps.error;
    return done && read && !stepper->recording->no_memory;
}

void stepper_find_file(const struct stepper *stepper, uint64_t address, uint32_t *file,
                       uint64_t *offset)
{
    *file = STEP_NONE;
    *offset = STEP_NOWHERE;
    for (size_t i = 0; i < stepper->mappings.count; i++) {
        const struct step_mapping *mapping = &stepper->mappings.list[i];
        if (address < mapping->start || address >= mapping->end)
            continue;
        *file = mapping->file;
        if (mapping->file != STEP_NONE && stepper->recording->files[mapping->file].name[0] == '/')
            *offset = mapping->offset + (address - mapping->start);
        return;
    }
}

/* ---- the program's own file ---- */

/* Returns false if there is no memory. */
static bool read_file(int from, struct step_file *file)
{
    struct stat status;
    if (fstat(from, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0 ||
        status.st_size > STEP_FILE_MOST)
        return true;
    size_t size = (size_t)status.st_size;
    uint8_t *bytes = malloc(size);
    if (!bytes)
        return false;
    ssize_t got = file_read_at(from, bytes, size, 0);
    file->bytes = bytes;
    file->size = got > 0 ? (size_t)got : 0;
    return true;
}

uint32_t stepper_add_program(struct stepper *stepper)
{
    char link[32], name[PATH_MAX];
    snprintf(link, sizeof link, "/proc/%d/exe", (int)stepper->id);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length <= 0)
        return STEP_NONE;
    name[length] = '\0';
    uint32_t index = file_named(stepper->recording, name);
    int from = index == STEP_NONE ? -1 : open(link, O_RDONLY | O_CLOEXEC);
    if (from < 0) {
        /* What may be executed but not read is shown without its bytes. */
        stepper->error = errno == EACCES || errno == EPERM ? 0 : errno;
        return index;
    }
    if (!stepper->recording->files[index].bytes &&
        !read_file(from, &stepper->recording->files[index]))
        stepper->recording->no_memory = true;
    close(from);
    return index;
}

/* ---- the stack ---- */

static uint64_t word_at(const uint8_t *bytes, size_t width)
{
    uint64_t word = 0;
    memcpy(&word, bytes, width);
    return word;
}

/* Size of argc, argv, envp and the auxiliary vector up to its AT_NULL. */
static size_t vectors_size(const uint8_t *bytes, size_t size, size_t width)
{
    size_t at = width, lists = 0;
    for (; lists < 2 && at + width <= size; at += width)
        lists += word_at(bytes + at, width) == 0;
    while (at + 2 * width <= size && word_at(bytes + at, width) != 0)
        at += 2 * width;
    return at + 2 * width <= size ? at + 2 * width : size;
}

/* The strings of the environment are private, so they are not kept: recordings are made to be
 * shared. */
void stepper_keep_start(struct stepper *stepper)
{
    enum { STACK_MOST = 65536 };
    struct step_recording *recording = stepper->recording;
    size_t width = recording_word_size(recording_is_64_bit(&stepper->now));
    uint64_t stack = stepper->now.value[STEP_rsp];
    uint8_t *bytes = malloc(STACK_MOST);
    if (!bytes) {
        recording->no_memory = true;
        return;
    }
    size_t size = process_read(stepper->id, stack, bytes, STACK_MOST);
    if (size >= 4 * width) {
        size_t vectors = vectors_size(bytes, size, width);
        recording_add_memory(recording, stack, bytes, vectors);
        /* The strings of argv follow one another, and those of envp follow them. */
        size_t count = (size_t)word_at(bytes, width);
        uint64_t first = word_at(bytes + width, width), next = 0;
        if (count < size / width - 3)
            next = word_at(bytes + (count + 2) * width, width);
        if (next > first && first >= stack && next - stack <= size)
            recording_add_memory(recording, first, bytes + (first - stack), next - first);
    }
    free(bytes);
}
