/* Numbers and compressed contents of the object that is being read. */
#ifndef INPUT_OBJECT_PRIVATE_H
#define INPUT_OBJECT_PRIVATE_H

#include "elfgen/view.h"
#include "link/object.h"
#include "object.h"

/* Refuses a section that needs something which is not done here, even if no code refers to it.
 * Returns false after reporting the error. */
bool object_supports_section(const struct object_options *options,
                             const struct link_section *section);

/* A number of `width` bytes in the file's byte order. */
static inline uint64_t object_number(const struct elfgen_view *view, const uint8_t *bytes,
                                     unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++)
        value |= (uint64_t)bytes[i] << 8 * (view->order == ELFGEN_BIG_ENDIAN ? width - 1 - i : i);
    return value;
}

/* Whether a section's name says that its contents are compressed in the way that GNU's tools had
 * before SHF_COMPRESSED: ".zdebug_info". */
bool object_is_gnu_compressed(const char *name);

/* Uncompresses a section whose bytes, of the size in the file, are set, if its flags or its name
 * say that they are compressed; a GNU name becomes ".debug_info". Returns NULL, or why that cannot
 * be done; NO_MEMORY if there is no memory. */
const char *object_uncompress(const struct elfgen_view *view, struct link_section *section);

/* Writes the machines that objects may be for: "x86-64 (62), 64 bits, or ...". */
void object_list_machines(char *text, size_t room);

#endif
