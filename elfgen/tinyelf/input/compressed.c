/* Uncompresses sections of objects: SHF_COMPRESSED, and GNU's .zdebug_ before that. */
#include "object_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/inflate.h"
#include "base/no_memory.h"
#include "elfgen/format.h"

bool object_is_gnu_compressed(const char *name)
{
    return strncmp(name, ".zdebug_", 8) == 0;
}

/* What comes before compressed contents. */
struct header {
    uint64_t size, align; /* of the contents; `align` 0: that of the section */
    size_t length;        /* of the header */
};

/* Elf32_Chdr or Elf64_Chdr (gABI, "Compressed Sections"). */
static const char *read_header(const struct elfgen_view *view, const uint8_t *bytes, size_t size,
                               struct header *header)
{
    enum { ZLIB = 1 };
    const unsigned width = elfgen_address_size(view->class_);
    const unsigned after_type = width; /* a type of 32 bits, padded in 64-bit files */
    header->length = after_type + 2 * (size_t)width;
    if (size < header->length)
        return "section does not contain compressed data";
    if (object_number(view, bytes, 4) != ZLIB)
        return "unknown compression type";
    header->size = object_number(view, bytes + after_type, width);
    header->align = object_number(view, bytes + after_type + width, width);
    return NULL;
}

/* "ZLIB" and the size, 8 bytes, big-endian. */
static const char *read_gnu_header(const uint8_t *bytes, size_t size, struct header *header)
{
    static const struct elfgen_view big = {.order = ELFGEN_BIG_ENDIAN};
    header->length = 12;
    if (size < header->length || memcmp(bytes, "ZLIB", 4) != 0)
        return "section does not contain compressed data";
    header->size = object_number(&big, bytes + 4, 8);
    header->align = 0;
    return NULL;
}

/* Makes ".debug_info" of ".zdebug_info". */
static bool rename_section(struct link_section *section)
{
    section->made_name = strdup(section->name + 1);
    if (!section->made_name)
        return false;
    section->made_name[0] = '.';
    section->name = section->made_name;
    return true;
}

const char *object_uncompress(const struct elfgen_view *view, struct link_section *section)
{
    struct header header;
    const bool compressed = section->flags & ELFGEN_SHF_COMPRESSED;
    if (!compressed && !object_is_gnu_compressed(section->name))
        return NULL;
    const size_t size = (size_t)section->size;
    const char *problem = compressed ? read_header(view, section->bytes, size, &header)
                                     : read_gnu_header(section->bytes, size, &header);
    if (problem)
        return problem;
    /* What makes no sense is not allocated. */
    if (header.size / INFLATE_MOST > size)
        return "cannot decompress data";
    section->made_bytes = malloc((size_t)header.size + 1);
    if (!section->made_bytes)
        return NO_MEMORY;
    if (!inflate_zlib(section->bytes + header.length, size - header.length, section->made_bytes,
                      (size_t)header.size))
        return "cannot decompress data";
    section->bytes = section->made_bytes;
    section->size = header.size;
    if (compressed)
        section->align = header.align; /* the contents', not that of their compressed form */
    return compressed || rename_section(section) ? NULL : NO_MEMORY;
}
