/* Reads object files, archives and raw machine code for the linker. */
#ifndef INPUT_OBJECT_H
#define INPUT_OBJECT_H

#include "base/file.h"
#include "base/report.h"
#include "link/object.h"

/* How objects are read. */
struct object_options {
    const char *name; /* in messages */
    uint16_t machine; /* ELFGEN_EM_..., which they must be for; 0: any that is supported */
    bool debug;       /* read debugging information, too */
    struct reporter reporter;
};

/* Reports that there is no memory. Returns false. */
bool object_no_memory(const struct object_options *options);

/* Reads an object; the result points into its bytes and to the options' name. Returns NULL after
 * reporting the error. */
struct link_object *source_read_elf(const struct object_options *options, const void *bytes,
                                    size_t size);

/* The same for a file's bytes, which the call takes over even if it returns NULL. */
struct link_object *source_read_object(const struct object_options *options,
                                       struct file_bytes *bytes);
struct link_object *source_read_raw(const struct object_options *options, struct file_bytes *bytes);

/* Reads an archive's index; members are read when they are needed. Takes the bytes over even if it
 * returns NULL, which it does after reporting the error. */
struct link_archive *source_read_archive(const struct object_options *options,
                                         struct file_bytes *bytes);

/* Whether bytes begin like an archive, thin or not. */
bool source_is_archive(const struct file_bytes *bytes);

#endif
