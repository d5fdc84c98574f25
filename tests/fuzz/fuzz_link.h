/* Shared by the fuzz targets of objects and archives: links objects, and writes every kind of file
 * that a link can produce. */
#ifndef FUZZ_LINK_H
#define FUZZ_LINK_H

#include <stdlib.h>
#include <string.h>

#include "link/section_headers.h"
#include "input/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The number of messages; a failure without one is a bug. */
struct messages {
    size_t count;
};

static inline void count_report(void *context, const struct report *report)
{
    struct messages *messages = context;
    messages->count += *report->text != '\0';
}

static inline struct object_options fuzz_options(const char *name, struct messages *messages)
{
    return (struct object_options){
        .name = name, .debug = true, .reporter = {count_report, messages}};
}

static inline struct file_bytes fuzz_copy(const uint8_t *bytes, size_t size)
{
    struct file_bytes copy = {.bytes = malloc(size + 1), .size = size};
    if (copy.bytes)
        memcpy(copy.bytes, bytes, size);
    return copy;
}

/* Writes the image, its section headers and its debug file, unless they are too large. */
static inline void fuzz_write(struct link *link, const struct elfgen_program *program,
                              const struct elfgen_layout *layout)
{
    enum { MOST = 1 << 20 };
    struct elfgen_error error;
    size_t size = (size_t)layout->file_size;
    uint8_t *image = layout->file_size <= MOST ? malloc(size) : NULL;
    if (!image)
        return;
    size_t written = elfgen_write_image(program, layout, image, size, &error);
    if (written != 0 && written != size)
        abort();
    if (written)
        image = link_write_section_headers(link, image, &size);
    if (written && image)
        free(link_debug_file(link, layout, image, &size));
    free(image);
}

/* Links, and writes the program in both layouts. Takes ownership of the objects and the archive. */
static inline void fuzz_link_all(struct link_object **objects, size_t count,
                                 struct link_archive *archive, bool keep_all,
                                 struct messages *messages)
{
    const struct link_options wanted = {.entry = keep_all ? NULL : "_start",
                                        .keep_all = keep_all,
                                        .machine = count ? objects[0]->machine : ELFGEN_EM_X86_64,
                                        .base = 0x10000};
    const struct reporter reporter = {count_report, messages};
    struct link *link = link_open(&reporter);
    struct link_result made;
    if (!link)
        return;
    struct elfgen_error error;
    for (size_t i = 0; i < count; i++)
        link_add_object(link, objects[i]);
    if (archive)
        link_add_archive(link, archive);
    size_t before = messages->count;
    bool done = link_program(link, &wanted, &made);
    if (!done && !made.no_entry && messages->count == before)
        abort();
    const struct elfgen_exec_options options = {
        .machine = wanted.machine, .base = 0x10000, .entry = ELFGEN_ENTRY_FIRST};
    struct elfgen_layout layout;
    if (done && elfgen_layout_split(&made.program, &options, &layout, &error) == ELFGEN_OK) {
        uint8_t *image = layout.file_size < 1 << 20 ? malloc((size_t)layout.file_size) : NULL;
        if (image)
            elfgen_write_image(&made.program, &layout, image, (size_t)layout.file_size, &error);
        free(image);
    }
    if (done && elfgen_layout_single(&made.program, &options, &layout, &error) == ELFGEN_OK)
        fuzz_write(link, &made.program, &layout);
    link_close(link);
}

#endif
