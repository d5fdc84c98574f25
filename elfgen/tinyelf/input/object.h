/* Reads object files, archives and raw machine code for the linker. */
#ifndef INPUT_OBJECT_H
#define INPUT_OBJECT_H

#include "input.h"

/* Reads an open object (libelf's Elf *), whose name is source->name; the result points into both.
 * Returns NULL after reporting the error. */
struct link_object *source_read_elf(const struct source *source, void *elf);

/* The same for a file's bytes, which the call takes over even if it returns NULL. */
struct link_object *source_read_object(const struct source *source, struct file_bytes *bytes);
struct link_object *source_read_raw(const struct source *source, struct file_bytes *bytes);

/* Reads an archive's index; members are read when they are needed. Takes the bytes over even if it
 * returns NULL, which it does after reporting the error. */
struct link_archive *source_read_archive(const struct source *source, struct file_bytes *bytes);

/* Whether bytes begin like an archive, thin or not. */
bool source_is_archive(const struct file_bytes *bytes);

#endif
