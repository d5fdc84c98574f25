/* Object files and archives, as the linker wants them. */
#ifndef SOURCE_OBJECT_H
#define SOURCE_OBJECT_H

#include "source.h"

/* An open object (libelf's Elf *), whose name is source->name. What is made points into it and into
 * the name. NULL: refused, told. */
struct link_object *source_read_elf(const struct source *source, void *elf);

/* The same for a file's bytes, which the object takes over, also when NULL is returned. */
struct link_object *source_read_object(const struct source *source, struct file_bytes *bytes);
struct link_object *source_read_raw(const struct source *source, struct file_bytes *bytes);

/* An archive's members, read when they are needed. Takes the bytes over, also when NULL is
 * returned: refused, told. */
struct link_archive *source_read_archive(const struct source *source, struct file_bytes *bytes);

/* Whether bytes begin as an archive does, a thin one included. */
bool source_is_archive(const struct file_bytes *bytes);

#endif
